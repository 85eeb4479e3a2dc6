"""Trends: utilization against the share of EAM and against the ratio of the sizes."""

from itertools import pairwise

import matplotlib.pyplot as plt
import xarray as xr
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from evidence.calibration import calibrated_scale
from evidence.chapter import Chapter, Check, Work, table
from evidence.variants import cube_of, mean_and_error, shown
from ssbflow.inputs.reading import sweep_from
from ssbflow.inputs.sweep import Sweep

EAM_WT = (60, 70, 80, 85, 90, 94)
EAM_D50_UM = 5.0
RATIOS = (1, 2, 3)
WIDTH_UM = 22
SEEDS = range(1, 4)
SPREAD = 0.2  # of the median, standard deviation: narrow enough for the ratio to mean something
STRONG = 0.9
FULL = 0.995
SOURCE = "Shi et al., Adv. Energy Mater. 10, 1902881 (2020), doi:10.1002/aenm.201902881"


def chapter(work: Work) -> Chapter:
    """Press mixtures of NCM811 and LPSCl of three size ratios, with the calibrated stiffness."""
    cube = cube_of(work, mixtures(calibrated_scale(work)))
    utilization = cube["utilization_separator"].mean("seed")
    checks = [falling(utilization, ratio) for ratio in RATIOS]
    at_high_load = {ratio: loaded(cube, ratio) for ratio in RATIOS}
    ordered = list(at_high_load.values())
    checks.append(
        Check(
            f"utilization at {EAM_WT[-2]} wt% rises with the size ratio",
            "each above the one before",
            ", ".join(f"{ratio}: {value:.3f}" for ratio, value in at_high_load.items()),
            all(low < high for low, high in pairwise(ordered)),
            SOURCE,
        )
    )
    caption = "Share of the EAM that ions from the separator reach; mean and standard error over the seeds"
    rows = ([f"{weight} wt%", *(shown(of(cube, weight, ratio)) for ratio in RATIOS)] for weight in EAM_WT)
    text = (
        f"NCM811 ({EAM_D50_UM:g} µm) and LPSCl, no additives, 375 MPa, {WIDTH_UM} µm, {len(SEEDS)} seeds; utilization "
        "with ions from the separator.\n\n" + table(["EAM", *(f"size ratio {ratio}" for ratio in RATIOS)], rows)
    )
    return Chapter("Trends", checks, text + "\n\n" + work.picture(drawn(cube), "validation_trends", caption))


def mixtures(scale: float) -> Sweep:
    """Return the sweep: shares of EAM × size ratios."""
    return sweep_from(
        {
            "name": "trends",
            "compositions": [
                {"label": f"EAM{w}", "weight_percent": {"eam": w, "se": 100 - w}, "eam": "NCM811", "se": "LPSCl"}
                for w in EAM_WT
            ],
            "distributions": [
                {"label": f"ratio{ratio}", "eam": size(EAM_D50_UM), "se": size(EAM_D50_UM / ratio)} for ratio in RATIOS
            ],
            "seeds": list(SEEDS),
            "protocol": {
                "label": "trends",
                "box": {"edge_um": WIDTH_UM, "areal_mass_mg_cm2": 8},
                "press": {"pressure_mpa": 375, "stiffness_scale": scale},
            },
        }
    )


def size(median_um: float) -> dict[str, object]:
    d95_um = median_um * (1 + 1.645 * SPREAD)  # 95 % of a normal distribution lie below mean + 1.645 σ
    return {"kind": "normal", "basis": "number", "d50_um": median_um, "d95_um": d95_um}


def of(cube: xr.Dataset, weight: int, ratio: int) -> xr.DataArray:
    return cube["utilization_separator"].sel(composition=f"EAM{weight}", distribution=f"ratio{ratio}")


def loaded(cube: xr.Dataset, ratio: int) -> float:
    return mean_and_error(of(cube, EAM_WT[-2], ratio))[0]


def falling(utilization: xr.DataArray, ratio: int) -> Check:
    """Check that more EAM means less utilization."""
    values = utilization.sel(distribution=f"ratio{ratio}").values
    rank = float(spearmanr(EAM_WT, values).statistic)
    statement = f"utilization falls with the share of EAM, size ratio {ratio}"
    full = int((values > FULL).sum())
    note = f"{full} of {len(values)} shares reach more than {FULL}: ties, whose order is chance" if full > 1 else ""
    return Check(statement, f"rank correlation ≤ −{STRONG:g}", f"{rank:.2f}", rank <= -STRONG, SOURCE, note)


def drawn(cube: xr.Dataset) -> Figure:
    figure, axis = plt.subplots(figsize=(6.2, 4), layout="constrained")
    for ratio in RATIOS:
        means, errors = zip(*(mean_and_error(of(cube, weight, ratio)) for weight in EAM_WT), strict=True)
        axis.errorbar(EAM_WT, means, yerr=errors, fmt="o-", capsize=3, label=f"size ratio EAM : SE = {ratio}")
    axis.set(xlabel="EAM (wt%)", ylabel="utilization, ions from the top", ylim=(0, 1.03))
    axis.legend(frameon=False)
    return figure
