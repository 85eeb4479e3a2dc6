"""A report as one HTML page: nothing in it is loaded from elsewhere, and no text of a store is read as markup."""

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import ArrayLike

from ssbflow.design.interval import CONFIDENCE, half_width
from ssbflow.design.uncertainty import FEW_SEEDS
from ssbflow.store.cells import STATUS
from ssbflow.views.report.model import KINDS, SMALLER_IS_BETTER, Listing, Numbers, Report, Spheres
from ssbflow.views.report.numbers import OBJECTIVE

SCRIPTS = ("numbers.js", "dialog.js", "ranking.js", "heatmap.js", "scatter.js", "spheres.js", "start.js")
BESIDE = ("tortuosity_geodesic_median", "porosity", "percolates")  # shown beside the objective


def html(report: Report, again_after_s: float | None = None) -> str:
    """Return the page of a report; one that is written again and again tells the browser when to read it again."""
    script = "\n".join(map(_template, SCRIPTS))
    page = _environment().get_template("page.html.j2")
    return page.render(
        report=report,
        again_after_s=again_after_s,
        numbers=report.numbers,
        style=Markup(_template("style.css")),  # ours, not the store's
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        data=script_data(_data(report)),
        kinds=KINDS,
        percent=f"{100 * CONFIDENCE:g}",
        few_seeds=FEW_SEEDS,
    )


def script_data(content: dict[str, Any]) -> Markup:
    """Return plain data as JSON that can stand in a script element: no text in it can end the element."""
    return Markup(json.dumps(content, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c"))


def _data(report: Report) -> dict[str, Any]:
    numbers = report.numbers
    return {
        "store": report.store,
        "objective": OBJECTIVE,
        "beside": BESIDE,
        "status": STATUS,
        "fewSeeds": FEW_SEEDS,
        "halfWidths": _half_widths(numbers),
        "isGrid": numbers.is_grid,
        "compositions": _listing(numbers.compositions),
        "distributions": _listing(numbers.distributions),
        "variables": [
            {
                "name": one.name,
                "units": "" if one.units == "1" else one.units,
                "longName": one.long_name,
                "comment": one.comment,
                "state": one.state,
                "smallerIsBetter": one.name.startswith(SMALLER_IS_BETTER),
            }
            for one in numbers.variables
        ],
        "causes": [{"phase": one.phase, "cause": one.cause} for one in report.causes],
        "cases": {
            "composition": numbers.composition.tolist(),
            "distribution": numbers.distribution.tolist(),
            "seed": [str(seed) for seed in numbers.seed.tolist()],  # of 63 bits, which no number of a browser holds
            "status": numbers.status.tolist(),
            "cause": numbers.cause.tolist(),
            "ids": "".join(numbers.case_ids),
            "values": base64_of(numbers.values, "<f4"),
        },
        "spheres": None if report.spheres is None else _spheres(report.spheres),
    }


def base64_of(values: ArrayLike, kind: str) -> str:
    """Return an array as text, in the order of its memory."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


def _listing(listing: Listing) -> dict[str, Any]:
    return {"header": listing.header, "rows": listing.rows}


def _half_widths(numbers: Numbers) -> list[float]:
    """Return half of the interval of a mean of n seeds whose standard deviation is 1, for n = 0, 1, 2, …; −1: none."""
    most = int(
        np.unique(np.stack([numbers.composition, numbers.distribution]), axis=1, return_counts=True)[1].max(initial=1)
    )
    seeds = pd.Series(np.arange(most + 1))
    widths: list[float] = half_width(pd.Series(np.ones(most + 1)), seeds).fillna(-1.0).tolist()
    return widths


def _spheres(spheres: Spheres) -> dict[str, Any]:
    return {
        "caseId": spheres.case_id,
        "title": spheres.title,
        "position": base64_of(spheres.position_um, "<f4"),
        "radius": base64_of(spheres.radius_um, "<f4"),
        "kind": base64_of(spheres.kind, "u1"),
        "edges": [*spheres.edge_um, spheres.height_um],
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> str:
    return files("ssbflow.views.report").joinpath("templates", name).read_text(encoding="utf-8")
