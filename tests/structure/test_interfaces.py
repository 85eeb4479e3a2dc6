import math

import numpy as np
import pytest

from ssbflow.inputs.analysis import Analysis
from ssbflow.packing.packing import Packing
from ssbflow.structure import interfaces
from ssbflow.structure.sample import Sample


def area(packing: Packing, **analysis: object) -> float:
    sample = Sample(packing, Analysis(**analysis), None, np.random.default_rng(0))
    return interfaces.measure(sample)["active_interface_area"]


def column(species: list[str]) -> Packing:
    return Packing([[5, 5, 0.5 + index] for index in range(len(species))], [0.55] * len(species), species, (10.0, 10.0))


@pytest.mark.parametrize(("kind", "squared"), [("geometric", 0.55**2 - 0.25), ("hertz", 0.55 / 2 * 0.1)])
def test_area_is_that_of_the_contacts_with_se_that_ions_reach(kind: str, squared: float) -> None:
    packing = column(["se", "eam", "se"])  # the upper SE lies at the top, the lower is cut off from it
    expected = math.pi * squared / (packing.height_um * 100) * 1e6
    assert area(packing, contact_radius=kind, surface_cutoff_um=0.2) == pytest.approx(expected)


def test_no_area_without_connected_se() -> None:
    assert area(column(["se", "se", "eam", "eam"]), surface_cutoff_um=0.2) == 0
    assert area(column(["eam", "eam"])) == 0
