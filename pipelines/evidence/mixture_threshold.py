"""From which volume share of electrolyte on a cathode of NCM622 and LPSCl conducts ions, boxes of three sizes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import minimize
from scipy.special import expit

import ssbflow
from evidence.chapter import Check, Work, table
from evidence.variants import changed, cube_of
from ssbflow.inputs.composition import WeightPercent
from ssbflow.inputs.sweep import Sweep

CATALOG = Path(__file__).parents[2] / "catalogs" / "sweeps" / "minnmann.yaml"
NU = 0.8765  # as for spheres of one size: the exponent is universal
EAM_PERCENT = (74, 78, 81, 84, 87, 90)
WIDTHS_UM = (12, 17, 24)  # the largest SE particle is 9 µm wide
MG_PER_CM2_AND_UM = 0.27  # about: makes a bed as high as wide
SEEDS = range(1, 21)
RESAMPLES = 300
ABOUT = """\
**A real mixture.** NCM622 and LPSCl of `catalogs/sweeps/minnmann.yaml` at {fractions} wt% NCM under the platen, in
boxes of {widths} µm, about as high as wide, {seeds} seeds each. A box spans when SE near the platen is connected to
SE near the floor (`percolates`, surface cut-off 1 µm). The share at which half of the boxes span comes from a
logistic fit in the volume share of SE in the solids; it is extrapolated with L^(−1/ν), ν = {nu}, and the interval is
a bootstrap over seeds.

{table}

Measured (Minnmann 2021, catalogs/experiments.yaml): between 70:30 and 80:20 the ionic conductivity falls by a factor
of 5, and by 11 more to 86:14, which are volume shares of SE in the solids of {measured}. A threshold inside or just
below that range is what such a drop looks like. The widths of the distributions are assumed, so nothing is judged
here."""


@dataclass(frozen=True)
class Mixtures:
    """Volume share of SE in the solids and whether it spans, (compositions, seeds), by width (µm)."""

    share: Mapping[float, np.ndarray]
    spans: Mapping[float, np.ndarray]
    measured: str

    def half(self, width: float) -> float:
        """Return the share at which half of the boxes span."""
        centre, _ = logistic_fit(self.share[width], self.spans[width])
        return centre

    def infinite(self) -> float:
        """Extrapolate to wide boxes."""
        size = np.array(list(self.share)) ** (-1 / NU)
        return float(np.polyfit(size, [self.half(width) for width in self.share], 1)[1])

    def resampled(self, generator: np.random.Generator) -> "Mixtures":
        """Draw the seeds anew at each width."""
        drawn = {width: generator.integers(of.shape[1], size=of.shape[1]) for width, of in self.share.items()}
        share, spans = ({w: of[w][:, drawn[w]] for w in of} for of in (self.share, self.spans))
        return Mixtures(share, spans, self.measured)

    def interval(self) -> tuple[float, float, float]:
        """Return the extrapolated threshold and its 95 % interval."""
        generator = np.random.default_rng(1)
        found = [self.resampled(generator).infinite() for _ in range(RESAMPLES)]
        low, high = np.quantile(found, [0.025, 0.975])
        return self.infinite(), float(low), float(high)

    def text(self) -> str:
        means = {width: np.nanmean(spans, axis=1) for width, spans in self.spans.items()}
        rows = ([f"{width:g}", f"{self.half(width):.3f}", *(f"{mean:.2f}" for mean in means[width])] for width in means)
        head = ["width, µm", "half span at SE share", *(f"spanning at {wt} wt% NCM" for wt in EAM_PERCENT)]
        return ABOUT.format(
            fractions=", ".join(map(str, EAM_PERCENT)), widths=", ".join(map(str, WIDTHS_UM)), seeds=len(SEEDS),
            nu=NU, table=table(head, rows), measured=self.measured,
        )  # fmt: skip


def mixtures(work: Work) -> Mixtures:
    """Press the boxes, what the store still lacks."""
    given = ssbflow.load_sweep(CATALOG)
    cubes = {width: cube_of(work, boxes(given, width)).isel(distribution=0) for width in WIDTHS_UM}
    shares = (f"{1 - c.eam_volume_fraction:.2f}" for c in given.compositions if c.label in ("70-30", "80-20", "86-14"))
    return Mixtures(
        {width: 1 - cube["eam_vol_final"].values for width, cube in cubes.items()},
        {width: cube["percolates"].values for width, cube in cubes.items()},
        ", ".join(shares),
    )


def boxes(given: Sweep, width: float) -> Sweep:
    """Return the sweep of one width."""
    like = given.compositions[-1]
    compositions = [
        like.replace(label=f"{eam}-{100 - eam}", weight_percent=WeightPercent(eam=eam, se=100 - eam))
        for eam in EAM_PERCENT
    ]
    box = {"edge_um": width, "areal_mass_mg_cm2": MG_PER_CM2_AND_UM * width}
    return changed(given.replace(compositions=compositions), f"threshold_{width:g}um", SEEDS, box=box)


def logistic_fit(share: np.ndarray, spans: np.ndarray) -> tuple[float, float]:
    """Return centre and width of the most likely logistic curve."""
    known = np.isfinite(share) & np.isfinite(spans)
    x, y = share[known], spans[known]

    def unlikely(of: np.ndarray) -> float:
        chance = np.clip(expit((x - of[0]) / np.exp(of[1])), 1e-9, 1 - 1e-9)
        return -float(np.sum(y * np.log(chance) + (1 - y) * np.log(1 - chance)))

    best = minimize(unlikely, [0.3, np.log(0.03)], method="Nelder-Mead").x
    return float(best[0]), float(np.exp(best[1]))


def mixtures_check(mixed: Mixtures) -> Check:
    """Tell the threshold; there is nothing to judge it by."""
    threshold, low, high = mixed.interval()
    return Check(
        "threshold of SE in NCM622 + LPSCl, volume share of the solids", "–",
        f"{threshold:.3f}; 95 % {low:.3f} to {high:.3f}", None, "",
        f"measured conductivities drop between {mixed.measured} (70:30, 80:20, 86:14; Minnmann 2021)",
    )  # fmt: skip


def mixture_figure(mixed: Mixtures) -> Figure:
    """Draw the share of boxes that span at each composition, with the fits."""
    figure, axis = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
    for width in mixed.share:
        share, spans = mixed.share[width], mixed.spans[width]
        mean = np.nanmean(spans, axis=1)
        error = np.sqrt(mean * (1 - mean) / spans.shape[1])
        label = f"{width:g} µm"
        (line,) = axis.plot([], [])
        axis.errorbar(np.nanmean(share, axis=1), mean, error, fmt="o", color=line.get_color(), capsize=3, label=label)
        centre, wide = logistic_fit(share, spans)
        along = np.linspace(share[np.isfinite(share)].min(), share[np.isfinite(share)].max(), 200)
        axis.plot(along, expit((along - centre) / wide), color=line.get_color(), lw=1)
    threshold, low, high = mixed.interval()
    axis.axvspan(low, high, color="grey", alpha=0.25, label=f"wide boxes: {threshold:.3f}")
    axis.set(xlabel="volume share of SE in the solids", ylabel="share of boxes that span")
    axis.legend(title="width of the box")
    return figure
