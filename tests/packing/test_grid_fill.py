import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssbflow.errors import PackingError
from ssbflow.inputs.case import Design, Distribution
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.composition import Composition, WeightPercent
from ssbflow.inputs.distributions import Lognormal, Normal, SizeBins, SizeDistribution, Tabulated
from ssbflow.inputs.material import Material
from ssbflow.inputs.protocol import Box, Press, Protocol
from ssbflow.inputs.reading import load_sweep
from ssbflow.packing import grid_fill
from ssbflow.packing.grid_fill import (
    JITTER,
    eam_probability,
    expected_particles,
    expected_solid_height_um,
    fill_plan,
    pack,
)
from ssbflow.packing.packing import Packing

EAM_DENSITY, SE_DENSITY = 4.7, 1.74
COARSE = Normal(kind="normal", basis="number", mean_um=4, std_um=0.5)
FINE = Lognormal(kind="lognormal", basis="number", d50_um=2, d95_um=3.5)


def powder(density_g_cm3: float) -> Material:
    return Material(
        density_g_cm3=density_g_cm3, youngs_modulus_gpa=100, poisson_ratio=0.3, friction=0.4, restitution=0.7
    )


def design(
    eam_wt: float = 60,
    additive_wt: float = 1,
    eam: SizeDistribution = COARSE,
    se: SizeDistribution = FINE,
    drive: str = "body_force",
    **box: Any,
) -> Design:
    weights = WeightPercent(eam=eam_wt, se=100 - additive_wt - eam_wt, carbon=additive_wt)
    composition = Composition(
        label="mix",
        weight_percent=weights,
        eam=powder(EAM_DENSITY),
        se=powder(SE_DENSITY),
        carbon=Material(density_g_cm3=2),
    )
    wide = {"edge_um": 20, "areal_mass_mg_cm2": 8, "eam_volume_tolerance": 0.03} | box
    return Design(
        composition=composition,
        distribution=Distribution(label="sizes", eam=eam, se=se),
        protocol=Protocol(box=Box(**wide), press=Press(pressure_mpa=375, drive=drive)),
    )


def one_size(volume_um3: float) -> SizeBins:
    return SizeBins(np.array([(6 / np.pi * volume_um3) ** (1 / 3)]), np.array([1.0]))


def mass_pg(packing: Packing) -> np.ndarray:
    density = np.where(packing.is_eam, EAM_DENSITY, SE_DENSITY)
    return density * packing.volume_um3


def designs_pressed_by(*drives: str, eam_volume_tolerance: float | None = None) -> st.SearchStrategy[Design]:
    """Any mixture in any box."""
    return st.builds(
        design,
        eam_wt=st.floats(20, 90),
        additive_wt=st.floats(0, 5),
        drive=st.sampled_from(drives),
        edge_um=st.floats(12, 24),
        areal_mass_mg_cm2=st.floats(4, 10),
        eam_volume_tolerance=st.sampled_from([eam_volume_tolerance] if eam_volume_tolerance else [0.02, 0.05]),
        spaces_per_edge=st.none() | st.integers(3, 7),
    )


designs = designs_pressed_by("body_force", "platen")
packed = settings(max_examples=15, deadline=None)


def test_published_probability_of_few_large_particles() -> None:
    assert eam_probability(0.7, one_size(71), one_size(1)) == pytest.approx(0.0317, abs=2e-4)


@given(fraction=st.floats(0.01, 0.99), ratio=st.floats(0.001, 1000))
@settings(max_examples=50, deadline=None)
def test_probability_gives_the_volume_fraction_back(fraction: float, ratio: float) -> None:
    p = eam_probability(fraction, one_size(ratio), one_size(1))
    assert p * ratio / (p * ratio + (1 - p)) == pytest.approx(fraction, rel=1e-9)


def test_probability_uses_mean_volumes_and_not_volumes_of_mean_diameters() -> None:
    wide = SizeBins(np.array([1.0, 3.0]), np.array([0.5, 0.5]))
    narrow = SizeBins(np.array([2.0]), np.array([1.0]))
    assert eam_probability(0.5, wide, narrow) == pytest.approx((1 / 14) / (1 / 14 + 1 / 8))


def test_pure_powders_have_probabilities_0_and_1() -> None:
    assert eam_probability(0, one_size(3), one_size(1)) == 0
    assert eam_probability(1, one_size(3), one_size(1)) == 1


def test_published_example_has_about_the_published_number_of_particles() -> None:
    example = next(load_sweep(catalog_folder() / "sweeps" / "example_1.yaml").designs())
    assert fill_plan(example).eam_probability == pytest.approx(0.499, abs=0.002)
    assert expected_particles(example) == pytest.approx(546, rel=0.1)


def test_mass_of_the_plan_is_that_of_the_particles_alone() -> None:
    plan = fill_plan(design(additive_wt=5, edge_um=20, areal_mass_mg_cm2=8))
    mg = 0.95 * 8 * (20e-4) ** 2
    assert plan.particle_mass_pg == pytest.approx(mg * 1e9)


def test_published_pellet_is_a_hundredth_of_what_was_published() -> None:
    """22.7 mg on a radius of 5 mm (0.7854 cm²) are 28.90 mg/cm²; on 35 µm x 35 µm = 1.225e-5 cm² 3.54e-4 mg, not 0.035.

    Of these, 1 % is carbon. The rest is 0.85 x 28.90 / 4.7 + 0.14 x 28.90 / 1.74 = 75.5 µm high without pores; with a
    quarter of pores it is 100 µm, which the text also states.
    """
    pellet = Box(edge_um=35, pellet={"radius_mm": 5, "mass_mg": 22.7})  # type: ignore[call-arg]
    made = design(eam_wt=85, additive_wt=1)
    made = made.replace(protocol=made.protocol.replace(box=pellet))
    assert fill_plan(made).particle_mass_pg == pytest.approx(0.99 * 3.54e-4 * 1e9, rel=1e-3)
    assert expected_solid_height_um(made) == pytest.approx(75.5, abs=0.1)


def test_grid_space_is_about_two_and_a_half_particles() -> None:
    made = design(edge_um=30)
    plan = fill_plan(made)
    eam, se = made.distribution.eam.discrete, made.distribution.se.discrete
    mean_volume = plan.eam_probability * eam.mean_volume_um3 + (1 - plan.eam_probability) * se.mean_volume_um3
    closer = made.protocol.box.edge_um / (plan.spaces_per_edge + 1)
    assert closer**3 < 2.5 * mean_volume <= plan.spacing_um**3


def test_grid_spaces_may_be_given() -> None:
    plan = fill_plan(design(spaces_per_edge=4))
    assert (plan.spaces_per_edge, plan.spaces_per_layer, plan.spacing_um) == (4, 16, 5)


def test_expected_particles_weigh_the_target_to_a_layer() -> None:
    made = design()
    plan, count = fill_plan(made), expected_particles(made)
    eam, se = plan.eam_bins.mean_volume_um3 * EAM_DENSITY, plan.se_bins.mean_volume_um3 * SE_DENSITY
    mean_mass = plan.eam_probability * eam + (1 - plan.eam_probability) * se
    assert (count - plan.spaces_per_layer) * mean_mass < plan.particle_mass_pg <= count * mean_mass


@given(made=designs, seed=st.integers(0, 2**32))
@packed
def test_volume_fraction_is_within_the_tolerance(made: Design, seed: int) -> None:
    found = pack(made, np.random.default_rng(seed))
    target = made.composition.eam_volume_fraction
    assert abs(found.eam_volume_fraction() - target) <= made.protocol.box.eam_volume_tolerance + 1e-12


@given(made=designs_pressed_by("body_force"), seed=st.integers(0, 2**32))
@packed
def test_mass_for_a_body_force_exceeds_the_target_by_less_than_a_layer(made: Design, seed: int) -> None:
    plan = fill_plan(made)
    mass = mass_pg(pack(made, np.random.default_rng(seed)))
    assert mass.sum() > plan.particle_mass_pg * (1 - 1e-12)
    assert mass[: -plan.spaces_per_layer].sum() <= plan.particle_mass_pg * (1 + 1e-12)


@given(made=designs_pressed_by("platen"), seed=st.integers(0, 2**32))
@packed
def test_mass_under_a_platen_is_the_target_as_nearly_as_one_particle_allows(made: Design, seed: int) -> None:
    plan = fill_plan(made)
    heaviest = max(
        bins.diameter_um.max() ** 3 * density
        for bins, density in ((plan.eam_bins, EAM_DENSITY), (plan.se_bins, SE_DENSITY))
    )
    missing = plan.particle_mass_pg - mass_pg(pack(made, np.random.default_rng(seed))).sum()
    assert abs(missing) <= np.pi / 6 * heaviest / 2 * (1 + 1e-9)


@given(made=designs_pressed_by("body_force", eam_volume_tolerance=0.99), seed=st.integers(0, 2**32))
@packed
def test_platen_leaves_out_a_part_of_the_last_layer_of_the_body_force_and_no_more(made: Design, seed: int) -> None:
    # so wide a tolerance that the first fill is taken
    press = made.protocol.press.replace(drive="platen")
    under_platen = made.replace(protocol=made.protocol.replace(press=press))
    full, part = (pack(each, np.random.default_rng(seed)) for each in (made, under_platen))
    last = len(full) - fill_plan(made).spaces_per_layer
    assert last <= len(part) <= len(full)  # all of them where the full box is the nearest to the mass
    for of_full, of_part in ((full.radius_um, part.radius_um), (full.is_eam, part.is_eam)):
        assert of_part[:last].tolist() == of_full[:last].tolist()
    left = iter(zip(full.radius_um[last:], full.is_eam[last:], strict=True))
    # what stands in the last layer stands there in the same order
    assert all(sphere in left for sphere in zip(part.radius_um[last:], part.is_eam[last:], strict=True))


@pytest.mark.parametrize("drive", ["body_force", "platen"])
def test_plan_overfills_for_a_body_force_only(drive: str) -> None:
    assert fill_plan(design(drive=drive)).overfills is (drive == "body_force")


def test_spaces_that_stay_empty_lie_anywhere_in_the_last_layer() -> None:
    made = design(drive="platen", edge_um=60, areal_mass_mg_cm2=5, eam_volume_tolerance=0.9)
    plan, found = fill_plan(made), pack(made, np.random.default_rng(5))
    last = found.position_um[:, 2] > found.position_um[:, 2].max() - plan.spacing_um / 2
    count = int(last.sum())
    assert 0.1 * plan.spaces_per_layer < count < 0.9 * plan.spaces_per_layer
    for axis in (0, 1):
        assert_frequency(int((found.position_um[last, axis] < 30).sum()), count, 0.5)


@given(made=designs, seed=st.integers(0, 2**32))
@packed
def test_nothing_reaches_below_the_floor(made: Design, seed: int) -> None:
    found = pack(made, np.random.default_rng(seed))
    assert (found.position_um[:, 2] - found.radius_um).min() >= -1e-12


def spaces_of(made: Design, seed: int) -> list[tuple[int, int, int]]:
    """The space of the grid near whose centre each particle stands, its layer first."""
    plan = fill_plan(made)
    places = pack(made, np.random.default_rng(seed)).position_um / plan.spacing_um - 0.5
    lift = places[0, 2]
    places[:, 2] -= lift
    assert lift >= -1e-12
    assert np.abs(places[:, :2] - places[:, :2].round()).max() <= JITTER
    assert np.abs(places[:, 2] - places[:, 2].round()).max() < 1e-9
    return [(int(layer), int(y), int(x)) for x, y, layer in places.round()]


def grid_of(made: Design, layers: int) -> list[tuple[int, int, int]]:
    edge = range(fill_plan(made).spaces_per_edge)
    return list(itertools.product(range(layers), edge, edge))


@given(made=designs_pressed_by("body_force"), seed=st.integers(0, 2**32))
@packed
def test_every_space_of_the_grid_holds_one_particle_near_its_centre(made: Design, seed: int) -> None:
    spaces = spaces_of(made, seed)
    assert spaces == grid_of(made, spaces[-1][0] + 1)


@given(made=designs_pressed_by("platen"), seed=st.integers(0, 2**32))
@packed
def test_under_a_platen_only_spaces_of_the_last_layer_are_empty(made: Design, seed: int) -> None:
    spaces = spaces_of(made, seed)
    layers = spaces[-1][0]
    below = grid_of(made, layers)
    assert spaces[: len(below)] == below
    assert set(spaces) <= set(grid_of(made, layers + 1))
    assert spaces == sorted(set(spaces))


def test_box_is_lifted_no_more_than_its_lowest_particle_needs() -> None:
    large = Tabulated(kind="tabulated", basis="number", diameter_um=(8,), weight=(1,))
    found = pack(design(eam=large, se=large, spaces_per_edge=5), np.random.default_rng(0))
    assert (found.position_um[:, 2] - found.radius_um).min() == pytest.approx(0, abs=1e-12)


def test_only_diameters_of_the_bins_occur() -> None:
    made = design()
    found = pack(made, np.random.default_rng(3))
    for mask, sizes in ((found.is_eam, made.distribution.eam), (found.is_se, made.distribution.se)):
        nearest = np.abs(2 * found.radius_um[mask][:, None] - sizes.discrete.diameter_um).min(axis=1)
        assert nearest.max() < 1e-12


def test_species_and_sizes_are_drawn_with_their_probabilities() -> None:
    made = design(edge_um=60, areal_mass_mg_cm2=10, eam_volume_tolerance=0.9)
    plan = fill_plan(made)
    found = pack(made, np.random.default_rng(11))
    assert_frequency(int(found.is_eam.sum()), len(found), plan.eam_probability)
    for mask, bins in ((found.is_eam, plan.eam_bins), (found.is_se, plan.se_bins)):
        for diameter, share in zip(bins.diameter_um, bins.number_fraction, strict=True):
            assert_frequency(int(np.isclose(2 * found.radius_um[mask], diameter).sum()), int(mask.sum()), share)


def assert_frequency(count: int, draws: int, share: float) -> None:
    """A count of independent draws lies within five standard deviations of its mean."""
    assert abs(count - draws * share) <= 5 * np.sqrt(draws * share * (1 - share)) + 1


def same_bits(first: Packing, second: Packing) -> bool:
    return (
        first.position_um.tobytes() == second.position_um.tobytes()
        and first.radius_um.tobytes() == second.radius_um.tobytes()
        and first.species.tolist() == second.species.tolist()
    )


def test_same_seed_gives_the_same_bits() -> None:
    assert same_bits(pack(design(), np.random.default_rng(1)), pack(design(), np.random.default_rng(1)))


def test_another_seed_gives_another_packing() -> None:
    assert not same_bits(pack(design(), np.random.default_rng(1)), pack(design(), np.random.default_rng(2)))


def test_global_random_state_plays_no_part() -> None:
    np.random.seed(0)  # noqa: NPY002
    first = pack(design(), np.random.default_rng(1))
    np.random.seed(1)  # noqa: NPY002
    assert same_bits(first, pack(design(), np.random.default_rng(1)))


@pytest.mark.parametrize(("eam_wt", "species"), [(0, "se"), (99, "eam")])
def test_pure_powder_is_packed_at_once(eam_wt: float, species: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_fill, "MAX_ATTEMPTS", 1)
    found = pack(design(eam_wt=eam_wt, eam_volume_tolerance=1e-9), np.random.default_rng(0))
    assert set(found.species.tolist()) == {species}


def test_impossible_tolerance_is_an_error_that_says_what_the_fills_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_fill, "MAX_ATTEMPTS", 5)
    made = design(eam_volume_tolerance=1e-12)
    target = made.composition.eam_volume_fraction
    with pytest.raises(PackingError, match=rf"no fill in 5 had .* of {target:.3f} ± 1e-12 \(they gave 0\.\d+ ± 0\.\d+"):
        pack(made, np.random.default_rng(0))
