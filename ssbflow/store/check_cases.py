"""Checking cases: records, in files and in the ledger, and the case files that they speak of."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ssbflow.errors import StoreError
from ssbflow.store.check_ledger import check_ledger
from ssbflow.store.check_records import case_id_of, is_record_name, read_checked
from ssbflow.store.current import Current
from ssbflow.store.findings import Ages, Finding, Kind
from ssbflow.store.layout import Store
from ssbflow.store.ledger import file_digest
from ssbflow.store.loose import measure_folders, record_files
from ssbflow.store.outcomes import case_record
from ssbflow.store.recorded import Recorded
from ssbflow.store.records import StoredFile
from ssbflow.store.zip_record import zip_inputs

THREADS = 8  # hashing waits for disks more than for processors
AT_ONCE = 4096  # case files handed to the threads


def check_cases(store: Store, current: Current, ages: Ages) -> tuple[Recorded, list[Finding]]:
    """Return what the records say, and which records and case files are damaged, missing or without one another.

    Everything is read in the reverse of the order in which a case leaves it, and files before the ledger to which
    they move: so a case that ends meanwhile is never taken for half a case.
    """
    recorded = Recorded()
    zips = sorted(store.cases.glob("??/*.zarr.zip"))
    findings = _check_files(record_files(measure_folders(store)), Kind.MEASUREMENT, recorded)
    findings += _check_files(record_files([store.records]), Kind.RECORD, recorded)
    findings += check_ledger(store, current, recorded)
    findings += _check_zips(store, recorded)
    findings += _orphans(zips, recorded, ages)
    return recorded, findings + _measurements_amiss(store, recorded)


def zip_problem(path: Path, stored: StoredFile) -> str:
    """Return why a case file is not the one that its record speaks of; empty if it is."""
    try:
        size = path.stat().st_size
        if size != stored.size or file_digest(path) != stored.sha256:
            return f"is not what its record says: {size} bytes of {stored.size}, or another sha256"
        zip_inputs(path)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:  # StoreError too
        return str(error)
    return ""


def _check_files(paths: Iterator[Path], kind: Kind, recorded: Recorded) -> list[Finding]:
    findings = []
    for path in filter(is_record_name, paths):
        try:
            content, problem = read_checked(path)
        except FileNotFoundError:
            continue
        if content:
            recorded.add(content)
            continue
        measure_id = path.parent.parent.name if kind is Kind.MEASUREMENT else ""
        recorded.damaged.add((measure_id, case_id_of(path)))
        findings.append(Finding(path, kind, problem, case_id_of(path), measure_id))
    return findings


def _check_zips(store: Store, recorded: Recorded) -> list[Finding]:
    wanted = [(case_id, known.zip) for case_id, known in recorded.simulations.items() if known.zip]

    def check(one: tuple[str, StoredFile]) -> Finding | None:
        return _check_zip(store, *one)

    findings: list[Finding] = []
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(wanted), AT_ONCE):
            findings += filter(None, threads.map(check, wanted[start : start + AT_ONCE]))
    return findings


def _check_zip(store: Store, case_id: str, stored: StoredFile) -> Finding | None:
    path = store.case_zip(case_id)
    problem = zip_problem(path, stored)
    if problem and (newer := _newer(store, case_id, stored)):
        problem = zip_problem(path, newer)
    return Finding(path, Kind.CASE_FILE, problem, case_id) if problem else None


def _newer(store: Store, case_id: str, stored: StoredFile) -> StoredFile | None:
    """Return what the case file must be if the case was simulated again while we looked."""
    try:
        record = case_record(store, case_id)
    except StoreError:
        return None
    return record.zip if record and record.zip != stored else None


def _orphans(zips: list[Path], recorded: Recorded, ages: Ages) -> list[Finding]:
    """Return case files that no record speaks of; young ones wait for theirs."""
    findings = []
    for path in zips:
        case_id, known = case_id_of(path), recorded.simulations.get(case_id_of(path))
        waits = ("", case_id) in recorded.damaged or ages.is_young(path)
        if not waits and (known is None or known.zip is None):
            findings.append(Finding(path, Kind.ORPHAN, "no record speaks of it", case_id))
    return findings


def _measurements_amiss(store: Store, recorded: Recorded) -> list[Finding]:
    """Return measurements of simulations that no record tells of, and those that found no whole case file."""
    findings = []
    for (measure_id, case_id), (_, unread) in recorded.measurements.items():
        path = store.measure_record(measure_id, case_id)
        if not recorded.has_simulation(case_id):
            findings.append(Finding(path, Kind.UNSIMULATED, "there is no record of its simulation", case_id))
        elif unread:
            message = "failed for want of a case file that is whole"
            findings.append(Finding(path, Kind.UNMEASURED, message, case_id, measure_id))
    return findings
