"""How commands compute: on which cluster, who watches, and how they tell what came of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ssbflow.cli.answers import answer
from ssbflow.cli.program import console

LOOKS_EVERY_S = 2.0

if TYPE_CHECKING:
    from ssbflow.flow.batch import RunSummary
    from ssbflow.inputs.sweep import Sweep


@contextmanager
def interruption_told() -> Iterator[None]:
    """Say in a line what Ctrl-C means for the store; exit code 130, as of a shell."""
    try:
        yield
    except KeyboardInterrupt:
        console.print("stopped; what was computed is in the store: run the same again to go on", soft_wrap=True)
        raise typer.Exit(130) from None


def run_all(
    sweeps: "list[Sweep]", store: Path, cluster: str, workers: int | None, *, retry: bool,
    log: Path | None = None, as_json: bool = False,
) -> None:  # fmt: skip
    """Run sweeps one after another; exit code 1 if cases failed."""
    from ssbflow.flow.runner import run as run_sweep

    runs: list[Callable[..., RunSummary]] = [partial(run_sweep, sweep, store, retry=retry) for sweep in sweeps]
    compute(runs, store, cluster, workers, sweeps, log, as_json=as_json)


def compute(
    runs: "list[Callable[..., RunSummary]]", store: Path, cluster: str, workers: int | None,
    sweeps: "Sequence[Sweep]" = (), log: Path | None = None, *, as_json: bool = False,
) -> None:  # fmt: skip
    """Start runs that lack only client and callbacks, tell how they ended; exit code 1 if cases failed."""
    from ssbflow.flow.clients import connected
    from ssbflow.flow.event_log import EventLog
    from ssbflow.flow.events import Callback, ProgressBar
    from ssbflow.views.tables import failures_table

    summaries = []
    with interruption_told(), ExitStack() as opened:
        watching: list[Callback] = [ProgressBar(console)]
        if log is not None:
            watching.append(opened.enter_context(EventLog(log)))
        client = opened.enter_context(connected(cluster, workers, sweeps=sweeps, store=store))
        if client is not None:
            console.print(f"dashboard: {client.dashboard_link}", soft_wrap=True)
        for start in runs:
            summaries.append(start(client=client, callbacks=watching))
    answer(as_json, [asdict(summary) | {"cube_link": summary.cube_link} for summary in summaries])
    for summary in () if as_json else summaries:
        pending = f", {summary.pending} pending" if summary.pending else ""
        console.print(
            f"{summary.cube}: {summary.ok} ok, {summary.failed} failed{pending}; {summary.computed} computed now in "
            f"{summary.wall_time_s:.0f} s, {summary.skipped} done before; cube: {summary.cube_link}",
            soft_wrap=True,
        )
        if summary.failures:
            console.print(failures_table(summary))
    if any(summary.failed for summary in summaries):
        raise typer.Exit(1)


def watch_status(store: Path) -> None:
    """Show how a store stands until none of its cases is pending, from its files alone: whoever computes them."""
    from rich.console import Group
    from rich.live import Live

    from ssbflow.flow.status import status
    from ssbflow.views.tables import status_table

    cubes = status(store)
    with Live(console=console, auto_refresh=False) as shown:
        while True:
            shown.update(Group(*map(status_table, cubes)), refresh=True)
            if not any(cube.counts["pending"] for cube in cubes):
                return
            time.sleep(LOOKS_EVERY_S)
            cubes = status(store)
