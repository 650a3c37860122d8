"""Where joints come to rest that brake, and that nothing creeps upon what is too near already."""

import mujoco
import numpy as np
import pytest

from twin.ik.model import load_kinematics
from twin.ik.motion import Motion
from twin.ik.plan import Settings
from twin.ik.stopping import Stopping
from twin.robot import find_robot, load_robot
from twin.scenery.reading import read_layout

SPEC = load_robot(find_robot("optimus"))
AT_TABLE = load_kinematics(SPEC, surroundings=read_layout("table"))
ALL = np.arange(len(SPEC.joints))
ELBOW = SPEC.joint_names.index("right_elbow")
DT = 0.01


@pytest.fixture
def stopping() -> Stopping:
    return Stopping(AT_TABLE, 0.9 * SPEC.max_acceleration_rad_s2)


@pytest.mark.parametrize("dt_s", [0.004, 0.01, 0.017])
def test_joints_come_to_rest_where_braking_step_by_step_takes_them(stopping, dt_s):
    rng = np.random.default_rng(1)
    for _ in range(50):
        speed = rng.uniform(-1, 1, len(ALL)) * 6.0 * rng.integers(0, 2, len(ALL))
        position = rng.uniform(SPEC.lower_rad, SPEC.upper_rad)
        halted = stopping.halted(position, speed, dt_s)
        while speed.any():
            speed = stopping.braked(speed, ALL, dt_s)
            position = position + speed * dt_s
        np.testing.assert_allclose(halted, position, atol=1e-12)


def nearest_m(position_rad) -> float:
    """The least distance of anything watched, 1 if nothing is near."""
    data = mujoco.MjData(AT_TABLE.model)
    data.qpos[AT_TABLE.qpos_address] = position_rad
    mujoco.mj_kinematics(AT_TABLE.model, data)
    mujoco.mj_collision(AT_TABLE.model, data)
    return float(data.contact.dist.min(initial=1.0))


def lowered_to(distance_m: float) -> np.ndarray:
    """The ready pose, its right elbow stretched until something is ``distance_m`` above the table."""
    low, high = SPEC.home_rad[ELBOW], 0.0
    for _ in range(50):
        position = SPEC.home_rad.copy()
        position[ELBOW] = 0.5 * (low + high)
        low, high = (position[ELBOW], high) if nearest_m(position) > distance_m else (low, position[ELBOW])
    assert nearest_m(position) == pytest.approx(distance_m, abs=1e-5)
    return position


def test_what_stops_clear_may_go_on(stopping):
    assert stopping.is_safe(lowered_to(0.008), lambda: lowered_to(0.009))


def test_what_is_too_near_may_part_and_may_stay_but_must_not_come_nearer(stopping):
    near_m = 0.3 * SPEC.ik.finger_scene_margin_m  # fingers come first
    near = lowered_to(near_m)
    assert stopping.is_safe(lowered_to(near_m + 1e-4), lambda: near)
    assert stopping.is_safe(near, lambda: near)
    assert not stopping.is_safe(lowered_to(near_m - 1e-4), lambda: near)
    assert stopping.reason.startswith("scene_collision:right_")


def test_what_moves_away_must_not_stay_nearer_than_braking_leads_it():
    """To allow that once is harmless; every other tick it is how a palm crept down to a table."""
    data = mujoco.MjData(AT_TABLE.model)
    data.qpos[AT_TABLE.qpos_address] = lowered_to(0.3 * SPEC.ik.finger_scene_margin_m)
    mujoco.mj_kinematics(AT_TABLE.model, data)
    mujoco.mj_comPos(AT_TABLE.model, data)
    motion = Motion(AT_TABLE, data, Settings())
    motion.begin(DT)
    elbow = np.array([ELBOW])
    assert motion.can_stop(elbow, np.zeros(1), DT)
    motion.speed_rad_s[ELBOW] = -1.0  # bends away from the table
    assert motion.can_stop(elbow, motion.braked(elbow, DT), DT)
    assert not motion.can_stop(elbow, np.zeros(1), DT)
