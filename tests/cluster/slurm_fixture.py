"""A real Slurm of one node on this machine: munged, slurmctld and slurmd, all run by one ordinary user.

Nothing of it lies outside its folder, no systemd and no root are needed, and ports are free ones: it disturbs no other
Slurm. Only that user may submit to it, as whom `run` runs commands.
"""

import contextlib
import getpass
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from other_user import as_user, give
from workspace import Workspace

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
SYSTEM_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
UP_WITHIN_S = 40
DOWN_WITHIN_S = 10

CONFIGURATION = """
ClusterName=ssbflow
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=1
ReturnToService=2
KillWait=3
OverTimeLimit=0
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb} State=UNKNOWN
PartitionName={partition} Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Slurm(Workspace):
    """The running Slurm, and what tests do with it.

    Parameters
    ----------
    folder : Path
        Which the user owns: configuration, state, logs; `workspace` in it is for the tests.
    account : str, optional
        Whose it is, if it is somebody else's.
    """

    cpus = 8  # more than the machine has: the tests wait more than they compute
    memory_mb = 16_000
    partition = "main"
    cluster_file = (
        "kind: slurm\npartition: main\ncores: 2\nmemory_gb: 2\nwalltime: 00:10:00\ninterface: lo\njobs: 1\n"
        "worker_timeout_s: 60\n"
    )

    def __init__(self, folder: Path, account: str | None) -> None:
        self.folder, self.user_name = folder, account or getpass.getuser()
        self.host = platform.node().split(".")[0]
        environment = {
            "HOME": str(folder / "home"),
            "USER": self.user_name,
            "LANG": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}:{SYSTEM_PATH}",
            "SLURM_CONF": str(folder / "slurm.conf"),
        }
        super().__init__(folder / "workspace", account, environment)
        self._daemons: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the three daemons and wait until the node takes jobs."""
        for name in ("state", "spool", "home", "workspace"):
            (self.folder / name).mkdir()
        (self.folder / "munge.key").write_bytes(os.urandom(128))
        (self.folder / "munge.key").chmod(0o600)
        controller_port, node_port = _free_ports(2)
        text = CONFIGURATION.format(
            host=self.host, controller_port=controller_port, node_port=node_port, user=self.user_name,
            folder=self.folder, cpus=self.cpus, memory_mb=self.memory_mb, partition=self.partition,
        )  # fmt: skip
        (self.folder / "slurm.conf").write_text(text, encoding="utf-8")
        give(self.folder, self.user)
        files = {"--key-file": "munge.key", "--log-file": "munged.log", "--pid-file": "munged.pid"}
        files |= {"--seed-file": "munged.seed", "--socket": "munge.socket"}
        self._daemon("munged", "--foreground", "--force", *(f"{o}={self.folder / name}" for o, name in files.items()))
        _wait_until((self.folder / "munge.socket").exists, "munged did not open its socket", self)
        self._daemon("slurmctld", "-D")
        self._daemon("slurmd", "-D", "-N", self.host)
        _wait_until(lambda: self.node_state() == "idle", "the node did not become idle", self)

    def stop(self) -> None:
        """End all jobs and daemons, whatever state they are in."""
        with contextlib.suppress(subprocess.SubprocessError, TimeoutError):
            self.clear()
        for daemon in reversed(self._daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in reversed(self._daemons):
            try:
                daemon.wait(DOWN_WITHIN_S)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def clear(self) -> None:
        """End all jobs and let the node take others."""
        self.run(["scancel", f"--user={self.user_name}"], timeout_s=DOWN_WITHIN_S)
        _wait_until(lambda: not self.jobs(), "jobs do not end", self, DOWN_WITHIN_S)
        if not self.node_state().startswith(("idle", "mix", "alloc")):
            self.resume()
            _wait_until(lambda: self.node_state().startswith("idle"), "the node does not resume", self, DOWN_WITHIN_S)

    def submit(self, script: str) -> str:
        """Submit a job script; return the job's id."""
        path = self.place("job.sh", script)
        answer = self.run(["sbatch", "--parsable", path])
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def jobs(self, *, ended: bool = False, comment: str = "") -> dict[str, str]:
        """Return id → state (``PENDING``, ``RUNNING``, ...) of the jobs, the ended ones too if asked for.

        Only those that were submitted with the comment, if there is one.
        """
        states = ["--states=all"] if ended else []
        answer = self.run(["squeue", "--noheader", *states, "--sort=i", "--format=%i %T %k"])
        lines = [line.split() for line in answer.stdout.splitlines()]
        return {job: state for job, state, said in lines if comment in ("", said)}

    def cancel(self, job: str) -> None:
        """Cancel a job."""
        self.run(["scancel", job])

    def kill(self, job: str) -> None:
        """Kill all processes of a job at once, Slurm's own too; nobody hears of it before."""
        for process in psutil.process_iter(["cmdline"]):
            if f"slurmstepd: [{job}.batch]" in " ".join(process.info["cmdline"] or ()):
                for one in [process, *process.children(recursive=True)]:
                    one.kill()

    def end_walltime(self, job: str) -> None:
        """Let the walltime of a job be over: Slurm notices within 30 s, sends TERM, and KILL after its KillWait."""
        self.run(["scontrol", "update", f"JobId={job}", "EndTime=now"])

    def wait_for_end(self, job: str, within_s: float = 120) -> None:
        """Wait until a job has ended."""
        self.wait_until(lambda: job not in self.jobs(), within_s)

    def wait_until(self, ready: Callable[[], object], within_s: float = 120) -> None:
        """Wait until something holds."""
        _wait_until(ready, "it did not happen", self, within_s)

    def drain(self) -> None:
        """Let the node take no further jobs."""
        self.run(["scontrol", "update", f"NodeName={self.host}", "State=DRAIN", "Reason=tests"])

    def resume(self) -> None:
        """Let the node take jobs again."""
        self.run(["scontrol", "update", f"NodeName={self.host}", "State=RESUME"])

    def node_state(self) -> str:
        """Return the node's state, e.g. ``idle``, ``mixed``, ``drained``."""
        return self.run(["sinfo", "--noheader", "--format=%T"]).stdout.strip()

    def logs(self) -> str:
        """Return the ends of the daemons' logs."""
        return "\n".join(f"{path.name}: {path.read_text()[-2000:]}" for path in sorted(self.folder.glob("*.log")))

    def _daemon(self, *command: str) -> None:
        with (self.folder / f"{command[0]}.out.log").open("wb") as output:
            daemon = subprocess.Popen(
                [*as_user(self.user), *command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self._daemons.append(daemon)


def missing() -> str:
    """Return why there can be no Slurm here, or nothing."""
    lacking = [name for name in PROGRAMS if shutil.which(name, path=SYSTEM_PATH) is None]
    if lacking:
        return f"no {', '.join(lacking)}: apt-get install slurm-wlm munge"
    return ""


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _wait_until(ready: Callable[[], object], complaint: str, slurm: Slurm, within_s: float = UP_WITHIN_S) -> None:
    until = time.monotonic() + within_s
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(f"{complaint} within {within_s} s:\n{slurm.logs()}")
        time.sleep(0.1)
