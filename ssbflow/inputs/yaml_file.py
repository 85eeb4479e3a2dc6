"""Reading YAML files strictly."""

from pathlib import Path
from typing import Any

import yaml

from ssbflow.errors import InputError

YAML_SUFFIXES = (".yaml", ".yml")


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; plain YAML would silently keep the last."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            name = (key.tag, str(key.value))
            if name in seen:
                raise yaml.composer.ComposerError(None, None, f"key {key.value!r} is given twice", key.start_mark)
            seen.add(name)
        return node


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file.

    Raises
    ------
    InputError
        The file is missing, unreadable or no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _UniqueKeyLoader)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give the path of a YAML file") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: no valid YAML: {' '.join(str(error).split())}") from error


def read_mapping(path: Path) -> dict[str, Any]:
    """Return the content of a YAML file that must be a mapping.

    Raises
    ------
    InputError
        As `read_yaml`, or the file holds something else.
    """
    return mapping(read_yaml(path), str(path))


def mapping(content: Any, place: str) -> dict[str, Any]:
    """Return content that must be a mapping; `place` is named where it is not.

    Raises
    ------
    InputError
        It is something else.
    """
    if not isinstance(content, dict):
        raise InputError(f"{place}: must be a mapping of keys to values; got {type(content).__name__}")
    return content
