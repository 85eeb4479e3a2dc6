"""Picks judged by seeds that chose none of them: the largest of many noisy means flatters."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from distributed import Client

import ssbflow
from ssbflow.design.selection import Selection
from ssbflow.flow.events import Callback
from ssbflow.inputs.cell import Cell
from ssbflow.inputs.sweep import Sweep

SEEDS = tuple(range(101, 133))

Labelled = TypeVar("Labelled", ssbflow.Composition, ssbflow.Distribution)


def judged(
    picks: dict[str, list[Sweep]], store: Path, client: Client, *, maximize: str, cell: Cell, callbacks: list[Callback]
) -> Selection:
    """Compute fresh seeds of each pick, a design's label and the sweeps that have it; return them ranked."""
    for label, sweeps in picks.items():
        ssbflow.run(_alone(label, sweeps), store, client, callbacks=callbacks)
    return ssbflow.best(store, maximize=maximize, cell=cell)


def _alone(label: str, sweeps: list[Sweep]) -> Sweep:
    composition, distribution = label.split("/")
    return sweeps[0].replace(
        name=f"fresh_{composition}".replace(".", "_"),
        compositions=[_labelled(composition, (one for sweep in sweeps for one in sweep.compositions))],
        distributions=[_labelled(distribution, (one for sweep in sweeps for one in sweep.distributions))],
        seeds=SEEDS,
        study=None,
    )


def _labelled(label: str, among: Iterable[Labelled]) -> Labelled:
    return next(one for one in among if one.label == label)
