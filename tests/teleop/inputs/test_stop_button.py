"""STOP from a control to the robot's acknowledgement, over the real stop socket."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from teleop.inputs.stop_button import StopButton, level_of_press
from twin.station import Station
from twin.wire.bus import Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.direct import StopReceiver
from twin.wire.messages import StopAcknowledged, StopRequest

S = NS_PER_S


@pytest.mark.parametrize(
    ("since_last_press_s", "latched", "level"),
    [
        (None, "NONE", "HOLD"),
        (None, "HOLD", "HOLD"),  # somebody else's stop: the first press here is still a first press
        (1.9, "HOLD", "SETTLE"),
        (1.9, "SETTLE", "SETTLE"),
        (1.9, "NONE", "HOLD"),  # reset in between
        (2.1, "HOLD", "HOLD"),
    ],
)
def test_a_press_means_hold_and_again_within_two_seconds_settle(since_last_press_s, latched, level):
    at_ns = 100 * S
    last_ns = 0 if since_last_press_s is None else at_ns - int(since_last_press_s * S)
    assert level_of_press(at_ns, last_ns, latched) == level


class Robot:
    """The robot's ear, which acknowledges only when told to."""

    def __init__(self, station: Station) -> None:
        self.receiver = StopReceiver(station)
        self.waiter = Waiter()
        self.waiter.add(self.receiver.socket)
        self.stops: list[StopRequest] = []
        self.sender = b""

    def hear(self) -> None:
        """Wait until something came, and take all of it."""
        self.waiter.wait(now_ns() + 30 * S)
        for sender, stop in self.receiver.drain():
            self.sender = sender
            self.stops.append(stop)

    def acknowledge(self, level: str) -> None:
        stop = self.stops[-1]
        said = StopAcknowledged(stop_id=stop.stop_id, level=level, state="STOPPING", latched_ns=now_ns())
        self.receiver.acknowledge(self.sender, said)


@pytest.fixture
def station(station_folder: Path) -> Station:
    return Station(folder=str(station_folder), robot_folder="")


@pytest.fixture
def robot(station: Station) -> Iterator[Robot]:
    made = Robot(station)
    yield made
    made.receiver.close()


@pytest.fixture
def button(station: Station) -> Iterator[StopButton]:
    made = StopButton(station)
    yield made
    made.close()


def settle(button: StopButton) -> None:
    """Tick until the acknowledgement has arrived."""
    waiter = Waiter()
    waiter.add(button.line.socket)
    until_ns = now_ns() + 30 * S
    while button.line.pending is not None and now_ns() < until_ns:
        waiter.wait(now_ns() + 100 * NS_PER_MS)
        button.tick(now_ns(), [], cut_held=False)
    assert button.line.pending is None


def test_a_press_reaches_the_robot_as_hold_and_is_repeated_under_one_number(button, robot):
    at_ns = now_ns()
    button.tick(at_ns, ["gamepad:0 back"], cut_held=False)
    for step in range(1, 4):
        button.tick(at_ns + step * 60 * NS_PER_MS, [], cut_held=False)
    while len(robot.stops) < 4:
        robot.hear()
    assert {stop.level for stop in robot.stops} == {"HOLD"}
    assert len({stop.stop_id for stop in robot.stops}) == 1


def test_an_acknowledged_stop_is_not_repeated_and_a_second_press_settles(button, robot, caplog):
    caplog.set_level(logging.INFO)
    button.tick(now_ns(), ["keyboard space"], cut_held=False)
    robot.hear()
    robot.acknowledge("HOLD")
    settle(button)
    assert button.latched == "HOLD"
    assert button.note == ""
    assert "acknowledged after" in caplog.text
    robot.receiver.drain()
    robot.stops.clear()
    button.tick(now_ns(), ["keyboard space"], cut_held=False)
    robot.hear()
    assert robot.stops[-1].level == "SETTLE"


def test_a_control_held_for_a_second_cuts_once(button, robot):
    at_ns = now_ns()
    button.tick(at_ns, ["gamepad:0 back"], cut_held=True)
    robot.hear()
    robot.acknowledge("HOLD")
    settle(button)
    button.tick(at_ns + 1, [], cut_held=True)
    button.tick(at_ns + S, [], cut_held=True)
    assert button.line.pending is None
    button.tick(at_ns + S + 1, [], cut_held=True)
    assert button.line.pending is not None
    first = button.line.pending
    assert first.level == "CUT"
    button.tick(at_ns + 3 * S, [], cut_held=True)
    assert button.line.pending is first


def test_a_tap_does_not_cut_and_two_taps_do_not_add_up(button):
    at_ns = now_ns()
    for start_ms in (0, 700):
        button.tick(at_ns + start_ms * NS_PER_MS, ["gamepad:0 back"], cut_held=True)
        button.tick(at_ns + (start_ms + 600) * NS_PER_MS, [], cut_held=True)
        button.tick(at_ns + (start_ms + 650) * NS_PER_MS, [], cut_held=False)
    assert button.line.pending is not None
    assert button.line.pending.level == "HOLD"


def test_a_weaker_press_does_not_replace_a_stronger_stop_that_is_under_way(button):
    at_ns = now_ns()
    button.tick(at_ns, ["gamepad:0 back"], cut_held=True)
    button.tick(at_ns + S + 1, [], cut_held=True)
    button.tick(at_ns + 2 * S, ["keyboard space"], cut_held=False)
    assert button.line.pending is not None
    assert button.line.pending.level == "CUT"


def test_silence_of_the_robot_is_said_after_a_quarter_second_and_no_earlier(button):
    button.tick(now_ns(), ["gamepad:0 back"], cut_held=False)
    assert button.line.pending is not None
    pressed_ns = button.line.pending.pressed_ns
    button.tick(pressed_ns + 240 * NS_PER_MS, [], cut_held=False)
    assert button.note == ""
    button.tick(pressed_ns + 260 * NS_PER_MS, [], cut_held=False)
    assert button.note.startswith("STOP HOLD is not acknowledged by the robot")


def test_a_robot_that_comes_late_still_gets_the_stop_and_the_note_goes(button, station):
    at_ns = now_ns()
    button.tick(at_ns, ["gamepad:0 back"], cut_held=False)
    button.tick(at_ns + 300 * NS_PER_MS, [], cut_held=False)
    assert button.note
    robot = Robot(station)
    robot.hear()
    robot.acknowledge("HOLD")
    settle(button)
    assert button.note == ""
    robot.receiver.close()
