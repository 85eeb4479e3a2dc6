"""Whether everything that a sweep needs is there."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from distributed import Client

from ssbflow.errors import ClusterError, InputError, LammpsNotFoundError, SsbflowError
from ssbflow.flow.clients import connected, is_cluster_file, jobs_of, told_of
from ssbflow.flow.cluster_checks import check_commands, check_interface, check_store_seen, nearest_folder
from ssbflow.flow.jobqueue import job_script, private_folder
from ssbflow.flow.queues import QUEUES
from ssbflow.flow.runner import run
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.cluster import JobRange, PbsCluster, SlurmCluster, load_cluster
from ssbflow.inputs.reading import load_sweep
from ssbflow.press.lmp import find_lmp
from ssbflow.store.source import ssbflow_version

ONE_JOB = JobRange(minimum=1, maximum=1)
TRIES = 2  # of a submission: somebody sits and waits for the answer


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and what was seen or what to do."""

    what: str
    well: bool
    seen: str


def examine(cluster: str = "serial", store: str | Path | None = None) -> Iterator[Finding]:
    """Look for LAMMPS here and on a worker of the cluster, and let a job of a cluster file compute a case.

    Parameters
    ----------
    cluster : str
        As for `connected`.
    store : path, optional
        That the workers must see.

    Yields
    ------
    Finding
        As soon as it is found; after one that makes others pointless, none follow.

    Raises
    ------
    InputError
        No such cluster.
    """
    yield Finding("ssbflow", True, ssbflow_version())
    yield _lmp_finding("LAMMPS here")
    if is_cluster_file(cluster):
        yield from _examine_jobs(cluster, store)
        return
    with connected(cluster) as client:
        if client is not None:
            yield from _examine_workers(client, store)


def _lmp_finding(what: str) -> Finding:
    try:
        lmp = find_lmp()
    except LammpsNotFoundError as error:
        return Finding(what, False, str(error))
    return Finding(what, True, f"{lmp.version} ({lmp.path})")


def _examine_workers(client: Client, store: str | Path | None) -> Iterator[Finding]:
    workers = len(client.nthreads())
    seen = f"{workers} at {client.scheduler_info()['address']}" if workers else "none has come; start workers"
    yield Finding("workers", workers > 0, seen)
    if workers:
        yield client.submit(_lmp_finding, "LAMMPS on a worker", pure=False).result()
    if workers and store is not None:
        yield _tried("store", lambda: check_store_seen(client, store), f"{store} is seen and written by a worker")


def _examine_jobs(file: str, store: str | Path | None) -> Iterator[Finding]:
    """Look at a cluster file, then at one job of it."""
    cluster = load_cluster(file)
    queue = QUEUES[cluster.kind]
    first = [
        _tried(queue.submit, lambda: _check(file, check_commands, cluster), "is here"),
        _tried("interface", lambda: _check(file, check_interface, cluster), f"{cluster.interface} is here"),
        _tried("shared folder", lambda: private_folder(cluster.folder), f"{cluster.folder}, private"),
    ]
    yield from first
    yield Finding("job script", True, f"\n{job_script(cluster)}")
    if not all(finding.well for finding in first):
        return
    try:
        with jobs_of(cluster.replace(jobs=ONE_JOB), TRIES) as (client, waited_s):
            yield Finding("worker", True, f"came in {waited_s:.0f} s, on {_host(client)}")
            yield client.submit(_lmp_finding, "LAMMPS on the node", pure=False).result()
            yield from _examine_case(client, cluster, store)
    except ClusterError as error:
        yield Finding("worker", False, str(error))


def _host(client: Client) -> str:
    return ", ".join(str(worker["host"]) for worker in client.scheduler_info()["workers"].values())


def _examine_case(client: Client, cluster: PbsCluster | SlurmCluster, store: str | Path | None) -> Iterator[Finding]:
    """Let the worker compute a small case, in a folder of the store, or of where it will be, that is removed again."""
    place = nearest_folder(cluster.folder if store is None else store)
    shared = _tried("store", lambda: check_store_seen(client, place), f"{place} is seen and written by the node")
    yield shared
    if shared.well:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=place, ignore_cleanup_errors=True) as folder:
            yield _case_finding(client, Path(folder))


def _case_finding(client: Client, folder: Path) -> Finding:
    started = time.monotonic()
    try:
        summary = run(load_sweep(catalog_folder() / "sweeps" / "doctor.yaml"), folder, client)
    except SsbflowError as error:
        return Finding("a case", False, str(error))
    if summary.failed:
        failure = summary.failures[0].failure
        return Finding("a case", False, f"failed in {failure.phase}: {failure.message}" if failure else "failed")
    return Finding("a case", True, f"computed in {time.monotonic() - started:.1f} s")


def _check(file: str, check: Callable[[PbsCluster | SlurmCluster], None], cluster: PbsCluster | SlurmCluster) -> None:
    with told_of(file):
        check(cluster)


def _tried(what: str, check: Callable[[], None], seen: str) -> Finding:
    """Return whether a check passes; if not, what it says."""
    try:
        check()
    except (InputError, ClusterError) as error:
        return Finding(what, False, str(error))
    return Finding(what, True, seen)
