"""Cells: what stands beside a simulated positive electrode, for the energies of stacks and cells."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from ssbflow.errors import InputError, did_you_mean
from ssbflow.inputs.base import Input
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import YAML_SUFFIXES, mapping, read_mapping

COMPOSITE_ANODE = "composite_anode"
"""Name of the shipped cell whose negative electrode is a simulated one."""


class Layer(Input):
    """A layer of fixed thickness: separator or collector.

    ``share`` is the part of it that belongs to one pair of electrodes: a half for a collector coated on both sides.
    """

    thickness_um: float = Field(gt=0)
    density_g_cm3: float = Field(gt=0, lt=30)
    share: float = Field(default=1, gt=0, le=1)
    source: str


class CounterElectrode(Input):
    """The negative electrode: as thick as the positive one's capacity asks for.

    ``mean_voltage_v`` is against lithium; ``capacity_mah_g`` and ``density_g_cm3`` are of the whole layer, SE, carbon,
    binder and pores included. ``n_p_ratio`` is its capacity over that which the positive one gives.
    """

    mean_voltage_v: float = Field(ge=0)
    capacity_mah_g: float = Field(gt=0)
    density_g_cm3: float = Field(gt=0, lt=30)
    n_p_ratio: float = Field(ge=1)
    source: str


class Prices(Input):
    """What materials cost (currency per kg): those of the electrodes by their names, and the parts of a cell.

    ``per_kg`` maps the names of materials, ``carbon``, ``binder``, ``separator``, ``collector_positive``,
    ``collector_negative`` and ``counter`` to prices; only those that a design holds are asked for.
    """

    currency: str = Field(default="USD", pattern=r"^[^\s{}]+$", max_length=8)
    per_kg: dict[str, Annotated[float, Field(ge=0)]] = Field(min_length=1)
    source: str

    def of(self, name: str) -> float:
        """Return the price of something (per kg).

        Raises
        ------
        InputError
            None is given.
        """
        if name not in self.per_kg:
            known = ", ".join(self.per_kg)
            raise InputError(f"no price of {name!r}{did_you_mean(name, self.per_kg)}; there are {known}")
        return self.per_kg[name]


class Cell(Input):
    """All of a cell but its positive electrode.

    Without a ``counter`` a simulated negative electrode takes its place. ``electrode_area_cm2`` is that of one
    electrode of one cell. ``casing_mass_fraction`` and ``casing_volume_fraction`` are parts of the whole cell: housing,
    tabs, dead volume. With ``prices``, costs can be objectives too.
    """

    name: str = Field(min_length=1)
    separator: Layer
    collector_positive: Layer
    collector_negative: Layer
    counter: CounterElectrode | None = None
    electrode_area_cm2: float = Field(default=1, gt=0)
    casing_mass_fraction: float = Field(ge=0, lt=1)
    casing_volume_fraction: float = Field(ge=0, lt=1)
    casing_source: str
    prices: Prices | None = None

    @property
    def layers(self) -> dict[str, Layer]:
        """The layers of fixed thickness, by name."""
        return {name: getattr(self, name) for name in ("separator", "collector_positive", "collector_negative")}


def counter_of(cell: Cell) -> CounterElectrode:
    """Return the negative electrode of a cell.

    Raises
    ------
    InputError
        A simulated one belongs there, and none was put in.
    """
    if cell.counter is None:
        raise InputError(
            f"cell {cell.name} leaves its negative electrode to a simulated one; join one with ssbflow recipe --anode, "
            "or take a cell that has a counter"
        )
    return cell.counter


def load_cell(name_or_path: str | Path) -> Cell:
    """Return a cell: of the shipped catalog by its name, or the only one of a YAML file.

    Raises
    ------
    InputError
        No such cell, naming those there are; a file that cannot be read, without a cell or with several; a cell that is
        no valid one.
    """
    in_file = Path(name_or_path).suffix in YAML_SUFFIXES
    path = Path(name_or_path) if in_file else catalog_folder() / "cells.yaml"
    cells = {
        name: validated(Cell, {"name": name, **mapping(given, f"{path}: {name}")}, path, at=(name,))
        for name, given in read_mapping(path).items()
    }
    known = ", ".join(cells) or "none"
    if in_file and len(cells) != 1:
        raise InputError(f"{path}: must hold one cell; it has {known}")
    name = next(iter(cells)) if in_file else str(name_or_path)
    if name not in cells:
        raise InputError(
            f"{name!r} is no known cell{did_you_mean(name, cells)}; there are {known}, or a file: FILE.yaml"
        )
    return cells[name]
