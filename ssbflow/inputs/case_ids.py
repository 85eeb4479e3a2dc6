"""Case ids of many cells at once: what `Case.case_id` gives, a hundred times faster."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from ssbflow.inputs.case import Distribution
from ssbflow.inputs.composition import Composition
from ssbflow.inputs.identity import PHYSICS_VERSION, canonical_json
from ssbflow.inputs.protocol import Protocol


def case_digests(
    compositions: Sequence[Composition],
    distributions: Sequence[Distribution],
    protocol: Protocol,
    cells: Iterable[tuple[int, int, Sequence[int]]],
    physics_version: int = PHYSICS_VERSION,
) -> Iterator[bytes]:
    """Yield the sha256 of each case, 32 bytes; the case id is the first half of it, in hex digits.

    The canonical JSON of a case is written once for each composition and distribution, and hashed on from there.

    Parameters
    ----------
    compositions, distributions : sequences
    protocol : Protocol
    cells : iterable of (int, int, sequence of int)
        Index of a composition, index of a distribution, and seeds.
    physics_version : int
        An older one gives the ids that the same inputs had under it.
    """
    heads = [hashlib.sha256(f'{{"composition":{_json(item)},"distribution":'.encode()) for item in compositions]
    rest = f',"physics_version":{physics_version},"protocol":{_json(protocol)},"seed":'
    tails = [f"{_json(item)}{rest}".encode() for item in distributions]
    for composition, distribution, seeds in cells:
        design = heads[composition].copy()
        design.update(tails[distribution])
        for seed in seeds:
            case = design.copy()
            case.update(b"%d}" % seed)
            yield case.digest()


def _json(inputs: Composition | Distribution | Protocol) -> str:
    return canonical_json(inputs.simulation_inputs())
