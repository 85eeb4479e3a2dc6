import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ssbflow.packing.packing import volume_below
from ssbflow.structure.contact_geometry import (
    ContactRadius,
    cap_volume_um3,
    centre_to_cut_um,
    contact_radius_um,
    plane_contact_radius_um,
)

KINDS: tuple[ContactRadius, ...] = ("geometric", "hertz")
RADII = st.floats(0.01, 20)
SHARES = st.floats(0, 1)


def contact(radius: float, other: float, distance: float, kind: ContactRadius) -> float:
    return float(contact_radius_um(np.array([radius]), np.array([other]), np.array([distance]), kind)[0])


def plane_contact(radius: float, overlap: float, kind: ContactRadius) -> float:
    return float(plane_contact_radius_um(np.array([radius]), np.array([overlap]), kind)[0])


def cut(radius: float, other: float, distance: float) -> float:
    return float(centre_to_cut_um(np.array([radius]), np.array([other]), np.array([distance]))[0])


def cap(radius: float, depth: float) -> float:
    return float(cap_volume_um3(np.array([radius]), np.array([depth]))[0])


def lens_circle(radius: float, other: float, distance: float) -> float:
    """Height of the triangle of both radii over the distance: its area by Heron's formula."""
    half = (radius + other + distance) / 2
    return 2 * math.sqrt(half * (half - radius) * (half - other) * (half - distance)) / distance


@pytest.mark.parametrize("overlap", [0.001, 0.01, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("radius", [0.5, 3.0])
def test_equal_spheres(radius: float, overlap: float) -> None:
    distance = 2 * radius * (1 - overlap)
    assert contact(radius, radius, distance, "geometric") == pytest.approx(math.sqrt(radius**2 - distance**2 / 4))
    assert contact(radius, radius, distance, "hertz") == pytest.approx(radius * math.sqrt(overlap))


@pytest.mark.parametrize(("radius", "other", "distance"), [(1, 2, 2.9), (3, 0.5, 3.4), (5, 4, 3), (2, 1.9, 1.0)])
def test_unequal_spheres(radius: float, other: float, distance: float) -> None:
    reduced = 1 / (1 / radius + 1 / other)
    assert contact(radius, other, distance, "geometric") == pytest.approx(lens_circle(radius, other, distance))
    assert contact(radius, other, distance, "hertz") == pytest.approx(math.sqrt(reduced * (radius + other - distance)))


def test_right_angled_triangle_of_3_4_5() -> None:
    assert contact(3, 4, 5, "geometric") == pytest.approx(12 / 5)
    assert (cut(3, 4, 5), cut(4, 3, 5)) == pytest.approx((9 / 5, 16 / 5))


@pytest.mark.parametrize("distance", [0.01, 0.5, 1.0, 1.8, 2.2])
def test_sphere_whose_centre_lies_beyond_the_circle_touches_with_its_largest_one(distance: float) -> None:
    # from a distance of √(2.5² − 1²) = 2.29 on, the small sphere's centre lies outside the large one's cap
    assert contact(1.0, 2.5, distance, "geometric") == pytest.approx(1.0)
    assert cut(1.0, 2.5, distance) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("distance", [3.0, 3.0001, 50.0])
def test_spheres_that_do_not_overlap_have_no_contact(distance: float, kind: ContactRadius) -> None:
    assert contact(1.0, 2.0, distance, kind) == 0


@given(RADII, RADII, SHARES)
def test_both_spheres_share_one_circle(radius: float, other: float, share: float) -> None:
    nearest = math.sqrt(abs(radius**2 - other**2))  # nearer, one centre lies beyond the circle
    distance = nearest + share * (radius + other - nearest)
    assume(distance > 1e-3 * (radius + other))
    near, far = cut(radius, other, distance), cut(other, radius, distance)
    circle = contact(radius, other, distance, "geometric")
    assert near + far == pytest.approx(distance)
    assert circle**2 + near**2 == pytest.approx(radius**2, rel=1e-6)
    assert circle**2 + far**2 == pytest.approx(other**2, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@given(RADII, RADII, st.floats(0.01, 1.5))
def test_contact_is_the_same_from_both_sides(kind: ContactRadius, radius: float, other: float, share: float) -> None:
    distance = share * (radius + other)
    assert contact(radius, other, distance, kind) == pytest.approx(contact(other, radius, distance, kind))


@given(RADII, RADII, st.floats(0.01, 1.5))
def test_geometric_contact_is_no_larger_than_the_smaller_sphere(radius: float, other: float, share: float) -> None:
    assert 0 <= contact(radius, other, share * (radius + other), "geometric") <= min(radius, other) * (1 + 1e-12)


@given(RADII, RADII, SHARES)
def test_hertz_contact_is_smaller_than_the_circle_up_to_the_smaller_spheres_centre(
    radius: float, other: float, share: float
) -> None:
    nearest = math.sqrt(abs(radius**2 - other**2))
    distance = nearest + share * (radius + other - nearest)
    assume(distance > 1e-3 * (radius + other))
    circle = contact(radius, other, distance, "geometric")
    assert contact(radius, other, distance, "hertz") <= circle + 1e-6 * min(radius, other)


@pytest.mark.parametrize("kind", KINDS)
@given(RADII, RADII, st.floats(0.01, 1), st.floats(0.01, 1))
def test_contact_grows_with_the_overlap(
    kind: ContactRadius, radius: float, other: float, one: float, two: float
) -> None:
    near, far = sorted((one * (radius + other), two * (radius + other)))
    rounding = 1e-6 * min(radius, other)
    assert contact(radius, other, near, kind) >= contact(radius, other, far, kind) - rounding


@pytest.mark.parametrize("kind", KINDS)
@given(RADII, RADII, st.floats(0.01, 1.2), st.floats(0.01, 100))
def test_contact_scales_with_all_lengths(
    kind: ContactRadius, radius: float, other: float, share: float, scale: float
) -> None:
    distance = share * (radius + other)
    scaled = contact(scale * radius, scale * other, scale * distance, kind)
    rounding = 1e-6 * scale * min(radius, other)
    assert scaled == pytest.approx(scale * contact(radius, other, distance, kind), rel=1e-6, abs=rounding)


@given(RADII, st.floats(0.001, 0.5))
def test_small_overlap_has_a_circle_of_twice_hertz_area(radius: float, ratio: float) -> None:
    other = ratio * radius
    distance = (radius + other) - 1e-5 * other
    areas = [contact(radius, other, distance, kind) ** 2 for kind in KINDS]
    assert areas[0] == pytest.approx(2 * areas[1], rel=1e-4)


@pytest.mark.parametrize("overlap", [0.0, 0.1, 0.7, 1.0])
def test_plane_cuts_a_circle(overlap: float) -> None:
    assert plane_contact(1.0, overlap, "geometric") == pytest.approx(math.sqrt(1 - (1 - overlap) ** 2))
    assert plane_contact(1.0, overlap, "hertz") == pytest.approx(math.sqrt(overlap))


@pytest.mark.parametrize("kind", KINDS)
def test_plane_that_does_not_touch_has_no_contact(kind: ContactRadius) -> None:
    assert [plane_contact(1.0, overlap, kind) for overlap in (-0.001, -5.0)] == [0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_plane_beyond_the_centre_touches_with_the_largest_circle(kind: ContactRadius) -> None:
    assert plane_contact(2.0, 3.5, kind) == plane_contact(2.0, 2.0, kind) == 2


@pytest.mark.parametrize("kind", KINDS)
@given(RADII, st.floats(0.001, 0.5))
def test_plane_is_the_mirror_of_an_equal_sphere(kind: ContactRadius, radius: float, share: float) -> None:
    overlap = share * radius
    pair = contact(radius, radius, 2 * (radius - overlap), kind)
    assert plane_contact(radius, overlap, kind) == pytest.approx(pair, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@given(RADII, st.floats(0.001, 0.2))
def test_plane_is_a_very_large_sphere(kind: ContactRadius, radius: float, share: float) -> None:
    large, overlap = 1e6 * radius, share * radius
    pair = contact(radius, large, radius + large - overlap, kind)
    assert plane_contact(radius, overlap, kind) == pytest.approx(pair, rel=1e-4)


def test_caps_of_depth_0_r_and_2r_are_nothing_half_and_whole() -> None:
    whole = 4 / 3 * math.pi * 1.5**3
    assert [cap(1.5, depth) for depth in (0, 1.5, 3.0)] == pytest.approx([0, whole / 2, whole])


@given(RADII, SHARES)
def test_cap_and_rest_make_the_sphere(radius: float, share: float) -> None:
    depth = share * 2 * radius
    whole = 4 / 3 * math.pi * radius**3
    assert cap(radius, depth) + cap(radius, 2 * radius - depth) == pytest.approx(whole)
    below = float(volume_below(np.array([0.0]), np.array([radius]), depth - radius)[0])
    assert cap(radius, depth) == pytest.approx(below, abs=1e-12 * whole)


@given(RADII, RADII, SHARES)
def test_caps_beyond_the_circle_make_the_lens(radius: float, other: float, share: float) -> None:
    nearest = abs(radius - other)
    distance = nearest + share * (radius + other - nearest)
    assume(distance > math.sqrt(abs(radius**2 - other**2)) + 1e-3 * (radius + other))
    overlap = radius + other - distance
    by_formula = math.pi * overlap**2 / (12 * distance)
    by_formula *= distance**2 + 2 * distance * (radius + other) - 3 * (radius - other) ** 2
    depths = radius - cut(radius, other, distance), other - cut(other, radius, distance)
    caps = cap(radius, depths[0]) + cap(other, depths[1])
    assert caps == pytest.approx(by_formula, rel=1e-6, abs=1e-9 * min(radius, other) ** 3)


def test_radius_of_hertz_is_no_wider_than_the_smaller_sphere() -> None:
    deep = contact_radius_um(np.array([0.1]), np.array([1.0]), np.array([0.5]), "hertz")
    assert deep == pytest.approx([0.1])
