"""A sweep that runs on a cluster while something is done to its jobs."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from counting_lmp import CountingLmp, first_time

import ssbflow
from ssbflow.store.layout import Store
from ssbflow.store.outcomes import case_record

SSBFLOW = Path(sys.executable).with_name("ssbflow")
PROGRAM_S = 240


class Machine(Protocol):
    """Where commands are run that submit jobs."""

    workspace: Path
    cluster_file: str

    def run(
        self, command: Sequence[str | Path], *, timeout_s: float = ..., **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the workspace."""

    def begin(self, command: Sequence[str | Path], output: Path) -> "subprocess.Popen[bytes]":
        """Start a command in the workspace, and do not wait for it."""

    def place(self, name: str, text: str) -> Path:
        """Write a file into the workspace."""

    def jobs(self) -> dict[str, str]:
        """Return id → state of the jobs that have not ended."""


class CountedSweep:
    """A sweep and a cluster file of its name, to be run into a store of its name, its presses counted."""

    def __init__(self, machine: Machine, name: str, sweep: str, cluster: str, trouble: str = "") -> None:
        self.machine, self.name, self.store = machine, name, machine.workspace / name
        folder = machine.place(f"{name}.presses/kept", "").parent
        self.lmp = CountingLmp(folder, while_pressing=first_time(folder, trouble) if trouble else "")
        machine.place(f"{name}.cluster.yaml", re.sub(r"lammps: .*\n", "", cluster) + f"lammps: {self.lmp.path}\n")
        self.sweep = machine.place(f"{name}.yaml", sweep)
        self.case_ids = [case.case_id for case in ssbflow.load_sweep(self.sweep).cases()]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Begin the sweep; what is done meanwhile must not keep it from its end, with each case ended well and once."""
        told = self.machine.workspace / f"{self.name}.out"
        command = [SSBFLOW, "run", self.sweep, "--store", self.name, "--cluster", f"{self.name}.cluster.yaml"]
        client = self.machine.begin(command, told)
        try:
            yield
            assert client.wait(PROGRAM_S) == 0, told.read_text()
        finally:
            client.kill()
            client.wait()
        assert self.lmp.ended() == Counter(self.case_ids)
        assert (ssbflow.open_cube(self.store)["status"].load() == 1).all()

    def were_resumed(self) -> list[bool]:
        """Whether the press of each case that was kept went on from a checkpoint."""
        records = [case_record(Store(self.store), case_id) for case_id in self.case_ids]
        return [record is not None and record.provenance["resumed"] for record in records]
