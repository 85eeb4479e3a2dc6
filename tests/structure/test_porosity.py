import math

import numpy as np
import pytest
from structure_oracles import SC, lattice

from ssbflow.errors import InputError
from ssbflow.inputs.composition import Composition, WeightPercent
from ssbflow.inputs.material import Material
from ssbflow.packing.packing import Packing
from ssbflow.structure.measures import measure
from ssbflow.structure.porosity import depth_profile, porosity

UNION_TOLERANCE = 1e-3  # of the solid volume


def composition(eam_density: float, se_density: float, carbon: float, binder: float) -> Composition:
    """Additives of densities 2 and 1 g/cm³, the rest half EAM, half SE by weight."""
    particles = {"youngs_modulus_gpa": 25, "poisson_ratio": 0.3, "friction": 0.3, "restitution": 0.5}
    rest = (100 - carbon - binder) / 2
    return Composition(
        label="hand",
        weight_percent=WeightPercent(eam=rest, se=rest, carbon=carbon, binder=binder),
        eam=Material(density_g_cm3=eam_density, **particles),
        se=Material(density_g_cm3=se_density, **particles),
        carbon=Material(density_g_cm3=2.0),
        binder=Material(density_g_cm3=1.0),
    )


def test_touching_simple_cubic_spheres_leave_one_minus_pi_sixths() -> None:
    points = lattice(SC, (4, 4, 2), edge=1.0) + np.array([0, 0, 0.5])
    values = measure(Packing(points, [0.5] * len(points), ["se"] * len(points), (4.0, 4.0)))
    assert values["height"] == 3
    assert values["porosity_sphere_sum"] == pytest.approx(1 - math.pi / 6)
    assert values["porosity"] == pytest.approx(1 - math.pi / 6, abs=UNION_TOLERANCE)


def test_sphere_sum_counts_the_lens_of_a_pair_twice() -> None:
    values = measure(Packing([[4, 4, 1], [4, 5.2, 1]], [1, 1], ["se", "eam"], (8.0, 8.0)))
    cap = math.pi * 0.4**2 * (3 - 0.4) / 3
    solid = 8 / 3 * math.pi
    assert values["porosity_sphere_sum"] == pytest.approx(1 - solid / 128)
    assert values["porosity"] == pytest.approx(1 - (solid - 2 * cap) / 128, abs=UNION_TOLERANCE * solid / 128)


def test_sphere_sum_is_negative_where_spheres_overlap_wholly_and_porosity_is_not() -> None:
    nearly_one = [[1.1, 1.1, 1], [1.1, 1.1, 1 + 1e-6], [1.1, 1.1, 1 + 2e-6]]
    values = measure(Packing(nearly_one, [1, 1, 1], ["se"] * 3, (2.2, 2.2)))
    assert values["porosity_sphere_sum"] == pytest.approx(1 - 3 * 4 / 3 * math.pi / (2 * 2.2**2), rel=1e-5)
    assert values["porosity_sphere_sum"] < 0 < values["porosity"]


def test_height_cuts_spheres_and_counts_the_part_below_it_only() -> None:
    # half a sphere from one whose centre is in the plane, nothing from one that begins above it
    packing = Packing([[2, 2, 1], [6, 6, 3], [2, 6, 5]], [1, 1, 1.5], ["se", "se", "eam"], (8.0, 8.0), 3.0)
    values = measure(packing)
    assert values["height"] == 3
    assert values["porosity_sphere_sum"] == pytest.approx(1 - 1.5 * 4 / 3 * math.pi / 192)
    assert values["porosity"] == pytest.approx(values["porosity_sphere_sum"], abs=UNION_TOLERANCE * 0.04)


def test_additives_take_their_share_of_the_pores() -> None:
    packing = Packing([[2, 2, 1], [6, 6, 1]], [1, 1], ["se", "eam"], (8.0, 8.0))
    particles = 4 / 3 * math.pi * (4.0 + 1.5)
    # 3 % carbon of density 2 and 5 % binder of density 1, beside 92 % particles
    additives = particles / 0.92 * (0.03 / 2.0 + 0.05 / 1.0)
    values = measure(packing, composition=composition(4.0, 1.5, carbon=3, binder=5))
    assert values["porosity"] - values["porosity_with_additives"] == pytest.approx(additives / 128)


def test_without_additives_both_porosities_agree() -> None:
    packing = Packing([[2, 2, 1], [6, 6, 1]], [1, 1], ["se", "eam"], (8.0, 8.0))
    values = measure(packing, composition=composition(4.0, 1.5, carbon=0, binder=0))
    assert values["porosity_with_additives"] == values["porosity"]


def test_union_porosity_is_never_below_the_sphere_sum() -> None:
    generator = np.random.default_rng(5)
    packing = Packing(generator.random((80, 3)) * 6, 0.3 + generator.random(80), ["se"] * 80, (6.0, 6.0))
    values = measure(packing)
    assert values["porosity"] > values["porosity_sphere_sum"]


def test_profile_of_a_sphere_is_its_section_at_each_height() -> None:
    profile = depth_profile(Packing([[4, 4, 2]], [2], ["se"], (8.0, 8.0)), slabs=40)
    z = profile["z"].values
    assert profile["z"].attrs["units"] == "um"
    np.testing.assert_allclose(z, (np.arange(40) + 0.5) * 0.1)
    np.testing.assert_allclose(profile["se"], math.pi * (4 - (z - 2) ** 2 - 0.1**2 / 12) / 64, atol=5e-4)


def test_profile_shares_each_depth_and_its_mean_is_the_porosity() -> None:
    generator = np.random.default_rng(4)
    position = generator.random((200, 3)) * [8, 8, 10]
    species = np.where(position[:, 2] < 5, "eam", "se")
    packing = Packing(position, generator.uniform(0.4, 1.0, 200), species, (8.0, 8.0), 10.0)
    profile = depth_profile(packing, 20)
    np.testing.assert_allclose(profile["pore"] + profile["se"] + profile["eam"], 1)
    assert float(profile["pore"].mean()) == pytest.approx(porosity(packing))
    assert float(profile["eam"][13:].max()) == pytest.approx(0, abs=1e-9)
    assert float(profile["se"][:7].max()) == pytest.approx(0, abs=1e-9)
    assert float(profile["eam"][:7].min()) > 0.2


def test_profile_without_slabs_is_refused() -> None:
    with pytest.raises(InputError, match="slabs must be 1 or more; got 0"):
        depth_profile(Packing([[4, 4, 2]], [2], ["se"], (8.0, 8.0)), 0)
