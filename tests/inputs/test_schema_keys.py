import pytest

from ssbflow.inputs.cluster import SlurmCluster
from ssbflow.inputs.json_schema import json_schema
from ssbflow.inputs.schema_keys import keys_at
from ssbflow.inputs.search import Search
from ssbflow.inputs.sweep import Sweep

SWEEP = json_schema("sweep")


@pytest.mark.parametrize(
    ("location", "known"),
    [
        ((), set(Sweep.model_fields)),
        (("compositions", 0, "weight_percent"), {"eam", "se", "carbon", "binder"}),
        (("seeds",), {"first", "count"}),
        (("protocol", "press", "settling"), {"time_step_fraction", "density_scaling"}),
        (("protocol", "box"), {"pellet", "areal_mass_mg_cm2"}),
        (("materials", "mine"), {"density_g_cm3"}),
    ],
)
def test_keys_are_those_of_the_place(location: tuple[int | str, ...], known: set[str]) -> None:
    assert known <= set(keys_at(SWEEP, location))


def test_the_kind_chooses_among_laws() -> None:
    where = ("distributions", 0, "eam")
    assert {"diameter_um", "weight"} <= set(keys_at(SWEEP, (*where, "tabulated")))
    assert "std_um" not in keys_at(SWEEP, (*where, "tabulated"))
    assert "diameter_um" not in keys_at(SWEEP, (*where, "lognormal"))
    assert {"diameter_um", "std_um"} <= set(keys_at(SWEEP, where))


def test_a_place_that_is_no_mapping_has_none() -> None:
    assert keys_at(SWEEP, ("name",)) == []


@pytest.mark.parametrize("model", [Sweep, Search, SlurmCluster])
def test_every_field_of_a_model_is_known(model: type[Sweep]) -> None:
    assert set(keys_at(model.model_json_schema(), ())) == set(model.model_fields)
