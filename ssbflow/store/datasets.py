"""The catalog of datasets: published stores by name."""

import os
from pathlib import Path

from pydantic import Field

from ssbflow.errors import SelectionError, did_you_mean
from ssbflow.inputs.base import Input
from ssbflow.inputs.catalog import catalog_folder
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import read_mapping

SETTING = "SSBFLOW_DATASETS"
"""Environment variable: a catalog of one's own."""


class Dataset(Input):
    """A published store: a path (relative ones from the catalog's folder) or a URL, and what of it is meant."""

    store: str = Field(min_length=1)
    cube: str | None = None
    tag: str | None = None
    description: str = ""


def load_datasets(path: str | Path | None = None) -> dict[str, Dataset]:
    """Return the datasets of a catalog, by name.

    Parameters
    ----------
    path : path, optional
        A YAML mapping of name → store, cube, tag, description. If left out, the file that the environment variable
        ``SSBFLOW_DATASETS`` names, or the catalog that comes with ssbflow.

    Raises
    ------
    InputError
        The file cannot be read or an entry is no valid one.
    """
    catalog = Path(path or os.environ.get(SETTING) or catalog_folder() / "datasets.yaml")
    found = {}
    for name, given in read_mapping(catalog).items():
        dataset = validated(Dataset, given, catalog, at=(name,))
        if not is_url(dataset.store):
            dataset = dataset.replace(store=str(catalog.parent / Path(dataset.store).expanduser()))
        found[name] = dataset
    return found


def resolve_dataset(store: str | Path) -> Dataset:
    """Return what is meant: a folder that is there, a URL, or a name in the catalog.

    Raises
    ------
    SelectionError
        It is a plain name, and there is neither a folder nor a dataset of this name.
    """
    text = os.fspath(store)
    if isinstance(store, Path) or is_url(text) or os.sep in text or Path(text).exists():
        return Dataset(store=text)
    catalog = load_datasets()
    if text not in catalog:
        known = ", ".join(catalog) or "none"
        raise SelectionError(
            f"no folder {text!r} here, and no store of this name{did_you_mean(text, catalog)}; the catalog has "
            f"{known}: give the path of a store, or name one in a catalog of your own ({SETTING})"
        )
    return catalog[text]


def is_url(store: str) -> bool:
    """Return whether fsspec has to read it."""
    return "://" in store or "::" in store
