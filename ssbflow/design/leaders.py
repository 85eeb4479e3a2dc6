"""Which designs of a search are ahead, and get further seeds.

Nothing is remembered: all is decided anew from the numbers that are there, so that a search which is stopped goes on as
if it had not been.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import xarray as xr
from distributed import Client

from ssbflow.design.contest import Contest
from ssbflow.design.more_seeds import Bools, one_more
from ssbflow.design.racing import Scores
from ssbflow.flow.events import Callback
from ssbflow.flow.rounds import Round, run_rounds
from ssbflow.inputs.sweep import Sweep

LEADERS = 3  # two to four do as well, in replays of searches of 60 cases, of which 24 to 44 are first seeds


def run_leaders(
    sweep: Sweep,
    store: str | Path,
    contest: Contest,
    cases: int,
    batch: int,
    client: Client | None = None,
    *,
    callbacks: Iterable[Callback] = (),
) -> int:
    """Compute further seeds of the designs ahead, and return how many cases of the sweep are done, failed ones too.

    The sweep is registered whole: what it leaves out stays pending, and `ssbflow.run` completes it.

    Parameters
    ----------
    sweep : Sweep
        Of which each design has its first seeds.
    store : path
    contest : Contest
        With an objective.
    cases, batch : int
        As of `seeds_for_leaders`.
    client : distributed.Client, optional
    callbacks : iterable of Callback

    Raises
    ------
    StoreError, LammpsNotFoundError, ClusterError, KeyboardInterrupt
        As `ssbflow.run`.
    """

    def next_round(cube: xr.Dataset, _: int) -> Round:
        scores = contest.scores(contest.prepared(cube))
        return Round(f"{scores.ended.sum()} of {cases} cases", seeds_for_leaders(scores, cases, batch))

    summary = run_rounds(sweep, store, next_round, client, callbacks)
    return summary.ok + summary.failed


def seeds_for_leaders(scores: Scores, cases: int, batch: int) -> Bools:
    """Return which cases to compute next, (designs, seeds).

    The best of many designs with one seed each was mostly lucky. Those ahead get one more seed after the other, until
    they have proved themselves or others are ahead.

    Parameters
    ----------
    scores : Scores
    cases : int
        In all, with those that are done. None are wanted once there are so many, or the leaders have all their seeds.
    batch : int
        Cases at once, at least one of each leader: a design that fulfils the condition, and is among the `LEADERS` of
        these with the best means.
    """
    left = max(cases - int(scores.ended.sum()), 0)
    counts = np.isfinite(scores.values).sum(axis=1)
    can_lead = scores.fulfilled.all(axis=0) & (counts > 0)
    means = np.where(can_lead, np.nansum(scores.values, axis=1) / np.maximum(counts, 1), -np.inf)
    leads = np.zeros(len(means), dtype=bool)
    leads[np.argsort(-means, kind="stable")[:LEADERS]] = True
    wanted = one_more(scores.ended, leads & can_lead, batch)
    return np.asarray(wanted & (np.cumsum(wanted).reshape(wanted.shape) <= left))
