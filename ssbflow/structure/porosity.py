"""Height and porosity in its definitions."""

from ssbflow.packing.packing import Packing
from ssbflow.structure.sample import Sample
from ssbflow.structure.union_volume import union_volume_um3
from ssbflow.variable import Variable

VARIABLES = (
    Variable("height", "um", "height of the electrode: floor to platen, or to the plane of the mass cut"),
    Variable("porosity", "1", "porosity: union volume of the spheres, carbon and binder not counted"),
    Variable("porosity_sphere_sum", "1", "porosity with overlaps counted twice (published definition)"),
    Variable("porosity_with_additives", "1", "porosity: union volume plus volume of carbon and binder"),
)


def porosity(packing: Packing) -> float:
    """Return 1 − union volume of the spheres over the volume between floor and height."""
    return 1 - union_volume_um3(packing) / (packing.height_um * packing.cross_section_um2)


def measure(sample: Sample) -> dict[str, float]:
    """Return height (µm) and porosities; the one with additives needs a composition."""
    packing = sample.packing
    total = packing.height_um * packing.cross_section_um2
    spheres = packing.volume_below_height_um3
    pores = porosity(packing)
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
