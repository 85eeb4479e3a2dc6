"""Checking a store: whether everything in it is what was written, belongs together, and belongs here."""

from ssbflow.store.check_cases import check_cases
from ssbflow.store.check_cubes import check_published, read_checked_current
from ssbflow.store.check_strays import check_strays
from ssbflow.store.check_sweeps import check_description, check_sweeps
from ssbflow.store.current import Current
from ssbflow.store.findings import Finding, Kind, ages_in
from ssbflow.store.layout import Store
from ssbflow.store.recorded import Recorded

MIN_AGE_S = 3600.0


def check(store: Store, *, min_age_s: float = MIN_AGE_S) -> list[Finding]:
    """Return everything in a store that is not as it should be; nothing is changed, no lock is held.

    Records, case files, sweeps, versions and the ledger are compared, hash by hash, with what was written; then each
    with the others. A sweep may run and publish meanwhile.

    Parameters
    ----------
    store : Store
    min_age_s : float
        Younger files (s) that nothing speaks of are taken for somebody's work.

    Returns
    -------
    list of Finding
        Each path once for each thing that is wrong with it.

    Raises
    ------
    StoreError
        There is no store here, or it is of another schema version.
    """
    ages = ages_in(store.root, min_age_s)
    description, findings = check_description(store)
    findings += check_sweeps(store, description)
    current, _ = read_checked_current(store)
    recorded, of_cases = check_cases(store, current or Current(), ages)
    findings += of_cases
    findings += [one for one in check_published(store, description) if not _is_damaged_itself(one, recorded)]
    current, _ = read_checked_current(store)
    findings += check_strays(store, description, current, recorded, ages)
    return list(dict.fromkeys(findings))


def _is_damaged_itself(finding: Finding, recorded: Recorded) -> bool:
    """Return whether a record that cubes tell of is missing only because its file is damaged, which is told already."""
    return finding.kind is Kind.LOST and (finding.measure_id, finding.case_id) in recorded.damaged
