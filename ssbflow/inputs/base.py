"""The base of everything that a person says: frozen, complete, nothing unknown."""

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """A frozen model that refuses unknown keys and infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)
