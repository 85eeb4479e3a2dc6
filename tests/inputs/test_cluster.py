from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssbflow.errors import InputError
from ssbflow.inputs.cluster import PbsCluster, SlurmCluster, load_cluster
from ssbflow.inputs.validation import validated

DEPLOY = Path(__file__).parents[2] / "deploy"
LEAST = {"cores": 4, "memory_gb": 8, "walltime": 3600, "interface": "ib0"}
WRITTEN = "kind: slurm\ncores: 4\nmemory_gb: 8\nwalltime: 24:00:00\ninterface: ib0\n"


def test_the_documented_examples_load() -> None:
    pbs, slurm = load_cluster(DEPLOY / "pbs.yaml"), load_cluster(DEPLOY / "slurm.yaml")
    assert isinstance(pbs, PbsCluster)
    assert isinstance(slurm, SlurmCluster)
    for cluster in (pbs, slurm):
        assert (cluster.walltime, cluster.jobs.maximum, cluster.tls) == (86400, 20, True)
    # what they say is what one gets without saying it, but for what every cluster has to say
    said = {"cores", "memory_gb", "walltime", "interface", "jobs", "queue", "partition"}
    assert pbs.model_dump(exclude=said) == PbsCluster(**LEAST).model_dump(exclude=said)
    assert slurm.model_dump(exclude=said) == SlurmCluster(**LEAST).model_dump(exclude=said)


@pytest.mark.parametrize("kind", ["pbs", "slurm"])
def test_every_field_is_told_of_in_its_example(kind: str) -> None:
    text = (DEPLOY / f"{kind}.yaml").read_text()
    fields = (PbsCluster if kind == "pbs" else SlurmCluster).model_fields
    assert [field for field in fields if f"{field}:" not in text] == []


@given(st.integers(min_value=60, max_value=10**7))
def test_a_walltime_reads_back_as_it_is_written(seconds: int) -> None:
    cluster = SlurmCluster(**{**LEAST, "walltime": seconds})
    assert SlurmCluster(**{**LEAST, "walltime": cluster.walltime_text}).walltime == seconds


@pytest.mark.parametrize("walltime", ["24:00:00", "'24:00:00'", "86400"])
def test_a_walltime_is_hours_or_seconds_quoted_or_not(tmp_path: Path, walltime: str) -> None:
    (tmp_path / "c.yaml").write_text(WRITTEN.replace("24:00:00", walltime))
    assert load_cluster(tmp_path / "c.yaml").walltime == 86400


def test_a_number_of_jobs_is_fixed_a_range_is_not() -> None:
    assert validated(SlurmCluster, {**LEAST, "jobs": 3}, "cluster").jobs.is_fixed
    assert not validated(SlurmCluster, {**LEAST, "jobs": {"maximum": 3}}, "cluster").jobs.is_fixed


def test_cores_hold_as_many_cases_as_their_ranks_leave() -> None:
    assert SlurmCluster(**{**LEAST, "cores": 9, "ranks": 2}).cases_side_by_side == 4


def test_the_shared_folder_knows_home_and_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("WORK", "/work/me")
    assert SlurmCluster(**LEAST).folder == Path("/home/me/.ssbflow")
    assert SlurmCluster(**LEAST, shared_folder="$WORK/ssb").folder == Path("/work/me/ssb")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("kind: slurm", "kind: lsf", "kind must be one of pbs, slurm; got 'lsf'"),
        ("kind: slurm\n", "", "kind must be one of pbs, slurm; got None"),
        ("cores: 4", "coers: 4", "unknown key 'coers'"),
        ("kind: slurm", "kind: slurm\nqueue: q", "unknown key 'queue'"),
        ("cores: 4", "cores: 0", "cores: "),
        ("cores: 4", "cores: 4\nranks: 5", "ranks must be at most cores, 4; got 5"),
        ("24:00:00", "'24:00'", "walltime: must be HH:MM:SS or seconds; got '24:00'"),
        ("24:00:00", "59", "walltime: "),
        ("memory_gb: 8", "memory_gb: .inf", "memory_gb: "),
        ("interface: ib0", "interface: ib0\njobs: 0", "jobs.maximum"),
        ("interface: ib0", "interface: ib0\njobs: {minimum: 3, maximum: 2}", "minimum must be at most maximum, 2"),
        ("interface: ib0", "interface: ib0\nscratch: /a; rm -r /", "scratch: "),
        ("interface: ib0", "interface: ib0\nlammps: $(reboot)", "lammps: "),
        ("interface: ib0", 'interface: ib0\ndirectives: ["-m n\\nreboot"]', "directives[0]"),
        ("interface: ib0", "", "interface: is missing"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_field(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    path = tmp_path / "cluster.yaml"
    assert was in WRITTEN
    path.write_text(WRITTEN.replace(was, becomes))
    with pytest.raises(InputError) as caught:
        load_cluster(path)
    assert "cluster.yaml" in str(caught.value)
    assert said in str(caught.value)
