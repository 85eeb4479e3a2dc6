"""Calibration: the stiffness at which a pellet of LPSCl alone has the measured porosity."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

import ssbflow
from evidence.chapter import Chapter, Check, Work, near, table
from ssbflow.design.calibrated import Calibration
from ssbflow.design.pellet import Mean, Pellet, Trial
from ssbflow.flow.events import ProgressBar
from ssbflow.inputs.experiment import Experiment

EXPERIMENT = "doux_2020"
SEEDS = 6
FEW_SEEDS = 2  # for what only has to be told apart from the rest
TOLERANCE = 0.002
SOFTEST = 0.125  # beyond it the spheres overlap by a quarter of their radii and come to rest slowly
FRICTIONS = (0.3, 0.5)
TALLER = {"edge_um": 25, "areal_mass_mg_cm2": 15}
SOURCE = "Doux 2020"
READING = """\
**How to read it.** The scale is one number for one measured value. What stands behind it is plastic flow, which elastic
spheres lack: softer moduli let them overlap as far as a sulfide flows. It holds for this powder at this pressure, and
for the state in which the porosity is taken. Under load it is found. After release it was not, down to × {softest:g},
where hardly a pore is left under load: elastic spheres give the compaction back ({released_span} at all scales), while
a real pellet keeps its plastic deformation. So the calibrated electrode is to be read under its load, and a released
one of this program not at all.

The range of the measurement is much wider than the error of the seeds. Friction is as uncertain, moves the scale as
told above, and cannot be fitted beside it with one number measured. The sizes of the powder are assumed; but for the
walls, only the shape of their distribution counts (Hertz' law has no length of its own). The walls count too: floor
and platen leave the layers next to them looser, less so in the taller column above. A real pellet has hardly any of
that."""


def chapter(work: Work) -> Chapter:
    """Calibrate on the pellet, look how far a released one gets, and change the friction."""
    found = calibrated(work)
    softest = Pellet(found.experiment, work.store, (1, 2), work.client, (ProgressBar(),)).pressed(SOFTEST)
    otherwise = {what: refitted(work, pellet) for what, pellet in other_pellets(found.experiment).items()}
    checks = [
        *porosity_checks(found),
        *scale_checks(found, otherwise),
        released_check(found, softest),
    ]
    trials = [*found.trials, softest]
    released = [trial.porosity["released"].value for trial in trials]
    caption = "Porosity of the pellet against the stiffness scale; the band is the measured range"
    text = [
        f"{found.experiment.title}: {found.experiment.source} {SEEDS} seeds, {FEW_SEEDS} for the softest.",
        trials_table(trials),
        work.picture(figure(found, trials), "validation_calibration", caption),
        READING.format(softest=SOFTEST, released_span=f"{min(released):.2f} to {max(released):.2f}"),
        "What `ssbflow calibrate` gives to paste under `protocol:` of a sweep:",
        f"```yaml\n{found.snippet()}```",
    ]
    return Chapter("Calibration", checks, "\n\n".join(text))


def calibrated(work: Work) -> Calibration:
    """Calibrate on the measured pellet, under load."""
    return ssbflow.calibrate(
        EXPERIMENT, work.store, work.client, seeds=SEEDS, tolerance=TOLERANCE, callbacks=[ProgressBar()]
    )


def calibrated_scale(work: Work) -> float:
    """Return the stiffness scale of the pellet; simulated only where the store has it not."""
    return calibrated(work).stiffness_scale


def refitted(work: Work, pellet: Experiment) -> Calibration:
    """Calibrate with something else assumed."""
    return ssbflow.calibrate(pellet, work.store, work.client, seeds=FEW_SEEDS, callbacks=[ProgressBar()])


def other_pellets(experiment: Experiment) -> dict[str, Experiment]:
    """Return the pellet with other frictions of the electrolyte, and in a taller column, by what is other."""
    under_load = experiment.protocol.replace(release=None)  # the reading that is fitted
    composition = experiment.composition
    rough = {
        f"friction {friction:g}": experiment.replace(
            composition=composition.replace(se=composition.se.replace(friction=friction)), protocol=under_load
        )
        for friction in FRICTIONS
    }
    box = experiment.protocol.box.replace(**TALLER)
    name = f"a column of {box.areal_mass_mg_cm2:g} mg/cm², {box.edge_um:g} µm wide"
    return {**rough, name: experiment.replace(protocol=experiment.protocol.replace(box=box))}


def porosity_checks(found: Calibration) -> list[Check]:
    """Hold the porosities with and without calibration against the measured one."""
    low, high = found.experiment.porosity_range
    as_given = next(trial for trial in found.trials if trial.stiffness_scale == 1).porosity["loaded"]
    return [
        near(
            f"porosity at the calibrated stiffness, × {found.stiffness_scale:g}, under load",
            found.experiment.porosity,
            found.porosity.value,
            TOLERANCE,
            SOURCE,
            note=f"fitted; standard error {found.porosity.error:.4f}",
        ),
        Check(
            "porosity with moduli as given, under load",
            f"{low:g} to {high:g}",
            f"{as_given.value:.3f} ± {as_given.error:.3f}",
            low <= as_given.value <= high,
            SOURCE,
            "elastic spheres of 25 GPa: no plastic flow",
        ),
    ]


def scale_checks(found: Calibration, otherwise: dict[str, Calibration]) -> list[Check]:
    """Tell the scale, its errors, and what other assumptions make of it."""
    friction, mass = found.experiment.composition.se.friction, found.experiment.protocol.box.areal_mass_mg_cm2
    as_assumed = f"friction {friction:g}, a column of {mass:g} mg/cm²"
    return [
        Check(f"stiffness scale, {what}", "–", fitted.uncertainty(), None, SOURCE)
        for what, fitted in {as_assumed: found, **otherwise}.items()
    ]


def released_check(found: Calibration, softest: Trial) -> Check:
    """Ask whether the released pellet comes down to the measured porosity anywhere."""
    trials = [*found.trials, softest]
    least = min(trials, key=lambda trial: trial.porosity["released"].value)
    porosity = least.porosity["released"]
    return Check(
        "released porosity can reach the measured one at some stiffness",
        f"≤ {found.experiment.porosity:g}",
        f"least: {porosity.value:.3f} ± {porosity.error:.3f} at × {least.stiffness_scale:g}",
        porosity.value <= found.experiment.porosity,
        SOURCE,
        f"scales {softest.stiffness_scale:g} to {max(trial.stiffness_scale for trial in trials):g}; "
        "elastic spheres spring back",
    )


def trials_table(trials: list[Trial]) -> str:
    head = ["stiffness scale", "porosity, loaded", "porosity, released", "seeds", "failed"]
    rows = (
        [
            f"{trial.stiffness_scale:g}",
            *(str(trial.porosity[state]) for state in ("loaded", "released")),
            f"{trial.seeds_ok}",
            f"{trial.seeds_failed}",
        ]
        for trial in trials
    )
    return table(head, rows)


def figure(found: Calibration, trials: list[Trial]) -> Figure:
    """Draw loaded and released porosities over the scale, with what was measured."""
    drawn, axis = plt.subplots(figsize=(7, 4), layout="constrained")
    low, high = found.experiment.porosity_range
    axis.axhspan(low, high, color="tab:green", alpha=0.2, lw=0)
    axis.axhline(found.experiment.porosity, color="tab:green", label=f"measured ({SOURCE})")
    ordered = sorted(trials, key=lambda trial: trial.stiffness_scale)
    for state, marker in (("loaded", "o"), ("released", "s")):
        means: list[Mean] = [trial.porosity[state] for trial in ordered]
        axis.errorbar(
            [trial.stiffness_scale for trial in ordered],
            [mean.value for mean in means],
            yerr=[mean.error for mean in means],
            fmt=f"{marker}-",
            capsize=3,
            label=f"simulated, {state}",
        )
    axis.axvline(found.stiffness_scale, color="gray", ls=":", label=f"calibrated, × {found.stiffness_scale:g}")
    axis.set(xscale="log", xlabel="stiffness scale", ylabel="porosity (union volume)", ylim=(0, None))
    ticks = [SOFTEST, 0.25, 0.5, 1]
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.legend(fontsize="small")
    return drawn
