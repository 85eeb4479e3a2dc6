"""Harm done to stores: what a disk, a killed process or a person may do to any of their files."""

import os
import random
import shutil
from pathlib import Path

from ssbflow.store.layout import Store

KINDS = {
    "case record": ("loose", "records/*/*.json"),
    "measure record": ("loose", "measures/*/*/*.json"),
    "ledger segment": ("compacted", "ledger/*.parquet"),
    "case zip": ("loose", "cases/*/*.zip"),
    "store.json": ("loose", "store.json"),
    "current.json": ("loose", "current.json"),
    "sweep": ("loose", "sweeps/*.json"),
    "sweep copy": ("loose", "sweeps/copies/*.json"),
    "version metadata": ("loose", "versions/*/zarr.json"),
    "array metadata": ("loose", "versions/*/*/zarr.json"),
    "version chunk": ("loose", "versions/*/*/c/**/0"),
    "parity": ("loose", "versions/*.parity"),
    "cases.parquet": ("loose", "cases.parquet"),
}
"""Every kind of file of a store: in which of two stores, and where."""


def copy_of(store: Path, folder: Path) -> Store:
    shutil.copytree(store, folder / "store", symlinks=True)
    return Store(folder / "store")


def flip_a_byte(store: Store, pattern: str, seed: int) -> Path:
    """Change one byte of one of the files that fit a pattern; return which."""
    draw = random.Random(seed)
    path = draw.choice(sorted(path for path in store.root.glob(pattern) if path.is_file() and not path.is_symlink()))
    flip(path, draw.randrange(path.stat().st_size), draw.randrange(1, 256))
    return path


def flip(path: Path, at: int, bits: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= bits
    path.write_bytes(content)


def age(path: Path, seconds: float = 7200) -> None:
    made = path.lstat().st_mtime - seconds
    os.utime(path, (made, made), follow_symlinks=False)
