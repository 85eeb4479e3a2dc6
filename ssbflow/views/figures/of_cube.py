"""``cube.ssb.plot``: the pictures of a cube, at hand on it."""

import xarray as xr
from matplotlib.axes import Axes

from ssbflow.inputs.cell import Cell
from ssbflow.views.figures.curve import Share, curve
from ssbflow.views.figures.heatmap import heatmap
from ssbflow.views.figures.pareto import pareto
from ssbflow.views.figures.percolation import percolation
from ssbflow.views.figures.seeds import seeds


class CubePlots:
    """Pictures of a cube, or of what was selected of it.

    Parameters
    ----------
    cube : xarray.Dataset
    """

    def __init__(self, cube: xr.Dataset) -> None:
        self._cube = cube

    def heatmap(self, name: str, *, cell: Cell | None = None, ax: Axes | None = None) -> Axes:
        """Draw a quantity over compositions and distributions, as `ssbflow.plot.heatmap` does."""
        return heatmap(self._cube, name, cell=cell, ax=ax)

    def seeds(self, name: str, *, cell: Cell | None = None, ax: Axes | None = None) -> Axes:
        """Draw a quantity of every seed, as `ssbflow.plot.seeds` does."""
        return seeds(self._cube, name, cell=cell, ax=ax)

    def curve(self, name: str, *, over: Share = "eam_wt", cell: Cell | None = None, ax: Axes | None = None) -> Axes:
        """Draw a quantity over the share of EAM, as `ssbflow.plot.curve` does."""
        return curve(self._cube, name, over=over, cell=cell, ax=ax)

    def percolation(self, *, over: Share = "eam_wt", ax: Axes | None = None) -> Axes:
        """Draw how often SE and EAM span, as `ssbflow.plot.percolation` does."""
        return percolation(self._cube, over=over, ax=ax)

    def pareto(
        self, x: str, y: str, *, cell: Cell | None = None, where: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw the designs over two objectives, as `ssbflow.plot.pareto` does."""
        return pareto(self._cube, x, y, cell=cell, where=where, ax=ax)
