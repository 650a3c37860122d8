"""The preflight list: each line is proved by what is heard, and says what to do while it is not."""

import numpy as np
import pytest
from grey_film import HEIGHT, WIDTH, filmed
from test_joint_history import MS

from app.feed import Feed
from app.preflight import OK, UNKNOWN, Preflight, ready
from twin.robot import find_robot, load_robot
from twin.wire import codec
from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard
from twin.wire.messages import (
    AgentStatus,
    CamerasStatus,
    CameraStatus,
    ControlLatency,
    ControlStatus,
    InputDevice,
    InputDevices,
    RecorderStatus,
    RobotIdentity,
    RobotState,
    RoleRow,
    StationRoles,
)

SPEC = load_robot(find_robot("optimus"))
WELL = {
    "robot.identity": RobotIdentity(
        name="optimus", revision="gen3-a", simulated=True, model_hash=SPEC.model_hash
    ),
    "robot.status": AgentStatus(state="READY"),
    "control.status": ControlStatus(
        device="keyboard", layer="arms", clock_offset_ms=0.01, clock_within_ms=0.4
    ),
    "inputs.devices": InputDevices(devices=(InputDevice(name="Keyboard", bound=True),)),
    "cameras.status": CamerasStatus(
        cameras=tuple(CameraStatus(name=camera.name, fps=30.0) for camera in SPEC.cameras)
    ),
    "recorder.status": RecorderStatus(phase="idle", bytes_free=80_000_000_000),
    "station.roles": StationRoles(rows=(RoleRow(role="robot", state="running"),)),
}


class Story:
    """A station of which the test says what it does, a step of 20 ms at a time."""

    def __init__(self, brightest: int = 255) -> None:
        self.arrivals = Arrivals()
        self.said = dict(WELL)
        self.state_hz, self.state_seq = 500, 0
        ramp = np.linspace(0, brightest, WIDTH).astype(np.uint8)[None, :, None]
        picture = np.broadcast_to(ramp, (HEIGHT, WIDTH, 3)).copy()
        self.films = {camera.name: filmed([picture] * 80, f"camera.{camera.name}") for camera in SPEC.cameras}
        self.waiting: list[Heard] = []
        self.feed, self.preflight = Feed(self), Preflight(SPEC)
        self.at_ns = 10_000 * MS
        self.stop_confirmed = True

    def drain(self) -> list[Heard]:
        waiting, self.waiting = self.waiting, []
        return waiting

    def close(self) -> None:
        """Nothing to stop."""

    def go_on(self, seconds: float = 1.5) -> dict[str, object]:
        """The checks after ``seconds``, by what they check."""
        for _ in range(round(seconds / 0.02)):
            self.at_ns += 20 * MS
            for name, message in self.said.items():
                self.waiting.append(Heard(name, 1, self.at_ns, self.at_ns, codec.encode(message)))
            self.state_seq += round(self.state_hz * 0.02)
            if self.state_hz:
                state = codec.encode(RobotState())
                self.waiting.append(Heard("robot.state", self.state_seq, self.at_ns, self.at_ns, state))
            for pictures in self.films.values():
                if pictures:
                    self.waiting.append(
                        pictures.pop(0)._replace(sampled_ns=self.at_ns, received_ns=self.at_ns)
                    )
            self.feed.drain(self.at_ns)
            self.preflight.hear(self.feed, self.at_ns)
        return {check.what: check for check in self.checks()}

    def checks(self):
        return self.preflight.checks(self.feed, self.stop_confirmed)


def test_a_station_in_which_all_is_well_is_ready_and_says_by_which_figures():
    story = Story()
    found = story.go_on()
    assert ready(story.checks())
    assert {check.verdict for check in found.values()} == {OK}
    assert found["joint stream"].text == "74 joints, 500 of 500 Hz, 0 lost"
    assert found["robot"].text.startswith("optimus gen3-a, simulated, model ")
    assert found["cameras"].text.startswith("3 live and not black: head 30 Hz")


def test_nothing_is_ready_before_anything_was_heard():
    story = Story()
    story.said, story.state_hz, story.films = {}, 0, {}
    found = story.go_on(0.1)
    assert not ready(story.checks())
    assert found["robot"].verdict == found["joint stream"].verdict == "alarm"
    assert all(check.first for check in found.values() if check.verdict == "alarm")
    assert story.checks()[0].verdict == "alarm"


def test_a_robot_of_another_model_is_named_with_what_to_do():
    story = Story()
    story.said["robot.identity"] = RobotIdentity(name="optimus", revision="gen3-b", model_hash="ab" * 32)
    check = story.go_on(0.1)["robot"]
    assert check.verdict == "alarm"
    assert "REAL" in check.text
    assert "abababababab" in check.text
    assert "--revision gen3-b" in check.first


def test_a_slow_joint_stream_is_a_warning_and_a_lossy_one_is_told():
    story = Story()
    story.state_hz = 250
    assert story.go_on()["joint stream"].verdict == "warning"
    story = Story()
    story.arrivals.lost["robot.state"] = 3
    check = story.go_on()["joint stream"]
    assert (check.verdict, check.text[-6:]) == ("advisory", "3 lost")


def test_a_rate_is_not_told_before_it_was_counted_for_a_second():
    assert Story().go_on(0.5)["joint stream"].verdict == UNKNOWN


@pytest.mark.parametrize("brightest", [0, 4])
def test_a_camera_that_shows_only_black_is_named(brightest):
    story = Story(brightest)
    check = story.go_on(0.1)["cameras"]
    assert check.verdict == "warning"
    assert "nothing to be seen by head" in check.text


def test_a_camera_without_pictures_is_named_with_the_cameras_own_reason():
    story = Story()
    story.films["left_wrist"] = []
    story.said["cameras.status"] = CamerasStatus(note="EGL does not start")
    check = story.go_on(0.1)["cameras"]
    assert check.verdict == "warning"
    assert check.text == "no picture from left_wrist: EGL does not start"


def test_stop_counts_once_the_robot_has_confirmed_it():
    story = Story()
    story.stop_confirmed = False
    assert story.go_on(0.1)["STOP"].verdict == "advisory"
    story.stop_confirmed = True
    assert story.go_on(0.1)["STOP"].verdict == OK
    story.stop_confirmed = None
    assert "STOP" not in story.go_on(0.1)


def test_little_room_on_the_disk_is_a_warning():
    story = Story()
    story.said["recorder.status"] = RecorderStatus(
        bytes_free=600_000_000, seconds=10.0, bytes_written=10_000_000
    )
    check = story.go_on(0.1)["recorder"]
    assert check.verdict == "warning"
    assert "0.2 h" in check.text


def test_latency_is_judged_while_somebody_drives():
    story = Story()
    assert "latency" not in story.go_on(0.1)
    story.said["control.latency"] = ControlLatency(whole_p50_ms=90.0, whole_p95_ms=240.0)
    assert story.go_on(0.1)["latency"].verdict == "warning"


def test_a_role_that_was_given_up_is_told_with_its_last_words():
    story = Story()
    story.said["station.roles"] = StationRoles(
        rows=(RoleRow(role="cameras", state="given up", note="no EGL"),)
    )
    check = story.go_on(0.1)["processes"]
    assert (check.verdict, check.text) == ("alarm", "cameras is given up (no EGL)")


@pytest.mark.parametrize(
    ("offset_ms", "within_ms", "verdict"),
    [
        (0.01, 0.4, "ok"),
        (0.0, -1.0, UNKNOWN),
        (25.0, 1.0, "warning"),
        (-3_600_000.0, 1.0, "warning"),
        (25.0, 30.0, "advisory"),
    ],
)
def test_clocks_that_are_apart_are_told_before_commands_come_out_of_date(offset_ms, within_ms, verdict):
    story = Story()
    story.said["control.status"] = ControlStatus(
        phase="ready", clock_offset_ms=offset_ms, clock_within_ms=within_ms
    )
    assert story.go_on(0.1)["clocks"].verdict == verdict
