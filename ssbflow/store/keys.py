"""Keys: the case and measure ids of many rows as numbers, so that a million rows are joined in a moment.

An id is a hash of 128 bits. A measurement's key is the exclusive or of its case id and its measure id, a simulation's
the case id alone; two integers of 64 bits hold a key.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ssbflow.inputs.identity import ID_DIGITS

Keys = NDArray[np.uint64]
"""(N, 2): the first and the second half of each key."""


def keys_of(ids: pa.Array | pa.ChunkedArray) -> Keys:
    """Return the keys of ids, texts of 32 hex digits; a null one is 0."""
    if isinstance(ids, pa.ChunkedArray):
        ids = ids.combine_chunks()
    if pa.types.is_dictionary(ids.type):
        codes = ids.indices.fill_null(len(ids.dictionary)).to_numpy()
        known = np.append(keys_of(ids.dictionary), np.zeros((1, 2), np.uint64), axis=0)
        found: Keys = known[codes]
        return found
    digits = np.frombuffer(b"".join([ids.fill_null("0" * ID_DIGITS).buffers()[2] or b""]), np.uint8)
    digits = digits[ids.offset * ID_DIGITS :][: len(ids) * ID_DIGITS].reshape(-1, ID_DIGITS)
    nibbles = (digits & 15) + 9 * (digits >> 6)  # "0"–"9" and "a"–"f" in ASCII
    return (nibbles[:, ::2] << 4 | nibbles[:, 1::2]).view(">u8").astype(np.uint64)


def keys_of_sha256(digests: bytes) -> Keys:
    """Return the keys of ids that are the first halves of hashes, 32 bytes each."""
    return np.frombuffer(digests, ">u8").reshape(-1, 4)[:, :2].astype(np.uint64)


def ids_of(keys: Keys) -> pa.Array:
    """Return the ids, as texts, that these are the keys of."""
    text = keys.astype(">u8").tobytes().hex().encode()
    offsets = np.arange(0, len(text) + 1, ID_DIGITS, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(keys), [None, pa.py_buffer(offsets), pa.py_buffer(text)])


class KeyIndex:
    """Finds keys among many.

    Parameters
    ----------
    keys : (N, 2) uint64
        Of equal ones the first counts.
    """

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        order = np.argsort(keys[:, 0], kind="stable")
        run = keys[order[1:], 0] == keys[order[:-1], 0]
        same = run & (keys[order[1:], 1] == keys[order[:-1], 1])
        if (run != same).any():  # two different keys begin with the same half: one in ten million stores
            order = np.lexsort((keys[:, 1], keys[:, 0]))
            same = (keys[order[1:]] == keys[order[:-1]]).all(axis=1)
        self.order: NDArray[np.int64] = order[np.append(True, ~same)[: len(keys)]]
        self.first_half = keys[self.order, 0]
        self.longest_run = int(np.unique(self.first_half, return_counts=True)[1].max(initial=1))

    @property
    def firsts(self) -> NDArray[np.int64]:
        """Where each different key stands first, ascending."""
        return np.sort(self.order)

    def find(self, wanted: Keys) -> NDArray[np.int64]:
        """Return where each wanted key stands first; −1 where it does not."""
        rows = np.full(len(wanted), -1, dtype=np.int64)
        if not len(self.order):
            return rows
        at = np.empty(len(wanted), dtype=np.int64)
        ascending = np.argsort(wanted[:, 0])  # looked up in order, neighbours share what the processor has at hand
        at[ascending] = np.searchsorted(self.first_half, wanted[ascending, 0])
        for step in range(self.longest_run):
            row = self.order[np.minimum(at + step, len(self.order) - 1)]
            rows = np.where((self.keys[row] == wanted).all(axis=1), row, rows)
        return rows


def row_keys(table: pa.Table) -> Keys:
    """Return the key of each row of a table with a case id and a measure id."""
    return keys_of(table["case_id"]) ^ keys_of(table["measure_id"])
