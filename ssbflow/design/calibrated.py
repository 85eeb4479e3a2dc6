"""What a calibration found: the stiffness scale, how sure it is, and the fields of a protocol that use it."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from ssbflow.design.pellet import Mean, State, Trial
from ssbflow.errors import InputError
from ssbflow.inputs.experiment import Experiment
from ssbflow.inputs.identity import PHYSICS_VERSION
from ssbflow.store.source import git_commit, ssbflow_version

DIGITS = 3  # of a fitted scale: finer than any measurement, and the same number in text and in the simulation
COMMIT_DIGITS = 10


@dataclass(frozen=True)
class Reading:
    """What one reading of the measured porosity asks for.

    Parameters
    ----------
    state : str
        ``loaded``: the porosity was measured under the pressure; ``released``: after the release.
    measured : float
        Porosity.
    stiffness_scale : float or None
        That gives it; None where no simulated scale comes near.
    scales, porosities : tuple of float
        The least and the largest that were simulated.
    """

    state: State
    measured: float
    stiffness_scale: float | None
    scales: tuple[float, float]
    porosities: tuple[float, float]

    def __str__(self) -> str:
        spanned = (
            f"stiffness_scale {self.scales[0]:g} to {self.scales[1]:g} gives porosities of {self.porosities[0]:.3f} "
            f"to {self.porosities[1]:.3f}"
        )
        if self.stiffness_scale is None:
            return f"{self.state}: a porosity of {self.measured:g} was not reached; {spanned}"
        return f"{self.state}: a porosity of {self.measured:g} at stiffness_scale {self.stiffness_scale:g}; {spanned}"


@dataclass(frozen=True)
class Calibration:
    """The stiffness scale that reproduces a measured pellet, and how sure it is.

    Parameters
    ----------
    experiment : Experiment
    state : str
        The reading that was fitted: ``loaded`` or ``released``.
    stiffness_scale : float
    scale_error : float
        Standard error from the seeds: that of the mean porosity over d porosity / d ln(scale), times the scale.
    scale_range : tuple of float or None
        Scales that give the ends of the measured range; None where an end was not reached.
    porosity : Mean
        Simulated at the fitted scale, in that state.
    readings : tuple of Reading
        What each reading of the measured value asks for.
    trials : tuple of Trial
        All that was simulated, the stiffest first.
    seeds : tuple of int
    """

    experiment: Experiment
    state: State
    stiffness_scale: float
    scale_error: float
    scale_range: tuple[float | None, float | None]
    porosity: Mean
    readings: tuple[Reading, ...]
    trials: tuple[Trial, ...]
    seeds: tuple[int, ...]

    def snippet(self) -> str:
        """Return YAML to paste under ``protocol:`` of a sweep, beside its box: press and source."""
        press = self.experiment.protocol.press.model_dump(mode="json", exclude_defaults=True)
        fields = {"source": self.source(), "press": {**press, "stiffness_scale": self.stiffness_scale}}
        text: str = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=110)
        return text

    def write_snippet(self, path: str | Path) -> None:
        """Write the snippet as a file.

        Raises
        ------
        InputError
            The file cannot be written.
        """
        try:
            Path(path).write_text(self.snippet(), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror}); give another path") from error

    def source(self) -> str:
        """Return in words where the scale comes from: experiment, state, uncertainty, programs."""
        pellet, (low, high) = self.experiment, self.experiment.porosity_range
        return (
            f"stiffness_scale {self.uncertainty()}, calibrated on {pellet.name} ({pellet.source}): porosity "
            f"{pellet.porosity:g} ({low:g} to {high:g}) at {pellet.protocol.press.pressure_mpa:g} MPa, taken as "
            f"{self.state}; simulated {self.porosity}, seeds {self.seeds[0]} to {self.seeds[-1]}. "
            f"ssbflow {ssbflow_version()}, commit {git_commit()[:COMMIT_DIGITS] or 'unknown'}, "
            f"physics version {PHYSICS_VERSION}"
        )

    def uncertainty(self) -> str:
        """Return the scale with its two uncertainties, in words."""
        low, high = (f"{end:.{DIGITS}g}" if end else "out of reach" for end in self.scale_range)
        return (
            f"{self.stiffness_scale:g} ± {self.scale_error:.2g} (standard error from seeds), {low} to {high} (range of "
            "the measurement)"
        )
