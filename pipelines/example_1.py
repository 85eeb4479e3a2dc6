"""The published Example 1 beside ours, with Young's moduli as given and times 0.1: two protocols, two cubes, one store.

python pipelines/example_1.py [STORE] [PAGE]
"""

import sys
from pathlib import Path

import xarray as xr

import ssbflow
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar
from ssbflow.views.cross_section import draw_case

ROOT = Path(__file__).parents[1]
SWEEP = ROOT / "catalogs" / "sweeps" / "example_1.yaml"

# (variable, what it is, published value, digits)
ROWS = (
    ("force_eam", "force per EAM particle (nN)", "233 638", 0),
    ("force_se", "force per SE particle (nN)", "315 205", 0),
    ("n_eam", "EAM particles after cropping", "about 273", 0),
    ("n_se", "SE particles after cropping", "about 273", 0),
    ("porosity_sphere_sum", "porosity, sum of spheres (published definition)", "0.123", 3),
    ("porosity", "porosity, union of spheres", "", 3),
    ("porosity_with_additives", "porosity, union, carbon and binder in the pores", "", 3),
    ("utilization", "utilization", "0.94", 2),
    ("utilization_separator", "utilization, ions from the top", "", 2),
    ("percolates", "share of seeds whose SE spans", "", 2),
    ("tortuosity_geodesic_shortest", "geodesic tortuosity, shortest path", "1.86", 2),
    ("tortuosity_geodesic_median", "geodesic tortuosity, median of pairs", "1.86", 2),
    ("coordination_se_se", "SE contacts of an SE particle", "", 2),
    ("height", "height (µm)", "", 1),
    ("pressure_measured", "pressure on the floor (MPa)", "375", 1),
    ("steps", "time steps", "250 000", 0),
    ("wall_time", "wall time of a case (s)", "", 1),
)
PAGE = """\
# Example 1 of US 2025/0265390 A1, published and computed

Made by `python pipelines/example_1.py`: {seeds} seeds, mean ± standard deviation over them; body force of 375 MPa,
20 × 20 µm, 16 mg/cm², overlap criterion 1.00, `catalogs/sweeps/example_1.yaml`. The second column of results is the
same sweep with `stiffness_scale: 0.1`, every Young's modulus times 0.1.

| quantity | published | {columns} |
|---|---|{dashes}
{rows}

A tortuosity is averaged over the seeds in which SE spans from floor to top. What each quantity means exactly:
[definitions.md](definitions.md).

{reading}

![Seed 1, cut through the middle, loose and pressed](images/example_1.png)
"""
READING = """\
**How to read it.** The forces follow from the number of particles, which the published text does not state. With the
moduli as given, elastic spheres under a body force stay far from the published porosity: the stress is 375 MPa at the
floor only (187 MPa on average), and a sulfide flows plastically where elastic spheres do not. With moduli times 0.1
the porosity comes within a few points of the published one in the published definition, the sum of spheres; the union
of the spheres, which counts no overlap twice, stays some points above that. The utilization agrees within its
scatter, which is large: in so narrow a box a seed whose SE does not span loses much of its EAM. The geodesic
tortuosity stays well below the published 1.86 in both of its readings. `stiffness_scale` is 1 unless a protocol says
otherwise; it is to be calibrated on a pure electrolyte pellet, not on this table."""


def column(cube: xr.Dataset, variable: str, digits: int) -> str:
    values = cube[variable].isel(composition=0, distribution=0)
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    return f"{mean:.{digits}f} ± {deviation:.{digits}f}"


def main(store: Path, page: Path) -> None:
    given = ssbflow.load_sweep(SWEEP)
    press = given.protocol.press.model_copy(update={"stiffness_scale": 0.1})
    soft = given.replace(protocol=given.protocol.model_copy(update={"label": "stiffness_0_1", "press": press}))
    failed = 0
    with connected("local") as client:
        for sweep in (given, soft):
            failed += ssbflow.run(sweep, store, client, callbacks=[ProgressBar()]).failed

    cubes = {
        "moduli as given": ssbflow.open_cube(store),
        "moduli × 0.1": ssbflow.open_cube(store, "stiffness_0_1.published"),
    }
    rows = (
        f"| {meaning} | {published} | " + " | ".join(column(cube, name, digits) for cube in cubes.values()) + " |"
        for name, meaning, published, digits in ROWS
    )
    text = PAGE.format(
        seeds=len(given.seeds),
        columns=" | ".join(cubes),
        dashes="---|" * len(cubes),
        rows="\n".join(rows),
        reading=READING,
    )
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    case_id = next(iter(cubes.values()))["case_id"][0, 0, 0].compute().item()
    draw_case(store, case_id, page.parent / "images" / "example_1.png")
    print(text)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    defaults = ["results/example_1", str(ROOT / "docs" / "example_1.md")]
    given_paths = sys.argv[1:3]
    main(*(Path(path) for path in given_paths + defaults[len(given_paths) :]))
