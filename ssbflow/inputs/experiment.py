"""Measured pellets: what was pressed, and what it came out as."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ssbflow.errors import InputError, did_you_mean
from ssbflow.inputs.base import Input
from ssbflow.inputs.case import Design, Distribution
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.protocol import Protocol
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import YAML_SUFFIXES, mapping, read_mapping

KINDS = ("pellet", "table")

Porosity = Annotated[float, Field(gt=0, lt=1)]
"""Volume of the pores over that of the pellet."""


class Experiment(Input):
    """A pressed pellet whose porosity was measured, with all that is needed to simulate it.

    ``porosity`` lies in ``porosity_range``, the least and the largest value that the measurement allows. The protocol
    is that of the experiment; its ``stiffness_scale`` is what a calibration looks for, so it is left at 1.
    """

    # shorter than other labels: a calibration's labels are made of it
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+=-]*$", max_length=40)
    kind: Literal["pellet"] = "pellet"
    title: str
    source: str
    porosity: Porosity
    porosity_range: tuple[Porosity, Porosity]
    composition: Composition
    distribution: Distribution
    protocol: Protocol

    @model_validator(mode="after")
    def _porosity_in_its_range(self) -> Self:
        low, high = self.porosity_range
        if not low <= self.porosity <= high:
            raise ValueError(
                f"porosity {self.porosity:g} must lie in porosity_range, from the least to the largest; "
                f"got {low:g} to {high:g}"
            )
        return self

    @model_validator(mode="after")
    def _stiffness_is_open(self) -> Self:
        scale = self.protocol.press.stiffness_scale
        if scale != 1:
            raise ValueError(f"protocol.press.stiffness_scale is what a calibration finds; got {scale:g}, leave it out")
        return self

    @model_validator(mode="after")
    def _design_is_possible(self) -> Self:
        _ = self.design  # validates itself
        return self

    @property
    def design(self) -> Design:
        """The pellet, with the moduli of its materials as given."""
        return Design(composition=self.composition, distribution=self.distribution, protocol=self.protocol)


def load_experiments(path: str | Path | None = None) -> dict[str, Experiment]:
    """Return the pellets of a file, by name; its tables are left out.

    Parameters
    ----------
    path : path, optional
        A YAML mapping of name → experiment; the catalog that comes with ssbflow if left out.

    Raises
    ------
    InputError
        The file cannot be read or an experiment is no valid one.
    """
    origin = _shipped() if path is None else Path(path)
    return {
        name: validated(Experiment, {"name": name, **given}, origin, at=(name,))
        for name, given in _entries(origin).items()
        if given["kind"] == "pellet"
    }


def load_experiment(name_or_path: str | Path) -> Experiment:
    """Return one pellet: of the shipped catalog by its name, or the only one of a YAML file.

    Raises
    ------
    InputError
        No such pellet, naming those there are; a file without a pellet or with several; or as `load_experiments`.
    """
    if Path(name_or_path).suffix in YAML_SUFFIXES:
        return _only(load_experiments(name_or_path), name_or_path)
    name, pellets = str(name_or_path), load_experiments()
    if name not in pellets:
        reason = (
            "is a table of measurements, no pellet"
            if name in _entries(_shipped())
            else f"is no known experiment{did_you_mean(name, pellets)}"
        )
        raise InputError(
            f"{name!r} {reason}; one can calibrate on {', '.join(pellets)}, or on the pellet of a file: FILE.yaml"
        )
    return pellets[name]


def _shipped() -> Path:
    return catalog_folder() / "experiments.yaml"


def _entries(path: Path) -> dict[str, dict[str, Any]]:
    """Return what a file holds by name, each of a known kind."""
    entries = {name: mapping(given, f"{path}: {name}") for name, given in read_mapping(path).items()}
    for name, given in entries.items():
        if given.get("kind") not in KINDS:
            raise InputError(f"{path}: {name}.kind must be one of {', '.join(KINDS)}; got {given.get('kind')!r}")
    return entries


def _only(pellets: dict[str, Experiment], path: str | Path) -> Experiment:
    if len(pellets) != 1:
        raise InputError(f"{path}: must hold one pellet; it has {', '.join(pellets) or 'none'}")
    return next(iter(pellets.values()))
