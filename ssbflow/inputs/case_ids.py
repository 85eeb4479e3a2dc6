"""Case ids of many cells at once: what `Case.case_id` gives, a hundred times faster."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.identity import ID_DIGITS, PHYSICS_VERSION, canonical_json
from ssbflow.inputs.protocol import Protocol


def case_ids(
    compositions: Sequence[Composition],
    distributions: Sequence[Distribution],
    protocol: Protocol,
    cells: Iterable[tuple[int, int, int]],
    physics_version: int = PHYSICS_VERSION,
) -> Iterator[str]:
    """Yield the case id of each cell.

    The canonical JSON of a case is written once for each composition and distribution, and hashed on from there.

    Parameters
    ----------
    compositions, distributions : sequences
    protocol : Protocol
    cells : iterable of (int, int, int)
        Index of a composition, index of a distribution, and a seed; fastest where seeds change fastest.
    physics_version : int
        An older one gives the ids that the same inputs had under it.
    """
    heads = [hashlib.sha256(f'{{"composition":{_json(item)},"distribution":'.encode()) for item in compositions]
    rest = f',"physics_version":{physics_version},"protocol":{_json(protocol)},"seed":'
    tails = [f"{_json(item)}{rest}".encode() for item in distributions]
    here, design = (-1, -1), hashlib.sha256()
    for composition, distribution, seed in cells:
        if (composition, distribution) != here:
            here, design = (composition, distribution), heads[composition].copy()
            design.update(tails[distribution])
        case = design.copy()
        case.update(b"%d}" % seed)
        yield case.hexdigest()[:ID_DIGITS]


def _json(inputs: Composition | Distribution | Protocol) -> str:
    return canonical_json(inputs.simulation_inputs())
