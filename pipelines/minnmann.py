"""Five measured NCM622 and LPSCl cathodes beside ours: porosity and both tortuosity factors.

python pipelines/minnmann.py [STORE] [PAGE]

Two protocols: Young's moduli as given, and times 0.43, which brings our pellet of LPSCl alone to the 18 % porosity of a
measured one. Nothing is tuned on the cathodes themselves.
"""

import sys
from pathlib import Path

import numpy as np
import xarray as xr
import yaml

import ssbflow
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar

ROOT = Path(__file__).parents[1]
SWEEP = ROOT / "catalogs" / "sweeps" / "minnmann.yaml"
EXPERIMENTS = ROOT / "catalogs" / "experiments.yaml"
PELLET = "0-100"
SOFTER = 0.43
PAGE = """\
# Measured cathodes beside ours

Made by `python pipelines/minnmann.py`: `catalogs/sweeps/minnmann.yaml`, {seeds} seeds, mean ± standard deviation over
them. Measured: {source}

Young's moduli as given, and times {softer}: that brings our pellet of LPSCl alone to the porosity of a measured one,
18 % ({pellet_source}).
Ours here: {pellets}. The cathodes are predicted, nothing is tuned on them.
The widths of the size distributions are not published: assumed.

## Porosity (under load; measured: after it)

{porosity}

## Tortuosity factor of the ions

τ² = φ σ₀/σ_eff. Measured, σ₀ is that of a pressed pellet, which has pores and contacts itself. So ours stands twice:
with the conductivity of the bulk (`tortuosity_factor_ionic`), and with that of our own pellet of LPSCl alone and the
published φ, which is what was measured.

{ionic}

## Tortuosity factor of the electrons

{electronic}

A number stands in brackets where EAM or SE spans in some of the seeds only: it is the mean over these.

{reading}
"""
READING = """\
**How to read it.** The order and the sizes are right over two decades, on both sides: ions lose their way where
electrons find theirs, between 70:30 and 80:20. With the softer moduli the electrons come within a factor of 1.4 from
60:40 on, the ions (to our own pellet) within 1.6 up to 80:20. Near the threshold (50:50 for electrons, 86:14 for ions)
a box of 25 µm spans in some seeds only, and their mean says little: wider boxes are needed there. The porosity does not
follow: ours rises by 5 to 7 points with the EAM, as among spheres that do not flow; the measured one has its least
value where the sulfide dominates and lies 10 points and more lower; a calibration on the pellet alone does not cure
that. Plastic flow of the sulfide is what elastic spheres lack."""


def row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join([row(head), "|" + "---|" * len(head), *map(row, rows)])


def shown(values: xr.DataArray, digits: int) -> str:
    """Mean ± standard deviation over the seeds that have a value; in brackets if some have none."""
    found = values.values[np.isfinite(values.values)]
    if not len(found):
        return "does not span"
    deviation = f" ± {found.std(ddof=1):.{digits}f}" if len(found) > 1 else ""
    text = f"{found.mean():.{digits}f}{deviation}"
    return text if len(found) == len(values) else f"({text}; {len(found)} of {len(values)})"


def against_pellet(cube: xr.Dataset, cathode: dict[str, float | str]) -> xr.DataArray:
    """The tortuosity factor as it was measured: the published volume fraction, the conductivity of our own pellet."""
    conductivity = cube["conductivity_ionic_effective"]
    pellet = conductivity.sel(composition=PELLET).mean("seed")
    return float(cathode["se_vol"]) * pellet / conductivity.sel(composition=cathode["composition"])


def main(store: Path, page: Path) -> None:
    given = ssbflow.load_sweep(SWEEP)
    press = given.protocol.press.replace(stiffness_scale=SOFTER)
    softer = given.replace(protocol=given.protocol.replace(label="softer", press=press))
    failed = 0
    with connected("local") as client:
        for sweep in (given, softer):
            failed += ssbflow.run(sweep, store, client, callbacks=[ProgressBar()]).failed
    cubes = [ssbflow.open_cube(store, f"{sweep.protocol.label}.default") for sweep in (given, softer)]
    cubes = [cube.isel(distribution=0).load() for cube in cubes]
    experiments = yaml.safe_load(EXPERIMENTS.read_text(encoding="utf-8"))
    text = written(experiments, cubes, len(given.seeds))
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(1 if failed else 0)


def written(experiments: dict[str, dict], cubes: list[xr.Dataset], seeds: int) -> str:
    measured = experiments["minnmann_2021"]
    cathodes = measured["cathodes"]

    def of(name: str, cathode: dict[str, float | str], digits: int) -> list[str]:
        return [shown(cube[name].sel(composition=cathode["composition"]), digits) for cube in cubes]

    both = ["ours, moduli as given", f"ours, × {SOFTER}"]
    pellets = (
        f"{shown(cube['porosity'].sel(composition=PELLET), 3)} ({name[6:]})"
        for cube, name in zip(cubes, both, strict=True)
    )
    ionic = [
        [c["composition"], f"{c['tau2_ionic']:g}", *of("tortuosity_factor_ionic", c, 1)]
        + [shown(against_pellet(cube, c), 1) for cube in cubes]
        for c in cathodes
    ]
    return PAGE.format(
        seeds=seeds,
        source=measured["source"],
        softer=SOFTER,
        pellet_source=experiments["doux_2020"]["source"],
        pellets=", ".join(pellets),
        porosity=table(
            ["NCM : SE by weight", "measured", *both],
            [[c["composition"], f"{c['porosity']:g}", *of("porosity", c, 3)] for c in cathodes],
        ),
        ionic=table(
            ["NCM : SE", "measured", *(f"{name}, to bulk" for name in both), *(f"{name}, to pellet" for name in both)],
            ionic,
        ),
        electronic=table(
            ["NCM : SE", "measured", *both],
            [
                [c["composition"], f"{c['tau2_electronic']:g}", *of("tortuosity_factor_electronic", c, 1)]
                for c in cathodes
            ],
        ),
        reading=READING,
    )


if __name__ == "__main__":
    defaults = ["results/minnmann", str(ROOT / "docs" / "measured_cathodes.md")]
    given_paths = sys.argv[1:3]
    main(*(Path(path) for path in given_paths + defaults[len(given_paths) :]))
