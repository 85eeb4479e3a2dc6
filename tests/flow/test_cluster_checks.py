from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from ssbflow.errors import ClusterError, InputError
from ssbflow.flow import cluster_checks
from ssbflow.flow.cluster_checks import check_interface, check_store_seen, check_sweep
from ssbflow.inputs.cluster import SlurmCluster
from ssbflow.inputs.sweep import Sweep

CLUSTER = SlurmCluster(cores=2, memory_gb=4, walltime=3600, interface="lo")


def with_box(sweep: Sweep, edge_um: float) -> Sweep:
    """The same sweep in a larger box."""
    box = sweep.protocol.box.replace(edge_um=edge_um)
    return sweep.replace(protocol=sweep.protocol.replace(box=box))


def test_a_sweep_that_fits_passes(tiny_sweep: Sweep) -> None:
    check_sweep(CLUSTER, tiny_sweep)


def test_a_walltime_below_one_case_is_refused(tiny_sweep: Sweep) -> None:
    with pytest.raises(InputError, match=r"walltime: 00:01:00 leaves .* one case of sweep tiny takes about"):
        check_sweep(CLUSTER.replace(walltime=60), with_box(tiny_sweep, 200))


def test_memory_below_the_cases_side_by_side_is_refused(tiny_sweep: Sweep) -> None:
    sweep, day = with_box(tiny_sweep, 60), CLUSTER.replace(walltime=10**7, cores=64)
    with pytest.raises(InputError, match=r"memory_gb: 1 is too little; 64 cases of \d+ particles side by side take"):
        check_sweep(day.replace(memory_gb=1), sweep)
    check_sweep(day.replace(memory_gb=64), sweep)


def test_more_ranks_than_a_case_gets_are_refused(tiny_sweep: Sweep) -> None:
    press = tiny_sweep.protocol.press.replace(ranks=2)
    sweep = tiny_sweep.replace(protocol=tiny_sweep.protocol.replace(press=press))
    with pytest.raises(InputError, match="ranks: sweep tiny presses on 2 ranks; got 1 for each case"):
        check_sweep(CLUSTER, sweep)
    check_sweep(CLUSTER.replace(ranks=2), sweep)


def test_an_interface_must_be_here() -> None:
    check_interface(CLUSTER)
    check_interface(CLUSTER.replace(interface="ib7", scheduler_interface="lo"))
    with pytest.raises(InputError, match=r"interface: there is no 'ib7' on this host; it has .*lo"):
        check_interface(CLUSTER.replace(interface="ib7"))


def answers_elsewhere(*_: Path) -> str:
    """Say that all is well, without writing anything here."""
    return ""


def test_a_store_is_seen_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0")
    with cluster, Client(cluster) as client:
        check_store_seen(client, tmp_path / "not" / "made")
        assert list(tmp_path.iterdir()) == []
        check_store_seen(client, tmp_path)
        assert list(tmp_path.iterdir()) == []
        monkeypatch.setattr(cluster_checks, "_answer", answers_elsewhere)
        with pytest.raises(ClusterError, match="does not arrive here"):
            check_store_seen(client, tmp_path)


def test_a_worker_that_lacks_the_folder_says_so(tmp_path: Path) -> None:
    said = cluster_checks._answer(tmp_path / "none" / "question", tmp_path / "none" / "answer")
    assert said.startswith("No such file or directory")
