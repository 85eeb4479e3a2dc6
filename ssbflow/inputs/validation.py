"""Building models from plain data, with errors that name the place, what was got and what is allowed."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ssbflow.errors import InputError, did_you_mean
from ssbflow.inputs.schema_keys import keys_at

SHOWN_INPUT = 80
SHOWN_PROBLEMS = 10

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]


def validated(
    model: type[Model], content: Any, origin: Path | str, *, at: tuple[str, ...] = (), context: Any = None
) -> Model:
    """Build a model from plain data.

    Parameters
    ----------
    model : type
    content : plain data or models
    origin : path or str
        Named in errors: the file, or what was being made.
    at : tuple of str
        Where in the file `content` stands.
    context : optional
        Handed to the validators.

    Raises
    ------
    InputError
        One line for one thing that is wrong; a line for each, below one that counts them, for several.
    """
    try:
        return model.model_validate(content, context=context)
    except ValidationError as error:
        raise InputError(f"{origin}: {_explained(error, model, content, at)}") from error


def _explained(error: ValidationError, model: type[BaseModel], content: Any, at: tuple[str, ...]) -> str:
    """Say what pydantic found, a line for each: field path, message, what was got."""
    problems = _independent(error.errors(include_url=False))
    lines = [_line(problem, model, content, at) for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) == 1:
        return lines[0]
    unseen = [f"and {len(problems) - SHOWN_PROBLEMS} more"] if len(problems) > SHOWN_PROBLEMS else []
    return "\n- ".join([f"{len(problems)} things are wrong", *lines, *unseen])


def _independent(problems: list[Any]) -> list[Any]:
    """Leave out what another mistake brings along."""
    # An item that was refused is also said to be missing from its list.
    independent = [problem for problem in problems if problem["type"] != "too_short"] or problems
    # A misspelt key is also a missing one.
    misspelt = [problem["loc"] for problem in problems if problem["type"] == "extra_forbidden"]
    return [one for one in independent if not (one["type"] == "missing" and _meant(one["loc"], misspelt))]


def _meant(missing: Location, misspelt: list[Location]) -> bool:
    *place, key = missing
    return any(given[:-1] == tuple(place) and did_you_mean(str(given[-1]), [str(key)]) for given in misspelt)


def _line(problem: Any, model: type[BaseModel], content: Any, at: tuple[str, ...]) -> str:
    place = _field_path((*at, *_location_in_file(problem["loc"], content)))
    message = _message(problem, model)
    return f"{place}: {message}" if place else message


def _message(problem: Any, model: type[BaseModel]) -> str:
    if problem["type"] == "extra_forbidden":
        *place, key = problem["loc"]
        allowed = keys_at(model.model_json_schema(), tuple(place))
        return f"unknown key {key!r}{did_you_mean(str(key), allowed)}; allowed: {', '.join(allowed)}"
    if problem["type"] == "missing":
        return "is missing: give it"
    shown = repr(problem["input"])
    message: str = problem["msg"].removeprefix("Value error, ")
    if len(shown) > SHOWN_INPUT or isinstance(problem["input"], BaseModel) or "; got" in message:
        return message
    return f"{message}; got {shown}"


def _location_in_file(location: Location, content: Any) -> Location:
    """Leave out what pydantic adds to a path: the `kind` by which it chose a model."""
    kept: list[int | str] = []
    for part in location:
        if isinstance(content, dict) and content.get("kind") == part:
            continue
        kept.append(part)
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            content = None
    return tuple(kept)


def _field_path(parts: Location) -> str:
    """Write ('compositions', 0, 'eam') as compositions[0].eam."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
