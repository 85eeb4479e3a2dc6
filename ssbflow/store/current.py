"""``current.json``: what every name of a store points to, and what each version and segment must be."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from ssbflow.store.durable import write_durably
from ssbflow.store.layout import Store
from ssbflow.store.sealed import sealed, unsealed


class Version(BaseModel):
    """A published version of a cube.

    ``content`` is a hash of what it says, ``sha256`` one of its files. ``chunk_keys`` numbers the way its chunks are
    named. ``parity`` is the sha256 of the file that brings a damaged one back; None for a version of an ssbflow that
    made none. ``superseded_at`` is the time, by the file system's clock, when a newer one took its place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cube: str
    content: str
    sha256: str
    chunk_keys: int
    parity: str | None = None
    superseded_at: float | None = None


class Current(BaseModel):
    """All names of a store, for readers where symbolic links do not exist, and what `ssbflow check` compares with.

    ``cubes`` and ``tags`` map names to versions, ``ledger`` segments to their sha256; ``cases`` is that of
    ``cases.parquet``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: str | None = None
    cubes: dict[str, str] = {}
    tags: dict[str, str] = {}
    versions: dict[str, Version] = {}
    ledger: dict[str, str] = {}
    cases: str | None = None

    @classmethod
    def read(cls, store: Store) -> Self:
        """Return what stands there; nothing yet in a store that has not published.

        Raises
        ------
        StoreError
            The file is damaged.
        """
        try:
            text = store.current.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return cls()
        return cls.model_validate(unsealed(text, store.current))

    def write(self, store: Store) -> None:
        """Write it durably."""
        write_durably(store.current, sealed(self.model_dump(mode="json")))

    def with_version(self, name: str, version: Version, now: float) -> Self:
        """Return the state after a version of a cube was published: the one before it is superseded from now on."""
        versions = {**self.versions, name: version}
        before = self.cubes.get(version.cube)
        if before in versions and before != name:
            versions[before] = versions[before].model_copy(update={"superseded_at": now})
        return self.model_copy(update={"cubes": {**self.cubes, version.cube: name}, "versions": versions})


def version_name(version: int | str) -> str:
    """Return v000012 for 12, "12" or "v000012"."""
    digits = str(version).removeprefix("v").removesuffix(".zarr")
    return f"v{int(digits):06d}" if digits.isdecimal() else str(version)
