"""Our press beside the published protocol on the same particles: steps, times, metrics, as ratios of one run.

python pipelines/benchmark.py example-1 [--seeds N]     both in full on one core, body force and platen
python pipelines/benchmark.py large [NAME]              tens of thousands of particles; the published time is estimated
python pipelines/benchmark.py scaling                   time a particle and step over box sizes and size ratios
python pipelines/benchmark.py measures | contacts       the structure's part, see benchmark_structure.py
python pipelines/benchmark.py cubes | first-publish | case-file | many-cases    the store's, see benchmark_store.py
python pipelines/benchmark.py overhead | plan-many | throughput      the runner's, see benchmark_flow.py

The published protocol takes 250 000 steps of 5e-5 µs with one neighbour list for all sizes, no stop and no dense start.
What is compared runs one after the other, so that the machine is the same for both.
"""

import contextlib
import re
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.spatial import cKDTree

import benchmark_flow
import benchmark_store
import benchmark_structure
import ssbflow
from ssbflow.errors import PressError
from ssbflow.flow.simulate import case_materials, measure_case, pack_case, press_case
from ssbflow.inputs.case import Case
from ssbflow.packing.packing import Packing
from ssbflow.press import names
from ssbflow.press.crop import cropped_to_areal_mass
from ssbflow.press.data_file import data_text, lid_um
from ssbflow.press.dumps import read_dump
from ssbflow.press.lmp import find_lmp
from ssbflow.press.neighbours import size_collections
from ssbflow.press.plan import PressPlan, press_plan
from ssbflow.press.press import press
from ssbflow.press.pressed import Pressed
from ssbflow.press.process import run_lmp

SWEEPS = Path(__file__).parents[1] / "catalogs" / "sweeps"
PUBLISHED_STEPS = 250_000
PUBLISHED_STEP_US = 5e-5
SAMPLE_STEPS = 50  # of the published protocol, in each of three states of a large box
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

app = typer.Typer(help=__doc__, no_args_is_help=True, rich_markup_mode=None)
for command in (
    benchmark_structure.measures, benchmark_structure.contacts, *benchmark_store.COMMANDS, *benchmark_flow.COMMANDS,
):  # fmt: skip
    app.command()(command)
console = Console(width=160)


@dataclass(frozen=True)
class Ours:
    """One case of ours, run in this process."""

    case: Case
    loose: Packing
    pressed: Pressed
    press_s: float
    case_s: float
    values: dict[str, float]


def run_ours(case: Case, **changes: object) -> Ours:
    """Pack, press and measure a case with some of the press changed."""
    protocol = case.design.protocol
    design = case.design.replace(protocol=protocol.replace(press=protocol.press.replace(**changes)))
    changed = case.replace(design=design)
    started = time.perf_counter()
    loose = pack_case(changed)
    pressed = press_case(changed, loose)
    values = measure_case(changed, pressed.packing, pressed.contacts, None, ssbflow.Analysis())
    return Ours(changed, loose, pressed, pressed.wall_time_s, time.perf_counter() - started, values)


def published_plan(case: Case, packing: Packing) -> PressPlan:
    ours = case.design.protocol.press
    as_published = ours.replace(drive="body_force", settling=ours.settling.replace(density_scaling=False))
    return press_plan(packing, case_materials(case), as_published, case.design.composition.eam_volume_fraction)


def published_script(packing: Packing, plan: PressPlan, steps: int, parting_steps: int) -> str:
    numbered = list(enumerate(plan.species, 1))
    first, *others = plan.species
    scales = "".join(f" scale {number} {plan.drag[name] / plan.drag[first]!r}" for number, name in enumerate(others, 2))
    wall = "fix floor_{0} {0} wall/gran granular {1} zplane 0.0 NULL"
    coefficients = plan.coefficients
    pushes = (f"fix push_{name} {name} addforce 0.0 0.0 {-force!r}" for name, force in plan.weight_nn.items())
    return PUBLISHED.format(
        skin=0.6 * float(packing.radius_um.min()),
        data=names.DATA,
        groups="\n".join(f"group {name} type {number}" for number, name in numbered),
        pair_coefficients="\n".join(f"pair_coeff {number} {number} {coefficients[name]}" for number, name in numbered),
        floors="\n".join(wall.format(name, coefficients[name]) for name in plan.species),
        lid=lid_um(packing),
        collections=size_collections(packing),
        parting_step=plan.time_step_us,
        parting_move=plan.parting_move_um,
        parting_steps=parting_steps,
        drag=f"{plan.drag[first]!r}{scales}",
        time_step=PUBLISHED_STEP_US,
        pushes="\n".join(pushes),
        steps=steps,
        final=names.FINAL,
    )


def run_published(case: Case, start: Packing, steps: int, parting_steps: int) -> tuple[float, Packing]:
    """Return seconds of the pressing run alone, and where the particles are after it."""
    plan = published_plan(case, start)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / names.DATA).write_text(data_text(start, plan))
        (folder / names.SCRIPT).write_text(published_script(start, plan, steps, parting_steps))
        run_lmp(find_lmp(), folder, time_limit_s=24 * 3600)
        loops = re.findall(r"Loop time of (\S+) on \d+ procs for", (folder / names.LOG).read_text())
        position = read_dump(folder / names.FINAL)[:, 1:]
    return float(loops[-1]), Packing(position, start.radius_um, start.species, start.edge_um)


def measured_as_published(case: Case, packing: Packing) -> dict[str, float]:
    design = case.design
    mass = design.protocol.box.areal_mass_mg_cm2
    cropped = cropped_to_areal_mass(packing, case_materials(case), mass, design.composition)
    return measure_case(case, cropped, None, None, ssbflow.Analysis())


@app.command()
def example_1(seeds: Annotated[int, typer.Option(help="How many seeds.")] = 2) -> None:
    """Run Example 1 by both protocols in full."""
    columns = ("", "particles", "steps", "press, s", "µs/step", "times faster", "case, s", *METRICS)
    table = Table(*columns, title="Example 1, one core")
    find_lmp()  # asked once, so that the first press does not pay for it
    for case in list(ssbflow.load_sweep(SWEEPS / "example_1.yaml").cases())[:seeds]:
        loose = pack_case(case)
        then_s, left = run_published(case, loose, PUBLISHED_STEPS, published_plan(case, loose).parting_steps)
        values = measured_as_published(case, left)
        cells = (len(loose), PUBLISHED_STEPS, f"{then_s:.1f}", f"{1e6 * then_s / PUBLISHED_STEPS:.0f}", "", "")
        table.add_row(f"seed {case.seed}, published", *map(str, cells), *(f"{values[name]:.3f}" for name in METRICS))
        for drive in ("body_force", "platen"):
            ours = run_ours(case, drive=drive)
            steps = ours.pressed.steps
            cells = (len(ours.loose), steps, f"{ours.press_s:.2f}", f"{1e6 * ours.press_s / steps:.0f}")
            ratio = (f"{then_s / ours.press_s:.0f}", f"{ours.case_s:.1f}")
            table.add_row(drive, *map(str, cells), *ratio, *(f"{ours.values[name]:.3f}" for name in METRICS))
    console.print(table)


@app.command()
def large(name: Annotated[str, typer.Argument(help="Of a sweep in catalogs/sweeps.")] = "large_c11_s1") -> None:
    """Press a large box to equilibrium on two cores; estimate the published time from three states of it."""
    ours = run_ours(next(ssbflow.load_sweep(SWEEPS / f"{name}.yaml").cases()), ranks=2)
    memory_gb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    metrics = ", ".join(f"{metric} {ours.values[metric]:.3f}" for metric in METRICS)
    console.print(
        f"{name}: {len(ours.loose)} particles, {ours.pressed.steps} steps, press {ours.press_s:.0f} s, case "
        f"{ours.case_s:.0f} s, largest of two ranks {memory_gb:.2f} GB, this process "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB; {metrics}"
    )
    frames = ours.pressed.trajectory.position_um
    states = {"loose": ours.loose.position_um, "half-way": frames[len(frames) // 2], "dense": frames[-1]}
    each_s = []
    for state, position in states.items():
        start = Packing(position, ours.loose.radius_um, ours.loose.species, ours.loose.edge_um)
        parting_steps = published_plan(ours.case, start).parting_steps if state == "loose" else 0
        seconds, _ = run_published(ours.case, start, SAMPLE_STEPS, parting_steps)
        each_s.append(seconds / SAMPLE_STEPS)
        console.print(f"published protocol, {state}: {each_s[-1]:.3f} s a step")
    estimate = PUBLISHED_STEPS * float(np.mean(each_s))
    console.print(f"published, estimated {estimate:.0f} s on one core: {estimate / ours.press_s:.0f} times ours on two")


@app.command()
def scaling() -> None:
    """Time of a particle and step, pressing, for boxes of 1e3 to 2e5 particles and size ratios of 1 to 40."""
    console.print("one core, dense start; size ratio, particles, steps timed, µs a particle and step:")
    for ratio, count in ((1, 1e3), (1, 1e4), (1, 1e5), (1, 2e5), (4, 1e4), (10, 1e4), (10, 1e5), (40, 1e5)):
        steps, seconds = timed_steps(two_sizes(ratio, int(count)))
        console.print(f"{ratio:>4} {count:>8.0f} {steps:>6} {1e6 * seconds / (count * steps):>7.2f}")


def two_sizes(ratio: float, count: int) -> Packing:
    """Return a loose box of spheres of two sizes, half of the volume each: coarse ones on a lattice, fine ones between.

    One sphere a grid space, as the grid fill has it, would put a coarse sphere of ratio 40 over thousands of fine ones.
    """
    generator = np.random.default_rng(1)
    coarse_count = max(1, round(count / (1 + ratio**3)))
    volume = 4 / 3 * np.pi * (coarse_count * ratio**3 + count - coarse_count)
    edge = max((volume / 0.25) ** (1 / 3), 2.2 * ratio)
    coarse = on_lattice(coarse_count, edge, generator)
    coarse[:, 2] += ratio
    places = on_lattice(6 * count, edge, generator, spacing=2.2)
    places[:, 2] += 1
    gap, _ = cKDTree(coarse % [edge, edge, np.inf], boxsize=[edge, edge, 1e9]).query(places % [edge, edge, np.inf])
    fine = places[gap > ratio + 1.1][: count - coarse_count]
    radius = np.repeat([float(ratio), 1.0], [len(coarse), len(fine)])
    species = np.repeat(["eam", "se"], [len(coarse), len(fine)])
    return Packing(np.concatenate([coarse, fine]) % [edge, edge, np.inf], radius, species, (edge, edge))


def on_lattice(
    count: int, edge: float, generator: np.random.Generator, spacing: float | None = None
) -> NDArray[np.float64]:
    """Return so many places of a lattice that fits into a column of this edge, each shaken a little."""
    across = max(1, int(edge / (spacing or (edge**3 / count) ** (1 / 3))))
    cell = edge / across
    place = np.arange(count)
    position = np.stack([place % across, place // across % across, place // across**2], axis=1) + 0.5
    return (position + generator.uniform(-0.02, 0.02, position.shape)) * cell


def timed_steps(packing: Packing) -> tuple[int, float]:
    """Press for a thousand steps from a dense start; return how many the last run took, and its seconds."""
    materials = case_materials(next(ssbflow.load_sweep(SWEEPS / "example_1.yaml").cases()))
    protocol = ssbflow.Protocol.model_validate(
        {
            "box": {"edge_um": packing.edge_um[0], "areal_mass_mg_cm2": 1},
            "press": {"pressure_mpa": 375, "settling": {"initial_solid_fraction": 0.6, "max_steps": 1000}},
        }
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "press"
        with contextlib.suppress(PressError):  # it is stopped long before it is at rest
            press(packing, materials, protocol, folder=folder)
        log = (folder / names.LOG).read_text()
    seconds, steps = re.findall(r"Loop time of (\S+) on \d+ procs for (\d+) steps", log)[-1]
    return int(steps), float(seconds)


if __name__ == "__main__":
    app()
