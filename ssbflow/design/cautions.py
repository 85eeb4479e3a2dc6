"""What should be known of a recipe before anything is weighed."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ssbflow.design.card import Electrode
from ssbflow.design.stored_design import StoredDesign
from ssbflow.design.uncertainty import FEW_SEEDS

MOST_SCALED = 2  # beyond it, utilization and porosity of another thickness are a guess
FEWEST_LAYERS = 3  # of the largest particles, in the thickness


def doubts(electrodes: Sequence[Electrode], designs: Sequence[StoredDesign]) -> Iterator[str]:
    """Yield what is doubtful about the electrodes of a recipe.

    Parameters
    ----------
    electrodes : sequence of Electrode
        The positive one, and the negative one if there is one.
    designs : sequence of StoredDesign
        Of each.
    """
    for made, design in zip(electrodes, designs, strict=True):
        yield from _of_one(made, design)
    for cathode, anode in pairwise(electrodes):
        yield from _of_pair(cathode, anode)
    elastic = [made.design for made in electrodes if made.stiffness_scale == 1]
    if elastic:
        yield (
            f"{' and '.join(elastic)}: pressed with stiffness_scale 1, elastic spheres that do not flow; expect "
            "thinner and less porous electrodes than written; calibrate on a pellet of your powder: ssbflow calibrate"
        )


def _of_one(made: Electrode, design: StoredDesign) -> Iterator[str]:
    if made.seeds < FEW_SEEDS:
        yield f"{made.design} rests on {made.seeds} seed(s): its intervals say little; run {FEW_SEEDS} or more"
    if not 1 / MOST_SCALED <= made.scaled_by <= MOST_SCALED:
        simulated = made.areal_mass_mg_cm2 / made.scaled_by
        yield (
            f"{made.design} was simulated with {simulated:.3g} mg/cm², scaled to {made.areal_mass_mg_cm2:.3g}: its "
            "porosity and utilization may be others there; simulate that areal mass"
        )
    thickness, largest = made.thickness_um.mean, design.distribution.largest_um
    if thickness is not None and thickness < FEWEST_LAYERS * largest:
        yield (
            f"{made.design} is {thickness:.3g} µm thick, and its largest particles {largest:.3g} µm: no even layer; "
            "take a finer powder, or a thicker electrode"
        )


def _of_pair(cathode: Electrode, anode: Electrode) -> Iterator[str]:
    if cathode.pressure_mpa != anode.pressure_mpa:
        yield (
            f"the electrodes were simulated at {cathode.pressure_mpa:g} and {anode.pressure_mpa:g} MPa: press them "
            "apart, or simulate both at the pressure of the cell"
        )
    full, takes = cathode.areal_capacity_full_mah_cm2, anode.areal_capacity_mah_cm2.mean
    if full is not None and takes is not None and full > takes:
        yield (
            f"if more of the EAM of {cathode.design} is utilized than simulated, it gives up to {full:.3g} mAh/cm² "
            f"and the negative electrode takes {takes:.3g}: lithium may be plated; a higher N/P ratio is safe"
        )
