"""What the site of the documentation takes from the code and from elsewhere in the repository; a hook of MkDocs.

mkdocs build --strict -f .mkdocs.yml
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import ssbflow
from ssbflow.inputs.json_schema import FILES, json_schema

ROOT = Path(__file__).parents[1]
BROUGHT = ("CHANGELOG.md", "deploy/*", "catalogs/*.yaml", "catalogs/*/*.yaml")
"""Files of the repository that pages lead to."""

KINDS = {
    "sweep": "`ssbflow run SWEEP.yaml`: what is computed.",
    "search": "`ssbflow search SEARCH.yaml`: ranges in which to look for a design.",
    "cluster": "`--cluster FILE.yaml`: what jobs of PBS or Slurm are asked for.",
    "night": "`python pipelines/nightly.py FILE.yaml`: what is computed at night.",
    "materials": "`catalogs/materials.yaml`, and `materials` of a sweep: properties under a name.",
    "cells": "`catalogs/cells.yaml`, `--cell FILE.yaml`: what an electrode is built into.",
}

BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add pages that are generated, and files that lie elsewhere."""
    for name, write in PAGES.items():
        files.append(File.generated(config, f"reference/{name}.md", content=write()))
    for pattern in BROUGHT:
        for path in sorted(ROOT.glob(pattern)):
            where = path.relative_to(ROOT).as_posix()
            files.append(File.generated(config, where, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links to files beside the folder of the documentation lead to where the site has them."""
    if page.file.src_uri == "CHANGELOG.md" or page.file.src_uri.startswith(("deploy/", "reference/")):
        return re.sub(r"\]\(\.\./docs/", "](../", markdown)
    return re.sub(r"\]\(\.\./(catalogs|deploy|CHANGELOG)", r"](\1", markdown)


def commands() -> str:
    """Return every command with its options, as its help has them."""
    words = [sys.executable, "-m", "typer", "ssbflow.cli", "utils", "docs", "--name", "ssbflow"]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    return told.stdout


def files() -> str:
    """Return every key of every file that people write."""
    return "\n".join(["# Files that people write", "", *_files()])


def python() -> str:
    """Return the public names of the package, for mkdocstrings to fill."""
    names = sorted(name for name in dir(ssbflow) if not name.startswith("_") and name != "plot")
    return "\n".join(
        ["# Python", "", *(f"::: ssbflow.{name}\n" for name in names), "## Figures", "", "::: ssbflow.plot"]
    )


PAGES: dict[str, Callable[[], str]] = {"commands": commands, "files": files, "python": python}


def _files() -> Iterator[str]:
    told: set[str] = set()
    for kind in FILES:
        schema = json_schema(kind)
        yield from (f"## A {kind} file", "", KINDS[kind], "")
        if "properties" in schema:
            yield from (*_keys(schema), "")
        for name, part in schema.get("$defs", {}).items():
            if name not in told and "properties" in part:
                yield from (f"### {name}", "", part.get("description", "").replace("``", "`"), "", *_keys(part), "")
                told.add(name)


def _keys(schema: dict[str, Any]) -> Iterator[str]:
    yield from ("| key | what it takes | if left out |", "|---|---|---|")
    for key, allowed in schema["properties"].items():
        left_out = "refused" if key in schema.get("required", ()) else f"`{allowed.get('default', '–')}`"
        yield f"| `{key}` | {_taken(allowed)} | {left_out} |"


def _taken(allowed: dict[str, Any]) -> str:
    """Return in words what a key takes."""
    if "$ref" in allowed:
        name = allowed["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    several = allowed.get("anyOf") or allowed.get("oneOf")
    if several:
        return " or ".join(dict.fromkeys(map(_taken, several)))
    if "enum" in allowed or "const" in allowed:
        return ", ".join(f"`{value}`" for value in allowed.get("enum", [allowed.get("const")]))
    if allowed.get("type") == "array":
        return f"list of {_taken(allowed['items'])}" if "items" in allowed else "list"
    bounds = [f"{sign} {allowed[name]}" for name, sign in BOUNDS.items() if name in allowed]
    return " ".join([allowed.get("type", "anything"), ", ".join(bounds)]).strip()
