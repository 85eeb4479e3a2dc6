"""What is left of the compaction after unloading."""

from ssbflow.packing.packing import Packing
from ssbflow.structure.porosity import porosity
from ssbflow.variable import Variable

VARIABLES = (
    Variable("height_released", "um", "height of the electrode after unloading", state="released"),
    Variable("porosity_released", "1", "porosity after unloading: union volume of the spheres", state="released"),
)


def measure_released(released: Packing) -> dict[str, float]:
    """Return height (µm) and porosity of an unloaded packing."""
    return {"height_released": released.height_um, "porosity_released": porosity(released)}
