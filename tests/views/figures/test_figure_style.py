from pathlib import Path

import pytest
from matplotlib.figure import Figure

from ssbflow.errors import InputError
from ssbflow.plot import save
from ssbflow.views.figures.style import labelled, shown_unit


@pytest.mark.parametrize(("ending", "begins"), [("pdf", b"%PDF"), ("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_the_ending_says_how_a_figure_is_saved(ending: str, begins: bytes, tmp_path: Path) -> None:
    axes = Figure().subplots()
    assert save(axes, tmp_path / "new" / f"one.{ending}").read_bytes().startswith(begins)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.pdf, \.svg, \.png; got 'one.bmp'"):
        save(Figure().subplots(), tmp_path / "one.bmp")


@pytest.mark.parametrize(
    ("units", "shown"),
    [("1", "–"), ("um", "µm"), ("S m-1", "S/m"), ("m2 m-3", "m²/m³"), ("mg cm-2", "mg/cm²"), ("Wh kg-1", "Wh/kg"),
     ("MPa", "MPa")],
)  # fmt: skip
def test_units_are_written_as_people_do(units: str, shown: str) -> None:
    assert shown_unit(units) == shown


def test_labels_are_the_names_of_the_cube_in_words() -> None:
    assert labelled("areal_mass", "mg cm-2") == "areal mass (mg/cm²)"
    assert labelled("eam_wt", "1") == "EAM as mixed (wt%)"
