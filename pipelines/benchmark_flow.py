"""The flow's part of the benchmark: what the runner itself costs.

python pipelines/benchmark.py overhead [--cases N]   CPU of client and scheduler for each case
python pipelines/benchmark.py plan-many              plans of 1e5 cases
python pipelines/benchmark.py throughput [--cases N] a local cluster beside two bare processes, Example 1
"""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from distributed import Client
from rich.console import Console

import ssbflow
from benchmark_store import EXAMPLE, fill, in_fresh_process, peak_memory_gb, scratch_store, synthetic_sweep, timed
from ssbflow.flow.case_task import run_case
from ssbflow.flow.clients import connected
from ssbflow.flow.events import Callback
from ssbflow.flow.runner import CaseTasks
from ssbflow.flow.standing import standing
from ssbflow.flow.window import Window
from ssbflow.inputs.sweep import Sweep
from ssbflow.press.lmp import find_lmp
from ssbflow.store.grid import grid_of
from ssbflow.store.layout import Store
from ssbflow.store.sweeps import register_sweep

WORKERS = 2
PLANS = {"1e5 cases of 100 designs": (10, 10, 1000), "1e5 cases of 1e4 designs": (100, 100, 10)}

console = Console(width=160)


def overhead(cases: Annotated[int, typer.Option(help="How many.")] = 2000) -> None:
    """Give out cases that have their records: workers look that up, all else is the runner's, in one process."""
    with scratch_store() as root:
        in_fresh_process(fill, root, (1, 1, cases))
        cpu_s, wall_s, memory_gb = in_fresh_process(give_out, root, cases)
    console.print(
        f"{cases} cases: client and scheduler {1e3 * cpu_s / cases:.1f} ms of CPU a case, "
        f"{1e3 * wall_s / cases:.1f} ms in all, memory {memory_gb:.2f} GB"
    )


def plan_many() -> None:
    """Plan sweeps that nobody has begun."""
    for what, shape in PLANS.items():
        seconds, memory_gb = in_fresh_process(make_plan, shape)
        console.print(f"plan of {what}: {seconds:.2f} s, memory {memory_gb:.2f} GB")


def throughput(
    cases: Annotated[int, typer.Option(help="In each go.")] = 40,
    goes: Annotated[int, typer.Option(help="Of both, in turn.")] = 2,
) -> None:
    """Run cases of Example 1 on a local cluster, and in a loop in two processes that know nothing of Dask."""
    sweep = ssbflow.load_sweep(EXAMPLE).replace(seeds=tuple(range(1, cases + 1)))
    bare_s, cluster_s = [], []
    for _ in range(goes):
        with scratch_store() as root:
            bare_s.append(in_bare_processes(root, sweep))
        with scratch_store() as root:
            cluster_s.append(in_fresh_process(on_cluster, root, sweep))
    console.print(
        f"{cases} cases of Example 1: {WORKERS} bare processes {', '.join(f'{s:.1f}' for s in bare_s)} s, "
        f"local cluster {', '.join(f'{s:.1f}' for s in cluster_s)} s; throughput "
        f"{min(bare_s) / min(cluster_s):.1%} of theirs"
    )


def give_out(root: Path, cases: int) -> tuple[float, float, float]:
    store = Store(root)
    found = standing(store, grid_of(synthetic_sweep((1, 1, cases))))
    with local_workers() as client:
        cpu_s, started = time.process_time(), time.perf_counter()
        tasks = CaseTasks(store, found, np.arange(cases))
        ended = sum(outcome.status == "ok" for outcome in Window(client, Callback(), lambda: False).outcomes(tasks))
        assert ended == cases
        return time.process_time() - cpu_s, time.perf_counter() - started, peak_memory_gb()


def make_plan(shape: tuple[int, int, int]) -> tuple[float, float]:
    sweep = synthetic_sweep(shape)
    return timed(lambda: ssbflow.plan(sweep)), peak_memory_gb()


def on_cluster(root: Path, sweep: Sweep) -> float:
    """Return the time of a run, the publishing at its end included, on workers that are there already."""
    with local_workers() as client:
        client.run(made_ready)
        return ssbflow.run(sweep, root, client).wall_time_s


def in_bare_processes(root: Path, sweep: Sweep) -> float:
    """Return the time from when all processes are ready to when the last has ended."""
    register_sweep(Store(root), sweep)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(WORKERS + 1)
    processes = [context.Process(target=loop, args=(root, sweep, number, ready)) for number in range(WORKERS)]
    for process in processes:
        process.start()
    ready.wait()
    return timed(lambda: [process.join() for process in processes])


def made_ready() -> None:
    """Load what a case needs, by loading this module, and ask LAMMPS who it is."""
    find_lmp()


def loop(root: Path, sweep: Sweep, number: int, ready: "multiprocessing.synchronize.Barrier") -> None:
    mine = list(sweep.cases())[number::WORKERS]
    made_ready()
    ready.wait()
    for case in mine:
        run_case(case, sweep.analysis, Store(root))


@contextmanager
def local_workers() -> Iterator[Client]:
    with connected("local", WORKERS) as client:
        assert client is not None
        yield client


COMMANDS = (overhead, plan_many, throughput)
