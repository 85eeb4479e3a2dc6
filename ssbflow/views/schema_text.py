"""What the page of the schema says in words; all names and numbers come from the code."""

HEAD = """\
# What lies where in a store

Written by `ssbflow schema`; a test holds it to the code. Schema version {version}.
"""

FILES_IN = {
    "ledger": "seg-NNNNNN.parquet",
    "versions": "vNNNNNN.zarr",
    "tags": "TAG.zarr",
    "nights": "YYYY-MM-DD.json",
    "sweeps": "NAME-HASH.json",
    "sweep_copies": "NAME-HASH.json",
}
"""Files in folders that have no path of their own in `Store`."""

READING = """\
xarray and zarr are enough, and give lazy arrays even without dask; ssbflow need not be installed:

```python
import os
import xarray as xr
import zarr

cube = xr.open_zarr("STORE/cube.zarr")  # newest version: read it at once
cube = xr.open_zarr(os.path.realpath("STORE/cube.zarr"))  # this version, whatever is published
case = xr.open_zarr("zip::STORE/cases/kk/kk….zarr.zip")  # with fsspec; without it:
case = xr.open_zarr(zarr.storage.ZipStore("STORE/cases/kk/kk….zarr.zip", mode="r"))
```

With ssbflow, the newest version, one by number, or one that was kept by name; pinned, so that it is not removed while
somebody holds it:

```python
import ssbflow

cube = ssbflow.open_cube("STORE")  # or version=12, tag="nightly-2026-11-22"
cube = ssbflow.open_cube("https://example.org/STORE")  # pip install 'ssbflow[remote]'
case = ssbflow.open_case("STORE", case_id)
many = ssbflow.open_cases(cube.where(cube.porosity < 0.15))  # lazy: no file is opened yet
```

**What is safe.** A version never changes. A link moves on when a newer one is published. What is read at once through
a link is of one version; a lazy dataset that was opened through one may read on while the link moves: a version
therefore also holds the chunks of the {before} before it, under the names that they had there, so that the reader finds
his own, not a mixture, until {before} more have been published. Who reads for longer takes the real path, or
`ssbflow.open_cube`.

**How long a version stays.** At least {keep_versions} of each cube stay, and each for at least {keep_h} h after a newer
one took its place; tagged ones for ever, pinned ones as long as somebody holds them. `vNNNNNN.parity` beside a version
is what `ssbflow check --repair` makes any one damaged file of it from, together with its other files: the exclusive or
of them all.

**Locks and pins.** A publisher holds `.publish.lock`; a press `presses/kk/kk….lock`; a reader's pin is a shared lock on
`zarr.json` of its version. All are advisory (`flock`): the kernel drops them when their holder dies, so none is ever
stale. NFS passes them on to its server, unless it is mounted with `nolock`; Lustre does so where it is mounted with
`-o flock`. Without locks, publishing is refused; reading goes on unpinned, and a version stays as long as said above.

**Without links** (s3, https, a zip): `current.json` tells which version each name means.
"""

ATTRIBUTES_OF_CUBES = {
    "Conventions": "`CF-1.11, ACDD-1.3`",
    "title": "what it is",
    "cube": "its name: protocol label, dot, analysis label",
    "summary": "what it is, in a sentence",
    "state": "that the variables describe, unless they say otherwise: `loaded`",
    "protocol": "all of the protocol, JSON",
    "analysis": "all of the analysis, JSON",
    "input_hash": "hash of all that its sweeps ask for",
    "history": "when it was published",
    "source": "the ssbflow that published it, every LAMMPS that pressed one of its cases",
    "git_commit": "of that ssbflow, where it ran from a checkout",
}

ATTRIBUTES_OF_CASES = {
    "Conventions": "`CF-1.11`",
    "title": "what it is",
    "case_id": "hash of the inputs",
    "inputs": "everything that the simulation depends on, JSON",
    "values": "the numbers of the press, JSON, by the names of the cube",
    "edge_x_um": "edge of the periodic box along x (um)",
    "edge_y_um": "edge of the periodic box along y (um)",
    "height_um": "height of the electrode (um); the floor is at 0",
    "height_released_um": "height after unloading (um), where the protocol has a release",
}

CASE_TABLE = {
    "cube": "its name; null for cases that are in none (of a search, of older physics)",
    "composition": "label",
    "distribution": "label",
    "seed": "seed",
    "case_id": "hash of the simulation's inputs",
    "measure_id": "hash of what the numbers depend on beside them",
    "physics_version": "of the simulation",
    "status": "`ok` or `failed`",
    "failure_phase": "in which it failed",
    "failure_cause": "in a word or two",
    "failure_message": "in full",
    "…": "every [variable](variables.md) of a cube, by its name",
}

QUERIES = """
```python
import pandas as pd

cases = pd.read_parquet("STORE/cases.parquet", columns=["composition", "distribution", "seed", "status", "porosity"])
dense = cases.query("status == 'ok' and porosity < 0.15")
failed = pd.read_parquet("STORE/cases.parquet", filters=[("status", "==", "failed")])
```

```sql
-- duckdb
SELECT composition, distribution, avg(porosity), count(*) FROM 'STORE/cases.parquet'
WHERE status = 'ok' GROUP BY ALL ORDER BY 3;
SELECT failure_phase, failure_cause, count(*) FROM 'STORE/cases.parquet' WHERE status = 'failed' GROUP BY ALL;
```
"""
