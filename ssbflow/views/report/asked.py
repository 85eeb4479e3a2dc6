"""What was asked for, as tables: sweeps, compositions, powders, protocol and analysis."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import COMPONENTS, Composition
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.grid import Grid
from ssbflow.views.report.model import Asked, Listing


def asked_of(grid: Grid) -> Asked:
    """Return what the sweeps of a grid ask for."""
    return Asked(
        sweeps=Listing(
            ("sweep", "description", "compositions", "distributions", "seeds"), tuple(map(_of_sweep, grid.sweeps))
        ),
        compositions=Listing(
            ("composition", *(f"{name} (wt%)" for name in COMPONENTS), "source"),
            tuple(map(_of_composition, grid.compositions.values())),
        ),
        powders=Listing(
            ("distribution", "EAM", "EAM D50 (µm)", "SE", "SE D50 (µm)"),
            tuple(map(_of_distribution, grid.distributions.values())),
        ),
        protocol=dict(_flat(grid.protocol.model_dump(mode="json"))),
        analysis=dict(_flat(grid.analysis.model_dump(mode="json"))),
    )


def ranges(numbers: tuple[int, ...]) -> str:
    """Return integers as text, runs of them short: ``1–4, 7``."""
    ordered = sorted(numbers)
    ends = [at for at, (one, following) in enumerate(pairwise(ordered), 1) if following != one + 1]
    runs = [ordered[start:end] for start, end in pairwise([0, *ends, len(ordered)])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _of_sweep(sweep: Sweep) -> tuple[str, ...]:
    role = f"round {sweep.study.round}: {sweep.study.role}" if sweep.study else ""
    described = "; ".join(filter(None, (role, sweep.description)))
    return sweep.name, described, str(len(sweep.compositions)), str(len(sweep.distributions)), ranges(sweep.seeds)


def _of_composition(composition: Composition) -> tuple[str, ...]:
    return composition.label, *(_component(composition, name) for name in COMPONENTS), composition.source


def _component(composition: Composition, name: str) -> str:
    material = getattr(composition, name)
    weight = f"{getattr(composition.weight_percent, name):g}"
    return f"{weight} {material.name}" if material else weight


def _of_distribution(distribution: Distribution) -> tuple[str, ...]:
    powders = (distribution.eam, distribution.se)
    told = [text for one in powders for text in (f"{one.kind}, by {one.basis}", f"{one.median_um:.3g}")]
    return distribution.label, *told


def _flat(content: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif value not in (None, ""):
            yield f"{before}{key}", f"{value:g}" if isinstance(value, float) else str(value)
