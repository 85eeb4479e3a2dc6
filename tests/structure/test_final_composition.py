import math

import pytest

from ssbflow.inputs.composition import Composition, WeightPercent
from ssbflow.inputs.material import Material
from ssbflow.packing.packing import Packing
from ssbflow.structure.measures import measure

MECHANICS = {"youngs_modulus_gpa": 25, "poisson_ratio": 0.3, "friction": 0.3, "restitution": 0.5}
MIX = Composition(
    label="hand",
    weight_percent=WeightPercent(eam=70, se=26, carbon=3, binder=1),
    eam=Material(density_g_cm3=4.0, **MECHANICS),
    se=Material(density_g_cm3=2.0, **MECHANICS),
    carbon=Material(density_g_cm3=2.0),
    binder=Material(density_g_cm3=1.0),
)


def test_counts_and_shares_of_a_few_particles() -> None:
    # EAM of radius 2 (volume 8 units), SE of radii 1 and 2 (1 + 8 units); masses 32 and 18
    packing = Packing([[3, 3, 2], [9, 9, 2], [3, 9, 1]], [2, 2, 1], ["eam", "se", "se"], (12.0, 12.0))
    values = measure(packing, composition=MIX)
    assert (values["n_eam"], values["n_se"], values["n_particles"]) == (1, 2, 3)
    assert values["eam_vol_final"] == pytest.approx(8 / 17)
    assert values["eam_wt_final"] == pytest.approx(0.96 * 32 / 50)


def test_areal_mass_is_mass_over_cross_section_with_additives() -> None:
    packing = Packing([[3, 3, 2], [9, 9, 2]], [2, 2], ["eam", "se"], (12.0, 10.0))
    grams = 4 / 3 * math.pi * (2e-4) ** 3 * (4.0 + 2.0) / 0.96
    square_centimetres = 12e-4 * 10e-4
    assert measure(packing, composition=MIX)["areal_mass"] == pytest.approx(1e3 * grams / square_centimetres)


def test_particle_cut_by_the_height_counts_with_its_part_below_it() -> None:
    # the plane halves the SE, whose centre lies in it, and leaves a cap of depth 0.5 of an EAM whose centre is above
    packing = Packing([[3, 3, 3], [9, 9, 3.5]], [1, 1], ["se", "eam"], (12.0, 12.0), 3.0)
    half, cap = 2 / 3 * math.pi, math.pi * 0.5**2 * (3 - 0.5) / 3
    values = measure(packing, composition=MIX)
    assert (values["n_eam"], values["n_se"], values["n_particles"]) == (0, 1, 1)
    assert values["eam_vol_final"] == pytest.approx(cap / (half + cap))
    assert values["eam_wt_final"] == pytest.approx(0.96 * 4 * cap / (4 * cap + 2 * half))


def test_single_species_gives_zero_and_one() -> None:
    only_se = measure(Packing([[3, 3, 1]], [1], ["se"], (12.0, 12.0)), composition=MIX)
    only_eam = measure(Packing([[3, 3, 1]], [1], ["eam"], (12.0, 12.0)), composition=MIX)
    assert (only_se["eam_vol_final"], only_se["eam_wt_final"]) == (0, 0)
    assert (only_eam["eam_vol_final"], only_eam["eam_wt_final"]) == pytest.approx((1, 0.96))
