from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import ssbflow
from ssbflow.errors import InputError, StoreError
from ssbflow.inputs.case import Case
from ssbflow.store.case_zip import read_contacts, read_packing
from ssbflow.store.layout import Store

pytestmark = pytest.mark.lammps


@pytest.fixture
def axes() -> Axes:
    """Axes of a figure that pyplot does not know."""
    return Figure().subplots()


def legend_of(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.mark.parametrize(("basis", "power"), [("number", 0), ("volume", 3)])
def test_sizes_are_those_of_the_particles_beside_those_asked_for(
    tiny_store: Path, tiny_case: Case, axes: Axes, basis: str, power: int
) -> None:
    ssbflow.plot.sizes(tiny_store, tiny_case.case_id, basis=basis, ax=axes)
    packing = read_packing(Store(tiny_store).case_zip(tiny_case.case_id))
    eam, *se = [bar.get_height() for bar in axes.patches]
    assert eam == pytest.approx(100)
    diameter = 2 * packing.radius_um[packing.is_se & packing.inside]
    volume = [(diameter == size).sum() * size**power for size in (1.8, 2.4)]
    np.testing.assert_allclose(se, 100 * np.array(volume) / sum(volume))
    asked = [segment[0, 1] for segment in axes.collections[1].get_segments()]
    weight = np.array([2 / 3, 1 / 3]) * np.array([1.8, 2.4]) ** power
    np.testing.assert_allclose(asked, 100 * weight / weight.sum())
    assert axes.get_xlabel() == "diameter (µm)"
    assert legend_of(axes)[2] == f"SE: {len(diameter)} particles"


def test_the_press_comes_down_to_the_height_and_says_what_was_reached(
    tiny_store: Path, tiny_case: Case, axes: Axes
) -> None:
    ssbflow.plot.press(tiny_store, tiny_case.case_id, ax=axes)
    packing = read_packing(Store(tiny_store).case_zip(tiny_case.case_id))
    top, mean, final = axes.lines
    assert len(top.get_xdata()) == 5
    inside = packing.inside
    highest = (packing.position_um[:, 2] + packing.radius_um)[inside].max()
    assert top.get_ydata()[-1] == pytest.approx(highest, abs=1e-4)
    assert top.get_ydata()[0] > highest
    assert mean.get_ydata()[-1] == pytest.approx(packing.position_um[inside, 2].mean(), abs=1e-4)
    assert final.get_ydata()[0] == packing.height_um
    (told,) = axes.texts
    assert "of 375 MPa" in told.get_text()
    assert "limit 2.5e-04" in told.get_text()
    assert axes.get_ylabel() == "height above the floor (µm)"


def test_phases_fill_each_depth(tiny_store: Path, tiny_case: Case, axes: Axes) -> None:
    ssbflow.plot.depth(tiny_store, tiny_case.case_id, slabs=4, ax=axes)
    profile = ssbflow.depth_profile(read_packing(Store(tiny_store).case_zip(tiny_case.case_id)), 4)
    eam, se, pore = [patch.get_data() for patch in axes.patches]
    np.testing.assert_allclose(eam.values, profile["eam"])
    np.testing.assert_allclose(se.values - se.baseline, profile["se"])
    np.testing.assert_allclose(pore.values, 1)
    assert [text.split(",")[0] for text in legend_of(axes)] == ["EAM", "SE", "pore"]


def test_forces_are_those_of_the_contacts_pair_by_pair(tiny_store: Path, tiny_case: Case, axes: Axes) -> None:
    ssbflow.plot.contact_forces(tiny_store, tiny_case.case_id, ax=axes)
    path = Store(tiny_store).case_zip(tiny_case.case_id)
    packing, contacts = read_packing(path), read_contacts(path)
    se = packing.is_se & packing.inside
    force = contacts.normal_force_nn[se[contacts.first] & se[contacts.second]]
    line = next(line for line in axes.lines if line.get_label().startswith("SE–SE"))
    np.testing.assert_allclose(line.get_xdata(), np.sort(force[force > 0]) * 1e-6)
    assert line.get_ydata()[0] == 1
    assert f"{(force > 0).sum()} contacts" in line.get_label()
    assert axes.get_xlabel() == "normal force (mN)"


def test_coordinations_have_the_mean_of_the_contacts(tiny_store: Path, tiny_case: Case, axes: Axes) -> None:
    ssbflow.plot.coordination(tiny_store, tiny_case.case_id, ax=axes)
    packing = read_packing(Store(tiny_store).case_zip(tiny_case.case_id))
    packing = packing.selected(packing.inside)
    count = ssbflow.contact_graph(packing).contacts_per_particle
    for bars, members in zip(axes.containers, (packing.is_eam, packing.is_se), strict=True):
        share = [bar.get_height() / 100 for bar in bars]
        assert sum(share) == pytest.approx(1)
        assert np.dot(share, range(len(share))) == pytest.approx(count[members].mean())


def test_unknown_cases_and_bases_are_refused(tiny_store: Path, tiny_case: Case) -> None:
    with pytest.raises(StoreError, match="no case file"):
        ssbflow.plot.press(tiny_store, "ab" * 16)
    with pytest.raises(InputError, match="'number' or 'volume'; got 'mass'"):
        ssbflow.plot.sizes(tiny_store, tiny_case.case_id, basis="mass")
