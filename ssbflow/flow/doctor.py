"""Whether everything that a sweep needs is there."""

from dataclasses import dataclass

from ssbflow.errors import LammpsNotFoundError
from ssbflow.flow.clients import connected
from ssbflow.press.lmp import find_lmp
from ssbflow.store.source import ssbflow_version


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and what was seen or what to do."""

    what: str
    well: bool
    seen: str


def examine(cluster: str = "serial") -> list[Finding]:
    """Look for LAMMPS here, and on a worker of the cluster.

    Raises
    ------
    InputError
        No such cluster.
    """
    findings = [Finding("ssbflow", True, ssbflow_version()), _lmp_finding("LAMMPS here")]
    with connected(cluster) as client:
        if client is not None:
            workers = len(client.nthreads())
            seen = f"{workers} at {client.scheduler_info()['address']}" if workers else "none has come; start workers"
            findings.append(Finding("workers", workers > 0, seen))
        if client is not None and client.nthreads():
            findings.append(client.submit(_lmp_finding, "LAMMPS on a worker", pure=False).result())
    return findings


def _lmp_finding(what: str) -> Finding:
    try:
        lmp = find_lmp()
    except LammpsNotFoundError as error:
        return Finding(what, False, str(error))
    return Finding(what, True, f"{lmp.version} ({lmp.path})")
