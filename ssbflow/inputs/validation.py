"""Building models from plain data, with errors that name the place, what was got and what is allowed."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ssbflow.errors import InputError, did_you_mean
from ssbflow.inputs.schema_keys import keys_at

SHOWN_INPUT = 80

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
        One line: the first thing that is wrong, and how many more are.
    """
    try:
        return model.model_validate(content, context=context)
    except ValidationError as error:
        raise InputError(f"{origin}: {_explained(error, model, content, at)}") from error


def _explained(error: ValidationError, model: type[BaseModel], content: Any, at: tuple[str, ...]) -> str:
    """Say in one line what pydantic found: field path, message, what was got."""
    # An item that was refused is also said to be missing from its list; that is the same mistake.
    problems = [problem for problem in error.errors(include_url=False) if problem["type"] != "too_short"]
    # A misspelt key is also a missing one: the spelling is the cause, so it comes first.
    problems.sort(key=lambda problem: problem["type"] != "extra_forbidden")
    first = (problems or error.errors(include_url=False))[0]
    place = _field_path((*at, *_location_in_file(first["loc"], content)))
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    message = f"{_message(first, model)}{more}"
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
