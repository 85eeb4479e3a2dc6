"""Utilization: which share of the EAM takes part, and of the SE."""

from ssbflow.packing.packing import Floats, Mask
from ssbflow.structure.sample import Sample
from ssbflow.variable import Variable

VARIABLES = (
    Variable(
        "utilization",
        "1",
        "EAM volume that touches SE connected to the floor (published definition)",
        "connected through SE contacts to SE on the floor, z <= r; whole spheres over whole spheres",
    ),
    Variable(
        "se_utilization",
        "1",
        "SE volume connected to the floor",
        "through SE contacts to SE on the floor, z <= r",
    ),
    Variable(
        "utilization_separator",
        "1",
        "EAM volume that touches SE connected to the top",
        "connected through SE contacts to SE whose surface lies within {surface_cutoff_um} um of the top",
    ),
    Variable(
        "utilization_both",
        "1",
        "EAM volume with ions from the top and electrons from the floor",
        "ions as in utilization_separator; electrons through EAM contacts to EAM on the floor",
    ),
    Variable("eam_connected", "1", "EAM volume whose electrons reach the floor through EAM"),
    Variable(
        "percolates",
        "1",
        "whether SE spans floor to top (0 or 1)",
        "SE within {surface_cutoff_um} um of the top connected to SE as near to the floor",
    ),
    Variable(
        "percolates_eam",
        "1",
        "whether EAM spans floor to top (0 or 1)",
        "as percolates",
    ),
)


def measure(sample: Sample) -> dict[str, float]:
    """Return shares by volume; NaN where there is no such species."""
    particles = sample.particles
    volume, is_eam = particles.volume_um3, particles.is_eam
    from_top = is_eam & sample.graph.touching(sample.se_from_top)
    return {
        "utilization": share(volume, sample.eam_active, is_eam),
        "se_utilization": share(volume, sample.se_from_floor, particles.is_se),
        "utilization_separator": share(volume, from_top, is_eam),
        "utilization_both": share(volume, from_top & sample.eam_from_floor, is_eam),
        "eam_connected": share(volume, sample.eam_from_floor, is_eam),
        "percolates": float((sample.se_from_top & sample.near_floor).any()),
        "percolates_eam": float((sample.eam_from_top & sample.near_floor).any()),
    }


def share(volume: Floats, part: Mask, whole: Mask) -> float:
    """Return the part's volume over the whole's; NaN where the whole is empty."""
    total = float(volume[whole].sum())
    return float(volume[part].sum()) / total if total > 0 else float("nan")
