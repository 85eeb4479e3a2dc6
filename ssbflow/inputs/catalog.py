"""The catalog of materials, and looking a material up by its name."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo

from ssbflow.errors import InputError, did_you_mean
from ssbflow.inputs.material import Material
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import YAML_SUFFIXES, mapping, read_mapping

PACKAGE = Path(__file__).parents[1]


def catalog_folder() -> Path:
    """Return the folder of catalogs: inside an installed package, beside it in a checkout."""
    installed = PACKAGE / "catalogs"
    return installed if installed.is_dir() else PACKAGE.parent / "catalogs"


def load_materials(path: str | Path | None = None) -> dict[str, Material]:
    """Return the materials of a catalog file, by name.

    Parameters
    ----------
    path : path, optional
        A YAML mapping of name → properties; the catalog that comes with ssbflow if left out.

    Raises
    ------
    InputError
        The file cannot be read or a material is no valid one.
    """
    if path is None:
        return dict(_shipped())
    return materials_from(read_mapping(Path(path)), str(path))


def materials_from(content: Any, origin: str, *, at: tuple[str, ...] = ()) -> dict[str, Material]:
    """Validate a mapping of name → properties; `origin` and `at` are named in errors."""
    named = mapping(content, ": ".join((origin, *at)))
    return {
        name: validated(Material, {"name": name, **given} if isinstance(given, dict) else given, origin, at=(*at, name))
        for name, given in named.items()
    }


def file_or_shipped(given: str | Path, folder: str) -> Path:
    """Return a YAML file: a path, or the name of one that comes with ssbflow in a folder of the catalog.

    Raises
    ------
    InputError
        A plain name that is neither a file nor in the catalog.
    """
    path = Path(given)
    if path.suffix in YAML_SUFFIXES or path.exists() or len(path.parts) > 1:
        return path
    shipped = {found.stem: found for found in sorted((catalog_folder() / folder).glob("*.yaml"))}
    name = str(given)
    if name not in shipped:
        known = f"{did_you_mean(name, shipped)}; there are {', '.join(shipped)}"
        raise InputError(f"{name!r} is no file, and none of this name comes with ssbflow{known}, or a file: FILE.yaml")
    return shipped[name]


def material_by_name(given: Any, info: ValidationInfo) -> Any:
    """Look a material's name up: among those handed in as the context's ``materials``, else in the shipped catalog.

    Raises
    ------
    ValueError
        No such material; names those there are.
    """
    if not isinstance(given, str):
        return given
    known: dict[str, Material] = (info.context or {}).get("materials") or _shipped()
    if given not in known:
        raise ValueError(
            f"unknown material {given!r}{did_you_mean(given, known)}; known: {', '.join(sorted(known))}; "
            "use one of these, add it under materials: or give its properties in place"
        )
    return known[given]


@cache
def _shipped() -> dict[str, Material]:
    path = catalog_folder() / "materials.yaml"
    return materials_from(read_mapping(path), str(path))
