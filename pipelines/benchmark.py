"""Our press beside the published protocol on the same packings: steps, time a step, total, metrics, as ratios of one run.

python pipelines/benchmark.py example-1 [--seeds N]       both in full, body force and platen
python pipelines/benchmark.py large [C11_S1 | C5_S079]    tens of thousands of particles; the published time estimated
python pipelines/benchmark.py scaling                     time a particle and step over box sizes and size ratios

The published protocol takes 250 000 steps of 5e-5 µs with one neighbour list for all sizes, no stop and no dense start.
Whatever is compared runs one after the other, so that the machine is the same for both.
"""

import re
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

import ssbflow
from ssbflow.flow.simulate import case_materials, measure_case, pack_case, press_case
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.data_file import data_text, lid_um
from ssbflow.press.dumps import read_dump
from ssbflow.press.lmp import find_lmp
from ssbflow.press.plan import PressPlan, press_plan
from ssbflow.press.pressed import Pressed
from ssbflow.press.process import run_lmp

SWEEPS = Path(__file__).parents[1] / "catalogs" / "sweeps"
PUBLISHED_STEPS = 250_000
PUBLISHED_STEP_US = 5e-5
SAMPLE_STEPS = 40  # of the published protocol, in each of three states of a large box
METRICS = ("porosity", "coordination_se_se", "utilization", "tortuosity_geodesic_median")
PUBLISHED = """\
units           micro
atom_style      sphere
boundary        p p f
newton          off
comm_modify     vel yes
neighbor        {skin!r} bin
read_data       {data}
{groups}
pair_style      granular
{pair_coefficients}
neigh_modify    delay 0 every 1 check yes
{floors}
fix             lid all wall/reflect zlo 0.0 zhi {lid!r}
timestep        {parting_step!r}
fix             part all nve/limit {parting_move!r}
fix             drag all viscous {drag}
run             {parting_steps}
unfix           part
velocity        all set 0.0 0.0 0.0
timestep        {time_step!r}
{pushes}
fix             move all nve/sphere
thermo          {steps}
run             {steps}
write_dump      all custom {final} id x y z modify sort id format float %.17g
"""

app = typer.Typer(help=__doc__, no_args_is_help=True)
console = Console()


def published_plan(case: Case, packing: Packing) -> PressPlan:
    press = case.design.protocol.press
    settling = press.settling.replace(density_scaling=False)
    body_force = press.replace(drive="body_force", settling=settling)
    return press_plan(packing, case_materials(case), body_force, case.design.composition.eam_volume_fraction)


def published_script(packing: Packing, plan: PressPlan, steps: int, *, parting: bool) -> str:
    numbered = list(enumerate(plan.species, 1))
    first, *others = plan.species
    scales = "".join(f" scale {number} {plan.drag[name] / plan.drag[first]!r}" for number, name in enumerate(others, 2))
    return PUBLISHED.format(
        skin=0.6 * float(packing.radius_um.min()),
        data=names.DATA,
        groups="\n".join(f"group {name} type {number}" for number, name in numbered),
        pair_coefficients="\n".join(f"pair_coeff {number} {number} {plan.coefficients[name]}" for number, name in numbered),
        floors="\n".join(
            f"fix floor_{name} {name} wall/gran granular {plan.coefficients[name]} zplane 0.0 NULL" for name in plan.species
        ),
        lid=lid_um(packing),
        parting_step=plan.time_step_us,
        parting_move=plan.parting_move_um,
        parting_steps=plan.parting_steps if parting else 0,
        drag=f"{plan.drag[first]!r}{scales}",
        time_step=PUBLISHED_STEP_US,
        pushes="\n".join(
            f"fix push_{name} {name} addforce 0.0 0.0 {-force!r}" for name, force in plan.share_nn.items()
        ),
        steps=steps,
        final=names.FINAL,
    )  # fmt: skip


def run_published(case: Case, packing: Packing, steps: int, *, parting: bool = True) -> tuple[float, Packing]:
    """Return seconds of the pressing run alone, and where the particles are after it."""
    plan = published_plan(case, packing)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / names.DATA).write_text(data_text(packing, plan))
        (folder / names.SCRIPT).write_text(published_script(packing, plan, steps, parting=parting))
        run_lmp(find_lmp(), folder, time_limit_s=24 * 3600)
        loop = re.findall(rf"Loop time of (\S+) on \d+ procs for {steps} steps", (folder / names.LOG).read_text())
        position = read_dump(folder / names.FINAL)[:, 1:]
    return float(loop[-1]), Packing(position, packing.radius_um, packing.species, packing.edge_um)


def pressed_by(case: Case, drive: str) -> tuple[Case, Packing, Pressed, float]:
    """Return the case under a drive, its loose packing, what the press gave, and seconds of pack and press."""
    protocol = case.design.protocol
    changed = protocol.replace(press=protocol.press.replace(drive=drive))
    ours = case.replace(design=case.design.replace(protocol=changed))
    started = time.perf_counter()
    loose = pack_case(ours)
    pressed = press_case(ours, loose)
    return ours, loose, pressed, time.perf_counter() - started


def row(table: Table, what: str, particles: int, steps: int, seconds: float, ratio: float, values: Iterable[float]) -> None:
    cells = (f"{particles}", f"{steps}", f"{seconds:.2f}", f"{1e6 * seconds / steps:.0f}", f"{ratio:.0f}")
    table.add_row(what, *cells, *(f"{value:.3f}" for value in values))


@app.command()
def example_1(seeds: Annotated[int, typer.Option(help="How many seeds.")] = 2) -> None:
    """Example 1, both protocols in full on one core."""
    sweep = ssbflow.load_sweep(SWEEPS / "example_1.yaml")
    columns = ("", "particles", "steps", "press, s", "µs/step", "times faster", *METRICS)
    table = Table(*columns, title="Example 1")
    for case in list(sweep.cases())[:seeds]:
        loose = pack_case(case)
        then, left = run_published(case, loose, PUBLISHED_STEPS)
        cropped = press_case_height(case, left)
        values = measure_case(case, cropped, None, sweep.analysis)
        row(table, f"seed {case.seed}, published", len(loose), PUBLISHED_STEPS, then, 1, (values[m] for m in METRICS))
        for drive in ("body_force", "platen"):
            ours, packing, pressed, case_seconds = pressed_by(case, drive)
            started = time.perf_counter()
            values = measure_case(ours, pressed.packing, None, sweep.analysis)
            case_seconds += time.perf_counter() - started
            what = f"{drive}, case {case_seconds:.1f} s"
            now = pressed.wall_time_s
            row(table, what, len(packing), pressed.steps, now, then / now, (values[m] for m in METRICS))
    console.print(table)
