"""What a driven robot does when something dies, hangs or is pulled out: it holds, and only a new press moves it."""

import itertools
import logging
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from live_station import (
    HOLD_TO_RUN,
    LOWER,
    RAISE,
    STOPS_WITHIN_MS,
    LiveStation,
    held_input_does_not_resume_but_a_new_press_does,
    station_in,
)

from recordings.checking.verify import verify
from recordings.log import read_take
from twin.errors import RequestRefused
from twin.wire.bus import Speaker
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import KeyState, RoleHealth

log = logging.getLogger(__name__)

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def running():
    """One station for all of these: each test leaves it wounded, and the next begins by making it ready."""
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    with LiveStation(station_in(folder), ("robot", "control", "inputs", "recorder")) as station:
        yield station
    shutil.rmtree(folder)


@pytest.fixture
def station(running):
    running.ready()
    return running


def test_a_gamepad_pulled_out_stops_the_robot_and_plugging_it_in_again_does_not_start_it(station):
    station.drive()
    pulled_ns = int(station.ask("inputs", "pad.unplug")["unplugged_ns"])
    assert station.stopped_after_ms(pulled_ns) < STOPS_WITHIN_MS
    station.until(lambda: "plug in a gamepad" in station.devices.note, "the lack is told")
    assert "gamepad unplugged: plug it in and press the left bumper again" in station.control.reason
    assert station.stands_still(0.3)
    station.ask("inputs", "pad.plug")
    station.ask("inputs", "pad.set", **{name: str(value) for name, value in RAISE.items()})
    held_input_does_not_resume_but_a_new_press_does(station)


def test_without_a_gamepad_the_person_is_told_what_to_do(station):
    station.ask("inputs", "pad.unplug")
    station.until(lambda: station.control.phase == "idle", "nothing drives")
    wanted = "no gamepad and no window to type into: nothing can drive; plug in a gamepad or open the window"
    station.until(lambda: station.devices.note == wanted, "the lack is told")
    why = station.ask("control", "why")
    assert (
        why["reason"] == "device: no device: plug in a gamepad, or click into the window to use the keyboard"
    )
    assert station.agent.state == "HOLD"


def test_the_keyboard_of_the_window_drives_and_a_window_that_falls_silent_stops(station):
    station.ask("inputs", "pad.unplug")
    window = Speaker(station.station, "window")

    def hold(*keys):
        window.say("window.health", RoleHealth(role="window"), now_ns())
        window.say("window.keys", KeyState(keys=keys, focused=True), now_ns())
        station.go_on(0.03)

    def hold_until(condition, *keys):
        end_ns = now_ns() + 10 * NS_PER_S
        while not condition():
            assert now_ns() < end_ns, (station.control.phase, station.control.reason)
            hold(*keys)

    hold_until(lambda: station.control.device == "keyboard")
    hold_until(lambda: station.agent.state == "TELEOP", "shift")
    hold_until(lambda: station.speed_rad_s > 0.1, "shift", "r")
    silent_ns = now_ns()
    assert station.stopped_after_ms(silent_ns) < 150 + STOPS_WITHIN_MS
    assert station.stands_still()
    window.close()


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("control", "held already; let go and press the left bumper again"),
        ("inputs", "is the inputs role running?"),
    ],
)
def test_the_robot_holds_when_what_commands_it_is_killed(station, role, told):
    station.drive()
    killed_ns = station.kill(role)
    assert station.stopped_after_ms(killed_ns) < STOPS_WITHIN_MS
    station.until(lambda: told in station.control.reason, f"the person is told: {told}")
    station.returns(role)
    assert station.stands_still()
    station.ready()
    station.drive(LOWER)


def test_a_killed_agent_starts_again_switched_off_and_under_nobodys_command(station):
    station.drive()
    epoch = station.agent.epoch
    station.kill("robot")
    station.until(lambda: "silent for more than 250 ms" in station.control.reason, "the silence is told")
    station.returns("robot")
    station.until(lambda: station.agent.epoch != epoch, "a new start")
    assert station.stands_still()
    assert (station.agent.state, station.agent.lease_owner) == ("STANDBY", "")
    station.ready()
    station.drive(LOWER)


def test_a_control_that_hangs_for_half_a_second_has_to_be_pressed_again(station):
    station.drive()
    stopped_ns = station.signal("control", signal.SIGSTOP)
    station.go_on(0.5)
    station.signal("control", signal.SIGCONT)
    assert station.stopped_after_ms(stopped_ns) < STOPS_WITHIN_MS
    station.until(lambda: station.control.phase == "inhibited", "held input is seen")
    assert "press the left bumper again" in station.control.reason
    held_input_does_not_resume_but_a_new_press_does(station)


def test_a_recorder_killed_in_a_take_leaves_the_driving_alone_and_a_take_that_verifies(station):
    station.drive()
    path = Path(station.ask("recorder", "record.start", task="wave")["path"])
    station.pad.hold(HOLD_TO_RUN)
    station.go_on(2.0)
    # The newest measurement that the recorder could have heard.
    killed_ns = station.kill("recorder")
    station.go_on(0.5)
    assert station.agent.state == "TELEOP"
    station.returns("recorder")
    station.until(lambda: "recovered" in station.recorder.note, "the recovery is told")
    assert station.agent.state == "TELEOP"
    assert path.exists()
    states = list(read_take(path, ["robot.state"]))
    lost_s = (killed_ns - states[-1].sampled_ns) / NS_PER_S
    log.info("joint data lost with the killed recorder: %.3f s", lost_s)
    assert lost_s <= 0.3
    assert {later.seq - earlier.seq for earlier, later in itertools.pairwise(states)} == {1}
    assert verify(path).ok
    station.go_on(1.5)  # until the new recorder has heard who the robot is, which is said once a second
    station.ask("recorder", "record.start", task="again")
    station.ask("recorder", "record.stop")


def test_a_stranger_without_the_lease_is_refused_by_name(station):
    with pytest.raises(RequestRefused, match=r"power\.off needs the lease, which operator at"):
        station.ask("robot", "power.off")
    assert station.agent.state == "HOLD"
