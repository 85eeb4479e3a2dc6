"""Publishing: whole new versions of cubes, then links; readers never see half of one."""

from pathlib import Path

import pyarrow as pa

from ssbflow.errors import SelectionError, StoreError, did_you_mean
from ssbflow.store.case_table import case_rows, kept_rows, write_case_table
from ssbflow.store.compaction import COMPACT_FROM, compact
from ssbflow.store.cube import build_cube, read_cube_cells
from ssbflow.store.current import Current
from ssbflow.store.durable import relink, told_clearly
from ssbflow.store.grid import Grid, cube_grid
from ssbflow.store.layout import Store
from ssbflow.store.ledger import file_digest, segments
from ssbflow.store.locks import locked
from ssbflow.store.loose import LooseRecords, measure_folders, read_loose
from ssbflow.store.sweeps import cube_names
from ssbflow.store.versions import (
    KEEP_S,
    KEEP_VERSIONS,
    remove_leftovers,
    remove_old_versions,
    write_version,
)


def publish(
    store: Store,
    cubes: tuple[str, ...] | None = None,
    *,
    default: str | None = None,
    tag: str | None = None,
    cases: bool = True,
    compact_from: int = COMPACT_FROM,
    keep_versions: int = KEEP_VERSIONS,
    keep_s: float = KEEP_S,
) -> dict[str, Path]:
    """Publish cubes from the records that are there.

    A cube that says what its newest version says gets no new one.

    Parameters
    ----------
    store : Store
    cubes : tuple of str, optional
        Names (protocol label, dot, analysis label); all of the store if left out.
    default : str, optional
        The cube that ``cube.zarr`` shall name from now on; the store's first until then.
    tag : str, optional
        Name under which the newest version of the default cube stays.
    cases : bool
        Whether the table of all cases is written too.
    compact_from : int
        So many loose records are moved to the ledger.
    keep_versions : int
        So many versions of each cube stay, tagged ones not counted.
    keep_s : float
        So long (s) a version stays after a newer one took its place.

    Returns
    -------
    dict of str to Path
        Name → its newest version.

    Raises
    ------
    SelectionError
        A name that is no cube of the store.
    StoreError
        There is no store here, it cannot be written, or its ledger is damaged.
    """
    known = cube_names(store)
    for name in (*(cubes or ()), *([default] if default else ())):
        _check_known(store, known, name)
    wanted = cubes or tuple(known)
    with locked(store.lock), told_clearly(store.root):
        current = Current.read(store)
        remove_leftovers(store, current)
        current = current.model_copy(update={"default": default or current.default or known[0]})
        loose = read_loose([store.records, *measure_folders(store)])
        rows = kept_rows(store, current.cases, [name for name in known if name not in wanted]) if cases else []
        if rows is None:  # the table has to be made anew
            rows, wanted = [], tuple(known)
        for name in wanted:
            cells = read_cube_cells(store, cube_grid(store, name), loose)
            cube = build_cube(cells)
            if cases:
                rows.append(case_rows(cells, cube))
            del cells
            pa.default_memory_pool().release_unused()  # a large cube needs the room
            current = write_version(store, current, name, cube)
        if cases:
            grids = [cube_grid(store, name) for name in known]
            current = current.model_copy(update={"cases": write_case_table(store, loose, rows, grids)})
        current = _tagged(current, tag)
        current.write(store)  # before the links: what they name is always listed
        _link(store, current)
        tidied = _tidied(store, current, loose, compact_from, keep_versions, keep_s)
        if tidied != current:
            tidied.write(store)
    return {name: store.versions / current.cubes[name] for name in wanted}


def default_cube_name(store: Store) -> str:
    """Return the name of the cube that ``cube.zarr`` names.

    Raises
    ------
    StoreError
        Nothing has been published.
    """
    name = Current.read(store).default
    if name is None:
        raise StoreError(f"{store.root} has no published cube; run a sweep into it, or: ssbflow publish {store.root}")
    return name


def stored_grid(store: Store, cube: str | None = None) -> Grid:
    """Return the grid of a cube of the store; that of the default cube if no name is given.

    Raises
    ------
    SelectionError
        There is no cube of this name.
    StoreError
        There is no store here, or nothing has been published and no name is given.
    """
    known = cube_names(store)
    name = cube or default_cube_name(store)
    _check_known(store, known, name)
    return cube_grid(store, name)


def _check_known(store: Store, known: list[str], name: str) -> None:
    if name not in known:
        raise SelectionError(f"no cube {name!r} in {store.root}{did_you_mean(name, known)}; it has {', '.join(known)}")


def _tagged(current: Current, tag: str | None) -> Current:
    newest = current.cubes.get(current.default or "")
    return current.model_copy(update={"tags": {**current.tags, tag: newest}}) if tag and newest else current


def _link(store: Store, current: Current) -> None:
    """Let every name point to its version."""
    links = {store.cube_link(name): version for name, version in current.cubes.items()}
    links |= {store.tags / f"{tag}.zarr": version for tag, version in current.tags.items()}
    if current.default in current.cubes:
        links[store.default_cube] = current.cubes[current.default]
    for link, version in links.items():
        target = store.versions / version
        if not link.is_symlink() or link.resolve() != target.resolve():
            relink(link, target)


def _tidied(
    store: Store, current: Current, loose: LooseRecords, compact_from: int, keep_versions: int, keep_s: float
) -> Current:
    """Compact and let go of old versions; what is listed are the segments that there are then."""
    if len(loose.paths) >= compact_from:
        compact(store, loose)
    current = remove_old_versions(store, current, keep_versions, keep_s)
    ledger = {path.name: current.ledger.get(path.name) or file_digest(path) for path in segments(store)}
    return current.model_copy(update={"ledger": ledger})
