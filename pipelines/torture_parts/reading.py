"""Readers: what analysts do with a store while it is filled, three kinds of them."""

import os
import random
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import ssbflow
from torture_parts.judging import History, Seen, equal, faults
from torture_parts.trial import Trial

RESTED_S = (0.5, 1.5)  # between two openings: the processors are for all
HELD_S = (0.5, 4.0)  # by a reader whose version is pinned
SAFE_SHARE = 0.5  # of `keep_s`: so long a reader may hold a version that nothing pins
CARRIED = 2  # versions on, the chunks of one are still found through the link
LABELS = ("composition", "distribution", "seed")


def read_pinned(trial: Trial, _: int, generator: random.Random) -> None:
    """`open_cube`, held over many publishes, read bit by bit, twice."""
    history = History()
    while not trial.finishing:
        with ssbflow.open_cube(trial.store.root) as cube:
            seen, same = _read_twice(cube, generator, generator.uniform(*HELD_S))
        _judge(trial, "pinned", seen, history, same=same)
        time.sleep(generator.uniform(*RESTED_S))


def read_resolved(trial: Trial, _: int, generator: random.Random) -> None:
    """`xr.open_zarr` of the version behind the link: nothing pins it, so it is held for less than versions are kept."""
    history = History()
    while not trial.finishing:
        started = time.monotonic()
        with xr.open_zarr(os.path.realpath(trial.store.default_cube)) as cube:
            seen, same = _read_twice(cube, generator, generator.uniform(0, SAFE_SHARE / 4 * trial.keep_s))
        if time.monotonic() - started > SAFE_SHARE * trial.keep_s:
            trial.note("reader", "not judged", kind="resolved")
            continue
        _judge(trial, "resolved", seen, history, same=same)
        time.sleep(generator.uniform(*RESTED_S))


def read_linked(trial: Trial, _: int, generator: random.Random) -> None:
    """`xr.open_zarr` of the link itself, read at once, while the link moves on."""
    history, link = History(), trial.store.default_cube
    while not trial.finishing:
        before = _version(link)
        try:
            with xr.open_zarr(str(link)) as cube:
                seen = _read(cube.load(), [*map(str, cube.data_vars), *LABELS])
        except Exception:
            if _version(link) - before <= CARRIED:
                raise
        if (moved := _version(link) - before) > CARRIED:
            trial.note("reader", "not judged", kind="linked")
            continue
        _judge(trial, "linked", seen, history, moved=moved)
        time.sleep(generator.uniform(*RESTED_S))


READERS = (read_pinned, read_resolved, read_linked)


def _judge(trial: Trial, kind: str, seen: Seen, history: History, *, same: bool = True, **facts: Any) -> None:
    found = [*faults(seen), *history.faults(seen), *([] if same else ["read twice, and not the same"])]
    for fault in found:
        trial.violate(f"reader {kind}", fault)
    trial.note("reader", "read", kind=kind, cells=seen["status"].size, ok=len(history.cells), **facts)


def _read_twice(cube: xr.Dataset, generator: random.Random, held_s: float) -> tuple[Seen, bool]:
    """Read all variables bit by bit, then once more; return what they were, and whether they were so both times."""
    names = _names(cube, generator)
    half = len(names) // 2
    seen = _read(cube, names[:half])
    time.sleep(held_s / 2)
    seen |= _read(cube, names[half:])
    time.sleep(held_s / 2)
    again = _read(cube, names)
    return seen, all(equal(seen[name], again[name]) for name in names)


def _names(cube: xr.Dataset, generator: random.Random) -> list[str]:
    names = [*map(str, cube.data_vars), *LABELS]
    generator.shuffle(names)
    return names


def _read(cube: xr.Dataset, names: Iterable[str]) -> Seen:
    return {name: np.array(cube[name].values) for name in names}


def _version(link: Path) -> int:
    return int(Path(os.path.realpath(link)).name[1:7])
