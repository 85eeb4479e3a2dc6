"""The short form of ``pipelines/torture.py``."""

from pathlib import Path

import pytest

from torture import tortured
from torture_parts.full_disk import may_mount, small_disk
from torture_parts.trial import Trial

pytestmark = pytest.mark.long


def test_kills_lose_nothing_and_no_reader_sees_anything_torn(tmp_path: Path) -> None:
    result = tortured(Trial(tmp_path, seed=1, keep_s=6.0), kills=15, seconds=15)
    assert result.violations == []
    assert result.rows["cases acknowledged"] >= 100
    assert result.rows["publishes"] >= 2
    assert sum(result.rows["kills"].values()) >= 5
    assert result.rows["reads"]


def test_a_disk_that_refuses_at_random_loses_nothing(tmp_path: Path) -> None:
    result = tortured(Trial(tmp_path, seed=2, disk="faulty"), kills=3, seconds=3)
    assert result.violations == []
    assert result.rows["disk full"]


@pytest.mark.skipif(not may_mount(), reason="mounting a small disk is not permitted here")
def test_a_disk_that_is_full_now_and_then_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        result = tortured(Trial(tmp_path, seed=3, disk=disk), kills=3, seconds=3)
    assert result.violations == []


def test_a_version_that_is_held_stays_and_everything_else_goes(tmp_path: Path) -> None:
    result = tortured(Trial(tmp_path, seed=4), kills=3, seconds=3, pinned=True)
    assert result.violations == []
    assert result.rows["publishes"] >= 3  # the last two by the trial itself
