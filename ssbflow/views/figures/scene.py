"""A scene in space: spheres in a box with its lengths, seen without perspective, and what the colours mean."""

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from ssbflow.errors import InputError
from ssbflow.packing.packing import Floats
from ssbflow.views.space import load_pyvista

WINDOW = (900, 900)
FROM = np.array([0.45, -1.0, 0.35])
"""Direction that is looked from: the front, a little from the right and from above."""
FONT_SIZE = 18
ROUNDNESS = ((3000, 24), (20_000, 14))
"""Up to so many spheres, so many facets around each."""
COARSE = 8
LINE, ROOM, COLOUR_BAR = 0.035, 0.05, 0.09  # of the picture
FONT = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
ENDINGS = (".png", ".jpg", ".jpeg")


class Scene:
    """What is put into a picture in space.

    Parameters
    ----------
    off_screen : bool
        Whether no window is wanted.

    Raises
    ------
    InputError
        PyVista is not installed.
    """

    def __init__(self, *, off_screen: bool) -> None:
        self._pyvista = load_pyvista("3-D pictures")
        with self._pyvista.vtk_verbosity("off"):  # VTK warns that it has no screen, and goes on without
            self.plotter = self._pyvista.Plotter(off_screen=off_screen or None, window_size=list(WINDOW))
        self.plotter.set_background("white")
        self.plotter.enable_parallel_projection()
        self._meanings: list[tuple[str, str]] = []

    def add_spheres(
        self, position_um: Floats, radius_um: Floats, colour: str, meaning: str = "", opacity: float = 1.0
    ) -> None:
        """Add spheres of one colour (N,); `meaning` stands in the legend, even where there are none."""
        if meaning:
            self._meanings.append((meaning, colour))
        if len(radius_um):
            self.plotter.add_mesh(self._glyphs(position_um, radius_um), color=colour, opacity=opacity, **SURFACE)

    def add_coloured_spheres(
        self, position_um: Floats, radius_um: Floats, values: Floats, meaning: str, limits: tuple[float, float]
    ) -> None:
        """Add spheres coloured by the logarithm of a value (N,), with the colour bar of it."""
        if not len(radius_um):
            return
        spheres = self._glyphs(position_um, radius_um, values)
        bar = {"title": f"{meaning}\n", "color": "black", "title_font_size": FONT_SIZE, "label_font_size": FONT_SIZE,
               "n_labels": 5, "fmt": "%.2g", "width": 0.6, "position_x": 0.2, "position_y": 0.02}  # fmt: skip
        self.plotter.add_mesh(
            spheres, scalars="value", cmap="viridis", log_scale=True, clim=limits, scalar_bar_args=bar, **SURFACE
        )

    def add_box(self, corner_um: Floats, size_um: tuple[float, float, float], title: str = "") -> None:
        """Add the edges of a box with their lengths, and a title above it."""
        lower, upper = np.asarray(corner_um), np.asarray(corner_um) + size_um
        bounds = np.column_stack([lower, upper]).ravel()
        box = self._pyvista.Box(bounds).extract_feature_edges(feature_angle=30)
        self.plotter.add_mesh(box, color="black", line_width=1.5, lighting=False)
        middle = (lower + upper) / 2
        beside = 0.06 * max(size_um)
        places = [
            (middle[0], lower[1] - beside, lower[2] - beside),
            (upper[0] + beside, middle[1], lower[2] - beside),
            (lower[0] - 1.6 * beside, lower[1], middle[2]),
        ]
        texts = [f"{length:.3g} µm" for length in size_um]
        if title:
            places.append((middle[0], middle[1], upper[2] + 2 * beside))
            texts.append(title)
        self.plotter.add_point_labels(
            np.array(places), texts, shape=None, show_points=False, always_visible=True, font_size=FONT_SIZE,
            text_color="black", bold=False, font_file=str(FONT),
            justification_horizontal="center", justification_vertical="center",
        )  # fmt: skip

    def finished(self, path: str | Path | None) -> Any:
        """Look at all of it, add the legend, save a picture if a path is given; return the plotter."""
        for line, (meaning, colour) in enumerate(self._meanings):
            for text, left, ink in (("●", 0.03, colour), (meaning, 0.06, "black")):
                place = (left, 0.955 - LINE * line)
                self.plotter.add_text(
                    text, position=place, font_size=9, color=ink, font_file=str(FONT), viewport=True, render=False
                )
        self._look()
        if path is not None:
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            self.plotter.screenshot(str(target))
            self.plotter.close()
        return self.plotter

    def _look(self) -> None:
        """Put everything between the legend and the colour bar, if there are any, with room for the lengths."""
        lower, upper = np.array(self.plotter.bounds).reshape(3, 2).T
        centre, half = (lower + upper) / 2, (upper - lower) / 2
        right = np.cross((0, 0, 1), FROM)
        up = np.cross(FROM, right)
        half_width, half_height = (float(half @ np.abs(axis / np.linalg.norm(axis))) for axis in (right, up))
        above = LINE * (len(self._meanings) + 1) + ROOM
        below = ROOM + (COLOUR_BAR if len(self.plotter.scalar_bars) else 0.0)
        camera = self.plotter.camera
        self.plotter.camera_position = [centre + FROM * 10 * float(half.max()), centre, (0, 0, 1)]
        camera.parallel_scale = max(half_height / (1 - above - below), half_width / (1 - 3 * ROOM))
        camera.SetWindowCenter(0, above - below)
        self.plotter.reset_camera_clipping_range()

    def _glyphs(self, position_um: Floats, radius_um: Floats, values: Floats | None = None) -> Any:
        points = self._pyvista.PolyData(np.asarray(position_um))
        points["radius"] = radius_um
        if values is not None:
            points["value"] = values
        facets = next((facets for most, facets in ROUNDNESS if len(radius_um) <= most), COARSE)
        sphere = self._pyvista.Sphere(radius=1.0, theta_resolution=facets, phi_resolution=facets)
        return points.glyph(scale="radius", orient=False, geom=sphere, factor=1.0)


SURFACE = {"smooth_shading": True, "specular": 0.15, "ambient": 0.25}


def check_ending(path: str | Path) -> None:
    """Refuse what no picture in space is saved as.

    Raises
    ------
    InputError
    """
    if Path(path).suffix.lower() not in ENDINGS:
        raise InputError(
            f"pictures in space are saved as {', '.join(ENDINGS)}; got {Path(path).name!r}: give the file one of these "
            "endings"
        )
