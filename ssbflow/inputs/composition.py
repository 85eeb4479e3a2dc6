"""Compositions: what an electrode is mixed of, by weight."""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ssbflow.inputs.base import Input
from ssbflow.inputs.catalog import material_by_name
from ssbflow.inputs.material import MEASURED_ONLY, MECHANICAL, Material, check_particle

COMPONENTS = ("eam", "se", "carbon", "binder")
WEIGHT_TOLERANCE_PERCENT = 0.01

Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+=-]*$", max_length=80)]
"""Name of a composition or distribution: letters, digits and _ . + = -"""

Additive = Annotated[Material, BeforeValidator(material_by_name, json_schema_input_type=str | Material)]
"""A material by name or in place."""

Particles = Annotated[
    Material, BeforeValidator(material_by_name, json_schema_input_type=str | Material), AfterValidator(check_particle)
]
"""A material by name or in place, with all that a press needs."""


class WeightPercent(Input):
    """Weight percentages of the four components; they sum to 100."""

    eam: float = Field(ge=0, le=100)
    se: float = Field(ge=0, le=100)
    carbon: float = Field(default=0, ge=0, le=100)
    binder: float = Field(default=0, ge=0, le=100)

    @model_validator(mode="after")
    def _sums_to_100(self) -> Self:
        total = self.eam + self.se + self.carbon + self.binder
        if abs(total - 100) > WEIGHT_TOLERANCE_PERCENT:
            raise ValueError(f"weights sum to {total:g} %; eam + se + carbon + binder must sum to 100 %")
        if self.eam + self.se == 0:
            raise ValueError("no particles: eam and se are both 0 %; give at least one of them weight")
        return self

    def fractions(self) -> dict[str, float]:
        """Return the weight fraction of each component."""
        return {component: getattr(self, component) / 100 for component in COMPONENTS}


class Composition(Input):
    """Weights of EAM, SE, carbon and binder, and what each is."""

    label: Label
    weight_percent: WeightPercent
    eam: Particles
    se: Particles
    carbon: Additive | None = None
    binder: Additive | None = None
    source: str = ""

    @model_validator(mode="after")
    def _additives_have_a_material(self) -> Self:
        for component in ("carbon", "binder"):
            if getattr(self.weight_percent, component) > 0 and getattr(self, component) is None:
                weight = getattr(self.weight_percent, component)
                raise ValueError(f"{weight:g} wt% {component} but no material: add {component}: NAME")
        return self

    @model_validator(mode="after")
    def _materials_play_their_role(self) -> Self:
        for component in COMPONENTS:
            material: Material | None = getattr(self, component)
            if material and material.role and material.role != component:
                raise ValueError(
                    f"{material.name} is a material for {material.role}, not for {component}; choose another, "
                    "or give its properties in place without a role"
                )
        return self

    @property
    def particle_weight_fraction(self) -> float:
        """Share of the electrode's mass that is particles."""
        return (self.weight_percent.eam + self.weight_percent.se) / 100

    @property
    def eam_volume_fraction(self) -> float:
        """EAM / (EAM + SE) by volume: the target of the packing (US 2025/0265390 A1)."""
        eam = self.weight_percent.eam / self.eam.density_g_cm3
        se = self.weight_percent.se / self.se.density_g_cm3
        return eam / (eam + se)

    @property
    def additive_volume_per_particle_mass(self) -> float:
        """Volume of carbon and binder that goes with each mass of particles (cm³/g)."""
        fractions = self.weight_percent.fractions()
        volume = sum(
            fractions[component] / material.density_g_cm3
            for component, material in (("carbon", self.carbon), ("binder", self.binder))
            if material is not None
        )
        return volume / self.particle_weight_fraction

    def simulation_inputs(self) -> dict[str, object]:
        """Return what a simulation depends on."""
        return {
            "weight_fraction": self.weight_percent.fractions(),
            "eam": self.eam.values(MECHANICAL),
            "se": self.se.values(MECHANICAL),
        }

    def measure_inputs(self) -> dict[str, object]:
        """Return the material data that only measures use."""
        additives = {"carbon": self.carbon, "binder": self.binder}
        return {
            "eam": self.eam.values(MEASURED_ONLY),
            "se": self.se.values(MEASURED_ONLY),
            **{name: material and material.values(("density_g_cm3",)) for name, material in additives.items()},
        }
