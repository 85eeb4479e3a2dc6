"""The target loop: the composition to mix, so that the pressed and cropped electrode has the wanted one.

The EAM's share drifts on the way from the mixture to the electrode (US 2025/0265390 A1): whole particles, the crop from
the top, large ones sinking or rising. The loop mixes anew until the share is in its window.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import xarray as xr
from distributed import Client

from ssbflow.accessor import open_cube
from ssbflow.design.studies import check_same, study_rounds
from ssbflow.errors import InputError
from ssbflow.flow.events import Callback
from ssbflow.flow.runner import run
from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.knobs import DIGITS, turned
from ssbflow.inputs.study import Study
from ssbflow.inputs.sweep import Sweep
from ssbflow.store.layout import Store

SHARE = "eam_wt_final"
SLOPES = (0.5, 2.0)  # of the share over what was mixed: 1, but for noise
DAMPING = 0.8  # of a step by secant: the share is noisy
MARGIN = 0.25  # of the way between two compositions, the nearest that gave too little and too much
MOST_ITERATIONS = 8


@dataclass(frozen=True)
class Iteration:
    """One composition that was tried.

    Parameters
    ----------
    design : str
        COMPOSITION/DISTRIBUTION, as its cases are labelled.
    eam_wt : float
        Weight fraction of EAM as mixed.
    eam_wt_final, error : float
        Mean over seeds, pressed and cropped, and its standard error (NaN for one seed); NaN where no case ended well.
    """

    design: str
    eam_wt: float
    eam_wt_final: float
    error: float


@dataclass(frozen=True)
class Approach:
    """How the loop went for one design of the sweep.

    Parameters
    ----------
    design : str
        The one to begin with.
    window : tuple of float
        Of the weight fraction.
    iterations : tuple of Iteration
    ended : str
        Why there are no more: ``in its window``, or what stood in the way.
    """

    design: str
    window: tuple[float, float]
    iterations: tuple[Iteration, ...]
    ended: str

    @property
    def is_reached(self) -> bool:
        """Whether the last composition is in the window."""
        return self.window[0] <= self.iterations[-1].eam_wt_final <= self.window[1]


@dataclass
class _Loop:
    """One design on its way."""

    composition: Composition
    distribution: Distribution
    window: tuple[float, float]
    tried: list[Iteration]
    ended: str = ""

    @cached_property
    def most(self) -> float:
        """The largest weight fraction of EAM beside carbon and binder; some SE has to be there."""
        return self.composition.particle_weight_fraction * (1 - 1e-3)

    def wanted(self, eam_wt: float) -> tuple[Composition, Distribution]:
        """Return the design with another weight fraction of EAM."""
        return turned(self.composition, self.distribution, {"eam_wt_percent": float(f"{100 * eam_wt:.{DIGITS}g}")})

    def next_eam_wt(self) -> float:
        """Return the weight fraction to try next, within what can be mixed.

        A damped secant through the last two; between shares that are too small and too large, whole particles make
        steps that no secant meets, so that it stays away from the ends.
        """
        if not self.tried:
            return self.composition.weight_percent.eam / 100
        last, middle = self.tried[-1], sum(self.window) / 2
        wanted = last.eam_wt + self._damping() * (middle - last.eam_wt_final) / self._slope()
        below = [one.eam_wt for one in self.tried if one.eam_wt_final < middle]
        above = [one.eam_wt for one in self.tried if one.eam_wt_final > middle]
        if below and above and max(below) < min(above):
            margin = MARGIN * (min(above) - max(below))
            wanted = float(np.clip(wanted, max(below) + margin, min(above) - margin))
        return float(np.clip(wanted, 1e-3, self.most))

    def _slope(self) -> float:
        """Return the change of the share with what was mixed: 1 to begin with."""
        if len(self.tried) < 2:
            return 1.0
        before, last = self.tried[-2:]
        slope = (last.eam_wt_final - before.eam_wt_final) / (last.eam_wt - before.eam_wt)
        return float(np.clip(slope, *SLOPES))

    def _damping(self) -> float:
        return DAMPING if len(self.tried) > 1 else 1.0

    def take(self, one: Iteration, most_iterations: int) -> None:
        """Note what came of a composition, and whether that was the last."""
        stuck = bool(self.tried) and self.tried[-1].design == one.design
        if not stuck:
            self.tried.append(one)
        low, high = self.window
        if np.isnan(one.eam_wt_final):
            self.ended = "no case ended well"
        elif low <= one.eam_wt_final <= high:
            self.ended = "in its window"
        elif stuck:
            self.ended = f"nothing more to try: at {one.eam_wt:.4g} as mixed it has {one.eam_wt_final:.4g}"
        elif len(self.tried) >= most_iterations:
            self.ended = f"not in its window after {len(self.tried)} iterations"


def target_loop(
    sweep: Sweep,
    store: str | Path,
    client: Client | None = None,
    *,
    window: tuple[float, float] = (0.84, 0.86),
    most_iterations: int = MOST_ITERATIONS,
    callbacks: Iterable[Callback] = (),
) -> list[Approach]:
    """Change how much EAM is mixed in until its share in the pressed electrode is in a window, for each design.

    Every iteration is recorded: its cases stand in the store's study of the sweep's name, a cube over design and seed,
    whose ``role`` tells of what they were for. The same again goes on where it was stopped.

    Parameters
    ----------
    sweep : Sweep
        Its designs are where the loops begin; a share is the mean of ``eam_wt_final`` over its seeds.
    store : path
        Made if it does not exist.
    client : distributed.Client, optional
        Runs the cases one after another in this process if left out.
    window : (low, high)
        Of the weight fraction of EAM, carbon and binder counted; 0.84 to 0.86 as published.
    most_iterations : int
        For each design; not to come into the window by then is a result.
    callbacks : iterable of Callback

    Returns
    -------
    list of Approach
        In the order of the sweep's designs.

    Raises
    ------
    InputError
        A window that is none, or one that no mixture with this much carbon and binder can meet.
    StoreError, LammpsNotFoundError, ClusterError
        As `ssbflow.run`.
    """
    loops = [_Loop(composition, distribution, window, []) for composition, distribution in sweep.pairs()]
    _check(loops, window, most_iterations)
    asked = {"window": list(window), "sweep": sweep.model_dump(mode="json")}
    for before in study_rounds(Store(Path(store).resolve()), sweep.name):
        check_same(sweep.name, before.study.asked if before.study else {}, asked)
    number, watching = 0, tuple(callbacks)
    while going := [loop for loop in loops if not loop.ended]:
        study = Study(name=sweep.name, round=number, role=f"target loop, iteration {number + 1}", asked=asked)
        designs = [loop.wanted(loop.next_eam_wt()) for loop in going]
        run(_round(sweep, study, designs), store, client, callbacks=watching)
        cube = open_cube(store, sweep.name).ssb.where_ok()
        for loop, (composition, distribution) in zip(going, designs, strict=True):
            loop.take(_iteration(cube, composition, f"{composition.label}/{distribution.label}"), most_iterations)
        number += 1
    starts = [f"{loop.composition.label}/{loop.distribution.label}" for loop in loops]
    return [Approach(start, window, tuple(loop.tried), loop.ended) for start, loop in zip(starts, loops, strict=True)]


def _check(loops: list[_Loop], window: tuple[float, float], most_iterations: int) -> None:
    if not 0 < window[0] < window[1] < 1:
        raise InputError(f"a window is two weight fractions, low and high, between 0 and 1; got {window}")
    if most_iterations < 1:
        raise InputError(f"most_iterations must be 1 or more; got {most_iterations}")
    for loop in loops:
        if loop.most < window[0]:
            raise InputError(
                f"composition {loop.composition.label}: beside carbon and binder there is room for {loop.most:.3g} of "
                f"EAM, below the window {window[0]:g} to {window[1]:g}; take less of them, or another window"
            )


def _round(sweep: Sweep, study: Study, designs: list[tuple[Composition, Distribution]]) -> Sweep:
    compositions, distributions = zip(*designs, strict=True)
    return sweep.replace(compositions=compositions, distributions=distributions, study=study)


def _iteration(cube: xr.Dataset, composition: Composition, design: str) -> Iteration:
    shares = cube[SHARE].sel(design=design).dropna("seed").to_numpy()
    error = shares.std(ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.nan
    mean = shares.mean() if len(shares) else np.nan
    return Iteration(design, composition.weight_percent.eam / 100, float(mean), float(error))
