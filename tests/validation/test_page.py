"""The page of the validation: nothing that fails is left out, and nothing is judged that has no target."""

from pathlib import Path

import pytest

from evidence.chapter import Chapter, Check, between, near
from evidence.page import page

CHECKS = [
    near("a pellet closes", 0.18, 0.181, 0.002, "somebody 2020"),
    near("a mixture closes", 0.08, 0.22, 0.03, "somebody 2021", note="it does not flow"),
    between("a share", 0.55, 0.60, 0.575, "somebody 2022"),
    Check("a width", "–", "35 µm", None, "internal"),
]


def test_tolerance_and_ranges_include_their_ends() -> None:
    assert near("", 1.0, 1.5, 0.5, "").passed
    assert not near("", 1.0, 1.6, 0.5, "").passed
    assert between("", 1.0, 2.0, 2.0, "").passed
    assert not between("", 1.0, 2.0, 2.1, "").passed


def test_chapter_is_read_as_it_was_written(tmp_path: Path) -> None:
    chapter = Chapter("Some things", CHECKS, "words")
    chapter.write(tmp_path / "some.json")
    assert Chapter.read(tmp_path / "some.json") == chapter


@pytest.mark.lammps  # the page names the LAMMPS that is used
def test_page_counts_what_holds_and_shows_what_does_not() -> None:
    text = page({"some": Chapter("Some things", CHECKS, "words")})
    assert "2 of 3 statements hold; 1 more are told without a target" in text
    assert "| [Some things](#some-things) | a mixture closes | 0.080 ± 0.030 | 0.220 | **no** |" in text
    assert "it does not flow" in text
    assert "`python pipelines/validate.py some`" in text
