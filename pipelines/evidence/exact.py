"""Exact results: what theory gives to the last digit, computed by the same code that presses and measures cathodes."""

import math
import tempfile
from pathlib import Path

import numpy as np

import ssbflow
from evidence.bulk import loose_box, pressed_by_platen
from evidence.chapter import Chapter, Check, Work, near
from evidence.few_spheres import (
    EFFECTIVE_GPA,
    SE_PAIR_NN,
    floor_rebound,
    frictional_collision,
    materials,
    momentum,
    pair_rebound,
    pressed_pair,
)
from evidence.lattices import LATTICES, lens_um3, se_spheres
from ssbflow.packing.packing import Packing
from ssbflow.press.mechanics import KPA_PER_GPA
from ssbflow.structure.union_volume import volume_up_to_um3

RESTITUTIONS = (0.3, 0.5, 0.7, 0.9)
REDUCED_UM = 0.25  # radius of two spheres of 0.5 µm
HERTZ_OVERLAP_UM = 0.01
PRESSURE_MPA = 375.0
HERTZ = "Johnson, Contact Mechanics (1985), section 4.2"
DRIFT = 1e-9
ABOUT = """\
Two spheres are pressed on top of each other by the script that presses cathodes, and E* is read back from its contact
force and overlap; rebounds and momenta are those of spheres that move freely by the same contact law. Lattices are
packings like any other for the code that finds contacts, paths, volumes and currents; constrictions stand alone there
(`bulk_resistance: false`, the circle of overlap as contact radius). The comparison of the network with the continuum,
for lattices and pressed packings, is in [definitions.md](definitions.md#transport); the dead end and the straight
column are made of spheres that overlap by 5 %."""


def chapter(_: Work) -> Chapter:
    """Compare with closed forms and conservation laws."""
    return Chapter(
        "Exact results",
        [*hertz_checks(), *rebound_checks(), *balance_checks(), *lattice_checks(), *volume_checks(), *column_checks()],
        ABOUT,
    )


def hertz_checks() -> list[Check]:
    """Check E* of the three pairs, and the force of one."""
    found = {}
    for pair in EFFECTIVE_GPA:
        with tempfile.TemporaryDirectory() as folder:
            contacts = pressed_pair(Path(folder), pair).contacts
        force, overlap = float(contacts.normal_force_nn[0]), float(contacts.overlap_um[0])
        found[pair] = force / overlap**1.5
    checks = [
        near(
            f"E* of {one.upper()}–{other.upper()}, GPa", target,
            found[one, other] / (4 / 3 * math.sqrt(REDUCED_UM) * KPA_PER_GPA), 1e-3 * target, HERTZ,
            note="moduli of 195 (EAM) and 25 GPa (SE), Poisson 0.3",
        )
        for (one, other), target in EFFECTIVE_GPA.items()
    ]  # fmt: skip
    force = found["se", "se"] * HERTZ_OVERLAP_UM**1.5
    statement = "force of two SE spheres of radius 0.5 µm at an overlap of 0.01 µm, nN"
    return [*checks, near(statement, SE_PAIR_NN, force, 1e-3 * SE_PAIR_NN, HERTZ, digits=1)]


def rebound_checks() -> list[Check]:
    """Check that a rebound is the restitution given."""
    floor, pair = [], []
    for restitution in RESTITUTIONS:
        with tempfile.TemporaryDirectory() as folder:
            speed = floor_rebound(Path(folder), restitution).velocity[:, 0, 2]
            floor.append(float(-speed[-1] / speed[0]))
        with tempfile.TemporaryDirectory() as folder:
            pair.append(pair_rebound(Path(folder), materials(friction=0, restitution=restitution))[0])
    return [
        near(f"rebound of {of}, {asked} asked for", asked, got, 0.005, "definition of the restitution", digits=4)
        for of, results in (("a sphere from the floor", floor), ("an EAM from an SE sphere", pair))
        for asked, got in zip(RESTITUTIONS, results, strict=True)
    ]


def balance_checks() -> list[Check]:
    """Check what has to be conserved or balanced."""
    with tempfile.TemporaryDirectory() as folder:
        spheres, motion = frictional_collision(Path(folder))
    drifts = [float(np.abs(each - each[0]).max() / np.linalg.norm(each[0])) for each in momentum(spheres, motion)]
    pressed = pressed_by_platen(loose_box(seed=1, spaces=(6, 12)), friction=0.4, pressure_mpa=PRESSURE_MPA)
    names = ("momentum", "angular momentum, spins included")
    return [
        near(
            "force on the floor over the applied one, a press of 432 spheres at rest", 1.0,
            pressed.pressure_measured_mpa / PRESSURE_MPA, 0.01, "balance of forces",
        ),
        *(
            Check(
                f"drift of the {name} through a collision with friction", f"< {DRIFT:g}", f"{drift:.1e}",
                drift < DRIFT, "Newton",
            )
            for name, drift in zip(names, drifts, strict=True)
        ),
    ]  # fmt: skip


def lattice_checks() -> list[Check]:
    """Check paths and constrictions of lattices."""
    overlap = 0.05
    paths = [
        near(f"path over height along [100], {name}", of.path, of.path_length(overlap), 1e-9, "geometry", digits=9)
        for name, of in LATTICES.items()
    ]
    networks = [
        near(
            f"σ_eff/σ of constrictions alone, {name}, overlap 5 %", of.closed_form(overlap), of.conductivity(overlap),
            1e-6, f"{of.conducting:.4g} · 2a/d: 1/(2 σ a) a contact (Holm 1967), Kirchhoff", digits=6,
        )
        for name, of in LATTICES.items()
    ]  # fmt: skip
    return paths + networks


def volume_checks() -> list[Check]:
    """Check union volumes in closed form."""
    radius, distance = 0.5, 0.8
    pair = se_spheres(np.array([[3, 3, 3], [3.48, 3.64, 3]]), radius, edge=6.0, height_um=6.0)
    solid = float(volume_up_to_um3(pair, np.array([pair.height_um]))[0][0])
    exact = 2 * 4 / 3 * math.pi * radius**3 - lens_um3(radius, distance)
    promised = 1e-3  # of the volume, by the documentation of the union volume
    fcc = LATTICES["FCC"]
    return [
        near("union volume of a pair, overlap 20 %, µm³", exact, solid, promised * exact, "two spheres less a lens"),
        *(
            near(
                f"solid fraction of FCC, overlap {overlap:.0%}", fcc.closed_solid_fraction(overlap),
                fcc.solid_fraction(overlap), promised, "spheres less lenses; no triple overlaps below 13.4 %", digits=4,
            )
            for overlap in (0.05, 0.13)
        ),
    ]  # fmt: skip


def column(gap: bool = False, branch: bool = False) -> Packing:
    """Eight spheres of radius 0.5 µm on top of each other; one missing, or a dead end of two more at the side."""
    step = 0.95
    centres = [[4, 4, 0.45 + step * index] for index in range(8) if not (gap and index == 4)]
    side = [[4 + step * out, 4, 0.45 + step * 3] for out in (1, 2)] if branch else []
    return se_spheres(np.array(centres + side), 0.5, edge=8.0, height_um=0.9 + 7 * step)


def column_checks() -> list[Check]:
    """Check straight columns, dead ends and gaps."""
    constrictions = ssbflow.Analysis(bulk_resistance=False)
    straight, branched, broken = (
        ssbflow.measure(packing, constrictions) for packing in (column(), column(branch=True), column(gap=True))
    )
    paths = [f"tortuosity_geodesic_{which}" for which in ("shortest", "nearest", "median")]
    conducted = [values["porosity"] for values in (straight, branched)]  # τ is φ σ/σ_eff: by φ for σ_eff alone
    ratio = (straight["tortuosity_factor_ionic"] / (1 - conducted[0])) / (
        branched["tortuosity_factor_ionic"] / (1 - conducted[1])
    )
    numbers = [broken[name] for name in (*paths, "tortuosity_factor_ionic")]
    silent = bool(np.isnan(numbers).all()) and broken["percolates"] == 0
    return [
        near(
            "geodesic tortuosity of a straight column (shortest, nearest, median: farthest from 1)", 1.0,
            max((straight[name] for name in paths), key=lambda value: abs(value - 1)), 1e-9, "geometry", digits=9,
        ),
        near("σ_eff with a dead end over σ_eff without", 1.0, ratio, 1e-9, "Kirchhoff", digits=9),
        near("its shortest path, with over without", 1.0, branched[paths[0]] / straight[paths[0]], 1e-9, "geometry",
             digits=6),
        Check(
            "a column with a gap", "NaN, percolates = 0",
            f"{', '.join(sorted({f'{value:g}' for value in numbers}))}; percolates = {broken['percolates']:g}",
            silent, "nothing spans", "three path tortuosities and the tortuosity factor",
        ),
    ]  # fmt: skip
