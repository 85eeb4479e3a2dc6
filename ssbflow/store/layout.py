"""Where everything lies in a store."""

from dataclasses import dataclass
from pathlib import Path

SCHEMA_VERSION = 2


def parity_file(version: Path) -> Path:
    """Return where the parity of a version lies: beside it."""
    return version.with_suffix(".parity")


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
    def sweep_copies(self) -> Path:
        """What was asked for, once more: nothing else could bring it back."""
        return self.sweeps / "copies"

    @property
    def records(self) -> Path:
        """Commit markers of simulations."""
        return self.root / "records"

    @property
    def measures(self) -> Path:
        """Commit markers of numbers, a folder for each measure id."""
        return self.root / "measures"

    @property
    def cases(self) -> Path:
        """Case files."""
        return self.root / "cases"

    @property
    def presses(self) -> Path:
        """Where LAMMPS works."""
        return self.root / "presses"

    @property
    def ledger(self) -> Path:
        """Compacted records."""
        return self.root / "ledger"

    @property
    def case_table(self) -> Path:
        """Flat table of all cases."""
        return self.root / "cases.parquet"

    @property
    def quarantine(self) -> Path:
        """Where a repair puts what was damaged or does not belong here."""
        return self.root / "quarantine"

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
    def nights(self) -> Path:
        """Summaries of nightly runs."""
        return self.root / "nights"

    @property
    def night_lock(self) -> Path:
        """One nightly run at a time."""
        return self.nights / ".lock"

    @property
    def lock(self) -> Path:
        """One publisher at a time."""
        return self.root / ".publish.lock"

    def cube_link(self, name: str) -> Path:
        """Link to the newest version of one cube."""
        return self.cubes / f"{name}.zarr"

    def parity(self, version: str) -> Path:
        """Brings back any one damaged file of a version."""
        return parity_file(self.versions / version)

    def press_folder(self, case_id: str) -> Path:
        """Where LAMMPS works on a case, gone when it has a record; a killed press is gone on with from there."""
        return self.presses / case_id[:2] / case_id

    def press_lock(self, case_id: str) -> Path:
        """One process at a time presses a case."""
        return self.presses / case_id[:2] / f"{case_id}.lock"

    def record(self, case_id: str) -> Path:
        """Commit marker of a simulation."""
        return self.records / case_id[:2] / f"{case_id}.json"

    def measure_record(self, measure_id: str, case_id: str) -> Path:
        """Commit marker of a case's numbers."""
        return self.measures / measure_id / case_id[:2] / f"{case_id}.json"

    def case_zip(self, case_id: str) -> Path:
        """Trajectory, final state, contacts, inputs."""
        return self.cases / case_id[:2] / f"{case_id}.zarr.zip"
