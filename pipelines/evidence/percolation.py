"""Percolation thresholds: of random close packed spheres by finite-size scaling, and of a real mixture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evidence.chapter import Chapter, Check, Work, table
from evidence.mixture_threshold import NU, mixture_figure, mixtures, mixtures_check
from evidence.site_threshold import CELL, WALL_UM, Thresholds, lattice_thresholds, packing_thresholds

CRITICAL_SPANNING = (
    0.513  # of a cube, periodic across; attributed to Hovi and Aharony (Phys. Rev. E 53, 235, 1996), not looked up
)
TARGET, TARGET_ERROR = 0.3116, 0.0003
LATTICE = 0.3116077
ALLOWANCE = 0.002  # for the scatter of the seeds
PLANNED = f"the reading that was planned, ± {ALLOWANCE} allowed; cubes this small leave corrections that it has not"
AFTERWARDS = "not judged: this reading was chosen after the planned one had failed on the lattice; see below"
ISOSTATIC = 6.0  # contacts of frictionless spheres that only just hold each other
SEEDS = range(1, 21)
ORDERS = 400
LATTICE_ORDERS = 100
ACROSS = (5, 7, 10)  # grid spaces of the loose boxes, 1.25 µm each
LATTICE_WIDTHS = (6, 9, 13)
PRESSURE_MPA = 1.0
FAINT_MPA = 0.1
RESAMPLES = 1000
JAMMED = "Ziff & Torquato, J. Phys. A 50, 085001 (2017): 0.3116(3); Powell, Phys. Rev. B 20, 4194 (1979): 0.310(5)"
CUBIC = "Wang et al., Phys. Rev. E 87, 052107 (2013): 0.3116077(2)"
ABOUT = """\
**Spheres of one size.** Frictionless spheres of 1 µm (diameters within ± 10 %, or some packings crystallise) under a
platen, in boxes of {widths} µm, {seeds} seeds each. From the middle of each bed a cube is taken, {wall} diameters
away from floor and platen, whose ordered layers would shift the threshold. Its spheres become conductors one after
the other in {orders} random orders, until a path of our contact graph, periodic in x and y, leads from bottom to top:
it starts and ends at spheres that the planes cut, which is our rule for floor and top with a cut-off of 0.

Pressed spheres have more contacts than the {isostatic:g} of hard ones that only just touch: {contacts} at
{pressure:g} MPa, of the spheres that are held. The smallest boxes were pressed with {faint:g} MPa as well
({faint_contacts}), and one least-squares fit takes out size and contacts: threshold = p_c + A · L^(−x) + B ·
(contacts − {isostatic:g}), B = {slope:.3f}. What is read from finite cubes is the share at which {critical:g} of them
span: that is the spanning probability at p_c itself of cubes that are periodic across (Hovi and Aharony 1996), so
that the usual shift, A L^(−1/ν), vanishes, and x = 1/ν + 1 is left, ν = {nu}: what half a layer more or less at the
planes does. The *mean* threshold with x = 1/ν alone would leave just that out, which cubes of this size do not
forgive: on the simple cubic lattice, where the answer is known, it gives {lattice_mean:.4f}, for the packings
{packing_mean:.4f}. The lattice is filled by the same code (widths {lattice_widths}) and read by the same fit.

**What this shows, and what not.** The mean threshold was to be judged, and it misses the target on the lattice too. The
share at which {critical:g} span was taken up after that, on trials of the same lattice, so its agreement is no
independent test; that is why it is told and not judged. The {critical:g} itself is attributed to Hovi and Aharony and
was not looked up; lattices of widths 8, 12, 16 and 24 gave spanning probabilities at p_c of 0.470, 0.492, 0.501 and
0.530 (± 0.01), so that a limit near 0.54, and a p_c higher by 0.002, are possible. The correction for contacts
rests on two pressures at one width. Wider cubes are needed for a test that can decide. Intervals are bootstraps
over the seeds."""


@dataclass(frozen=True)
class Group:
    """All packings of one width and pressure."""

    width_um: float
    pressure_mpa: float
    packings: Sequence[Thresholds]

    @property
    def shares(self) -> np.ndarray:
        """Thresholds of all packings and orders."""
        return np.concatenate([packing.share for packing in self.packings])

    @property
    def contacts(self) -> float:
        return float(np.mean([packing.contacts for packing in self.packings]))

    def reading(self, of: str) -> float:
        """Return the mean threshold, or the share at which cubes span as they do at p_c."""
        return float(self.shares.mean() if of == "mean" else np.quantile(self.shares, CRITICAL_SPANNING))

    def resampled(self, generator: np.random.Generator) -> "Group":
        drawn = generator.integers(len(self.packings), size=len(self.packings))
        return Group(self.width_um, self.pressure_mpa, [self.packings[index] for index in drawn])


EXPONENTS: Mapping[str, float] = {"mean": 1 / NU, "spanning": 1 / NU + 1}


def chapter(work: Work) -> Chapter:
    """Measure both thresholds."""
    lattice, packed = lattice_groups(work), pressed_groups(work)
    mixed = mixtures(work)
    checks = [
        *threshold_checks("the simple cubic lattice, as a control", lattice, LATTICE, 0.0, CUBIC),
        *threshold_checks("random close packed spheres", packed, TARGET, TARGET_ERROR, JAMMED),
        mixtures_check(mixed),
    ]
    caption = "Share of cubes that span, and the thresholds of finite cubes with the lines that lead to a wide one"
    figure = work.picture(scaling_figure(lattice, packed), "validation_percolation", caption)
    mixed_caption = "Share of boxes whose SE spans from floor to platen, and logistic fits"
    mixed_figure = work.picture(mixture_figure(mixed), "validation_percolation_mixture", mixed_caption)
    text = [about(lattice, packed), readings(lattice, packed), figure, mixed.text(), mixed_figure]
    return Chapter("Percolation threshold", checks, "\n\n".join(text))


def lattice_groups(work: Work) -> list[Group]:
    """Fill simple cubic lattices."""
    running = {
        width: [work.client.submit(lattice_thresholds, seed, width, LATTICE_ORDERS) for seed in SEEDS]
        for width in LATTICE_WIDTHS
    }
    return [Group(width, 0, work.client.gather(tasks)) for width, tasks in running.items()]


def pressed_groups(work: Work) -> list[Group]:
    """Press and fill packings, the faintly pressed ones last in the list; wide ones are computed first."""
    wanted = [(across, PRESSURE_MPA) for across in ACROSS] + [(ACROSS[0], FAINT_MPA)]
    running = {
        key: [work.client.submit(packing_thresholds, seed, *key, ORDERS, priority=key[0]) for seed in SEEDS]
        for key in wanted
    }
    return [Group(key[0] * CELL, key[1], work.client.gather(tasks)) for key, tasks in running.items()]


def fitted(groups: Sequence[Group], of: str) -> np.ndarray:
    """Return p_c, A and B; wide boxes weigh more, as their thresholds scatter less."""
    width = np.array([group.width_um for group in groups])
    contacts = np.array([group.contacts for group in groups])
    threshold = np.array([group.reading(of) for group in groups])
    columns = np.stack([np.ones(len(groups)), width ** -EXPONENTS[of], contacts - ISOSTATIC], axis=1)
    weight = width ** (1 / NU)
    return np.linalg.lstsq(columns * weight[:, None], threshold * weight, rcond=None)[0]


def interval(groups: Sequence[Group], of: str) -> tuple[float, float]:
    """Return the 95 % interval of p_c by a bootstrap over the seeds."""
    generator = np.random.default_rng(1)
    found = [fitted([group.resampled(generator) for group in groups], of)[0] for _ in range(RESAMPLES)]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def threshold_checks(what: str, groups: Sequence[Group], target: float, error: float, source: str) -> list[Check]:
    """Judge the reading that was planned; tell the one that was chosen after the planned one had failed."""
    wanted, planned = f"{target} ± {error}" if error else f"{target}", fitted(groups, "mean")[0]
    low, high = interval(groups, "spanning")
    return [
        Check(
            f"site threshold of {what}, mean threshold with L^(−1/ν)", wanted, f"{planned:.4f}",
            bool(abs(planned - target) <= ALLOWANCE + error), source, PLANNED,
        ),
        Check(
            f"site threshold of {what}, share at which {CRITICAL_SPANNING:g} span", wanted,
            f"{fitted(groups, 'spanning')[0]:.4f}; 95 % {low:.4f} to {high:.4f}", None, source, AFTERWARDS,
        ),
    ]  # fmt: skip


def about(lattice: Sequence[Group], packed: Sequence[Group]) -> str:
    return ABOUT.format(
        widths=", ".join(f"{across * CELL:g}" for across in ACROSS), seeds=len(SEEDS), wall=WALL_UM, orders=ORDERS,
        isostatic=ISOSTATIC, contacts=f"{np.mean([group.contacts for group in packed[:-1]]):.2f}",
        pressure=PRESSURE_MPA, faint=FAINT_MPA, faint_contacts=f"{packed[-1].contacts:.2f}", nu=NU,
        slope=fitted(packed, "spanning")[2], critical=CRITICAL_SPANNING,
        lattice_mean=fitted(lattice, "mean")[0], packing_mean=fitted(packed, "mean")[0],
        lattice_widths=", ".join(map(str, LATTICE_WIDTHS)),
    )  # fmt: skip


def readings(lattice: Sequence[Group], packed: Sequence[Group]) -> str:
    """Tabulate what finite cubes give."""
    rows = [
        [name, f"{g.width_um:g}", f"{g.contacts:.3f}", f"{g.reading('mean'):.4f}", f"{g.reading('spanning'):.4f}"]
        for kind, groups in (("simple cubic", lattice), ("packing, {:g} MPa", packed))
        for g in groups
        for name in [kind.format(g.pressure_mpa)]
    ]
    head = ["cubes", "width, diameters", "contacts", "mean threshold", f"share at which {CRITICAL_SPANNING} span"]
    return table(head, rows)


def scaling_figure(lattice: Sequence[Group], packed: Sequence[Group]) -> Figure:
    """Draw spanning probability against share, and thresholds against size."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    share = np.linspace(0.15, 0.5, 200)
    for group in packed[:-1]:
        spanning = np.searchsorted(np.sort(group.shares), share) / len(group.shares)
        left.plot(share, spanning, label=f"L = {group.width_um:g}, {group.contacts:.2f} contacts")
    left.axhline(CRITICAL_SPANNING, color="grey", lw=0.8, ls=":", label=f"{CRITICAL_SPANNING}, as attributed to p$_c$")
    left.axvline(TARGET, color="black", lw=0.8, ls="--", label=f"{TARGET}, hard spheres (6 contacts)")
    left.set(xlabel="share of spheres that conduct", ylabel="share of cubes that span")
    left.set_title(f"packings as pressed, {PRESSURE_MPA:g} MPa")
    left.legend()
    for name, groups, colour in (("packings", packed, "C0"), ("simple cubic", lattice, "C1")):
        for of, marker, line in (("spanning", "o", "-"), ("mean", "s", "--")):
            draw_scaling(right, groups, of, marker, line, colour, name)
    right.axhspan(TARGET - TARGET_ERROR, TARGET + TARGET_ERROR, color="black", alpha=0.4, label="Ziff & Torquato 2017")
    right.set(xlabel="L$^{-1/ν}$, L in diameters", ylabel=f"threshold at {ISOSTATIC:g} contacts", xlim=(0, None))
    right.legend()
    return figure


def draw_scaling(axis: Axes, groups: Sequence[Group], of: str, marker: str, line: str, colour: str, name: str) -> None:
    """Draw thresholds, put right for their contacts, with the curve of the fit."""
    threshold, amplitude, slope = fitted(groups, of)
    size = np.array([group.width_um ** (-1 / NU) for group in groups])
    values = [group.reading(of) - slope * (group.contacts - ISOSTATIC) for group in groups]
    generator = np.random.default_rng(1)
    errors = [np.std([group.resampled(generator).reading(of) for _ in range(100)]) for group in groups]
    label = f"{name}, {'mean' if of == 'mean' else f'{CRITICAL_SPANNING} span'}"
    axis.errorbar(size, values, errors, fmt=marker, color=colour, capsize=3, label=label,
                  fillstyle="none" if of == "mean" else "full")  # fmt: skip
    along = np.linspace(0, size.max(), 50)
    axis.plot(along, threshold + amplitude * along ** (EXPONENTS[of] * NU), color=colour, lw=1, ls=line)
