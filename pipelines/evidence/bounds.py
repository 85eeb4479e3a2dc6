"""Bounds of transport: no phase may conduct better than its volume fraction allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from operator import itemgetter
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.figure import Figure

import ssbflow
from evidence.chapter import Chapter, Check, Work, table
from evidence.variants import changed, cube_of
from ssbflow.inputs.sweep import Sweep

SWEEPS = Path(__file__).parents[2] / "catalogs" / "sweeps"
KINDS: Mapping[str, dict[str, float]] = {
    "quickstart": {},
    "example_1": {},
    "minnmann": {"edge_um": 20, "areal_mass_mg_cm2": 8},  # smaller than in the catalog: the bound holds for any box
    "polydisperse": {},
}
DRIVES = ("platen", "body_force")
SCALES = (1.0, 0.1)
SKIPPED = ("polydisperse", "body_force", 0.1)  # it trembles: unbalanced by 0.002 after 39 000 steps
SEEDS = (1, 2)
PHASES = {"ionic": "SE", "electronic": "EAM"}
HASHIN_SHTRIKMAN = "Hashin & Shtrikman, J. Appl. Phys. 33, 3125 (1962)"
ABOUT = """\
σ_eff/σ of each phase's contact network against the phase's volume fraction φ, for all sweeps of the catalog that a
laptop presses, under a platen and by body force, with moduli as given and a tenth of them, {seeds} seeds each. Both
come from the cube: all materials are made to conduct 1 S/m, so that effective conductivities are relative ones, and φ
is the tortuosity factor times that, which is the phase's union volume over the electrode's (where SE and EAM overlap,
the volume is EAM). Phases that do not span have no conductivity and are left out.

For a phase beside one that does not conduct, in a material that is the same in all directions, no arrangement
conducts better than 2 φ/(3 − φ). Single small boxes are not exactly so, and a contact network is an approximation:
that it stays below is a test of its bulk term (constrictions alone break the bound, see
`tests/structure/test_transport.py`). φ^1.5, Bruggeman's estimate, is no bound; it is drawn because porous-electrode
models use it."""


@dataclass(frozen=True)
class Phases:
    """Volume fractions and σ_eff/σ of one phase in all packings of a kind that it spans."""

    fraction: np.ndarray
    conducted: np.ndarray

    @property
    def of_bound(self) -> np.ndarray:
        return self.conducted / upper_bound(self.fraction)


def chapter(work: Work) -> Chapter:
    """Compare every phase of many packings with its bound."""
    found = {kind: of_kind(work, kind) for kind in KINDS}
    caption = "Conductivity of each phase against its volume fraction; none may lie above the solid line"
    about = ABOUT.format(seeds=len(SEEDS))
    picture = work.picture(bounds_figure(found), "validation_bounds", caption)
    return Chapter("Bounds of transport", [bound_check(found)], "\n\n".join([about, overview(found), picture]))


def upper_bound(fraction: np.ndarray) -> np.ndarray:
    """Return the bound of Hashin and Shtrikman for a phase in an insulator."""
    return 2 * fraction / (3 - fraction)


def of_kind(work: Work, kind: str) -> dict[str, Phases]:
    """Press one sweep in all variants; return its phases by name."""
    given = of_unit_conductivity(ssbflow.load_sweep(SWEEPS / f"{kind}.yaml"))
    parts: dict[str, list[np.ndarray]] = {quantity: [] for quantity in PHASES}
    for drive, scale in product(DRIVES, SCALES):
        if (kind, drive, scale) == SKIPPED:
            continue
        label = f"bounds_{kind}_{drive}_x{scale:g}".replace(".", "p")
        press = {"drive": drive, "stiffness_scale": scale}
        cube = cube_of(work, changed(given, label, SEEDS, press=press, box=KINDS[kind]))
        for quantity, pairs in parts.items():
            pairs.append(fraction_and_conducted(cube, quantity))
    joined = {quantity: np.concatenate(pairs, axis=1) for quantity, pairs in parts.items()}
    return {quantity: Phases(*pairs) for quantity, pairs in joined.items()}


def of_unit_conductivity(sweep: Sweep) -> Sweep:
    """Return a sweep whose materials conduct 1 S/m each, so that effective conductivities are relative ones."""
    return sweep.replace(
        compositions=[
            composition.replace(
                label=f"{composition.label}_unit",  # a label means one thing in a store
                se=composition.se.replace(conductivity_ionic_s_m=1.0),
                eam=composition.eam.replace(conductivity_electronic_s_m=1.0),
            )
            for composition in sweep.compositions
        ]
    )


def fraction_and_conducted(cube: xr.Dataset, quantity: str) -> np.ndarray:
    """Return φ and σ_eff/σ, (2, phases that span)."""
    conducted = cube[f"conductivity_{quantity}_effective"]
    pairs = np.stack([(cube[f"tortuosity_factor_{quantity}"] * conducted).values.ravel(), conducted.values.ravel()])
    return pairs[:, np.isfinite(pairs).all(axis=0)]


def bound_check(found: Mapping[str, Mapping[str, Phases]]) -> Check:
    ratios = {(kind, of): phase.of_bound for kind, phases in found.items() for of, phase in phases.items()}
    greatest = {key: float(ratio.max()) for key, ratio in ratios.items() if len(ratio)}
    (kind, of), largest = max(greatest.items(), key=itemgetter(1))
    return Check(
        "largest σ_eff/σ over the Hashin–Shtrikman upper bound, each phase of all packings",
        "≤ 1",
        f"{largest:.3f}",
        largest <= 1,
        HASHIN_SHTRIKMAN,
        f"{sum(map(len, ratios.values()))} phases that span; the largest is {PHASES[of]} of {kind}",
    )


def overview(found: Mapping[str, Mapping[str, Phases]]) -> str:
    """Tabulate ranges."""
    rows = [
        [
            kind, PHASES[of], str(len(phase.fraction)),
            f"{phase.fraction.min():.2f} to {phase.fraction.max():.2f}",
            f"{np.median(phase.of_bound):.2f}", f"{phase.of_bound.max():.2f}",
        ]
        for kind, phases in found.items()
        for of, phase in phases.items()
        if len(phase.fraction)
    ]  # fmt: skip
    return table(["sweep", "phase", "that span", "φ", "σ_eff/σ over the bound, median", "largest"], rows)


def bounds_figure(found: Mapping[str, Mapping[str, Phases]]) -> Figure:
    """Draw σ_eff/σ against φ."""
    figure, axis = plt.subplots(figsize=(7.5, 5), layout="constrained")
    fraction = np.linspace(0.01, 1, 200)
    axis.plot(fraction, upper_bound(fraction), color="black", label="Hashin–Shtrikman, upper bound")
    axis.plot(fraction, fraction**1.5, color="grey", ls="--", lw=1, label="φ$^{1.5}$ (Bruggeman), no bound")
    for number, (kind, phases) in enumerate(found.items()):
        for of, marker in (("ionic", "o"), ("electronic", "^")):
            phase = phases[of]
            axis.plot(
                phase.fraction, phase.conducted, marker, color=f"C{number}", ms=5, alpha=0.7,
                label=f"{kind}, {PHASES[of]}",
            )  # fmt: skip
    axis.set(xlabel="volume fraction φ of the phase", ylabel="σ$_{eff}$/σ of the phase", yscale="log")
    axis.set(xlim=(0, 1), ylim=(1e-4, 1.2))
    axis.legend(fontsize=8, ncols=2)
    return figure
