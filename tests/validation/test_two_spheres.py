"""One and two spheres under the package's own contact law: forces, collisions, sliding and rolling."""

import math
from pathlib import Path

import numpy as np
import pytest

from evidence.few_spheres import (
    EDGE,
    EFFECTIVE_GPA,
    RADIUS,
    SE_PAIR_NN,
    Motion,
    Spheres,
    floor_rebound,
    frictional_collision,
    kinetic_energy,
    materials,
    momentum,
    moved,
    pair_rebound,
    pressed_pair,
)
from ssbflow.packing.packing import Floats, Packing
from ssbflow.press.drive import DRIVES
from ssbflow.press.mechanics import KPA_PER_GPA, KPA_PER_MPA, effective_modulus_kpa, rayleigh_time_us
from ssbflow.press.wall import FLOOR

pytestmark = pytest.mark.lammps

# --- Forces of a whole press ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", EFFECTIVE_GPA)
def test_pressed_column_of_two_spheres_overlaps_by_what_hertz_needs(tmp_path: Path, column: tuple[str, str]) -> None:
    pressed = pressed_pair(tmp_path, column)

    def overlap_um(pair: tuple[str, str], radius_um: float) -> float:
        return (SE_PAIR_NN / (4 / 3 * EFFECTIVE_GPA[pair] * KPA_PER_GPA * math.sqrt(radius_um))) ** (2 / 3)

    bottom, top = column
    between = overlap_um(column, 0.25)
    assert pressed.contacts.normal_force_nn == pytest.approx([SE_PAIR_NN], rel=1e-3)
    assert pressed.contacts.overlap_um == pytest.approx([between], rel=1e-3)
    if column == ("se", "se"):
        assert between == pytest.approx(0.01, rel=1e-4)
    on_walls = overlap_um((bottom, bottom), 0.5) + overlap_um((top, top), 0.5)  # a wall has the sphere's modulus
    assert 2 - pressed.packing.height_um == pytest.approx(between + on_walls, rel=1e-3)


# --- Collisions -----------------------------------------------------------------------------------------------------


def test_frictionless_elastic_collision_keeps_kinetic_energy(tmp_path: Path) -> None:
    _, spheres, motion = pair_rebound(tmp_path, materials(friction=0, restitution=1))
    before, after = kinetic_energy(spheres, motion)
    assert np.linalg.norm(motion.velocity[1] - motion.velocity[0]) > 0.01  # they did collide
    assert after == pytest.approx(before, rel=1e-6)


@pytest.mark.parametrize("restitution", [0.3, 0.5, 0.7, 0.9])
def test_frictionless_collision_loses_its_share_of_the_approach_alone(tmp_path: Path, restitution: float) -> None:
    found, _, motion = pair_rebound(tmp_path, materials(friction=0, restitution=restitution), spin=0.01)
    assert found == pytest.approx(restitution, abs=0.005)
    np.testing.assert_allclose(motion.spin[1], motion.spin[0], rtol=1e-12)


def test_restitution_of_two_materials_is_their_geometric_mean(tmp_path: Path) -> None:
    # how LAMMPS mixes it
    made_of = {"eam": materials(0, 0.5)["eam"], "se": materials(0, 0.9)["se"]}
    assert pair_rebound(tmp_path, made_of)[0] == pytest.approx(math.sqrt(0.5 * 0.9), abs=0.005)


@pytest.mark.parametrize("rolling_friction", [0, 0.1])
def test_oblique_frictional_collision_keeps_momentum_and_angular_momentum(
    tmp_path: Path, rolling_friction: float
) -> None:
    spheres, motion = frictional_collision(tmp_path, rolling_friction)
    linear, angular = momentum(spheres, motion)
    assert (np.abs(motion.spin[-1] - motion.spin[0]).max(axis=1) > 1).all()  # friction did turn them
    assert np.abs(linear - linear[0]).max() < 1e-9 * np.linalg.norm(linear[0])
    assert np.abs(angular - angular[0]).max() < 1e-9 * np.linalg.norm(angular[0])
    energy = kinetic_energy(spheres, motion)
    assert energy[-1] < energy[0]


# --- On the floor ---------------------------------------------------------------------------------------------------

LOAD_NN = 1000.0
EVERY = 20  # steps between frames; the tangential spring swings in about 100


@pytest.mark.parametrize("restitution", [0.3, 0.5, 0.7, 0.9])
def test_sphere_rebounds_from_the_floor_with_its_restitution(tmp_path: Path, restitution: float) -> None:
    motion = floor_rebound(tmp_path, restitution)
    assert motion.velocity[-1, 0, 2] / abs(motion.velocity[0, 0, 2]) == pytest.approx(restitution, abs=0.005)
    assert motion.position[-1, 0, 2] > RADIUS


def on_floor(folder: Path, speed: float, rolling: bool, duration_us: float, **given: object) -> tuple[Spheres, Motion]:
    """An SE sphere pressed on the floor, sliding or rolling along x; the load is a body force of the press."""
    made_of = materials(friction=0.4)
    sunk = (LOAD_NN / (4 / 3 * effective_modulus_kpa(made_of["se"]) * math.sqrt(RADIUS))) ** (2 / 3)
    packing = Packing([[2, 2, RADIUS - sunk]], [RADIUS], ["se"], (EDGE, EDGE))
    spheres = Spheres(packing, np.array([[speed, 0, 0]]), np.array([[0, rolling * speed / RADIUS, 0]]), made_of)
    plan = spheres.plan(pressure_mpa=LOAD_NN / EDGE**2 / KPA_PER_MPA, **given)
    pressing = f"{FLOOR.commands(plan)}\nvariable load equal 1.0\n{DRIVES['body_force'].commands(plan)}"
    time_step = 0.05 * float(rayleigh_time_us(RADIUS, made_of["se"]))
    frames = round(duration_us / time_step / EVERY)
    motion = moved(
        folder, spheres, plan, time_step_us=time_step, steps=EVERY * frames, frames=frames, walls_and_forces=pressing
    )
    return spheres, motion


def about_contact(spheres: Spheres, motion: Motion) -> Floats:
    """Angular momentum about the line on the floor along which the sphere rolls: m v R + I ω."""
    return np.asarray(
        spheres.mass_pg[0] * motion.velocity[:, 0, 0] * RADIUS + spheres.inertia[0] * motion.spin[:, 0, 1]
    )


def test_sliding_sphere_ends_rolling_at_five_sevenths_of_its_speed(tmp_path: Path) -> None:
    speed, mass = 100.0, 1.74 * math.pi / 6
    sliding_us = 2 / 7 * speed * mass / (0.4 * LOAD_NN)  # until friction μ F has taken two sevenths
    spheres, motion = on_floor(tmp_path, speed, rolling=False, duration_us=3 * sliding_us)
    halfway = np.searchsorted(motion.time_us, sliding_us / 2)
    assert motion.velocity[halfway, 0, 0] == pytest.approx((1 + 5 / 7) / 2 * speed, rel=0.01)
    # the contact's tangential spring is not damped: a mean over many of its periods
    later = motion.time_us > 2 * sliding_us
    rolling = motion.velocity[later, 0, 0].mean()
    assert rolling == pytest.approx(5 / 7 * speed, rel=1e-3)
    assert motion.spin[later, 0, 1].mean() * RADIUS == pytest.approx(rolling, rel=1e-3)
    np.testing.assert_allclose(about_contact(spheres, motion), spheres.mass_pg[0] * speed * RADIUS, rtol=1e-9)


def test_rolling_sphere_goes_on_without_rolling_resistance(tmp_path: Path) -> None:
    _, motion = on_floor(tmp_path, 20.0, rolling=True, duration_us=0.3)
    np.testing.assert_allclose(motion.velocity[:, 0, 0], 20.0, rtol=1e-3)


@pytest.mark.parametrize("rolling_friction", [0.05, 0.2])
def test_rolling_resistance_brakes_by_its_coefficient_times_force_and_radius_until_it_stops(
    tmp_path: Path, rolling_friction: float
) -> None:
    speed, mass = 20.0, 1.74 * math.pi / 6
    torque = rolling_friction * LOAD_NN * RADIUS
    rolling_us = 7 / 5 * mass * speed * RADIUS / torque  # the angular momentum 7/5 m v R over the torque
    spheres, motion = on_floor(
        tmp_path, speed, rolling=True, duration_us=3 * rolling_us, rolling_friction=rolling_friction
    )
    braking = (motion.time_us > 0.1 * rolling_us) & (motion.time_us < 0.8 * rolling_us)
    slope = np.polyfit(motion.time_us[braking], about_contact(spheres, motion)[braking], 1)[0]
    assert -slope == pytest.approx(torque, rel=0.02)
    at_the_end = motion.time_us > 2.5 * rolling_us  # it rocks on its spring before
    assert np.abs(motion.velocity[at_the_end, 0, 0]).max() < 0.01 * speed
