"""Control knows the table that a simulated robot hangs at: a hand that is steered into it stops above, and says why."""

import numpy as np
import pytest
from driving_bench import BINDINGS, EPOCH, SPEC, Bench
from msgspec.structs import replace

from teleop.control.controller import Controller
from teleop.control.robot_view import Session
from twin.scenery.reading import read_layout
from twin.wire.messages import vector

TOP_M = 0.93


@pytest.fixture
def at_table():
    bench = Bench()
    bench.controller = Controller(SPEC, BINDINGS, False, read_layout("table"))
    bench.controller.session = Session(1, EPOCH)
    bench.tick()
    bench.engage()
    bench.controller.selection.set_layer("arms")
    return bench


def test_a_hand_steered_into_the_table_stops_above_it(at_table):
    at_table.axes = {"right_y": -1.0, "left_y": 0.3}
    reasons = set()
    for _ in range(400):
        at_table.tick()
        reasons |= set(at_table.controller.driver.limited_by)
    assert any(reason.startswith("scene_collision:right_") for reason in reasons)
    assert TOP_M < at_table.hand()[2] < TOP_M + 0.12


def test_a_hand_closes_on_the_table_and_lifts_off_again(at_table):
    at_table.axes = {"right_y": -1.0}
    at_table.go_on(3.0)
    at_table.axes = {"right_trigger": 1.0}
    at_table.go_on(2.0)
    fingers = at_table.controller.driver.fingers["right"]
    assert fingers.closure == pytest.approx(1.0)
    low = at_table.hand()[2]
    at_table.axes = {"right_trigger": 1.0, "right_y": 1.0}
    at_table.go_on(1.0)
    assert at_table.hand()[2] > low + 0.1


# --- a base that moves ------------------------------------------------------------------------------------

HALF_TURN_WXYZ = (0.0, 0.0, 0.0, 1.0)


class Rolling(Bench):
    """A robot on wheels in front of the table."""

    def __init__(self, base="wheels"):
        self.base, self.base_position_m = base, np.array(SPEC.base.position_m)
        super().__init__(can_walk=True)
        self.controller = Controller(SPEC, BINDINGS, True, read_layout("table"))
        self.controller.session = Session(1, EPOCH)
        self.base_orientation_wxyz = (1.0, 0.0, 0.0, 0.0)
        self.tick()
        self.engage()
        self.controller.selection.set_layer("arms")

    def hear(self):
        super().hear()
        robot = self.controller.robot
        place = vector(self.base_position_m)
        robot.state, robot.status = (
            replace(robot.state, base_position_m=place),
            replace(robot.status, base=self.base),
        )

    def lowers_its_hand(self):
        """Steer the right hand down for four seconds; what was in the way."""
        self.axes = {"right_y": -1.0}
        reasons = set()
        for _ in range(400):
            self.tick()
            reasons |= {reason.partition(":")[0] for reason in self.controller.driver.limited_by}
        return reasons


def test_on_wheels_the_table_is_where_the_robot_stands_to_it():
    at_table = Rolling()
    assert "scene_collision" in at_table.lowers_its_hand()
    assert TOP_M < at_table.hand()[2] < TOP_M + 0.12


@pytest.mark.parametrize("way", ["rolled back", "turned round"])
def test_a_robot_that_rolled_away_from_the_table_lowers_its_hand_below_it(way):
    away = Rolling()
    if way == "rolled back":
        away.base_position_m = away.base_position_m - [1.0, 0.0, 0.0]
    else:
        away.base_orientation_wxyz = HALF_TURN_WXYZ
    assert "scene_collision" not in away.lowers_its_hand()
    assert away.hand()[2] < TOP_M


def test_a_table_that_the_robot_rolls_to_moves_nothing_by_itself():
    rolling = Rolling()
    rolling.base_position_m = rolling.base_position_m - [1.0, 0.0, 0.0]
    rolling.lowers_its_hand()
    rolling.axes = {}
    rolling.go_on(0.3)
    before = rolling.held_rad.copy()
    for _ in range(100):
        rolling.base_position_m = rolling.base_position_m + np.array([0.01, 0.0, 0.0])
        rolling.tick()
    np.testing.assert_array_equal(rolling.held_rad, before)


def test_on_its_own_feet_a_robot_does_not_know_where_the_table_is():
    assert "scene_collision" not in Rolling("legs").lowers_its_hand()


def test_the_table_stays_known_when_a_robot_comes_off_its_gantry_and_is_left_behind_as_it_rolls_away():
    away = Rolling("gantry")
    assert "scene_collision" in away.lowers_its_hand()
    away = Rolling("gantry")
    away.base = "wheels"
    away.base_position_m = away.base_position_m - [1.0, 0.0, 0.0]
    assert "scene_collision" not in away.lowers_its_hand()


def test_a_robot_that_hangs_where_it_hung_at_the_start_has_its_furniture_untouched():
    hanging = Rolling("gantry")
    kinematics = hanging.controller.driver.arms.kinematics
    before = kinematics.model.body_pos.copy()
    hanging.go_on(0.2)
    np.testing.assert_array_equal(kinematics.model.body_pos, before)
