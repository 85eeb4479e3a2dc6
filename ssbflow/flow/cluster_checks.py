"""Refusing what a cluster cannot do, before a job is submitted and with the first worker."""

import shutil
import uuid
from pathlib import Path

import psutil
from distributed import Client

from ssbflow.errors import ClusterError, InputError
from ssbflow.flow.jobqueue import lifetime_s
from ssbflow.flow.planning import expected_seconds
from ssbflow.flow.queues import QUEUES
from ssbflow.inputs.cluster import Cluster, PbsCluster, SlurmCluster
from ssbflow.inputs.sweep import Sweep
from ssbflow.packing.grid_fill import expected_particles
from ssbflow.press.deadline import MARGIN_S
from ssbflow.store.durable import told_clearly

GIB = 1024.0**3
# Peak resident memory as measured with boxes of 600 to 40 000 particles: a worker 0.19 GiB and 2.4 kB for a particle
# that it measures; LAMMPS 35 MB and 1.6 kB for a particle. Half as much again for denser packings and wider sizes.
WORKER_BYTES = 0.3 * GIB
CASE_BYTES = 50e6
PARTICLE_BYTES = 6000.0
FRAME_BYTES = 48.0  # a particle's place in a frame: as it was read, and on its way into the case file


def check_commands(cluster: PbsCluster | SlurmCluster) -> None:
    """Refuse a cluster whose commands are not on this machine.

    Raises
    ------
    InputError
    """
    queue = QUEUES[cluster.kind]
    for command in (queue.submit, queue.ask[0]):
        if shutil.which(command) is None:
            raise InputError(
                f"kind: {cluster.kind}, but there is no {command} here: run this on a login node, or load its module"
            )


def check_interface(cluster: Cluster) -> None:
    """Refuse a network interface that this machine does not have.

    Raises
    ------
    InputError
    """
    field = "scheduler_interface" if cluster.scheduler_interface else "interface"
    wanted, here = cluster.scheduler_interface or cluster.interface, sorted(psutil.net_if_addrs())
    if wanted not in here:
        raise InputError(f"{field}: there is no {wanted!r} on this host; it has {', '.join(here)}")


def check_sweep(cluster: Cluster, sweep: Sweep) -> None:
    """Refuse jobs that are too short or too small for the cases of a sweep.

    Raises
    ------
    InputError
    """
    wanted, most = sweep.protocol.press.ranks, cluster.ranks
    if wanted != "auto" and wanted > most:
        raise InputError(f"ranks: sweep {sweep.name} presses on {wanted} ranks; got {most} for each case")
    _check_walltime(cluster, sweep)
    _check_memory(cluster, sweep)


def _check_walltime(cluster: Cluster, sweep: Sweep) -> None:
    lifetime, stagger = lifetime_s(cluster)
    usable = lifetime - stagger - MARGIN_S
    needed = max(expected_seconds(design) for design in sweep.designs()) / cluster.ranks
    if needed > usable:
        raise InputError(
            f"walltime: {cluster.walltime_text} leaves a case {_minutes(usable)}; one case of sweep {sweep.name} takes "
            f"about {_minutes(needed)}: ask for more time, or more ranks"
        )


def _check_memory(cluster: Cluster, sweep: Sweep) -> None:
    particles = max(expected_particles(design) for design in sweep.designs())
    side_by_side = cluster.cases_side_by_side
    one_case = CASE_BYTES + particles * (PARTICLE_BYTES + FRAME_BYTES * sweep.protocol.press.frames)
    needed = (WORKER_BYTES + side_by_side * one_case) / GIB
    if needed > cluster.memory_gb:
        raise InputError(
            f"memory_gb: {cluster.memory_gb:g} is too little; {side_by_side} cases of {particles:.0f} particles side "
            f"by side take about {needed:.2g}: ask for more, or for fewer cores"
        )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.3g} min"


def check_store_seen(client: Client, store: str | Path) -> None:
    """Refuse a store that a worker does not see, or cannot write: a file goes there and an answer comes back.

    Where there is no store yet, the folder that it will be made in is tried.

    Raises
    ------
    ClusterError
        The worker does not see it.
    DiskError
        It cannot be written from here.
    """
    root, token = nearest_folder(store), uuid.uuid4().hex
    question, answer = root / f".seen.{token}", root / f".seen.{token}.answer"
    try:
        with told_clearly(root):
            question.write_text(token, encoding="ascii")
        problem = client.submit(_answer, question, answer, pure=False).result()
        if not problem and not (answer.exists() and answer.read_text(encoding="ascii") == token):
            problem = "what it wrote there does not arrive here"
    finally:
        question.unlink(missing_ok=True)
        answer.unlink(missing_ok=True)
    if problem:
        raise ClusterError(f"the worker does not share {root}: {problem}; take a store on a file system of both")


def nearest_folder(store: str | Path) -> Path:
    """Return the folder of a store, or the nearest above it that is there already."""
    root = Path(store).resolve()
    return next(folder for folder in (root, *root.parents) if folder.is_dir())


def _answer(question: Path, answer: Path) -> str:
    """On the worker: copy the question, and return what stood in the way."""
    try:
        answer.write_text(question.read_text(encoding="ascii"), encoding="ascii")
    except OSError as error:
        return f"{error.strerror} ({error.filename})"
    return ""
