from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ssbflow.flow.allowance import Allowance, Cost
from ssbflow.flow.case_task import Outcome

EVENING = datetime(2026, 11, 21, 20, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = EVENING

    def __call__(self) -> datetime:
        return self.now


def allowance(hours: float, core_seconds: float, threads: int = 1) -> tuple[Allowance, Clock]:
    clock = Clock()
    return Allowance(EVENING + timedelta(hours=hours), core_seconds, clock, lambda: threads), clock


def test_what_is_begun_counts_until_it_is_known_what_it_took() -> None:
    allowed, _ = allowance(10, 100)
    assert allowed.admits("a", Cost(30, 2))
    assert not allowed.admits("b", Cost(30, 2))
    assert allowed.refusals == {"budget"}
    allowed.case_ended(Outcome("a", "ok", seconds=10))
    assert allowed.left == 80
    assert allowed.admits("b", Cost(30, 2))


def test_what_was_in_vain_is_paid_for() -> None:
    allowed, _ = allowance(10, 100)
    assert allowed.admits("a", Cost(30, 2))
    allowed.case_retried(Outcome("a", "failed", seconds=25))
    allowed.case_ended(Outcome("a", "ok", seconds=25))
    assert allowed.left == 0


def test_a_case_has_to_end_in_time_after_those_before_it() -> None:
    allowed, clock = allowance(1, 1e9, threads=2)
    assert allowed.admits("a", Cost(3600, 1))
    assert not allowed.admits("b", Cost(1801, 1))
    assert allowed.admits("c", Cost(1800, 1))
    assert allowed.refusals == {"time"}
    assert not allowed.is_over()
    clock.now += timedelta(hours=1)
    assert allowed.is_over()


@given(
    costs=st.lists(st.tuples(st.floats(0, 1e4), st.integers(1, 8)), max_size=30),
    budget=st.floats(0, 1e5),
    hours=st.floats(0, 10),
)
def test_what_is_admitted_fits(costs: list[tuple[float, int]], budget: float, hours: float) -> None:
    allowed, _ = allowance(hours, budget)
    admitted = [Cost(*cost) for number, cost in enumerate(costs) if allowed.admits(str(number), Cost(*cost))]
    assert sum(cost.core_seconds for cost in admitted) <= budget * (1 + 1e-9)
    assert sum(cost.seconds for cost in admitted) <= 3600 * hours + 1e-3
