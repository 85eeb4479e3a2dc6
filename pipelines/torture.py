"""A store under torture: writers, a publisher and readers on it, and who kills one of them again and again.

python pipelines/torture.py [--kills 100] [--seed 0] [--minutes 30]
python pipelines/torture.py --disk-full     writers and publisher meet a full disk now and then
python pipelines/torture.py --pinned        one reader holds a version over all of it; retention keeps nothing else

No LAMMPS: writers take the real way to the store with made-up numbers, each a function of its case, so that whatever a
reader sees can be judged. What must not be is written to ``violations.log``, and the run fails.
"""

import random
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ssbflow.store.sweeps import register_sweep
from torture_parts.full_disk import Filler, small_disk
from torture_parts.held import HeldVersion
from torture_parts.killing import Crew
from torture_parts.publishing import keep_publishing, publish_once
from torture_parts.reading import READERS, read_pinned
from torture_parts.summary import Result, result_of
from torture_parts.synthetic import sweep_of
from torture_parts.trial import Disk, Member, Trial
from torture_parts.verdict import judge
from torture_parts.writing import WRITERS, begin, write_cases

console = Console(width=120)
FULL_EVERY = 3  # of the pauses between kills, a small disk is full in one


def tortured(trial: Trial, kills: int, seconds: float, *, pinned: bool = False) -> Result:
    """Torture a new store; return what was seen.

    Parameters
    ----------
    trial : Trial
        In an empty folder.
    kills : int
    seconds : float
        At most, until everybody is told to come to an end.
    pinned : bool
        Whether one reader holds a version all the time while retention lets everything else go at once. Whom nothing
        pins has no right to a version then, so all other readers pin theirs too.
    """
    if pinned:
        trial = replace(trial, keep_versions=1, keep_s=0.0)
    register_sweep(trial.store, sweep_of(0))
    begin(trial)
    publish_once(trial)
    held = HeldVersion(trial) if pinned else None
    started = time.monotonic()
    _kill(trial, _members(pinned=pinned), kills, until=started + seconds)
    publish_once(trial, compact_from=1)
    if held:
        held.judge()
    judge(trial)
    return result_of(trial, time.monotonic() - started)


def _members(*, pinned: bool) -> list[Member]:
    writers = [Member("writer", write_cases, number) for number in range(WRITERS)]
    readers = [Member("reader", read, number) for number, read in enumerate([read_pinned] * 3 if pinned else READERS)]
    return [*writers, Member("publisher", keep_publishing), *readers]


def _kill(trial: Trial, members: list[Member], kills: int, until: float) -> None:
    """Let everybody work, kill one after the other, and let all come to an end."""
    generator = random.Random(trial.seed)
    crew, filler = Crew(trial, members, generator), Filler(trial.store.root.parent)
    for _ in range(kills):
        if time.monotonic() > until:
            break
        if trial.disk == "tmpfs" and generator.randrange(FULL_EVERY) == 0:
            filler.grow()
        crew.tend(crew.pause())
        crew.kill_one()
        filler.shrink()
    crew.finish()


def main(
    kills: Annotated[int, typer.Option(help="So many processes are killed.")] = 100,
    seed: Annotated[int, typer.Option(help="Of who is killed when, and of what everybody does.")] = 0,
    minutes: Annotated[float, typer.Option(help="At most.")] = 30.0,
    disk_full: Annotated[bool, typer.Option("--disk-full", help="The disk is full now and then.")] = False,
    pinned: Annotated[bool, typer.Option("--pinned", help="A reader holds one version all the time.")] = False,
    folder: Annotated[Path | None, typer.Option(help="An empty one; a temporary one if left out.")] = None,
) -> None:
    """Torture a store; print what happened, and fail if anything is not as it must be."""
    folder = folder or Path(tempfile.mkdtemp(prefix="torture-"))
    roomy: AbstractContextManager[Disk] = nullcontext("roomy")
    with small_disk(folder / "disk") if disk_full else roomy as disk:
        result = tortured(Trial(folder, seed=seed, disk=disk), kills, 60 * minutes, pinned=pinned)
    console.print(result.table())
    for violation in result.violations:
        console.print(violation, markup=False)
    console.print(f"notes: {folder}", soft_wrap=True)
    raise typer.Exit(1 if result.violations else 0)


if __name__ == "__main__":
    typer.run(main)
