"""The base of everything that a person says: frozen, complete, nothing unknown."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from ssbflow.inputs.validation import validated


class Input(BaseModel):
    """A frozen model that refuses unknown keys and infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with other fields.

        Parameters
        ----------
        **changes
            Fields, as models or as plain data.

        Raises
        ------
        InputError
            The changed input is no valid one.
        """
        fields = {name: getattr(self, name) for name in type(self).model_fields}  # not what was worked out from them
        return validated(type(self), {**fields, **changes}, type(self).__name__)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, not validated, that has forgotten what was worked out from the old fields."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied
