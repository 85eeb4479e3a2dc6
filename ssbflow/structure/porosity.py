"""Height and porosity in its definitions, and how the phases share each depth."""

from typing import TYPE_CHECKING

import numpy as np

from ssbflow.errors import InputError
from ssbflow.packing.packing import Packing
from ssbflow.structure.sample import Sample
from ssbflow.structure.union_volume import volume_up_to_um3
from ssbflow.variable import Variable

if TYPE_CHECKING:
    import xarray as xr

VARIABLES = (
    Variable("height", "um", "height of the electrode: floor to platen, or to the plane of the mass cut"),
    Variable("porosity", "1", "porosity: union volume of the spheres, carbon and binder not counted"),
    Variable(
        "porosity_sphere_sum",
        "1",
        "porosity with overlaps counted twice (published definition)",
        "below zero in a very soft packing",
    ),
    Variable("porosity_with_additives", "1", "porosity: union volume plus volume of carbon and binder"),
)


def porosity(packing: Packing) -> float:
    """Return 1 − union volume of the spheres over the volume between floor and height."""
    solid, _ = volume_up_to_um3(packing, np.array([packing.height_um]))
    return 1 - float(solid[0]) / (packing.height_um * packing.cross_section_um2)


def measure(sample: Sample) -> dict[str, float]:
    """Return height (µm) and porosities; the one with additives needs a composition."""
    packing, total = sample.packing, sample.volume_um3
    spheres = packing.volume_below_height_um3
    pores = 1 - sample.solid_volume_um3 / total
    values = {
        "height": packing.height_um,
        "porosity": pores,
        "porosity_sphere_sum": 1 - float(spheres.sum()) / total,
    }
    if sample.composition:
        mass_pg = sample.particle_mass_pg(spheres)
        additives = mass_pg * sample.composition.additive_volume_per_particle_mass
        values["porosity_with_additives"] = pores - additives / total
    return values


def depth_profile(packing: Packing, slabs: int = 50) -> "xr.Dataset":
    """Return how pore, SE and EAM share the volume at each depth.

    Parameters
    ----------
    packing : Packing
    slabs : int
        Number of equal slabs from the floor to the height.

    Returns
    -------
    xarray.Dataset
        Variables ``pore``, ``se``, ``eam`` (1), which sum to 1, along ``z``: the middle of each slab above the floor
        (µm). Where SE and EAM overlap, the volume is EAM.

    Raises
    ------
    InputError
        Fewer than one slab.
    """
    import xarray as xr

    if slabs < 1:
        raise InputError(f"slabs must be 1 or more; got {slabs}")
    levels = np.linspace(0, packing.height_um, slabs + 1)
    solid, eam = (
        np.diff(volume) / np.diff(levels) / packing.cross_section_um2 for volume in volume_up_to_um3(packing, levels)
    )
    shares = {"pore": 1 - solid, "se": solid - eam, "eam": eam}
    about = {name: {"units": "1", "long_name": f"volume fraction of {name}"} for name in shares}
    middle = xr.Variable("z", (levels[1:] + levels[:-1]) / 2, {"units": "um", "long_name": "height above the floor"})
    return xr.Dataset({name: ("z", shares[name], about[name]) for name in shares}, coords={"z": middle})
