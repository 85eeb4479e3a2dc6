"""Studies: who asks for designs one after another, each for what the ones before it gave."""

from typing import Any

from pydantic import Field

from ssbflow.inputs.base import Input
from ssbflow.inputs.protocol import FileLabel


class Study(Input):
    """What a sweep of listed designs belongs to: a search, or a target loop.

    ``name`` is also that of the study's cube, ``round`` counts what was asked for at once, ``role`` says what for, and
    ``asked`` is all that the study was told: with it, it can be gone on with from the store alone.
    """

    name: FileLabel
    round: int = Field(ge=0)
    role: str
    asked: dict[str, Any]
