"""What the cropped electrode is made of."""

import numpy as np

from ssbflow.packing.packing import PG_PER_UM2
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

VARIABLES = (
    Variable("n_eam", "1", "EAM particles after cropping"),
    Variable("n_se", "1", "SE particles after cropping"),
    Variable("n_particles", "1", "particles after cropping"),
    Variable(
        "eam_wt_final",
        "1",
        "EAM mass over mass of EAM, SE, carbon and binder, pressed and cropped",
        "below the height",
    ),
    Variable(
        "eam_vol_final",
        "1",
        "EAM volume over volume of EAM and SE, pressed and cropped",
        "below the height, spheres summed",
    ),
    Variable(
        "areal_mass",
        "mg cm-2",
        "mass per cross-section, carbon and binder included",
        "below the height",
    ),
)


def measure(sample: Sample) -> dict[str, float]:
    """Return counts and shares; masses need a composition."""
    packing, particles = sample.packing, sample.particles
    below = packing.volume_below_height_um3
    eam_volume = float(below[packing.is_eam].sum())
    values = {
        "n_eam": float(np.count_nonzero(particles.is_eam)),
        "n_se": float(np.count_nonzero(particles.is_se)),
        "n_particles": float(len(particles)),
        "eam_vol_final": eam_volume / float(below.sum()),
    }
    if sample.composition:
        # Carbon and binder are no particles: they follow the particles' mass.
        mass_pg = sample.particle_mass_pg(below) / sample.composition.particle_weight_fraction
        values["eam_wt_final"] = eam_volume * sample.composition.eam.density_g_cm3 / mass_pg
        values["areal_mass"] = mass_pg / packing.cross_section_um2 / PG_PER_UM2
    return values
