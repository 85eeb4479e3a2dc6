"""Compaction: loose records move to the ledger, so that a store of a million cases is a few files."""

from ssbflow.store.durable import remove_all
from ssbflow.store.layout import Store
from ssbflow.store.ledger import latest_attempts, merge_small_segments, write_segment
from ssbflow.store.loose import LooseRecords, measure_folders, read_loose

COMPACT_FROM = 5_000  # loose records: reading them takes about as long as writing a cube


def compact(store: Store, loose: LooseRecords | None = None) -> int:
    """Move loose records to the ledger, all of the store's if none are handed in; return how many.

    The segment is written first, then the files go. A record never changes: nothing can be lost between the two, and
    what is in both places counts once. Only the holder of the publisher's lock may call it.
    """
    if loose is None:
        loose = read_loose([store.records, *measure_folders(store)])
    if loose.paths:
        write_segment(store, latest_attempts(loose.rows))
        remove_all(loose.paths)
    merge_small_segments(store)
    return len(loose.paths)
