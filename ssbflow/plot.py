"""Pictures: of a cube, of a case, and of its packing in space.

Figures are drawn on the axes that are handed in, or on those of a new figure, and return them; `save` writes them as
vectors or as PNG. Of a cube they are at hand as ``cube.ssb.plot``, too. `packing_3d` shows a case in space.
"""

from ssbflow.views.figures.contacts import contact_forces, coordination
from ssbflow.views.figures.curve import curve
from ssbflow.views.figures.depth import depth
from ssbflow.views.figures.heatmap import heatmap
from ssbflow.views.figures.packing_3d import packing_3d
from ssbflow.views.figures.pareto import pareto
from ssbflow.views.figures.percolation import percolation
from ssbflow.views.figures.press_progress import press
from ssbflow.views.figures.seeds import seeds
from ssbflow.views.figures.sizes import sizes
from ssbflow.views.figures.style import save

__all__ = [
    "contact_forces",
    "coordination",
    "curve",
    "depth",
    "heatmap",
    "packing_3d",
    "pareto",
    "percolation",
    "press",
    "save",
    "seeds",
    "sizes",
]
