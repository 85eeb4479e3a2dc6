"""Materials: what particles and additives are made of."""

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from ssbflow.inputs.base import Input

MECHANICAL = ("density_g_cm3", "youngs_modulus_gpa", "poisson_ratio", "friction", "restitution")
"""The properties that a press depends on."""

MEASURED_ONLY = ("conductivity_ionic_s_m", "conductivity_electronic_s_m", "capacity_mah_g", "mean_voltage_v")
"""The properties that only measures use."""

PROPERTIES = (*MECHANICAL, *MEASURED_ONLY)


def _may_be_like_another(schema: dict[str, Any]) -> None:
    """Tell editors of the key that is gone once a file is read: what is not said is taken from another material."""
    schema["properties"]["like"] = {"type": "string", "title": "Like"}
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["like"]}]


class Material(Input):
    """Properties of a material; particles need the mechanical ones, additives only a density.

    ``mean_voltage_v`` is the mean discharge voltage against lithium. ``electrode`` says which one an EAM belongs
    in; left out, nobody is kept from putting it in either. ``sources`` maps a property to where its number comes
    from; sources, role, electrode and the name are no part of any identity.
    """

    model_config = ConfigDict(json_schema_extra=_may_be_like_another)

    name: str = Field(default="inline", min_length=1)
    role: Literal["eam", "se", "carbon", "binder"] | None = None
    electrode: Literal["positive", "negative"] | None = None
    density_g_cm3: float = Field(gt=0, lt=30)
    youngs_modulus_gpa: float | None = Field(default=None, gt=0, lt=2000)
    poisson_ratio: float | None = Field(default=None, ge=0, lt=0.5)
    friction: float | None = Field(default=None, ge=0, le=10)
    restitution: float | None = Field(default=None, gt=0, le=1)
    conductivity_ionic_s_m: float | None = Field(default=None, ge=0)
    conductivity_electronic_s_m: float | None = Field(default=None, ge=0)
    capacity_mah_g: float | None = Field(default=None, gt=0)
    mean_voltage_v: float | None = Field(default=None, gt=0)
    sources: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _only_active_materials_have_an_electrode(self) -> Self:
        if self.electrode and self.role not in ("eam", None):
            raise ValueError(f"electrode {self.electrode} is for EAM, with role: eam; got role {self.role}")
        return self

    @model_validator(mode="after")
    def _sources_name_properties(self) -> Self:
        unknown = sorted(set(self.sources) - set(PROPERTIES))
        if unknown:
            raise ValueError(f"sources of unknown properties {unknown}; allowed {[*PROPERTIES]}")
        return self

    def missing_mechanical(self) -> list[str]:
        """Return the properties that a particle of this material would lack."""
        return [name for name in MECHANICAL if getattr(self, name) is None]

    def values(self, names: tuple[str, ...]) -> dict[str, float | None]:
        """Return the named properties, for identities."""
        return {name: getattr(self, name) for name in names}


def check_particle(material: Material) -> Material:
    """Refuse a material that lacks what a press needs."""
    missing = material.missing_mechanical()
    if missing:
        raise ValueError(f"particles need {', '.join(missing)}; give them, or say like: NAME of one that has them")
    return material
