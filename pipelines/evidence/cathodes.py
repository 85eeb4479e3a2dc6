"""Measured cathodes: five mixtures of NCM622 and LPSCl predicted with the one number that a pellet gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
import yaml
from matplotlib.figure import Figure
from scipy.stats import spearmanr

import ssbflow
from evidence.calibration import calibrated_scale
from evidence.chapter import Chapter, Check, Work, table
from evidence.variants import changed, cube_of, shown

CATALOGS = Path(__file__).parents[2] / "catalogs"
SEEDS = range(1, 5)
BOX = {"edge_um": 35, "areal_mass_mg_cm2": 10}  # near the threshold a narrow box spans in some seeds only
SOFTEST = 0.125
SOFTEST_BOX = {"edge_um": 28, "areal_mass_mg_cm2": 6}
PELLET = "0-100"
FACTOR = 2.0  # what a prediction without any tuning on its own subject may be wrong by
DEX = float(np.log10(FACTOR))
POROSITY_TOLERANCE = 0.03  # the measured ones assume 14 % throughout for their volume fractions
QUANTITIES = {"ionic": "conductivity of the ions", "electronic": "conductivity of the electrons"}
READING = """\
**How to read it.** The mean over the seeds counts a box that does not span as 0: columns side by side conduct in
parallel. τ² = φ σ₀/σ_eff with the published φ and σ₀ has the same error, in decades, as the conductivity, so it is not
judged a second time. Near a threshold (electrons at 50:50, ions at 86:14) the answer is decided by few clusters, and by
the widths of the size distributions, which are not published and assumed here. Elsewhere one number from a pellet of
the SE alone is enough for both conductivities, over two decades; with the moduli as given the electrons have
too few contacts, and no box of the last composition spans.

**Porosity does not follow, and no stiffness makes it follow.** Elastic spheres get looser by some points from the
pellet to 86:14; the measured values start *below* that of the pellet (7.6 % against 18 %) and rise by ten points. With
moduli so soft (× {softest}) that the pellet closes to {soft_pellet}, the mixture 50:50 stands at {soft_half}: whatever
the one number is, the mixture stays looser than the pellet, and the measured one is denser. Two things can be behind
it. The sulfide flows between the hard grains, where contact pressures exceed its hardness, and elastic spheres of one
stiffness cannot do that; and the two experiments are different powders, measured differently. A contact law with a
hardness for two materials is not in LAMMPS: its elastic–plastic model (`mdr`) takes one. So the porosity of mixtures is
to be read as that of elastic spheres, too high, and the conductivities as what stands above."""


@dataclass(frozen=True)
class Prediction:
    """Conductivities (S/m) and porosities, (5,), one for each measured cathode."""

    ionic: np.ndarray
    electronic: np.ndarray
    porosity: np.ndarray
    spanning: np.ndarray


def chapter(work: Work) -> Chapter:
    """Predict the cathodes with moduli as given, and calibrated on a pellet of the SE alone."""
    experiment = yaml.safe_load((CATALOGS / "experiments.yaml").read_text(encoding="utf-8"))["minnmann_2021"]
    cathodes, scale = experiment["cathodes"], calibrated_scale(work)
    cubes = {"moduli as given": simulated(work, 1.0), f"calibrated, × {scale:g}": simulated(work, scale)}
    predictions = {name: predicted(cube, experiment) for name, cube in cubes.items()}
    (as_given, calibrated), (given_name, calibrated_name) = predictions.values(), predictions
    checks = [
        check for quantity in QUANTITIES for check in conductivity_checks(quantity, cathodes, as_given, calibrated)
    ] + porosity_checks(cathodes, as_given, calibrated)
    soft = cube_of(
        work,
        changed(
            ssbflow.load_sweep(CATALOGS / "sweeps" / "minnmann.yaml"), "minnmann_softest", SEEDS,
            press={"stiffness_scale": SOFTEST}, box=SOFTEST_BOX,
        ),
    )["porosity"]  # fmt: skip
    reading = READING.format(
        softest=SOFTEST,
        soft_pellet=shown(soft.sel(composition=PELLET)),
        soft_half=shown(soft.sel(composition="50-50")),
    )
    caption = "Measured and predicted conductivities and porosities; the band is a factor of two, or 0.03"
    picture = work.picture(parity(cathodes, predictions), "validation_cathodes", caption)
    about = (
        f"Measured: {experiment['source']} Ours: `catalogs/sweeps/minnmann.yaml` in boxes of {BOX['edge_um']} µm, "
        f"{len(SEEDS)} seeds. {given_name.capitalize()}, and {calibrated_name}: the one number that the pellet of "
        "LPSCl alone gave (chapter Calibration); nothing is tuned on the cathodes. The published bulk conductivity of "
        "LPSCl is that of a pellet, which has pores itself, so our ionic conductivities are those of the network "
        "relative to our own pellet, times the measured pellet's."
    )
    tables = [comparison(cathodes, predictions, quantity) for quantity in ("ionic", "electronic", "porosity")]
    return Chapter("Measured cathodes", checks, "\n\n".join([about, *tables, picture, reading]))


def simulated(work: Work, scale: float) -> xr.Dataset:
    """Press the mixtures and the pellet, with moduli times `scale`."""
    given = ssbflow.load_sweep(CATALOGS / "sweeps" / "minnmann.yaml")
    label = f"minnmann_x{scale:g}".replace(".", "p")
    return cube_of(work, changed(given, label, SEEDS, press={"stiffness_scale": scale}, box=BOX))


def predicted(cube: xr.Dataset, experiment: Mapping) -> Prediction:
    """Turn a cube into what was measured."""
    cube = cube.isel(distribution=0)
    labels = [cathode["composition"] for cathode in experiment["cathodes"]]
    conducting = {
        quantity: cube[f"conductivity_{quantity}_effective"].fillna(0).mean("seed") for quantity in QUANTITIES
    }
    pellet = conducting["ionic"].sel(composition=PELLET)
    ionic = conducting["ionic"].sel(composition=labels) / pellet * experiment["conductivity_se_s_m"]
    spanning = cube["percolates"].sel(composition=labels).mean("seed")
    porosity = cube["porosity"].sel(composition=labels).mean("seed")
    electronic = conducting["electronic"].sel(composition=labels)
    return Prediction(ionic.values, electronic.values, porosity.values, spanning.values)


def measured(cathodes: list[Mapping], quantity: str) -> np.ndarray:
    key = {"ionic": "ionic_s_m", "electronic": "electronic_s_m", "porosity": "porosity"}[quantity]
    return np.array([cathode[key] for cathode in cathodes])


def decades(cathodes: list[Mapping], prediction: Prediction, quantity: str) -> np.ndarray:
    """Return log10 of predicted over measured, −∞ where nothing spans."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log10(getattr(prediction, quantity) / measured(cathodes, quantity)))


def conductivity_checks(
    quantity: str, cathodes: list[Mapping], as_given: Prediction, calibrated: Prediction
) -> list[Check]:
    """Check size and order of one conductivity."""
    errors, meaning = decades(cathodes, calibrated, quantity), QUANTITIES[quantity]
    rms, bias = root_mean_square(errors), float(np.mean(errors[np.isfinite(errors)]))
    before = root_mean_square(decades(cathodes, as_given, quantity))
    labels = [cathode["composition"] for cathode in cathodes]
    far = [f"{label} ×{10**error:.2g}" for label, error in zip(labels, errors, strict=True) if abs(error) > DEX]
    note = f"bias {bias:+.2f}; moduli as given {before:.2f}" + (f"; beyond: {', '.join(far)}" if far else "")
    rank = float(spearmanr(getattr(calibrated, quantity), measured(cathodes, quantity)).statistic)
    source = "Minnmann 2021; tolerance ours"
    return [
        Check(
            f"{meaning}: within a factor of {FACTOR:g} (root mean square of log₁₀, those that span)",
            f"≤ {DEX:.2f}", f"{rms:.2f}", rms <= DEX, source, note,
        ),
        Check(f"{meaning}: order of the five", "rank correlation 1", f"{rank:.2f}", rank > 0.999, source),
    ]  # fmt: skip


def porosity_checks(cathodes: list[Mapping], as_given: Prediction, calibrated: Prediction) -> list[Check]:
    """Check the porosities and their order."""
    error = calibrated.porosity - measured(cathodes, "porosity")
    rms, bias = root_mean_square(error), float(error.mean())
    before = root_mean_square(as_given.porosity - measured(cathodes, "porosity"))
    rank = float(spearmanr(calibrated.porosity, measured(cathodes, "porosity")).statistic)
    return [
        Check(
            "porosity of the five (root mean square)", f"≤ {POROSITY_TOLERANCE}", f"{rms:.3f}",
            rms <= POROSITY_TOLERANCE, "Minnmann 2021; tolerance ours",
            f"bias {bias:+.3f}; moduli as given {before:.3f}; elastic spheres do not flow, see below",
        ),
        Check("porosity: order of the five", "rank correlation > 0", f"{rank:.2f}", rank > 0, "Minnmann 2021"),
    ]  # fmt: skip


def root_mean_square(errors: np.ndarray) -> float:
    finite = errors[np.isfinite(errors)]
    return float(np.sqrt(np.mean(finite**2)))


def comparison(cathodes: list[Mapping], predictions: Mapping[str, Prediction], quantity: str) -> str:
    """Return measured and predicted values side by side."""
    of = {"ionic": "σ of the ions (S/m)", "electronic": "σ of the electrons (S/m)", "porosity": "porosity"}[quantity]
    columns = [getattr(prediction, quantity) for prediction in predictions.values()]
    factor = quantity != "porosity"
    rows = []
    for index, (cathode, was) in enumerate(zip(cathodes, measured(cathodes, quantity), strict=True)):
        cells = (
            f"{column[index]:.3g} (×{column[index] / was:.2f})" if factor else f"{column[index]:.3f}"
            for column in columns
        )
        tau2 = [f"{cathode[f'tau2_{quantity}']:g}"] if factor else []
        rows.append([cathode["composition"], f"{was:g}", *cells, *tau2])
    head = [f"NCM : SE, {of}", "measured", *predictions, *(["τ², measured"] if factor else [])]
    return table(head, rows)


def parity(cathodes: list[Mapping], predictions: Mapping[str, Prediction]) -> Figure:
    """Draw predicted against measured."""
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
    for axis, quantity in zip(axes, ("ionic", "electronic", "porosity"), strict=True):
        was, logarithmic = measured(cathodes, quantity), quantity != "porosity"
        ends = np.array([was.min() / 3, was.max() * 3]) if logarithmic else np.array([0.05, 0.36])
        low, high = (ends / FACTOR, ends * FACTOR) if logarithmic else (ends - 0.03, ends + 0.03)
        axis.fill_between(ends, low, high, color="0.9")
        axis.plot(ends, ends, color="0.5", lw=1)
        for (name, prediction), marker in zip(predictions.items(), "os", strict=True):
            values = getattr(prediction, quantity)
            axis.plot(was, np.where(values > 0, values, np.nan), marker, label=name)
        for cathode, x, y in zip(cathodes, was, getattr(prediction, quantity), strict=True):
            if y > 0:
                axis.annotate(cathode["composition"], (x, y), textcoords="offset points", xytext=(6, -10), fontsize=8)
        if logarithmic:
            axis.set(xscale="log", yscale="log")
        title = {"ionic": "σ, ions (S/m)", "electronic": "σ, electrons (S/m)", "porosity": "porosity"}[quantity]
        axis.set(xlabel=f"measured {title}", ylabel=f"predicted {title}")
    axes[0].legend(frameon=False)
    return figure
