"""A design as its store knows it: what it was asked for as, and what came of it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ssbflow.design import energy
from ssbflow.design.card import Provenance, Side
from ssbflow.design.energy import with_energies
from ssbflow.design.expression import Expression, parse_expression
from ssbflow.design.table import design_table
from ssbflow.errors import InputError, SelectionError, did_you_mean
from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.protocol import Protocol
from ssbflow.store.cells import STATUS
from ssbflow.store.layout import Store
from ssbflow.store.opening import open_cube
from ssbflow.store.publish import stored_grid

OPTIONS: dict[Side, str] = {"positive": "--cathode", "negative": "--anode"}
MOST_NAMED = 12
TOLD = (
    *("areal_mass", "eam_wt_final", "height", "height_released", "porosity_with_additives", "utilization"),
    "tortuosity_geodesic_median",
    *(variable.name for variable in energy.VARIABLES),
)
"""What a recipe tells with its interval."""


@dataclass(frozen=True, eq=False)
class StoredDesign:
    """A design of a store.

    Parameters
    ----------
    side : str
        The electrode that it is wanted for.
    label : str
        COMPOSITION/DISTRIBUTION.
    composition : Composition
    protocol : Protocol
    distributions : dict
        Label → distribution, all of the cube.
    cube : xarray.Dataset
        What the cube has of this composition, loaded.
    provenance : Provenance
    """

    side: Side
    label: str
    composition: Composition
    protocol: Protocol
    distributions: dict[str, Distribution]
    cube: xr.Dataset
    provenance: Provenance

    @property
    def labels(self) -> tuple[str, str]:
        """Labels of composition and distribution."""
        composition, distribution = self.label.split("/")
        return composition, distribution

    @property
    def distribution(self) -> Distribution:
        """Its pair of size distributions."""
        return self.distributions[self.labels[1]]

    @cached_property
    def row(self) -> dict[str, Any]:
        """Its row of the table of designs, with the capacity and energies of the electrode alone."""
        return self.row_in(with_energies(self.cube))

    def row_in(self, cube: xr.Dataset) -> dict[str, Any]:
        """Return its row of the table of a cube that was made of its own."""
        return {str(name): value for name, value in table_of(cube).loc[[self.labels]].iloc[0].items()}


def table_of(cube: xr.Dataset, condition: Expression | None = None) -> pd.DataFrame:
    """Return the table of a cube's designs, with intervals of all that a recipe tells."""
    names = [name for name in TOLD if name in cube]
    asked_of = cube if condition else cube[[*names, "status"]]
    return design_table(asked_of, [parse_expression(name) for name in names], condition)


def stored_design(store: str | Path, label: str, cube: str | None, side: Side) -> StoredDesign:
    """Find a design in a store.

    Parameters
    ----------
    store : path
    label : str
        COMPOSITION/DISTRIBUTION.
    cube : str or None
        Name of the cube; the store's default one if None.
    side : str
        The electrode that it is wanted for.

    Raises
    ------
    InputError
        The EAM's material belongs in the other electrode.
    SelectionError
        No such cube or design, or none of its cases ended well.
    StoreError
        There is no store here, or nothing has been published.
    """
    layout = Store(Path(store))
    grid = stored_grid(layout, cube)
    opened = open_cube(layout.root, grid.name)
    cases = opened[["status", "case_id", "physics_version"]].load().to_dataframe().reset_index()
    ok = cases[cases["status"] == STATUS["ok"]]
    own = _cases_of(ok, label, f"{grid.name} in {store}")
    composition = grid.compositions[label.split("/", maxsplit=1)[0]]
    _check_side(composition, label, side)
    return StoredDesign(
        side=side,
        label=label,
        composition=composition,
        protocol=grid.protocol,
        distributions=grid.distributions,
        cube=_of_composition(opened, composition.label),
        provenance=Provenance(
            store=str(store),
            cube=grid.name,
            cube_version=Path(opened.encoding["source"]).name.removesuffix(".zarr"),
            cube_source=opened.attrs.get("source", "unknown"),
            cube_commit=opened.attrs.get("git_commit", "unknown"),
            physics_versions=tuple(sorted(set(own["physics_version"].tolist()))),
            case_ids=tuple(map(str, own["case_id"])),
        ),
    )


def _cases_of(ok: pd.DataFrame, label: str, where: str) -> pd.DataFrame:
    """Return the rows of a design; say which designs there are if it is none."""
    if ok.empty:
        raise SelectionError(f"no case of cube {where} has ended well; see: ssbflow status STORE")
    labels = ok["composition"] + "/" + ok["distribution"]
    own = ok[labels == label]
    if own.empty:
        known = list(dict.fromkeys(labels))
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        named = ", ".join(known[:MOST_NAMED])
        raise SelectionError(
            f"no design {label!r} with cases that ended well in cube {where}{did_you_mean(label, known)}; "
            f"there are {named}{more}"
        )
    return own


def _check_side(composition: Composition, label: str, side: Side) -> None:
    material = composition.eam
    if material.electrode and material.electrode != side:
        raise InputError(
            f"{material.name}, the EAM of {label}, belongs in the {material.electrode} electrode, not in the {side} "
            f"one; give this design as {OPTIONS[material.electrode]}"
        )


def _of_composition(cube: xr.Dataset, label: str) -> xr.Dataset:
    names = cube["composition"]
    own = cube.isel({names.dims[0]: np.flatnonzero(names.values == label)})
    return own.load()  # it is asked again and again
