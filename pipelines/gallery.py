"""The gallery of pictures: every kind from real cases, with the line of code that draws it; some minutes on two cores.

python pipelines/gallery.py [--store FOLDER] [--docs FOLDER]

Cases of catalogs/sweeps/gallery.yaml that the store lacks are simulated first.
"""

from pathlib import Path
from typing import Annotated

import typer
from matplotlib import pyplot
from PIL import Image
from rich.console import Console

import ssbflow
from ssbflow.flow.clients import connected
from ssbflow.flow.events import ProgressBar

ROOT = Path(__file__).parents[1]
SWEEP = ROOT / "catalogs" / "sweeps" / "gallery.yaml"
DESIGN = {"composition": "CAM81", "distribution": "se2.4"}
WIDTH = 640
"""Of pictures in space, in pixels: small files, and true colours."""

OF_CUBES = (
    ("heatmap", "cube.ssb.plot.heatmap('porosity')",
     "A quantity over compositions and distributions, with every seed."),
    ("seeds", "cube.ssb.plot.seeds('tortuosity_geodesic_median')",
     "How seeds scatter about the mean of their design. Where no path spans there is no tortuosity, and no dot."),
    ("utilization", "cube.ssb.plot.curve('utilization')", "A quantity over the share of EAM."),
    ("percolation", "cube.ssb.plot.percolation()", "How often SE, and EAM, spans from floor to top."),
    ("pareto", "cube.ssb.plot.pareto('-porosity', 'specific_energy', cell=ssbflow.load_cell('lithium_metal'))",
     "Two objectives, and the designs that no other one beats; a minus before what shall be small."),
)  # fmt: skip
OF_CASES = (
    ("sizes", "ssbflow.plot.sizes(store, case_id)", "Sizes of the particles, asked for and packed."),
    ("press", "ssbflow.plot.press(store, case_id)", "How the packing came down."),
    ("depth", "ssbflow.plot.depth(store, case_id)", "How EAM, SE and pore share each depth."),
    ("contact_forces", "ssbflow.plot.contact_forces(store, case_id)", "How hard contacts press."),
    ("coordination", "ssbflow.plot.coordination(store, case_id)", "How many contacts particles have."),
)
IN_SPACE = (
    ("before_after", "The loose box and the pressed one."),
    ("se_network", "SE connected to the floor, or not."),
    ("eam_active", "EAM that touches SE connected to the floor, or not."),
    ("path", "The shortest way through SE from top to floor, and one of median tortuosity."),
    ("current", "Where the current flows: current density in SE particles over that of the electrode."),
)

HEAD = """# Gallery

Every kind of picture, from the cases of [gallery.yaml](../catalogs/sweeps/gallery.yaml); made by
`python pipelines/gallery.py`.

```python
import ssbflow

store = "results/gallery"
cube = ssbflow.open_cube(store)
case_id = cube.sel(composition="{composition}", distribution="{distribution}", seed={seed})["case_id"].item()
```

Figures are drawn on the axes that are handed in (`ax=`), or on those of a new figure, and return them;
`ssbflow.plot.save(axes, "picture.pdf")` writes pdf, svg or png. Pictures in space need `pip install 'ssbflow[views]'`.
"""


def main(
    store: Annotated[Path, typer.Option(help="Store of the cases.")] = Path("results/gallery"),
    docs: Annotated[Path, typer.Option(help="Folder of the page.")] = ROOT / "docs",
) -> None:
    """Simulate what is missing, draw everything, write the page."""
    console = Console()
    with connected("local") as client:
        ssbflow.run(ssbflow.load_sweep(SWEEP), store, client, callbacks=[ProgressBar(console)])
    cube = ssbflow.open_cube(store)
    of_design = cube.sel(DESIGN).load()
    spans = of_design["percolates"].argmax("seed").item()  # a path and a current need a seed that spans
    seed = int(of_design["seed"][spans])
    case_id = of_design["case_id"].sel(seed=seed).item()
    images = docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    sections = [HEAD.format(seed=seed, **DESIGN)]
    names = {"ssbflow": ssbflow, "cube": cube, "store": store, "case_id": case_id}
    for title, pictures in (("Cubes", OF_CUBES), ("Cases", OF_CASES)):
        sections.append(f"## {title}\n")
        for name, code, meaning in pictures:
            ssbflow.plot.save(eval(code, names), images / f"gallery_{name}.png")  # the line that the page shows
            pyplot.close("all")
            sections.append(section(name, code, meaning))
    sections.append("## In space\n")
    for what, meaning in IN_SPACE:
        picture = images / f"gallery_{what}.png"
        ssbflow.plot.packing_3d(store, case_id, what, picture)
        with Image.open(picture) as whole:
            small = whole.convert("RGB").resize((WIDTH, round(WIDTH * whole.height / whole.width)))
        small.save(picture, optimize=True)
        sections.append(section(what, f"ssbflow.plot.packing_3d(store, case_id, '{what}', 'picture.png')", meaning))
    (docs / "gallery.md").write_text("\n".join(sections), encoding="utf-8")
    console.print(f"written: {docs / 'gallery.md'}", soft_wrap=True)


def section(name: str, code: str, meaning: str) -> str:
    """Return a picture with what it shows, and the line of code that draws it."""
    line = code.replace("'", '"')
    return f"{meaning}\n\n![{meaning}](images/gallery_{name}.png)\n\n```python\n{line}\n```\n"


if __name__ == "__main__":
    typer.run(main)
