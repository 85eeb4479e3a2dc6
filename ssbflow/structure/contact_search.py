"""Finding all contacts of a packing in a time that grows with the particles, whatever their sizes."""

from itertools import product

import numpy as np
from scipy.spatial import cKDTree

from ssbflow.errors import InputError
from ssbflow.inputs.analysis import CRITERION_RANGE
from ssbflow.packing.packing import Floats, Packing
from ssbflow.structure.contact_graph import ContactGraph, Ints

ROUNDING = 1 + 1e-9  # a pair exactly at the criterion must not be lost in the search
CLASS_RATIO = 1.5  # largest over smallest radius in one size class; a single search radius is quadratic in the ratio


def contact_graph(packing: Packing, overlap_criterion: float = 1.0) -> ContactGraph:
    """Find all contacts: (r_i + r_j) ≥ c · d_ij, through every periodic image (US 2025/0265390 A1).

    Parameters
    ----------
    packing : Packing
        Particles above the height count too; select those inside first where they should not.
    overlap_criterion : float
        c; 1 is touching, above 1 asks for overlap. 0.9 to 1.2.

    Raises
    ------
    InputError
        A criterion out of range, or two particles with the same centre.

    Notes
    -----
    Near-linear in particles: each pair of size classes is searched with its own radius.
    """
    lowest, highest = CRITERION_RANGE
    if not lowest <= overlap_criterion <= highest:
        raise InputError(f"overlap_criterion must lie in {lowest} to {highest}; got {overlap_criterion}")
    classes = _size_classes(packing.radius_um)
    trees = [cKDTree(packing.position_um[members]) for members in classes]
    found = []
    for large, members in enumerate(classes):
        image_of, image_position = _with_images(packing, members, overlap_criterion)
        images = cKDTree(image_position)
        found += [
            _pairs(packing, classes[small], trees[small], image_of, images, overlap_criterion, same=small == large)
            for small in range(large + 1)
        ]
    first, second = (np.concatenate([pairs[end] for pairs in found]) for end in (0, 1))
    vector = np.concatenate([pairs[2] for pairs in found])
    order = np.lexsort((*vector.T, second, first))
    graph = ContactGraph(packing, first[order], second[order], vector[order])
    _check_centres(graph)
    return graph


def _size_classes(radius_um: Floats) -> list[Ints]:
    """Sort particles into classes of similar radius, small ones first; return the members of each that has any."""
    grade = np.floor(np.log(radius_um / radius_um.min()) / np.log(CLASS_RATIO)).astype(int)
    return [np.flatnonzero(grade == number) for number in np.unique(grade)]


def _with_images(packing: Packing, members: Ints, criterion: float) -> tuple[Ints, Floats]:
    """Return members and their periodic images that one of them or of a smaller class can touch: indices, positions."""
    position, radius = packing.position_um[members], packing.radius_um[members]
    reach = (radius + radius.max()) / criterion * ROUNDING
    turns = [int(reach.max() / edge) + 1 for edge in packing.edge_um]
    index, images = [], []
    for x, y in product(range(-turns[0], turns[0] + 1), range(-turns[1], turns[1] + 1)):
        shifted = position + np.array([x * packing.edge_um[0], y * packing.edge_um[1], 0.0])
        near = np.ones(len(members), dtype=bool)
        for axis in (0, 1):
            near &= (shifted[:, axis] >= -reach) & (shifted[:, axis] <= packing.edge_um[axis] + reach)
        index.append(members[near])
        images.append(shifted[near])
    return np.concatenate(index), np.concatenate(images)


def _pairs(
    packing: Packing, members: Ints, tree: cKDTree, image_of: Ints, images: cKDTree, criterion: float, *, same: bool
) -> tuple[Ints, Ints, Floats]:
    """Find the contacts of one class with the images of another, each contact once."""
    radius = packing.radius_um
    search = (radius[members].max() + radius[image_of].max()) / criterion * ROUNDING
    near = tree.sparse_distance_matrix(images, search, output_type="ndarray")
    first, second = members[near["i"]], image_of[near["j"]]
    touching = radius[first] + radius[second] >= criterion * near["v"] / ROUNDING
    if same:
        touching &= first < second
    first, second, image = first[touching], second[touching], near["j"][touching]
    vector = np.asarray(images.data)[image] - packing.position_um[first]
    exact = radius[first] + radius[second] >= criterion * np.linalg.norm(vector, axis=1)
    return first[exact], second[exact], vector[exact]


def _check_centres(graph: ContactGraph) -> None:
    coincident = np.flatnonzero(graph.distance_um == 0)
    if len(coincident):
        first, second = sorted((int(graph.first[coincident[0]]), int(graph.second[coincident[0]])))
        raise InputError(
            f"particles {first} and {second} have the same centre, "
            f"{graph.packing.position_um[first].tolist()} µm; move or remove one of them"
        )
