from ssbflow.flow.case_task import Outcome
from ssbflow.flow.nodes import FAILURES_IN_A_ROW, Nodes
from ssbflow.store.records import Failure

HERE, THERE = "tcp://10.0.0.1:1234", "tls://10.0.0.2:1234"
WORKERS = [HERE, "tcp://10.0.0.1:999", THERE]


def ended(worker: str, cause: str | None = None) -> Outcome:
    failure = Failure(phase="press", cause=cause, message=f"{cause}!") if cause else None
    return Outcome("case", "failed" if cause else "ok", failure, host="node1", worker=worker)


def test_a_full_disk_is_avoided_at_once_and_told_once() -> None:
    nodes = Nodes()
    assert nodes.others(WORKERS) is None
    assert nodes.note(ended(HERE, "DiskError")) == "node node1 is avoided: DiskError!"
    assert nodes.note(ended(HERE, "DiskError")) == ""
    assert nodes.others(WORKERS) == ["10.0.0.2"]


def test_where_no_other_node_is_left_all_are_used() -> None:
    nodes = Nodes()
    nodes.note(ended(HERE, "DiskError"))
    assert nodes.others([HERE]) is None
    nodes.note(ended(THERE, "DiskError"))
    assert nodes.others(WORKERS) is None


def test_cases_that_fail_in_a_row_count_only_where_others_do_well() -> None:
    alone, beside = Nodes(), Nodes()
    beside.note(ended(THERE))
    for number in range(1, 2 * FAILURES_IN_A_ROW):
        assert alone.note(ended(HERE, "not settled")) == ""
        assert bool(beside.note(ended(HERE, "not settled"))) == (number == FAILURES_IN_A_ROW)
    assert beside.others(WORKERS) == ["10.0.0.2"]


def test_a_case_that_ends_well_breaks_the_row() -> None:
    nodes = Nodes()
    nodes.note(ended(THERE))
    for _ in range(FAILURES_IN_A_ROW):
        assert nodes.note(ended(HERE, "not settled")) == ""
        assert nodes.note(ended(HERE)) == ""


def test_what_ran_without_a_cluster_is_of_no_node() -> None:
    assert Nodes().note(ended("", "DiskError")) == ""
