"""Where everything lies in a store."""

import os
from dataclasses import dataclass
from pathlib import Path

from ssbflow.errors import StoreError

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Store:
    """The directory that holds records, cases and cubes; this type knows only the paths.

    Parameters
    ----------
    root : Path
    """

    root: Path

    @property
    def description(self) -> Path:
        """Schema version, creation, sweep names."""
        return self.root / "store.json"

    @property
    def sweeps(self) -> Path:
        """What was asked for: each sweep, materials resolved."""
        return self.root / "sweeps"

    @property
    def versions(self) -> Path:
        """Immutable published cubes."""
        return self.root / "versions"

    @property
    def cubes(self) -> Path:
        """Links to the newest version of each cube."""
        return self.root / "cubes"

    @property
    def default_cube(self) -> Path:
        """Link to the newest version of the default cube."""
        return self.root / "cube.zarr"

    @property
    def tags(self) -> Path:
        """Links to versions that are kept by name."""
        return self.root / "tags"

    @property
    def current(self) -> Path:
        """What every name points to, for readers without symbolic links."""
        return self.root / "current.json"

    @property
    def lock(self) -> Path:
        """One publisher at a time."""
        return self.root / ".publish.lock"

    def cube_link(self, name: str) -> Path:
        """Link to the newest version of one cube."""
        return self.cubes / f"{name}.zarr"

    def press_folder(self, case_id: str) -> Path:
        """Where LAMMPS works on a case, gone when it has a record; a killed press is gone on with from there."""
        return self.root / "presses" / case_id[:2] / case_id

    def press_lock(self, case_id: str) -> Path:
        """One process at a time presses a case."""
        return self.root / "presses" / case_id[:2] / f"{case_id}.lock"

    def record(self, case_id: str) -> Path:
        """Commit marker of a simulation."""
        return self.root / "records" / case_id[:2] / f"{case_id}.json"

    def measure_record(self, measure_id: str, case_id: str) -> Path:
        """Commit marker of a case's numbers."""
        return self.root / "measures" / measure_id / case_id[:2] / f"{case_id}.json"

    def case_zip(self, case_id: str) -> Path:
        """Trajectory, final state, contacts, inputs."""
        return self.root / "cases" / case_id[:2] / f"{case_id}.zarr.zip"


def check_writable(root: Path) -> None:
    """Refuse a store that cannot be written, before anything is computed.

    Raises
    ------
    StoreError
        Naming the folder that stands in the way.
    """
    folder = root
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise StoreError(f"store {root}: {folder} is a file; give a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"store {root}: {folder} cannot be written; give a folder that you may write to")
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe = root / f".writable.{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StoreError(f"store {root} cannot be written ({error.strerror}); give another folder") from error
