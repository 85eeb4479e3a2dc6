"""Our press beside the published protocol on the same packings: steps, time a step, total, as ratios of one run.

python pipelines/benchmark.py [CASES]

The published protocol takes 250 000 steps of 5e-5 µs with one neighbour list for all sizes, no stop and no dense start.
It is run in full; both get one core, one after the other, so that the machine is the same for both.
"""

import re
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

import ssbflow
from ssbflow.errors import PressError
from ssbflow.flow.simulate import case_materials, pack_case
from ssbflow.inputs.case import Case
from ssbflow.press import files
from ssbflow.press.lmp import find_lmp
from ssbflow.press.press import write_press_of
from ssbflow.press.process import LOG, run_lmp

SWEEP = Path(__file__).parents[1] / "catalogs" / "sweeps" / "example_1.yaml"
PUBLISHED_STEPS = 250_000
PUBLISHED_STEP_US = 5e-5


def as_published(script: str) -> str:
    """Return our script with the published time step, step count and neighbour list."""
    changes = (
        (r"multi\ncomm_modify     mode multi vel yes", "bin\ncomm_modify     vel yes"),
        (r" collection/interval.*", ""),
        (r"\ntimestep .*", f"\ntimestep        {PUBLISHED_STEP_US}"),
        (r"fix +stop all halt.*\n", ""),
        (r"unfix +stop\n", ""),
        (r"fix +stop_\w+ .*\n", ""),
        (r"(dump_modify     frames.*\n(?:.*\n)*?run +)\d+", rf"\g<1>{PUBLISHED_STEPS}"),
    )
    for pattern, replacement in changes:
        script, count = re.subn(pattern, replacement, script)
        if not count:
            raise RuntimeError(f"the script has no {pattern!r} any more; mend this benchmark")
    return script


def timed_press(case: Case, *, published: bool) -> tuple[float, int]:
    """Press one case; return seconds of the LAMMPS process and steps of the press."""
    press = case.design.protocol.press
    if published:
        press = press.replace(settling=press.settling.replace(initial_solid_fraction=None, density_scaling=False))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fraction = case.design.composition.eam_volume_fraction
        write_press_of(pack_case(case), case_materials(case), press, fraction, folder)
        if published:
            script = folder / files.SCRIPT
            script.write_text(as_published(script.read_text()))
        started = time.perf_counter()
        try:
            run_lmp(find_lmp(), folder, press.time_limit_s)
        except (
            PressError
        ) as error:  # without the stop, LAMMPS may end outside our criterion: its time counts all the same
            if error.cause != "not settled":
                raise
        elapsed = time.perf_counter() - started
        loops = re.findall(r"Loop time of (\S+) on \d+ procs for (\d+) steps", (folder / LOG).read_text())
    return elapsed, max(int(steps) for _, steps in loops)


def main(count: int) -> None:
    """Print the table."""
    sweep = ssbflow.load_sweep(SWEEP)
    columns = ("case", "particles", "ours: steps", "s", "µs/step", "published: steps", "s", "µs/step", "times faster")
    table = Table(*columns, title="Example 1, body force")
    for case in list(sweep.cases())[:count]:
        cells = []
        for published in (False, True):
            seconds, steps = timed_press(case, published=published)
            cells.append((steps, seconds, 1e6 * seconds / steps))
        (steps, seconds, each), (steps_then, seconds_then, each_then) = cells
        table.add_row(
            f"seed {case.seed}", str(len(pack_case(case))), str(steps), f"{seconds:.2f}", f"{each:.0f}",
            str(steps_then), f"{seconds_then:.1f}", f"{each_then:.0f}", f"{seconds_then / seconds:.0f}",
        )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
