"""A case as pictures need it: its packing, the way there, its contacts and what was asked for."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from pydantic import TypeAdapter

from ssbflow.inputs.distributions import AnySizeDistribution
from ssbflow.inputs.distributions.base import SizeDistribution
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press.pressed import Contacts
from ssbflow.store.case_zip import packing_of
from ssbflow.store.opening import open_case


@dataclass(frozen=True, eq=False)
class PressedCase:
    """A stored case, in memory.

    Parameters
    ----------
    dataset : xarray.Dataset
        As `ssbflow.open_case` gives it, loaded.
    """

    dataset: xr.Dataset

    @cached_property
    def whole(self) -> Packing:
        """All particles at the end of the press, those above the height too."""
        return packing_of(self.dataset)

    @cached_property
    def packing(self) -> Packing:
        """Those that count: with centres at or below the height."""
        return self.whole.selected(self.whole.inside)

    @cached_property
    def loose(self) -> Packing:
        """The same particles in the first frame; its height is their highest top."""
        inside = self.whole.inside
        first = self.dataset["position"][0].values[inside]
        return Packing(first, self.packing.radius_um, self.packing.species, self.packing.edge_um)

    @cached_property
    def contacts(self) -> Contacts:
        """Contacts between particles that count, as the press left them; indices are those of `packing`."""
        names = ("contact_first", "contact_second", "contact_overlap", "contact_normal_force")
        first, second, overlap, force = (self.dataset[name].values for name in names)
        inside = self.whole.inside
        kept = inside[first] & inside[second]
        number = np.cumsum(inside) - 1
        return Contacts(number[first[kept]], number[second[kept]], overlap[kept], force[kept])

    @property
    def trajectory_um(self) -> Floats:
        """(F, N, 3) positions of the particles that count, frame by frame."""
        return np.asarray(self.dataset["position"].values[:, self.whole.inside])

    def asked(self, species: str) -> SizeDistribution:
        """Return the size distribution that was asked for."""
        of_species = self.inputs["distribution"][species]
        found: SizeDistribution = TypeAdapter(AnySizeDistribution).validate_python(of_species)
        return found

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """What the simulation depended on."""
        return dict(json.loads(self.dataset.attrs["inputs"]))

    @cached_property
    def values(self) -> dict[str, float | None]:
        """What the press told at its end, by the names of the cube."""
        return dict(json.loads(self.dataset.attrs["values"]))


def pressed_case(store: str | Path, case_id: str) -> PressedCase:
    """Read a case, also of a store behind a URL or in the catalog.

    Raises
    ------
    StoreError
        The store has no such case file.
    """
    with open_case(store, case_id) as dataset:
        return PressedCase(dataset.load())
