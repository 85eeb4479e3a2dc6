import json
import math

import pytest

from ssbflow.design.expected import Expected, three_digits


def test_mean_is_written_with_its_deviation_and_its_interval() -> None:
    found = Expected(mean=0.12345, std=0.0123, low=0.1, high=0.15, seeds=4)
    assert str(found) == "0.123 ± 0.012"
    assert found.interval() == "0.123 (0.1 to 0.15)"


def test_one_seed_has_no_deviation() -> None:
    found = Expected(mean=0.12345, std=math.nan, low=math.nan, high=math.nan, seeds=1)
    assert (str(found), found.interval()) == ("0.123", "0.123 (one seed)")


def test_what_does_not_exist_is_unknown_and_survives_json() -> None:
    found = Expected(mean=math.nan, std=math.nan, seeds=0)
    assert (str(found), found.interval()) == ("unknown", "unknown")
    assert json.loads(found.model_dump_json())["mean"] is None
    assert Expected.model_validate_json(found.model_dump_json()) == found


def test_a_share_ends_at_one_whatever_students_interval_says() -> None:
    found = Expected(mean=0.99, std=0.01, low=0.9, high=1.08).within(0, 1)
    assert (found.low, found.high, found.mean) == (0.9, 1, 0.99)
    assert Expected(mean=1.2, low=0.8, high=1.6).within(1).low == 1
    assert Expected(mean=0.5).within(0, 1) == Expected(mean=0.5)


def test_scaled_quantity_keeps_its_relative_width() -> None:
    found = Expected(mean=2, std=0.2, low=1.8, high=2.2, seeds=3).times(1.5)
    assert (found.mean, found.std, found.low, found.high) == pytest.approx((3, 0.3, 2.7, 3.3))
    assert found.seeds == 3


@pytest.mark.parametrize(
    ("value", "text"), [(1243.4, "1243"), (0.00012345, "0.000123"), (33.66, "33.7"), (-2e4, "-20000")]
)
def test_large_numbers_have_no_exponent(value: float, text: str) -> None:
    assert three_digits(value) == text
