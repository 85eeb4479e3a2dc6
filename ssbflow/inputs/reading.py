"""Reading YAML into models, with errors that name the file, the field, what was got and what is allowed."""

from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ssbflow.errors import InputError
from ssbflow.inputs.material import Material
from ssbflow.inputs.sweep import Sweep

PACKAGE = Path(__file__).parents[1]
SHOWN_INPUT = 80

Model = TypeVar("Model", bound=BaseModel)


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; plain YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file.

    Raises
    ------
    InputError
        The file is missing, unreadable or no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _UniqueKeyLoader)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give the path of a YAML file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no valid YAML: {' '.join(str(error).split())}") from error


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
    return dict(_materials(Path(path) if path else catalog_folder() / "materials.yaml"))


@cache
def _materials(path: Path) -> dict[str, Material]:
    content = _mapping(read_yaml(path), path)
    return {name: validated(Material, _named(name, given), path, at=(name,)) for name, given in content.items()}


def load_sweep(path: str | Path) -> Sweep:
    """Read and validate a sweep file; materials are looked up in its own ``materials`` and in the catalog.

    Raises
    ------
    InputError
        Naming the file, the field's path, what was got and what is allowed.
    """
    path = Path(path)
    content = _mapping(read_yaml(path), path)
    return sweep_from(content, path)


def sweep_from(content: dict[str, Any], origin: Path | str = "sweep") -> Sweep:
    """Validate a sweep given as plain data; `origin` is named in errors."""
    given = content.get("materials") or {}
    own = {
        name: validated(Material, _named(name, material), origin, at=("materials", name))
        for name, material in _mapping(given, origin).items()
    }
    context = {"materials": {**load_materials(), **own}}
    return validated(Sweep, {**content, "materials": own}, origin, context=context)


def validated(
    model: type[Model], content: Any, origin: Path | str, *, at: tuple[str, ...] = (), context: Any = None
) -> Model:
    """Build a model from plain data.

    Raises
    ------
    InputError
        One line: the first thing that is wrong, and how many more are.
    """
    try:
        return model.model_validate(content, context=context)
    except ValidationError as error:
        raise InputError(f"{origin}: {explain(error, at)}") from error


def explain(error: ValidationError, at: tuple[str, ...] = ()) -> str:
    """Say in one line what pydantic found: field path, message, what was got."""
    # A misspelt key is also a missing one: the spelling is the cause, so it comes first.
    problems = sorted(error.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]
    place = _field_path((*at, *first["loc"]))
    message = first["msg"].removeprefix("Value error, ")
    shown = repr(first["input"])
    got = f"; got {shown}" if len(shown) <= SHOWN_INPUT and not isinstance(first["input"], BaseModel) else ""
    if first["type"] == "extra_forbidden":
        message, got = f"unknown key {first['loc'][-1]!r}: check its spelling or leave it out", ""
    if first["type"] == "missing":
        message, got = "is missing: give it", ""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{place}: {message}{got}{more}" if place else f"{message}{got}{more}"


def _field_path(parts: tuple[int | str, ...]) -> str:
    """Write ('compositions', 0, 'eam') as compositions[0].eam."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")


def _named(name: str, given: Any) -> Any:
    return {"name": name, **given} if isinstance(given, dict) else given


def _mapping(content: Any, origin: Path | str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise InputError(f"{origin}: must be a mapping of keys to values; got {type(content).__name__}")
    return content
