"""The catalog of materials, and looking a material up by its name."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationInfo

from ssbflow.errors import InputError, did_you_mean
from ssbflow.inputs.material import PROPERTIES, Material
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import YAML_SUFFIXES, mapping, read_mapping

PACKAGE = Path(__file__).parents[1]
NONE_KNOWN: Mapping[str, Material] = MappingProxyType({})


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
    return materials_from(read_mapping(Path(path)), str(path), known=_shipped())


def materials_from(
    content: Any, origin: str, *, at: tuple[str, ...] = (), known: Mapping[str, Material] = NONE_KNOWN
) -> dict[str, Material]:
    """Validate a mapping of name → properties.

    Parameters
    ----------
    content : plain data
        One that is ``like`` another has all that it does not say from there.
    origin, at : str and tuple of str
        Named in errors.
    known : mapping of name to Material
        What these may be ``like``, beside those that stand before them.

    Raises
    ------
    InputError
        A material is no valid one, or like none that is known.
    """
    materials: dict[str, Material] = {}
    for name, given in mapping(content, ": ".join((origin, *at))).items():
        try:
            filled = _filled_in({"name": name, **given} if isinstance(given, dict) else given, {**known, **materials})
        except ValueError as error:
            raise InputError(f"{origin}: {'.'.join((*at, name))}.like: {error}") from error
        materials[name] = validated(Material, filled, origin, at=(*at, name))
    return materials


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
    known: dict[str, Material] = (info.context or {}).get("materials") or _shipped()
    fitting = {name: material for name, material in known.items() if material.role in (None, info.field_name)}
    return _named(given, known, fitting) if isinstance(given, str) else _filled_in(given, known)


def _named(name: str, known: Mapping[str, Material], told: Iterable[str]) -> Material:
    if name not in known:
        raise ValueError(
            f"unknown material {name!r}{did_you_mean(name, told)}; known: {', '.join(sorted(told))}; "
            "use one of these, add it under materials: or give its properties in place"
        )
    return known[name]


def _filled_in(given: Any, known: Mapping[str, Material]) -> Any:
    """Give a material what it does not say of itself, from the one that it is ``like``."""
    if not isinstance(given, dict) or "like" not in given:
        return given
    base = _named(str(given["like"]), known, known)
    own = {key: value for key, value in given.items() if key != "like"}
    taken = base.model_dump(exclude={"name", "sources", *own}, exclude_none=True)
    sources = {key: f"as {base.name}: {base.sources.get(key, 'no source')}" for key in taken if key in PROPERTIES}
    return {"name": f"like {base.name}", **taken, **own, "sources": {**sources, **own.get("sources", {})}}


@cache
def _shipped() -> dict[str, Material]:
    path = catalog_folder() / "materials.yaml"
    return materials_from(read_mapping(path), str(path))
