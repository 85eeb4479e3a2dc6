"""Where cases run: one factory of Dask clients."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
from distributed import Client, LocalCluster

from ssbflow.errors import ClusterError, InputError
from ssbflow.flow import cluster_checks
from ssbflow.flow.job_watch import TRIES, JobWatch, wait_for_first_worker
from ssbflow.flow.jobqueue import CONFIG, logs, started
from ssbflow.flow.queues import QUEUES
from ssbflow.inputs.cluster import JobRange, PbsCluster, SlurmCluster, load_cluster
from ssbflow.inputs.sweep import Sweep

CONNECT_TIMEOUT_S = 30
SCHEMES = ("tcp://", "tls://", "ws://", "wss://", "ucx://")
CLUSTER_FILES = (".yaml", ".yml")
SCHEDULER_FILE = ".json"
KINDS = f"serial, local, FILE.yaml (a cluster file), an address ({SCHEMES[0]}host:port) or FILE.json (a scheduler file)"
# a job is asked for as soon as a case waits for it, and given back when it had nothing to do for a minute
ADAPTING = {"target_duration": "1s", "interval": "5s", "wait_count": 12}

CALM = {
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.worker.profile.interval": "100ms",
}
"""Of Dask on this machine, where it shares the cores with the cases: those take seconds, so it looks more rarely."""


@contextmanager
def connected(
    cluster: str, workers: int | None = None, *, sweeps: Iterable[Sweep] = (), store: str | Path | None = None
) -> Iterator[Client | None]:
    """Give a client, and close what was opened for it.

    Parameters
    ----------
    cluster : str
        ``serial`` (no scheduler: None is given), ``local`` (processes on this machine), a cluster file, a scheduler's
        address, or a scheduler file.
    workers : int, optional
        For ``local``: how many; one for each core if left out. For a cluster file: how many jobs, instead of its own.
    sweeps : iterable of Sweep, optional
        That are to run there: refused before a job is submitted if its jobs are too short or too small.
    store : path, optional
        That the workers must see.

    Raises
    ------
    InputError
        No such cluster, nobody answers at the address, or the jobs cannot be what the sweeps need.
    ClusterError
        No worker came, or the workers do not share the store.
    """
    _check_workers(cluster, workers)
    if cluster == "serial":
        yield None
        return
    with _client(cluster, workers, tuple(sweeps)) as client:
        if store is not None and client.nthreads():
            cluster_checks.check_store_seen(client, store)
        yield client


def _check_workers(cluster: str, workers: int | None) -> None:
    if workers is None:
        return
    if cluster != "local" and not is_cluster_file(cluster):
        raise InputError(f"--workers goes with --cluster local or a cluster file; got {cluster}")
    if workers < 1:
        raise InputError(f"workers must be 1 or more; got {workers}")


def is_cluster_file(cluster: str) -> bool:
    """Return whether a cluster is named by its file."""
    return cluster.endswith(CLUSTER_FILES)


@contextmanager
def _client(cluster: str, workers: int | None, sweeps: tuple[Sweep, ...]) -> Iterator[Client]:
    if cluster == "local":
        # one process for each worker: a case computes in Python too, and LAMMPS is a child process anyway
        with (
            dask.config.set(CALM),
            LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=":0", preload="ssbflow.flow.worker_end"
            ) as local,
            Client(local) as client,
        ):
            yield client
    elif is_cluster_file(cluster):
        wanted = load_cluster(cluster)
        if workers is not None:
            wanted = wanted.replace(jobs=JobRange(minimum=workers, maximum=workers))
        with told_of(cluster):
            check_cluster(wanted, sweeps)
        with jobs_of(wanted) as (client, _):
            yield client
    elif cluster.startswith(SCHEMES) or cluster.endswith(SCHEDULER_FILE):
        with _existing(cluster) as client:
            yield client
    else:
        raise InputError(f"unknown cluster {cluster!r}; allowed: {KINDS}")


@contextmanager
def told_of(file: str) -> Iterator[None]:
    """Name the cluster file in what is refused."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{file}: {error}") from error


def check_cluster(cluster: PbsCluster | SlurmCluster, sweeps: Iterable[Sweep] = ()) -> None:
    """Refuse what can be known to fail before a job is submitted.

    Raises
    ------
    InputError
    """
    for sweep in sweeps:
        cluster_checks.check_sweep(cluster, sweep)
    cluster_checks.check_interface(cluster)
    cluster_checks.check_commands(cluster)


@contextmanager
def jobs_of(cluster: PbsCluster | SlurmCluster, tries: int = TRIES) -> Iterator[tuple[Client, float]]:
    """Submit the jobs of a cluster, give a client when the first worker has come, and how long that took (s).

    It gives up after so many `tries` in a row that failed.

    Raises
    ------
    ClusterError
        No worker came, or, later, none is left and no other can be had.
    """
    with dask.config.set(CONFIG), started(cluster) as jobs, Client(jobs) as client:
        watch = JobWatch(jobs, QUEUES[cluster.kind], logs(cluster), tries)
        watch.begin()
        try:
            jobs.scale(max(1, cluster.jobs.minimum))
            waited_s = wait_for_first_worker(client, watch, cluster.worker_timeout_s)
            if not cluster.jobs.is_fixed:
                jobs.adapt(minimum_jobs=cluster.jobs.minimum, maximum_jobs=cluster.jobs.maximum, **ADAPTING)
            yield client, waited_s
        except Exception as error:
            if not watch.has_lost_all:
                raise
            raise ClusterError(f"no worker is left, and no other comes: {watch.why()}") from error
        finally:
            watch.end()


def _existing(cluster: str) -> Client:
    try:
        if cluster.endswith(SCHEDULER_FILE):
            # a file that is not there would be waited for without end
            cluster = json.loads(Path(cluster).read_text(encoding="utf-8"))["address"]
        return Client(cluster, timeout=CONNECT_TIMEOUT_S)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"no Dask scheduler answers at {cluster} ({error}); start one, or use local") from error
