"""The protocol: everything besides composition and distribution that fixes a simulation."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from ssbflow.inputs.base import Input
from ssbflow.inputs.validation import validated

LONGEST_LABEL = 80

FileLabel = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+=-]*$", max_length=LONGEST_LABEL)]
"""Name of a protocol or analysis: letters, digits and _ + = - (it becomes part of a file's name)."""


class WeighedPellet(Input):
    """A round pellet as it is made: what was weighed in, carbon and binder included, and its radius."""

    radius_mm: float = Field(gt=0)
    mass_mg: float = Field(gt=0)

    @property
    def areal_mass_mg_cm2(self) -> float:
        """Mass over the area of the die; 22.7 mg on a radius of 5 mm are 28.9 mg/cm²."""
        return self.mass_mg / (math.pi * (self.radius_mm / 10) ** 2)


def _or_a_pellet(schema: dict[str, Any]) -> None:
    """Tell editors too that a pellet may stand for the areal mass."""
    schema["properties"]["pellet"] = WeighedPellet.model_json_schema()
    schema["required"].remove("areal_mass_mg_cm2")
    schema["oneOf"] = [{"required": ["areal_mass_mg_cm2"]}, {"required": ["pellet"]}]


class Box(Input):
    """The simulated column of electrode: periodic in x and y, floor at z = 0.

    ``spaces_per_edge`` is the number of grid spaces along each edge of the loose box; without it, so many that a space
    is about two and a half times the mean particle's volume. Layers are filled until the areal mass is slightly
    exceeded; after the press the packing is cropped to that mass. The areal mass counts carbon and binder. It may be
    said as a ``pellet: {radius_mm: 5, mass_mg: 22.7}``: the same box, the same cases.
    """

    model_config = ConfigDict(json_schema_extra=_or_a_pellet)

    edge_um: float = Field(gt=0)
    areal_mass_mg_cm2: float = Field(gt=0)
    spaces_per_edge: int | None = Field(default=None, ge=1)
    eam_volume_tolerance: float = Field(default=0.01, gt=0, lt=1)

    @model_validator(mode="before")
    @classmethod
    def _areal_mass_of_a_pellet(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "pellet" not in given:
            return given
        if "areal_mass_mg_cm2" in given:
            raise ValueError("give areal_mass_mg_cm2 or a pellet, not both")
        pellet = validated(WeighedPellet, given["pellet"], "pellet")
        box = {key: value for key, value in given.items() if key != "pellet"}
        return box | {"areal_mass_mg_cm2": pellet.areal_mass_mg_cm2}


class Settling(Input):
    """How the press comes to rest, and when it has.

    ``initial_solid_fraction``: the loose box is squeezed to it before the force acts, which saves steps and may
    cost contacts; none starts from the loose box.
    ``time_step_fraction`` is of the smallest particle's Rayleigh time, ``contact_time_fraction`` of its √(m/k) in a
    contact that carries the pressure; the time step is the shorter of the two. Both are bounded by what a packing can
    stand: at half a Rayleigh time it never comes to rest, beyond 0.7 it loses particles. ``density_scaling`` gives
    larger particles a lower density, ∝ 1/r, so that they come to rest as fast, and the lightest as much mass as the
    drag needs (``docs/definitions.md``).
    ``fall_speed_fraction`` is the terminal speed of falling particles, or of the platen, of the slower species' elastic
    wave speed; the faster, the fewer contacts. ``weight_fraction`` is the share of the force that, under a platen, acts
    as a weight of the particles, so that those which carry nothing come to lie on others; the floor carries all of it,
    the plate that much less.

    The press has settled when, averaged over a window, the mean net force (viscous drag left out) is below
    ``unbalanced_force_limit`` of the mean contact force, the floor carries the applied force within
    ``floor_force_tolerance``, and the mean height falls by less than ``height_drift_limit`` of itself in the window.
    """

    initial_solid_fraction: float | None = Field(default=None, gt=0, le=0.6)
    time_step_fraction: float = Field(default=0.3, gt=0, le=0.4)
    contact_time_fraction: float = Field(default=0.35, gt=0, le=0.5)
    density_scaling: bool = True
    fall_speed_fraction: float = Field(default=0.02, gt=0)
    weight_fraction: float = Field(default=0.02, ge=0, le=0.1)
    unbalanced_force_limit: float = Field(default=2.5e-4, gt=0, lt=1)
    floor_force_tolerance: float = Field(default=0.01, gt=0, lt=1)
    height_drift_limit: float = Field(default=2e-5, gt=0, lt=1)
    max_steps: int = Field(default=200_000, ge=1000)


class Press(Input):
    """The compaction.

    ``pressure_mpa`` times the cross-section is the total force; ``drive`` says how it acts: a rigid ``platen`` pushed
    from above, or the published ``body_force`` on every particle. ``stiffness_scale`` multiplies every Young's modulus,
    the usual stand-in for plastic flow that elastic spheres lack, 1 by default. ``rolling_friction`` is the coefficient
    of rolling resistance, 0 for none. ``ranks`` is the number of MPI processes, or ``auto`` by the number of particles;
    like ``time_limit_s`` it is no part of a case's identity.
    """

    pressure_mpa: float = Field(gt=0)
    drive: Literal["body_force", "platen"] = "platen"
    contact_law: Literal["hertz_material"] = "hertz_material"
    stiffness_scale: float = Field(default=1, gt=0)
    rolling_friction: float = Field(default=0, ge=0, le=1)
    settling: Settling = Settling()
    frames: int = Field(default=20, ge=2, le=1000)
    time_limit_s: float = Field(default=3600, gt=0)
    ranks: Annotated[int, Field(ge=1)] | Literal["auto"] = 1

    @property
    def overfills(self) -> bool:
        """Whether the box holds more than its areal mass, to be cut off after the press: a platen needs no surplus."""
        return self.drive == "body_force"


class Release(Input):
    """Unloading after the press: the pressure falls to that of the cell's stack, and the packing springs back."""

    pressure_mpa: float = Field(default=5, gt=0)


class Protocol(Input):
    """Box, press and, where one is wanted, release, under a label; ``source`` says where its numbers come from."""

    label: FileLabel = "default"
    source: str = ""
    box: Box
    press: Press
    release: Release | None = None

    @model_validator(mode="after")
    def _release_below_press(self) -> Self:
        if self.release and self.release.pressure_mpa >= self.press.pressure_mpa:
            raise ValueError(
                f"release.pressure_mpa must be below press.pressure_mpa, {self.press.pressure_mpa:g}; "
                f"got {self.release.pressure_mpa:g}"
            )
        return self

    def simulation_inputs(self) -> dict[str, Any]:
        """Return what a simulation depends on; a time limit and ranks only say how long one waits for it."""
        return self.model_dump(mode="json", exclude={"label": True, "source": True, "press": {"time_limit_s", "ranks"}})
