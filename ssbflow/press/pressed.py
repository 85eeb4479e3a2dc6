"""What a press gives."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ssbflow.packing.packing import Floats, Packing
from ssbflow.variable import Variable

VARIABLES = (
    Variable(
        "force_eam",
        "nN",
        "applied force on each EAM particle",
        "pressure x cross-section x target volume fraction of the species over its particles; NaN under a platen",
    ),
    Variable(
        "force_se",
        "nN",
        "applied force on each SE particle",
        "pressure x cross-section x target volume fraction of the species over its particles; NaN under a platen",
    ),
    Variable(
        "pressure_measured",
        "MPa",
        "pressure on the floor at the end of the press",
        "force on the floor over cross-section, mean over the last window of steps",
    ),
    Variable(
        "unbalanced_force",
        "1",
        "mean net force over mean contact force at the end of the press",
        "without viscous drag, mean over the last window of steps",
    ),
    Variable(
        "steps",
        "1",
        "time steps of the press",
        "the parting of initial overlaps not counted",
    ),
    Variable("stored_particles", "1", "particles in the case file", "those above the plane of the mass cut too"),
    Variable("stored_contacts", "1", "contacts in the case file", "as the press left them"),
    Variable("stored_frames", "1", "frames of the trajectory in the case file"),
    Variable(
        "wall_time",
        "s",
        "wall time of the case's simulation",
        "last attempt, with reading and writing its files",
    ),
)
"""What a case record holds of a press, as variables of the cube."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Frames of the compaction.

    Parameters
    ----------
    step : (F,) int64
    position_um : (F, N, 3) float64
        Unwrapped nowhere: x and y lie in the box.
    """

    step: NDArray[np.int64]
    position_um: Floats


@dataclass(frozen=True, eq=False)
class Contacts:
    """Touching pairs of the final state, as LAMMPS saw them; a pair may touch through two images.

    Parameters
    ----------
    first, second : (M,) int64
        Indices of particles.
    overlap_um : (M,) float64
        Sum of radii − distance.
    normal_force_nn : (M,) float64
        Repulsive is positive.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    overlap_um: Floats
    normal_force_nn: Floats


@dataclass(frozen=True, eq=False)
class Pressed:
    """A pressed packing and how it came about.

    Parameters
    ----------
    packing : Packing
        All particles; its height is the platen's, or the plane of the mass cut, so that those above it count no more.
    trajectory : Trajectory
    contacts : Contacts
    pressure_measured_mpa, unbalanced_force : float
    steps : int
    released : Packing or None
        After unloading, where the protocol has a release.
    force_nn : dict
        Species → force applied to each particle; empty where the drive applies none.
    wall_time_s : float
    lammps_version : str
    ranks : int
    resumed : bool
        Whether it went on from a checkpoint.
    """

    packing: Packing
    trajectory: Trajectory
    contacts: Contacts
    pressure_measured_mpa: float
    unbalanced_force: float
    steps: int
    released: Packing | None = None
    force_nn: dict[str, float] = field(default_factory=dict)
    wall_time_s: float = 0.0
    lammps_version: str = ""
    ranks: int = 1
    resumed: bool = False

    def values(self) -> dict[str, float]:
        """Return the numbers of the press by the names of the cube."""
        return {
            "force_eam": self.force_nn.get("eam", float("nan")),
            "force_se": self.force_nn.get("se", float("nan")),
            "pressure_measured": self.pressure_measured_mpa,
            "unbalanced_force": self.unbalanced_force,
            "steps": float(self.steps),
            "stored_particles": float(len(self.packing)),
            "stored_contacts": float(len(self.contacts.first)),
            "stored_frames": float(len(self.trajectory.step)),
            "wall_time": self.wall_time_s,
        }
