"""Parity of a version: from it and all other files of the version, any one that is damaged or missing is made again.

Nothing else can bring an older version back: records and sweeps have gone on since. It costs as much as the version's
largest file.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter

from ssbflow.errors import StoreError
from ssbflow.store.durable import replaced_durably, write_durably
from ssbflow.store.layout import parity_file
from ssbflow.store.sealed import sealed, unsealed


class Content(BaseModel):
    """What a file must be: how long (B), and with which hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


FILES = TypeAdapter(dict[str, Content])


class Parity:
    """The exclusive or of files, shorter ones filled up with zeros, and what each of them must be."""

    def __init__(self, files: dict[str, Content] | None = None, folded: NDArray[np.uint8] | None = None) -> None:
        self.files: dict[str, Content] = files or {}
        self.folded = np.zeros(0, np.uint8) if folded is None else folded

    def add(self, name: str, content: bytes) -> None:
        """Take a file in, named by its path in the version."""
        self.files[name] = Content(size=len(content), sha256=hashlib.sha256(content).hexdigest())
        self._fold(content)

    def to_bytes(self) -> bytes:
        """Return a line that says what the files must be, with a seal and the hash of what follows, and that."""
        folded = self.folded.tobytes()
        told = {"files": FILES.dump_python(self.files), "folded": hashlib.sha256(folded).hexdigest()}
        return sealed(told) + b"\n" + folded

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what stands in a file.

        Raises
        ------
        StoreError
            It is damaged.
        OSError
            It is not there, or cannot be read.
        """
        line, _, folded = path.read_bytes().partition(b"\n")
        told = unsealed(line, path)
        if hashlib.sha256(folded).hexdigest() != told["folded"]:
            raise StoreError(f"{path} is damaged: its content is not what was written; see: ssbflow check STORE")
        return cls(FILES.validate_python(told["files"]), np.frombuffer(folded, np.uint8))

    def damaged(self, folder: Path) -> list[str]:
        """Return the files of a version that are not what was published."""
        return [name for name, content in self.files.items() if not _is_whole(folder / name, content)]

    def restored(self, folder: Path, name: str) -> bytes | None:
        """Return what a file of a version was, by all others; None if these are not what they were either."""
        rest = Parity(folded=self.folded.copy())
        for other in self.files:
            if other != name:
                rest._fold((folder / other).read_bytes())
        content, must = rest.folded.tobytes()[: self.files[name].size], self.files[name].sha256
        return content if hashlib.sha256(content).hexdigest() == must else None

    def _fold(self, content: bytes) -> None:
        bits = np.frombuffer(content, np.uint8)
        if len(bits) > len(self.folded):
            self.folded = np.concatenate([self.folded, np.zeros(len(bits) - len(self.folded), np.uint8)])
        self.folded[: len(bits)] ^= bits


def parity_of(version: Path, names: Iterable[str]) -> Parity:
    """Return the parity of files of a version, as they are."""
    parity = Parity()
    for name in names:
        parity.add(name, (version / name).read_bytes())
    return parity


def mend(version: Path, put_aside: Callable[[Path], object]) -> bool:
    """Make the one damaged file of a version again, also where later versions carry it; whether that could be done.

    Parameters
    ----------
    version : Path
    put_aside : callable
        Moves the damaged file away.
    """
    try:
        parity = Parity.read(parity_file(version))
        (name,) = parity.damaged(version)
        content = parity.restored(version, name)
    except (OSError, ValueError, StoreError):
        return False
    if content is None:
        return False
    path = version / name
    carried = [other / name for other in version.parent.glob("v??????.zarr") if _is_same(other / name, path)]
    put_aside(path)
    write_durably(path, content)
    for link in carried:
        if link != path:
            with replaced_durably(link) as temporary:
                os.link(path, temporary)
    return True


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _is_whole(path: Path, content: Content) -> bool:
    try:
        found = path.read_bytes()
    except OSError:
        return False
    return len(found) == content.size and hashlib.sha256(found).hexdigest() == content.sha256
