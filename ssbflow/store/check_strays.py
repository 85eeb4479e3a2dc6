"""Checking for what does not belong: strays, and leftovers of processes that were killed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ssbflow.store.current import Current
from ssbflow.store.findings import Ages, Finding, Kind
from ssbflow.store.layout import Store
from ssbflow.store.locks import is_locked
from ssbflow.store.recorded import Recorded
from ssbflow.store.sweeps import Description

CASE = r"(?P<two>[0-9a-f]{2})/(?P=two)[0-9a-f]{30}"
BELONGS = re.compile(
    "|".join(
        f"(?:{pattern.replace('two', f'two{number}')})"
        for number, pattern in enumerate(
            (
                r"store\.json|current\.json|cases\.parquet|\.publish\.lock|cube\.zarr",
                r"sweeps/(copies/)?[^/]+\.json",
                rf"records/{CASE}(\.\d+)?\.json",
                rf"measures/[0-9a-f]{{32}}/{CASE}(\.\d+)?\.json",
                rf"cases/{CASE}\.zarr\.zip",
                r"ledger/seg-\d{6}\.parquet",
                r"(cubes|tags)/[^/]+\.zarr",
                r"versions/v\d{6}\.parity",
                r"versions/v\d{6}\.zarr/(zarr\.json|[^/]+/(zarr\.json|c/.+|c\.[\d.]+|[\d.]+))",
                rf"presses/{CASE}(\.lock|/.+)",
                r"nights/(\.lock|\d{4}-\d{2}-\d{2}\.(md|json))",
            )
        )
    )
)
LEFT = re.compile(r"(.*/)?(\..+\.[0-9a-f]{32}\.partial|\.(writable|clock)\.[0-9a-f]{32})")
LEFT_FOLDER = re.compile(r"versions/\.(tmp|old)-[^/]+")


def check_strays(
    store: Store, description: Description | None, current: Current | None, recorded: Recorded, ages: Ages
) -> list[Finding]:
    """Return files that have no place in a store, and what killed processes left; young ones are left alone."""
    findings = [finding for finding in _walked(store) if not ages.is_young(finding.path)]
    findings += _abandoned_presses(store, recorded, ages)
    if description is not None:
        listed = {entry.file for entry in description.sweeps}
        findings += _unlisted([*store.sweeps.glob("*.json"), *store.sweep_copies.glob("*.json")], listed, ages)
    if current is not None:
        findings += _unlisted(store.versions.glob("v??????.zarr"), set(current.versions), ages)
        parities = {store.parity(name).name for name in current.versions}
        findings += _unlisted(store.versions.glob("v??????.parity"), parities, ages)
        findings += _unlisted(store.cubes.glob("*.zarr"), {f"{name}.zarr" for name in current.cubes}, ages)
        findings += _unlisted(store.tags.glob("*.zarr"), {f"{name}.zarr" for name in current.tags}, ages)
    return findings


def _walked(store: Store) -> Iterator[Finding]:
    for folder, folders, files in os.walk(store.root):
        here = Path(folder)
        for name in sorted(folders):
            path = here / name
            relative = path.relative_to(store.root).as_posix()
            if LEFT_FOLDER.fullmatch(relative):
                yield Finding(path, Kind.LEFTOVER, "was left by a publisher that was killed")
            elif path.is_symlink() and not BELONGS.fullmatch(relative):
                yield Finding(path, Kind.STRAY, "has no place in a store")
            elif path != store.quarantine and not path.is_symlink():
                continue
            folders.remove(name)
        for name in sorted(files):
            relative = (here / name).relative_to(store.root).as_posix()
            if LEFT.fullmatch(relative):
                yield Finding(here / name, Kind.LEFTOVER, "was left by a process that was killed")
            elif not BELONGS.fullmatch(relative):
                yield Finding(here / name, Kind.STRAY, "has no place in a store")


def _unlisted(paths: Iterator[Path] | list[Path], listed: set[str], ages: Ages) -> list[Finding]:
    return [
        Finding(path, Kind.LEFTOVER, "is not listed: its writer was killed")
        for path in sorted(paths)
        if path.name not in listed and not path.name.startswith(".") and not ages.is_young(path)
    ]


def _abandoned_presses(store: Store, recorded: Recorded, ages: Ages) -> list[Finding]:
    """Return the press folders of cases that have a record and cannot be gone on with."""
    return [
        Finding(path, Kind.LEFTOVER, "is left of a press whose case has its record", path.name)
        for path in sorted(store.presses.glob("??/*"))
        if path.is_dir() and _is_over(store, path, recorded) and not ages.is_young(path)
    ]


def _is_over(store: Store, press: Path, recorded: Recorded) -> bool:
    known = recorded.simulations.get(press.name)
    return known is not None and not known.is_resumable and not is_locked(store.press_lock(press.name))
