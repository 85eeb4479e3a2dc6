"""Reading sweep files."""

from pathlib import Path
from typing import Any

from ssbflow.inputs.catalog import file_or_shipped, load_materials, materials_from
from ssbflow.inputs.sweep import Sweep
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import read_mapping


def load_sweep(path: str | Path) -> Sweep:
    """Read and validate a sweep file; materials are looked up in its own ``materials`` and in the catalog.

    Parameters
    ----------
    path : path or str
        A YAML file, or the name of a sweep that comes with ssbflow: ``quickstart``.

    Raises
    ------
    InputError
        Naming the file, the field's path, what was got and what is allowed.
    """
    file = file_or_shipped(path, "sweeps")
    return sweep_from(read_mapping(file), str(file))


def sweep_from(content: dict[str, Any], origin: str = "sweep") -> Sweep:
    """Validate a sweep given as plain data; `origin` is named in errors."""
    own = materials_from(content.get("materials", {}), origin, at=("materials",), known=load_materials())
    context = {"materials": {**load_materials(), **own}}
    return validated(Sweep, {**content, "materials": own}, origin, context=context)
