"""Control knows the table that a simulated robot hangs at: a hand that is steered into it stops above, and says why."""

import pytest

from teleop.controller import Controller
from teleop.robot_view import Session
from tests.teleop.control.test_controller import BINDINGS, EPOCH, SPEC, Bench
from twin.scenery.reading import read_layout

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
