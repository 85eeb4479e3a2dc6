import math

import numpy as np
import pytest
from numpy.typing import NDArray
from structure_oracles import BCC, FCC, SC, lattice

import ssbflow
from ssbflow.errors import InputError
from ssbflow.inputs.analysis import Analysis
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.structure.sample import Sample
from ssbflow.structure.transport import relative_conductivity

CONSTRICTION = {"bulk_resistance": False}
LATTICES = {
    "SC": (SC, 1.0, 1.0),
    "BCC": (BCC, math.sqrt(3) / 2, math.sqrt(3)),
    "FCC": (FCC, math.sqrt(0.5), 2 * math.sqrt(2)),
}
SOLID = {"SC": 1.0, "BCC": 2.0, "FCC": 4.0}  # spheres in a cell of edge 1


def conductivity(packing: Packing, species: str = "se", **analysis: object) -> float:
    sample = Sample(packing, Analysis(**analysis), None, np.random.default_rng(0))
    return relative_conductivity(sample, species)  # type: ignore[arg-type]


def stacked(name: str, cells: int, overlap: float) -> Packing:
    """A lattice of unit cells, bottom and top layer a fifth of a radius deep in floor and top."""
    basis, nearest, _ = LATTICES[name]
    radius = nearest / 2 / (1 - overlap)
    points = lattice(basis, (3, 3, cells), edge=1.0)
    points[:, 2] += 0.8 * radius
    return Packing(points, [radius] * len(points), ["se"] * len(points), (3.0, 3.0), cells + 1.6 * radius)


def resistance(packing: Packing, **analysis: object) -> float:
    return packing.height_um / (conductivity(packing, **analysis) * packing.cross_section_um2)


def lattice_conductivity(name: str, overlap: float, **analysis: object) -> float:
    """Of the lattice alone: what two cells more resist, electrodes and end layers the same."""
    few, more = (resistance(stacked(name, cells, overlap), **analysis) for cells in (3, 5))
    return 2 / ((more - few) * 9)


def contact_over_distance(overlap: float, kind: str) -> float:
    """2a/d of equal spheres whose centres are 1 apart."""
    radius = 0.5 / (1 - overlap)
    squared = radius / 2 * (2 * radius - 1) if kind == "hertz" else radius**2 - 0.25
    return 2 * math.sqrt(squared)


@pytest.mark.parametrize("kind", ["geometric", "hertz"])
@pytest.mark.parametrize("overlap", [0.02, 0.05, 0.10])
@pytest.mark.parametrize("name", LATTICES)
def test_constrictions_alone_give_the_closed_forms_of_lattices(name: str, overlap: float, kind: str) -> None:
    expected = LATTICES[name][2] * contact_over_distance(overlap, kind)
    found = lattice_conductivity(name, overlap, contact_radius=kind, **CONSTRICTION)
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("kind", ["geometric", "hertz"])
def test_simple_cubic_between_mirror_planes_is_exact_with_its_electrodes(kind: str) -> None:
    points = lattice(SC, (3, 3, 4), edge=1.0) + np.array([0, 0, 0.5])
    packing = Packing(points, [0.5 / 0.95] * len(points), ["se"] * len(points), (3.0, 3.0), 5.0)
    found = conductivity(packing, contact_radius=kind, **CONSTRICTION)
    assert found == pytest.approx(contact_over_distance(0.05, kind), rel=1e-9)


def hashin_shtrikman(name: str, overlap: float) -> float:
    """Upper bound of the lattice's solid fraction, which is that of the voxels of one cell."""
    basis, nearest, _ = LATTICES[name]
    points = lattice(basis, (2, 2, 2), edge=1.0)
    inner = Packing(points, [nearest / 2 / (1 - overlap)] * len(points), ["se"] * len(points), (2.0, 2.0), 2.0)
    solid = 1 - ssbflow.measure(inner)["porosity"]
    return 2 * solid / (3 - solid)


@pytest.mark.parametrize("overlap", [0.01, 0.02, 0.05, 0.10, 0.13, 0.15])
@pytest.mark.parametrize("name", LATTICES)
def test_with_the_bulk_no_lattice_is_above_the_bound_of_hashin_and_shtrikman(name: str, overlap: float) -> None:
    assert 0.05 < lattice_conductivity(name, overlap) < hashin_shtrikman(name, overlap)


def column(count: int, species: list[str] | None = None, overlap: float = 0.05) -> Packing:
    """Spheres 1 apart, floor and top at half of that from the ends."""
    position = [[4, 4, 0.5 + index] for index in range(count)]
    return Packing(position, [0.5 / (1 - overlap)] * count, species or ["se"] * count, (8.0, 8.0), float(count))


@pytest.mark.parametrize("bulk", [True, False])
def test_straight_column_resists_as_its_spheres_one_after_the_other(bulk: bool) -> None:
    two, seven = (resistance(column(count), bulk_resistance=bulk) for count in (2, 7))
    if not bulk:
        assert seven / two == pytest.approx(3.5)
        assert two == pytest.approx(2 * 1 / contact_over_distance(0.05, "geometric"))
    five, eight = (resistance(column(count), bulk_resistance=bulk) for count in (5, 8))
    assert (seven - five) / (eight - seven) == pytest.approx(2, rel=2e-2)  # the solid fraction is that of the column


def test_column_of_two_sizes_by_hand() -> None:
    # centres at 1 and 2.6: the circle of contact from r² − x² with x = (d² + R² − r²) / 2d
    packing = Packing([[4, 4, 0.9], [4, 4, 2.4]], [1.0, 0.6], ["se", "se"], (8.0, 8.0), 2.9)
    x = (1.5**2 + 1 - 0.36) / 3
    contact = math.sqrt(1 - x**2)
    ends = [math.sqrt(2 * 1.0 * 0.1 - 0.01), math.sqrt(2 * 0.6 * 0.1 - 0.01)]
    expected = 1 / (2 * contact) + sum(1 / (4 * end) for end in ends)
    assert resistance(packing, **CONSTRICTION) == pytest.approx(expected)


def with_dead_end(packing: Packing) -> Packing:
    """One more sphere beside the second one, which leads nowhere."""
    side = packing.position_um[1] + np.array([0.97, 0, 0])
    return Packing(
        np.vstack([packing.position_um, side]),
        np.append(packing.radius_um, packing.radius_um[0]),
        np.append(packing.species, "se"),
        packing.edge_um,
        packing.height_um,
    )


def test_dead_end_carries_nothing() -> None:
    straight, branched = column(6), with_dead_end(column(6))
    assert conductivity(branched, **CONSTRICTION) == pytest.approx(conductivity(straight, **CONSTRICTION), rel=1e-12)
    flow = ssbflow.currents(branched)
    assert flow.particle_current[-1] == pytest.approx(0, abs=1e-12)
    assert flow.particle_current[:-1] == pytest.approx([flow.conductance_um] * 6)


@pytest.mark.parametrize("missing", [None, "eam"])
def test_network_that_does_not_span_has_no_number(missing: str | None) -> None:
    species = ["se", "se", "eam", "se", "se"]
    packing = column(5, species)
    if missing is None:
        packing = packing.selected(packing.is_se)
    values = ssbflow.measure(packing)
    assert math.isnan(values["tortuosity_factor_ionic"])
    assert math.isnan(values["tortuosity_factor_electronic"])
    assert values["percolates"] == 0


def test_network_that_is_connected_through_the_periodic_boundary_only_conducts() -> None:
    index: NDArray[np.int64] = np.arange(8)
    position = np.column_stack([(0.3 + 0.6 * index) % 3.0, np.full(8, 1.5), 0.45 + 0.8 * index])
    slanting = Packing(position, [0.52] * 8, ["se"] * 8, (3.0, 3.0), 0.9 + 5.6)
    assert conductivity(slanting) > 0
    walled = Packing(position, [0.52] * 8, ["se"] * 8, (9.0, 3.0), 0.9 + 5.6)
    assert math.isnan(conductivity(walled))


def test_conductivities_are_those_of_the_materials_times_the_geometry(tiny_case: Case) -> None:
    composition = tiny_case.design.composition
    packing = column(4, ["se"] * 4)
    doubled = composition.replace(se=composition.se.replace(conductivity_ionic_s_m=0.32))
    values, twice = (ssbflow.measure(packing, Analysis(), each) for each in (composition, doubled))
    relative = conductivity(packing)
    assert values["conductivity_ionic_effective"] == pytest.approx(0.16 * relative)
    assert twice["conductivity_ionic_effective"] == pytest.approx(0.32 * relative)
    share = 1 - values["porosity"]
    assert values["tortuosity_factor_ionic"] == pytest.approx(share / relative)
    assert twice["tortuosity_factor_ionic"] == values["tortuosity_factor_ionic"]


def test_unknown_conductivity_is_no_number_and_no_composition_is_no_key(tiny_case: Case) -> None:
    composition = tiny_case.design.composition
    unknown = composition.replace(se=composition.se.replace(conductivity_ionic_s_m=None, sources={}))
    assert math.isnan(ssbflow.measure(column(3), Analysis(), unknown)["conductivity_ionic_effective"])
    assert "conductivity_ionic_effective" not in ssbflow.measure(column(3))


def test_electrons_pass_through_eam_as_ions_through_se() -> None:
    assert conductivity(column(4, ["eam"] * 4), "eam") == pytest.approx(conductivity(column(4)))


def test_currents_of_an_unknown_species_are_refused() -> None:
    with pytest.raises(InputError, match="'eam' or 'se'; got 'ions'"):
        ssbflow.currents(column(2), "ions")  # type: ignore[arg-type]
