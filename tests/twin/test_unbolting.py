"""A robot comes off its bolts in the middle of everything: what moved goes on moving, and nothing else begins to."""

import numpy as np
import pytest

from twin.bases import GANTRY, WHEELS
from twin.robot import find_robot, load_robot
from twin.robot_model import FREE_BASE
from twin.scene import load_scene
from twin.simulation.simulation import Simulation
from twin.simulation.unbolting import unbolt

SPEC = load_robot(find_robot("optimus"))


@pytest.fixture(scope="module")
def both():
    """A robot whose arm swings while an object falls, on its bolts; and the same a moment after it came off."""
    bolted = Simulation(SPEC, load_scene(SPEC, "table", 1, GANTRY))
    free = Simulation(SPEC, load_scene(SPEC, "table", 1, WHEELS))
    goal = SPEC.home_rad.copy()
    goal[SPEC.joint_names.index("left_elbow")] += 0.5
    bolted.command(goal)
    bolted.data.joint("red_box").qpos[2] += 0.3
    bolted.advance(0.1, 0.0)
    unbolt(bolted, free)
    return bolted, free


def test_joints_and_things_keep_their_places_and_their_speeds(both):
    bolted, free = both
    for joint in range(bolted.model.njnt):
        name = bolted.model.joint(joint).name
        np.testing.assert_array_equal(free.data.joint(name).qpos, bolted.data.joint(name).qpos, name)
        np.testing.assert_array_equal(free.data.joint(name).qvel, bolted.data.joint(name).qvel, name)
    assert abs(free.data.joint("left_elbow").qvel[0]) > 0.1
    assert free.data.joint("red_box").qvel[2] < -0.5
    assert free.data.time == bolted.data.time > 0.0


def test_the_base_is_where_it_was_bolted_and_at_rest(both):
    bolted, free = both
    here, there = free.measure(), bolted.measure()
    np.testing.assert_allclose(here.base_position_m, there.base_position_m, atol=1e-12)
    np.testing.assert_allclose(here.base_orientation_wxyz, there.base_orientation_wxyz, atol=1e-12)
    assert not free.data.joint(FREE_BASE).qvel.any()


def test_motors_are_as_warm_as_they_were(both):
    bolted, free = both
    np.testing.assert_array_equal(free.temperature_c, bolted.temperature_c)
