"""The PBS of this machine, and what tests do with it."""

import dataclasses
import getpass
import os
import pwd
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from account import ordinary_account
from other_user import as_user, everybody_may_read
from workspace import Workspace

import ssbflow
from ssbflow.flow.queues import QUEUES, ask

SETTING = "SSBFLOW_TEST_PBS"
CLUSTER = """
kind: pbs
cores: 1
memory_gb: 1
walltime: 00:10:00
interface: {interface}
jobs: 1
worker_timeout_s: 120
shared_folder: {shared}
"""


class RealPbs(Workspace):
    """A queue that takes jobs from here.

    Parameters
    ----------
    workspace : Path
        Seen by the nodes, open to the user who submits.
    """

    def __init__(self, workspace: Path) -> None:
        other = other_user()
        self.user_name = other or getpass.getuser()
        home = pwd.getpwnam(self.user_name).pw_dir
        environment = {**os.environ, "HOME": home, "USER": self.user_name, "LOGNAME": self.user_name}
        super().__init__(workspace, other, environment)
        self.nodes = [line.strip() for line in self._said("pbsnodes", "-a").splitlines() if line.strip() == line != ""]
        given = os.environ.get(SETTING)
        self.cluster_file = Path(given).read_text(encoding="utf-8") if given else self._plain_cluster_file()

    def jobs(self) -> dict[str, str]:
        """Return id → state of this user's jobs that have not ended."""
        queue = dataclasses.replace(QUEUES["pbs"], ask=(*as_user(self.user), "qstat", "-u", self.user_name))
        standing = ask(queue)
        assert standing.states is not None, standing.words
        return standing.states

    def delete(self, job: str) -> None:
        """Delete a job behind the back of who submitted it."""
        answer = self.run(["qdel", job])
        assert answer.returncode == 0, answer.stderr

    def skip_unless_it_may_be_drained(self) -> None:
        """Skip the test where that would be in somebody's way, or is not allowed."""
        if len(self.nodes) != 1:
            pytest.skip(f"{len(self.nodes)} nodes: they are somebody's")
        jobs = [line.split()[1] for line in self._said("qstat", "-a").splitlines() if line[:1].isdigit()]
        if jobs:
            pytest.skip(f"the node has jobs of {', '.join(sorted(set(jobs)))}")
        answer = self._mark("-o")
        self._mark("-r")
        if answer.returncode != 0:
            pytest.skip(f"pbsnodes -o: {answer.stderr.strip()}")

    def drain(self) -> None:
        """Let the node take no further jobs."""
        assert self._mark("-o").returncode == 0

    def resume(self) -> None:
        """Let the node take jobs again."""
        assert self._mark("-r").returncode == 0

    def _mark(self, option: str) -> "subprocess.CompletedProcess[str]":
        return Workspace(self.workspace).run(["pbsnodes", option, *self.nodes])  # as root, where this is root

    def _said(self, *command: str) -> str:
        return self.run(command).stdout

    def _plain_cluster_file(self) -> str:
        interface = interface_to(self.nodes[0]) if self.nodes else "lo"
        return CLUSTER.format(interface=interface, shared=self.workspace / "shared")


def other_user() -> str | None:
    """Return an ordinary user, made if missing, where this is root: PBS takes no jobs of root's.

    None for oneself; also for root where nobody else can read this interpreter, for a PBS that does take them.
    """
    places = [Path(sys.executable).resolve(), Path(sys.executable), Path(ssbflow.__file__)]
    return ordinary_account() if all(map(everybody_may_read, places)) else None


def interface_to(host: str) -> str:
    """Return the network interface by which a host is reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nothing_is_sent:
        nothing_is_sent.connect((host, 9))
        mine = nothing_is_sent.getsockname()[0]
    addresses = {name: [one.address for one in found] for name, found in psutil.net_if_addrs().items()}
    return next((name for name, found in addresses.items() if mine in found), "lo")
