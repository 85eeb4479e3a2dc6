"""Jobs of PBS and Slurm that are Dask workers, as a cluster file wants them."""

import logging
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dask_jobqueue.core import Job, JobQueueCluster
from dask_jobqueue.pbs import PBSJob
from dask_jobqueue.slurm import SLURMJob
from distributed import Security
from distributed.deploy.spec import ProcessInterface

from ssbflow.errors import InputError
from ssbflow.inputs.cluster import Cluster, PbsCluster, SlurmCluster
from ssbflow.press import deadline, lmp, ranks

NAME = "ssbflow"
PRIVATE = 0o700
ROLES = ("scheduler", "worker", "client")
LOST_AFTER_S = 30  # without a heartbeat
STARTS_WITHIN_S = 120  # a worker that comes; Python is slow to load from a network file system
SHARE_KEPT = 0.05  # of the walltime, between the worker's end and the job's: to write checkpoints and records
LEAST_KEPT_S, MOST_KEPT_S = 60, 1800
GIVEN_UP_AFTER_S = 5  # without its worker: what a nanny needs to start another
CONFIG = {"distributed.deploy.lost-worker-timeout": f"{GIVEN_UP_AFTER_S}s"}
"""Of Dask, as long as there is such a cluster: a job whose worker has gone is given up, then replaced."""

# mpiexec would ask the queue for nodes, and start its processes by srun or ssh: here they run where the worker does
ONE_NODE = ("export HYDRA_LAUNCHER=fork HYDRA_RMK=user",)


class TellingJob(Job):
    """A job that says why it could not be submitted, which Dask's would swallow."""

    complaint = ""

    async def start(self) -> None:
        """Submit the job; a failure is kept in `complaint`, for those who watch."""
        try:
            await super().start()  # type: ignore[no-untyped-call]
        except (RuntimeError, ValueError, OSError) as error:
            self.complaint = _words(error)
            await ProcessInterface.start(self)

    async def close(self) -> None:
        """Cancel the job, and be closed, as Dask wants to see it."""
        await super().close()  # type: ignore[no-untyped-call]
        await ProcessInterface.close(self)


class TellingPbsJob(TellingJob, PBSJob):
    """A job of PBS."""


class TellingSlurmJob(TellingJob, SLURMJob):
    """A job of Slurm."""


def _words(error: Exception) -> str:
    """Return what the submit command printed, without what dask-jobqueue says around it."""
    _, found, printed = str(error).partition("stdout:\n")
    return " ".join((printed.replace("stderr:\n", "") if found else str(error)).split())


@contextmanager
def started(cluster: PbsCluster | SlurmCluster) -> Iterator[JobQueueCluster]:
    """Start a scheduler for the jobs of a cluster, none submitted yet; at the end all of them are cancelled.

    Raises
    ------
    InputError
        The shared folder is not private, or cannot be made.
    """
    private_folder(cluster.folder)
    with (
        _keys(cluster) as security,
        JobQueueCluster(
            name=NAME,
            job_cls=job_class(cluster),  # type: ignore[arg-type]  # its annotation says a job, it wants their class
            security=security,
            protocol=_scheme(cluster),
            shared_temp_directory=str(cluster.folder),
            interface=cluster.interface,
            scheduler_options={
                "interface": cluster.scheduler_interface or cluster.interface,
                "dashboard_address": "localhost:0",
                "worker_ttl": LOST_AFTER_S,
            },
            silence_logs=logging.ERROR,
            **job_options(cluster),
        ) as jobs,
    ):
        yield jobs


@contextmanager
def _keys(cluster: Cluster) -> Iterator[Security | None]:
    """Make the keys of this run, which nobody but the user can read, and remove them at the end."""
    if not cluster.tls:
        yield None
        return
    made = Security.temporary().get_tls_config_for_role("worker")
    with tempfile.TemporaryDirectory(prefix=".keys-", dir=cluster.folder) as folder:
        written = security_in(Path(folder))
        files = written.get_tls_config_for_role("worker")
        for part in ("ca_file", "key"):
            Path(files[part]).write_text(made[part], encoding="ascii")
        yield written


def security_in(folder: Path) -> Security:
    """Return the keys in a folder: one certificate for everybody, which is its own authority, as Dask makes them."""
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    roles = {f"tls_{role}_{part}": path for role in ROLES for part, path in (("cert", certificate), ("key", key))}
    return Security(tls_ca_file=certificate, require_encryption=True, **roles)


def _scheme(cluster: Cluster) -> str:
    return "tls://" if cluster.tls else "tcp://"


def job_class(cluster: PbsCluster | SlurmCluster) -> type[Job]:
    """Return the kind of jobs of a cluster."""
    return TellingPbsJob if isinstance(cluster, PbsCluster) else TellingSlurmJob


def job_script(cluster: PbsCluster | SlurmCluster) -> str:
    """Return the script of a job, with a stand-in for the scheduler's address and the folder of the keys."""
    job = job_class(cluster)(
        f"{_scheme(cluster)}SCHEDULER:PORT", name=f"{NAME}-0", interface=cluster.interface, protocol=_scheme(cluster),
        security=security_in(cluster.folder / "KEYS") if cluster.tls else None, **job_options(cluster),
    )  # fmt: skip
    return str(job.job_script())


def job_options(cluster: PbsCluster | SlurmCluster) -> dict[str, Any]:
    """Return what dask-jobqueue is told of a job."""
    lifetime, stagger = lifetime_s(cluster)
    options = {
        # one process: of a job with several, dask-jobqueue never replaces those that died
        "processes": 1,
        "cores": cluster.cases_side_by_side,
        "memory": f"{cluster.memory_gb:g} GiB",
        "walltime": cluster.walltime_text,
        "account": cluster.account,
        "job_name": NAME,
        "python": shlex.quote(cluster.python),
        "shebang": "#!/usr/bin/env bash",
        "local_directory": cluster.scratch,
        "log_directory": str(logs(cluster)),
        "death_timeout": STARTS_WITHIN_S,
        "worker_extra_args": [
            "--lifetime", f"{lifetime}s", "--lifetime-stagger", f"{stagger}s", "--preload", "ssbflow.flow.worker_end"
        ],
        "job_script_prologue": prologue(cluster),
        "job_directives_skip": [],
        "job_extra_directives": list(cluster.directives),
    }  # fmt: skip
    return options | (_pbs_options(cluster) if isinstance(cluster, PbsCluster) else _slurm_options(cluster))


def _pbs_options(cluster: PbsCluster) -> dict[str, Any]:
    project = [f"-P {cluster.project}"] if cluster.project else []
    return {
        "queue": cluster.queue,
        "resource_spec": f"select=1:ncpus={cluster.cores}:mem={_megabytes(cluster)}mb",
        "job_extra_directives": [*project, *cluster.directives],
    }


def _slurm_options(cluster: SlurmCluster) -> dict[str, Any]:
    return {"queue": cluster.partition, "job_cpu": cluster.cores, "job_mem": f"{_megabytes(cluster)}M"}


def _megabytes(cluster: Cluster) -> int:
    return round(cluster.memory_gb * 1024)


def lifetime_s(cluster: Cluster) -> tuple[int, int]:
    """Return how long a worker stays, and by how much that varies: jobs begun together do not end together."""
    kept = min(max(SHARE_KEPT * cluster.walltime, LEAST_KEPT_S), MOST_KEPT_S, cluster.walltime / 2)
    return int(cluster.walltime - kept), int(kept / 2)


def prologue(cluster: Cluster) -> list[str]:
    """Return the lines before the worker starts: the user's, then what ssbflow wants to know there."""
    lines = [
        *cluster.prologue,
        f"export {deadline.SETTING}=$(( $(date +%s) + {cluster.walltime} ))",
        f"export {ranks.SETTING}={cluster.ranks}",
    ]
    if cluster.ranks > 1:
        lines.extend(ONE_NODE)
    if cluster.lammps:
        lines.append(f"export {lmp.SETTING}={cluster.lammps}")
    return lines


def logs(cluster: Cluster) -> Path:
    """Return the folder of what the jobs print."""
    return cluster.folder / "logs"


def private_folder(folder: Path) -> None:
    """Make a folder for keys and logs that nobody else can read, or see that it is one.

    Raises
    ------
    InputError
    """
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        (folder / "logs").mkdir(mode=PRIVATE, exist_ok=True)
        mode = folder.stat().st_mode & 0o777
    except OSError as error:
        raise InputError(f"shared_folder {folder} cannot be made ({error.strerror}); give another") from error
    if mode & 0o077:
        raise InputError(
            f"shared_folder {folder} is open to others (mode {mode:o}), and the keys of your workers would lie in it: "
            f"chmod 700 {folder}, or give another"
        )
