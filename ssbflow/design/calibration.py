"""Calibration: the stiffness that gives a simulated pellet the measured porosity."""

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from distributed import Client

from ssbflow.design.calibrated import DIGITS, Calibration, Reading
from ssbflow.design.pellet import FEWEST_SEEDS, Pellet, State, Trial
from ssbflow.design.stiffness_curve import StiffnessCurve
from ssbflow.errors import CalibrationError, InputError
from ssbflow.flow.events import Callback
from ssbflow.inputs.experiment import Experiment, load_experiment

FIRST_SCALES = (1.0, 0.5, 0.25)
SOFTEST, STIFFEST = 1 / 16, 16.0  # softer spheres overlap by more than Hertz' law is good for
MOST_FITS = 8


def calibrate(
    experiment: Experiment | str | Path,
    store: str | Path,
    client: Client | None = None,
    *,
    state: State = "loaded",
    seeds: int = 4,
    tolerance: float = 0.002,
    callbacks: Iterable[Callback] = (),
) -> Calibration:
    """Find the stiffness scale at which a simulated pellet has the measured porosity.

    Scales 1, ½ and ¼ are simulated, then further ones by factors of two until the measured range lies between them;
    then the interpolated scale, again and again until its porosity is near enough. Everything is kept in the store: the
    same calibration again simulates nothing and gives the same answer.

    One number was measured, so one number is found. Friction is as uncertain and moves the porosity too, but cannot be
    fitted beside it: for another friction, calibrate an experiment with another material.

    Parameters
    ----------
    experiment : Experiment, str or path
        A pellet, its name in the shipped catalog, or a YAML file with one pellet.
    store : path
        Made if it does not exist.
    client : distributed.Client, optional
        Runs the cases one after another in this process if left out.
    state : str
        The reading to fit. ``loaded``: the porosity was measured under the pressure; ``released``: after the release.
        Elastic spheres spring back far, so that this one may be out of reach.
    seeds : int
        How many at each scale, 2 or more; they are numbered from 1.
    tolerance : float
        Of the simulated mean porosity at the fitted scale.
    callbacks : iterable of Callback

    Returns
    -------
    Calibration

    Raises
    ------
    InputError
        No such experiment, a state that it has not, too few seeds, or no tolerance.
    CalibrationError
        The reading asked for is out of reach, or too few simulations ended well.
    StoreError, LammpsNotFoundError
        As `ssbflow.run`.
    """
    measured = experiment if isinstance(experiment, Experiment) else load_experiment(experiment)
    _check(measured, state, seeds, tolerance)
    pellet = Pellet(measured, store, tuple(range(1, seeds + 1)), client, tuple(callbacks))
    series = _series(pellet, state)
    trials, fitted = _fitted(pellet, series, state, tolerance)
    curve, porosity = _curve(trials, state), fitted.porosity[state]
    low, high = measured.porosity_range
    states = fitted.porosity  # those that the protocol has
    return Calibration(
        experiment=measured,
        state=state,
        stiffness_scale=fitted.stiffness_scale,
        scale_error=curve.scale_error(fitted.stiffness_scale, porosity.error),
        scale_range=(curve.scale_at(low), curve.scale_at(high)),
        porosity=porosity,
        readings=tuple(_reading(trials, reading, measured, fitted if reading == state else None) for reading in states),
        trials=tuple(sorted(trials, key=lambda trial: -trial.stiffness_scale)),
        seeds=pellet.seeds,
    )


def _check(experiment: Experiment, state: str, seeds: int, tolerance: float) -> None:
    if state not in get_args(State):
        raise InputError(f"unknown state {state!r}; allowed: {', '.join(get_args(State))}")
    if state == "released" and experiment.protocol.release is None:
        raise InputError(f"{experiment.name} has no release; add protocol.release, or calibrate on state loaded")
    if seeds < FEWEST_SEEDS:
        raise InputError(f"seeds must be {FEWEST_SEEDS} or more, of one there is no error; got {seeds}")
    if not tolerance > 0:
        raise InputError(f"tolerance must be above 0, a porosity; got {tolerance:g}")


def _series(pellet: Pellet, state: State) -> list[Trial]:
    """Simulate scales of a geometric series until the measured range lies between them, or to its limits."""
    trials = [pellet.pressed(scale) for scale in FIRST_SCALES]
    while (scale := _next_scale(trials, state, pellet.experiment.porosity_range)) is not None:
        trials.append(pellet.pressed(scale))
    return trials


def _next_scale(trials: list[Trial], state: State, wanted: tuple[float, float]) -> float | None:
    scales, porosities = _points(trials, state)
    if min(porosities) > wanted[0] and min(scales) > SOFTEST:
        return min(scales) / 2
    if max(porosities) < wanted[1] and max(scales) < STIFFEST:
        return max(scales) * 2
    return None


def _fitted(pellet: Pellet, series: list[Trial], state: State, tolerance: float) -> tuple[list[Trial], Trial]:
    """Simulate at the scale that the curve gives until the porosity is near enough; return all trials and this one."""
    trials, target = list(series), pellet.experiment.porosity
    for _ in range(MOST_FITS):
        scale = _curve(trials, state).scale_at(target)
        if scale is None:
            raise CalibrationError(
                f"{pellet.experiment.name}, {_reading(trials, state, pellet.experiment)}; calibrate on another state, "
                "or change the experiment"
            )
        known = {trial.stiffness_scale: trial for trial in trials}
        trial = known.get(_rounded(scale)) or pellet.pressed(_rounded(scale))
        if trial.stiffness_scale not in known:
            trials.append(trial)
        if abs(trial.porosity[state].value - target) <= tolerance:
            return trials, trial
    nearest = min(trials, key=lambda trial: abs(trial.porosity[state].value - target))
    raise CalibrationError(
        f"{pellet.experiment.name}: no fit within {tolerance:g} of {target:g}; nearest: {nearest.porosity[state]} at "
        f"stiffness_scale {nearest.stiffness_scale:g}; give more seeds or a wider tolerance"
    )


def _reading(trials: list[Trial], state: State, experiment: Experiment, fitted: Trial | None = None) -> Reading:
    """Return what was tried for a state, and the scale: the fitted one where there is one, or by interpolation."""
    scales, porosities = _points(trials, state)
    scale = fitted.stiffness_scale if fitted else StiffnessCurve(scales, porosities).scale_at(experiment.porosity)
    return Reading(
        state=state,
        measured=experiment.porosity,
        stiffness_scale=scale and _rounded(scale),
        scales=(min(scales), max(scales)),
        porosities=(min(porosities), max(porosities)),
    )


def _curve(trials: list[Trial], state: State) -> StiffnessCurve:
    return StiffnessCurve(*_points(trials, state))


def _points(trials: list[Trial], state: State) -> tuple[list[float], list[float]]:
    return [trial.stiffness_scale for trial in trials], [trial.porosity[state].value for trial in trials]


def _rounded(scale: float) -> float:
    return float(f"{scale:.{DIGITS}g}")
