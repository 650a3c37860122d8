"""What the operator gets back, and what the mouse does, in a station of real processes."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from live_station import HOLD_TO_RUN, RAISE, SPEC, LiveStation, station_in

from twin.wire.bus import Speaker
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import AppliedCommand, ControlLatency, DragSample, RoleHealth, vector

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]

ELBOW = SPEC.joint_names.index("left_elbow")


@pytest.fixture(scope="module")
def running():
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    with LiveStation(station_in(folder), ("robot", "control", "inputs")) as station:
        yield station
    shutil.rmtree(folder)


@pytest.fixture
def station(running):
    running.ready()
    return running


class Window:
    """The voice of a window whose mouse drags."""

    def __init__(self, station: LiveStation) -> None:
        self._station, self._speaker = station, Speaker(station.station, "window")
        self.drag = DragSample()
        self._said_ns = 0

    def __enter__(self) -> "Window":
        self.until(
            lambda: any(row.kind == "mouse" for row in self._station.devices.devices), "a mouse is there"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._speaker.close()

    def until(self, condition, what: str, seconds: float = 10.0) -> None:
        """Go on, and say every 50 ms what is dragged, until ``condition``."""

        def spoken() -> bool:
            at_ns = now_ns()
            if at_ns - self._said_ns > 50 * NS_PER_MS:
                self._said_ns = at_ns
                self._speaker.say("window.health", RoleHealth(role="window"), at_ns)
                self._speaker.say("window.drag", self.drag, at_ns)
            return bool(condition())

        self._station.until(spoken, what, seconds)


def applied_rad(station: LiveStation) -> np.ndarray:
    return station.newest["robot.applied"].read(AppliedCommand).position_rad.astype(np.float64)


def test_the_pad_shakes_when_it_is_coupled_and_twice_when_it_lets_go(station):
    before = int(station.ask("inputs", "pad.rumbled")["count"])
    station.drive()
    station.pad.hold({})
    station.until(lambda: station.control.phase == "ready", "let go")
    # SDL ends each shake with an order to be still.
    station.until(lambda: int(station.ask("inputs", "pad.rumbled")["count"]) - before >= 3, "three shakes")


def test_latency_is_told_stage_by_stage_while_the_robot_is_driven(station):
    station.drive()
    end_ns = now_ns() + 3 * NS_PER_S
    while now_ns() < end_ns:  # a stick that is never still
        for share in (0.4, 0.8):
            station.pad.hold(HOLD_TO_RUN | {"right_y": share})
            station.go_on(0.02)
    account = station.newest["control.latency"].read(ControlLatency)
    stages = {stage.name: stage for stage in account.stages}
    assert tuple(stages) == ("device", "inputs", "control", "wire", "gate", "robot", "state_back")
    assert all(stage.samples > 5 for stage in stages.values()), stages
    assert 0 < account.whole_p50_ms < 1000
    parts = sum(stage.p50_ms for stage in stages.values())
    assert account.whole_p50_ms == pytest.approx(parts, rel=0.5)
    assert account.input_seq > 0


def test_an_arm_at_its_end_is_told_as_a_reason(station):
    station.drive()
    station.pad.hold(RAISE | {"left_y": 1.0})
    station.until(
        lambda: any(
            r.startswith(("limit:right", "reach:right", "singularity:right")) for r in station.control.reasons
        ),
        "a reason for the right arm",
        20,
    )


def test_a_slider_and_a_hand_are_dragged_through_the_gate_and_silence_lets_go(station):
    with Window(station) as window:
        at_rad = applied_rad(station)[ELBOW]
        window.drag = DragSample(held=True, drag=1, joints=("left_elbow",), joints_rad=vector([at_rad]))
        window.until(lambda: station.control.phase == "engaged", "the mouse is coupled")
        assert station.control.device == "mouse"
        window.drag = DragSample(held=True, drag=1, joints=("left_elbow",), joints_rad=vector([at_rad + 0.2]))
        window.until(lambda: abs(applied_rad(station)[ELBOW] - at_rad - 0.2) < 5e-3, "the elbow is there")
        window.drag = DragSample(drag=1)
        window.until(lambda: station.control.phase == "ready", "let go")
        hand = next(goal for goal in station.control.hands if goal.side == "left")
        place = hand.position_m.astype(np.float64)

        def pulled(metres: float) -> DragSample:
            return DragSample(
                held=True,
                drag=2,
                side="left",
                frame="world",
                position_m=vector(place + np.array([0, 0, metres])),
                orientation_wxyz=hand.orientation_wxyz,
            )

        window.drag = pulled(0.0)
        window.until(lambda: station.control.phase == "engaged", "the mouse is coupled again")
        window.drag = pulled(0.06)

        def is_there() -> bool:
            goal = next(goal for goal in station.control.hands if goal.side == "left")
            return bool(abs(goal.position_m[2] - place[2] - 0.06) < 2e-3 and goal.error_m < 2e-3)

        window.until(is_there, "the hand is there")
        silent_ns = now_ns()
        assert station.stopped_after_ms(silent_ns) < 400
        assert station.stands_still(0.5)


def test_requests_of_the_window_freeze_mirror_and_choose(station):
    assert station.ask("control", "freeze.left_arm", on="true")["reason"] == "left arm is frozen"
    assert station.ask("control", "mirror")["reason"] == "both arms move, mirrored"
    assert "turns by itself" in station.ask("control", "joint.choose", joint="neck_yaw")["reason"]
    station.until(
        lambda: (
            (station.control.frozen, station.control.mirrored, station.control.joint)
            == (("left_arm",), True, "neck_yaw")
        ),
        "control tells of it",
    )
    assert station.control.layer == "joint"
    station.ask("control", "joint.choose", joint="")
    station.ask("control", "mirror", on="false")
    station.ask("control", "freeze.left_arm")
    station.until(lambda: not station.control.frozen and station.control.layer == "arms", "as before")
