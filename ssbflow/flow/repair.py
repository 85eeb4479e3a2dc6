"""Repairing a store: what a check finds is put aside and computed, or published, again."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from distributed import Client

from ssbflow.flow.bringing_back import BringingBack
from ssbflow.flow.events import Callback
from ssbflow.flow.todo import mark_done, nameless_losses, todo_of, unfinished
from ssbflow.store.check import MIN_AGE_S, check
from ssbflow.store.check_sweeps import whole_sweep
from ssbflow.store.current import Current, Version
from ssbflow.store.durable import relink
from ssbflow.store.findings import Finding, Kind
from ssbflow.store.layout import Store
from ssbflow.store.ledger import write_segment
from ssbflow.store.locks import locked
from ssbflow.store.parity import mend
from ssbflow.store.publish import publish
from ssbflow.store.quarantine import Quarantine
from ssbflow.store.rebuilding import rebuild_description, rebuild_parity, rebuild_sweep, rebuilt_current
from ssbflow.store.salvage import Salvage, salvage

log = logging.getLogger("ssbflow")

ROUNDS = 4  # one thing hides another: cubes cannot be compared with records while the ledger is damaged
PUT_ASIDE = (
    Kind.RECORD,
    Kind.MEASUREMENT,
    Kind.CASE_FILE,
    Kind.TABLE,
    Kind.STRAY,
    Kind.LEFTOVER,
)


@dataclass(frozen=True)
class Repaired:
    """What a repair did.

    Parameters
    ----------
    healed : tuple of Finding
        Everything that was wrong and is not any more.
    lost : tuple of Finding
        What was put aside and cannot be made again.
    remaining : tuple of Finding
        What is wrong still.
    quarantine : Path
        Where to find what was put aside.
    """

    healed: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    quarantine: Path

    @property
    def is_whole(self) -> bool:
        """Whether the store is as good as if nothing had happened."""
        return not self.lost and not any(finding.is_wrong for finding in self.remaining)


def repair(
    store: str | Path,
    client: Client | None = None,
    callbacks: Iterable[Callback] = (),
    *,
    min_age_s: float = MIN_AGE_S,
) -> Repaired:
    """Check a store, heal what is wrong, and check it again.

    Nothing is deleted: what is damaged or has no place goes to ``STORE/quarantine/<time>``. A repair that was killed
    is finished by the next one. A sweep may run and publish meanwhile.

    Parameters
    ----------
    store : path
    client : distributed.Client, optional
        Computes cases again; one after another in this process if left out.
    callbacks : iterable of Callback
    min_age_s : float
        Younger files (s) that nothing speaks of are taken for somebody's work and left alone.

    Returns
    -------
    Repaired

    Raises
    ------
    StoreError
        There is no store here, it is of another schema version, or it cannot be written.
    LammpsNotFoundError
        Cases have to be simulated again, and there is no LAMMPS where they would be.
    """
    layout, seen, lost = Store(Path(store).resolve()), dict[Finding, None](), dict[Finding, None]()
    before: list[Finding] | None = None
    for _ in range(ROUNDS):
        findings = check(layout, min_age_s=min_age_s)
        if findings == before or not (findings or not unfinished(layout).is_empty):
            break
        seen |= dict.fromkeys(findings)
        lost |= dict.fromkeys(_Round(layout, client, callbacks).heal(findings))
        mark_done(layout)
        before = findings
    else:
        findings = check(layout, min_age_s=min_age_s)
    gone = {finding.path for finding in lost}
    healed = tuple(one for one in seen if one not in findings and one.path not in gone)
    return Repaired(healed, tuple(lost), tuple(findings), layout.quarantine)


class _Round:
    """Heals what one check found."""

    def __init__(self, store: Store, client: Client | None, callbacks: Iterable[Callback]) -> None:
        self.store, self.quarantine = store, Quarantine(store)
        self.cases = BringingBack(store, self.quarantine.folder.name, client, callbacks)

    def heal(self, findings: list[Finding]) -> list[Finding]:
        """Heal; return what is gone for good."""
        salvages = {one.path: salvage(one.path) for one in findings if one.kind is Kind.SEGMENT}
        todo = unfinished(self.store) | todo_of(findings, list(salvages.values()))
        if not todo.is_empty:
            todo.write(self.quarantine.folder)  # before anything that tells of it is put aside
        self._heal_sweeps(findings)
        with locked(self.store.lock):
            self._heal_ledger(salvages)
            self._heal_published(findings)
            if todo.all_measurements:  # before anybody publishes cubes without them
                todo |= nameless_losses(self.store)
                todo.write(self.quarantine.folder)
        self._put_aside(findings)
        self._rebuild_orphans(findings)
        lost = self.cases.do(todo)
        publish(self.store)
        older = [one for one in findings if one.kind is Kind.OLDER and not one.path.exists()]
        return [*lost, *self._let_go(), *older]

    def _heal_sweeps(self, findings: list[Finding]) -> None:
        for finding in findings:
            if finding.kind is Kind.SWEEP and whole_sweep(self.store, finding.path.name):
                self.quarantine.take(finding.path)
                rebuild_sweep(self.store, finding.path.name)
        for finding in findings:
            if finding.kind is Kind.DESCRIPTION:
                self.quarantine.take(finding.path)
                rebuild_description(self.store)

    def _heal_ledger(self, salvages: dict[Path, Salvage]) -> None:
        for path, found in salvages.items():
            if path.exists():
                # also if empty: a segment's number is never given twice, for readers remember what is where in it
                write_segment(self.store, found.rows)
                self.quarantine.take(path)

    def _heal_published(self, findings: list[Finding]) -> None:
        for finding in findings:
            if finding.kind in (Kind.NEWEST, Kind.OLDER) and not mend(finding.path, self.quarantine.take):
                self.quarantine.take(finding.path)
                self.quarantine.take(self.store.parity(finding.path.name))
            elif finding.kind is Kind.LINK and not finding.path.is_symlink():
                self.quarantine.take(finding.path)
        self._heal_parities(findings)
        damaged = [finding.path for finding in findings if finding.kind is Kind.CURRENT]
        if damaged:
            self.quarantine.take(damaged[0])
            rebuilt_current(self.store).write(self.store)

    def _heal_parities(self, findings: list[Finding]) -> None:
        """Write the parity of versions that are whole anew."""
        for finding in findings:
            version = finding.path.with_suffix(".zarr")
            if finding.kind is Kind.PARITY and version.exists():
                self.quarantine.take(finding.path)
                rebuild_parity(self.store, Current.read(self.store), version.name).write(self.store)

    def _put_aside(self, findings: list[Finding]) -> None:
        for finding in findings:
            if finding.kind in PUT_ASIDE:
                self.quarantine.take(finding.path)

    def _rebuild_orphans(self, findings: list[Finding]) -> None:
        for finding in findings:
            if finding.kind is Kind.ORPHAN and not self.cases.rebuild(finding.case_id):
                self.quarantine.take(finding.path)

    def _let_go(self) -> list[Finding]:
        """Forget versions that were put aside, and the tags of those that no other version says the same as."""
        with locked(self.store.lock):
            current = Current.read(self.store)
            there = {name: about for name, about in current.versions.items() if (self.store.versions / name).is_dir()}
            tags = {tag: _same(current, version, there) for tag, version in current.tags.items()}
            kept = {tag: version for tag, version in tags.items() if version}
            kept_current = current.model_copy(update={"versions": there, "tags": kept})
            if kept_current != current:
                kept_current.write(self.store)
            for tag, version in kept.items():
                if version != current.tags[tag]:
                    relink(self.store.tags / f"{tag}.zarr", self.store.versions / version)
            lost = [self.store.tags / f"{tag}.zarr" for tag, version in tags.items() if not version]
            for link in lost:
                self.quarantine.take(link)
        return [Finding(link, Kind.OLDER, "named a version that is damaged and cannot be made again") for link in lost]


def _same(current: Current, name: str, there: dict[str, Version]) -> str:
    """Return a version that says what another says: itself if it is there; empty if there is none."""
    if name in there:
        return name
    about = current.versions.get(name)
    others = [other for other in there if about and about.content and current.versions[other].content == about.content]
    return max(others, default="")
