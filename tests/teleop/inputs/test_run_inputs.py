"""The inputs role as a real process: what it says, how often, and what it does when asked or when devices go."""

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from teleop.inputs import sdl
from teleop.run_inputs import POLL_NS, RESTING_POLL_NS, Hands
from twin.errors import RequestRefused
from twin.role import RoleLife
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener, Speaker, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.direct import StopReceiver
from twin.wire.messages import AgentStatus, InputDevices, InputSample, KeyState, RoleHealth, StopAcknowledged

PROGRAM = """
import sys
from pathlib import Path
from teleop.run_inputs import run
from twin.station import Station
run(Station.load(Path(sys.argv[1])), supervised=False)
"""


class Role:
    """The running process, and an ear for it."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM, station.folder])
        self.listener = Listener(station, ("operator.input", "inputs."))
        self.waiter = Waiter()
        self.waiter.add(self.listener.socket)
        self.asker = Asker(station, "inputs", "test")
        self.samples: list[tuple[Heard, InputSample]] = []

    def hear_until(self, wanted: Callable[[Heard], bool], within_s: float = 10) -> Heard:
        until_ns = now_ns() + int(within_s * NS_PER_S)
        while now_ns() < until_ns:
            self.waiter.wait(until_ns)
            for heard in self.listener.drain():
                if heard.topic == "operator.input":
                    self.samples.append((heard, heard.read(InputSample)))
                if wanted(heard):
                    return heard
        raise AssertionError("it was not said in time")

    def sample_with(self, wanted: Callable[[InputSample], bool]) -> InputSample:
        return self.hear_until(
            lambda heard: heard.topic == "operator.input" and wanted(heard.read(InputSample))
        ).read(InputSample)

    def devices_with(self, wanted: Callable[[InputDevices], bool]) -> InputDevices:
        return self.hear_until(
            lambda heard: heard.topic == "inputs.devices" and wanted(heard.read(InputDevices))
        ).read(InputDevices)

    def end(self) -> int:
        self.process.terminate()
        code = self.process.wait(10)
        self.asker.close()
        self.listener.close()
        return code


@pytest.fixture
def station(station_folder: Path) -> Station:
    made = Station(folder=str(station_folder), robot_folder="", virtual_pad=True)
    made.save()
    return made


@pytest.fixture
def role(station: Station) -> Iterator[Role]:
    running = Role(station)
    running.sample_with(lambda sample: sample.connected)
    yield running
    running.end()


def test_a_moved_pad_is_heard_with_its_axes_and_buttons(role):
    role.asker.ask("pad.set", left_y=0.5, right_trigger=1, left_shoulder=1)
    sample = role.sample_with(lambda sample: bool(sample.buttons))
    assert (sample.kind, sample.buttons) == ("gamepad", ("left_shoulder",))
    assert sample.axes.tolist() == pytest.approx([0, 0.5, 0, 0, 0, 1], abs=1e-4)


def test_a_reading_is_never_older_than_the_movement_it_tells_of(role):
    set_ns = int(role.asker.ask("pad.set", left_x=1)["set_ns"])
    heard = role.hear_until(
        lambda heard: heard.topic == "operator.input" and heard.read(InputSample).axes[0] == 1
    )
    assert set_ns <= heard.read(InputSample).device_sampled_ns <= heard.sampled_ns <= heard.received_ns


@pytest.mark.serial
def test_an_idle_pad_is_never_silent_for_long(role):
    role.samples.clear()
    start_ns = now_ns()
    role.hear_until(lambda _heard: now_ns() - start_ns > NS_PER_S)
    stamps = [heard.sampled_ns for heard, _ in role.samples]
    gaps_ms = sorted((b - a) / NS_PER_MS for a, b in itertools.pairwise(stamps))
    assert gaps_ms[len(gaps_ms) // 2] <= 10
    assert role.listener.arrivals.lost == {}


def test_a_pulled_pad_is_said_to_be_gone_once_and_not_said_again(role):
    role.asker.ask("pad.set", left_shoulder=1, left_y=1)
    device = role.sample_with(lambda sample: bool(sample.buttons)).device
    role.asker.ask("pad.unplug")
    role.samples.clear()
    found = role.devices_with(lambda devices: not devices.devices)
    assert found.note.startswith("no gamepad")
    role.devices_with(lambda devices: not devices.devices)  # a second later
    told = [sample for _, sample in role.samples if sample.device == device]
    assert [sample.connected for sample in told].count(False) == 1
    assert told[-1].connected is False
    assert told[-1].buttons == ()


def test_a_pad_plugged_in_again_is_a_new_device_with_nothing_held(role):
    first = role.sample_with(lambda sample: sample.connected).device
    role.asker.ask("pad.unplug")
    role.asker.ask("pad.plug")
    again = role.sample_with(lambda sample: sample.connected and sample.device != first)
    assert again.buttons == ()


def test_with_a_window_and_no_pad_the_keyboard_drives(role, station):
    role.asker.ask("pad.unplug")
    window = Speaker(station, "window")
    until_ns = now_ns() + 10 * NS_PER_S
    sample = None
    while sample is None and now_ns() < until_ns:
        window.say("window.keys", KeyState(keys=("shift", "w"), focused=True), now_ns())
        role.waiter.wait(now_ns() + 20 * NS_PER_MS)
        for heard in role.listener.drain():
            if heard.topic == "operator.input" and heard.read(InputSample).buttons:
                sample = heard.read(InputSample)
    assert sample is not None
    assert (sample.device, sample.buttons) == ("keyboard", ("shift", "w"))
    role.sample_with(
        lambda sample: sample.kind == "keyboard" and not sample.buttons
    )  # the window fell silent
    found = role.devices_with(lambda devices: bool(devices.devices))
    assert found.note == "no gamepad: the keyboard drives while the window has the focus"
    window.close()


def test_it_rests_while_nothing_drives_and_no_longer_than_until_a_key_is_pressed(station):
    unplugged = msgspec.structs.replace(station, virtual_pad=False)
    life, window = RoleLife(unplugged, "inputs", period_ms=4), Speaker(unplugged, "window")
    hands = Hands(unplugged, life)

    def paces_until(period_ns: int, *keys: str) -> None:
        until_ns = now_ns() + 30 * NS_PER_S
        while hands.period_ns != period_ns:
            assert now_ns() < until_ns, "it keeps its pace"
            window.say("window.keys", KeyState(keys=keys, focused=True), now_ns())
            hands.hear(life.wait(now_ns() + NS_PER_S))  # a key wakes it
            hands.turn(now_ns())

    hands.turn(now_ns())
    assert hands.period_ns == RESTING_POLL_NS
    paces_until(POLL_NS, "w")
    paces_until(RESTING_POLL_NS)
    paces_until(POLL_NS, "space")  # STOP, and no robot that acknowledges it
    for _ in range(3):
        window.say("window.keys", KeyState(focused=True), now_ns())
        life.wait(now_ns() + NS_PER_S)
        hands.turn(now_ns())
    assert hands.period_ns == POLL_NS
    hands.close()
    window.close()
    life.__exit__()


@pytest.mark.serial
def test_with_nothing_that_drives_its_loop_is_not_called_late(role):
    role.asker.ask("pad.unplug")
    missed = []
    for _ in range(4):
        health = role.hear_until(lambda heard: heard.topic == "inputs.health").read(RoleHealth)
        missed.append(health.ticks_missed)
    assert missed[-1] - missed[1] < 20, "of 500 that would be due at the pace of a pad"


def test_a_request_it_does_not_know_is_refused_with_a_sentence(role):
    with pytest.raises(RequestRefused, match=r"the inputs know no request 'make\.tea'"):
        role.asker.ask("make.tea")


def test_back_stops_the_robot_and_pressed_again_settles_it(role, station):
    robot, voice, waiter = StopReceiver(station), Speaker(station, "robot"), Waiter()
    waiter.add(robot.socket)

    def next_level() -> str:
        levels: list[str] = []
        while not levels:
            waiter.wait(now_ns() + 5 * NS_PER_S)
            for sender, stop in robot.drain():
                levels.append(stop.level)
                robot.acknowledge(sender, StopAcknowledged(stop_id=stop.stop_id, level=stop.level))
        return levels[-1]

    role.asker.ask("pad.set", back=1)
    assert next_level() == "HOLD"
    voice.say("robot.status", AgentStatus(stop_level="HOLD"), now_ns())
    role.asker.ask("pad.set", back=0)
    role.sample_with(lambda sample: "back" not in sample.buttons)
    robot.drain()
    role.asker.ask("pad.set", back=1)
    assert next_level() == "SETTLE"
    role.asker.ask("pad.set", back=0)
    robot.close()
    voice.close()


def test_an_unanswered_stop_is_told_in_the_health_of_the_role(role):
    role.asker.ask("pad.set", left_stick=1, right_stick=1)
    heard = role.hear_until(
        lambda heard: heard.topic == "inputs.health" and heard.read(RoleHealth).note != ""
    )
    assert heard.read(RoleHealth).note.startswith("STOP HOLD is not acknowledged")


def test_a_second_inputs_role_in_the_same_station_is_refused(role, station):
    second = subprocess.run(
        [sys.executable, "-c", PROGRAM, station.folder], capture_output=True, text=True, timeout=30
    )
    assert second.returncode != 0
    assert "already running" in second.stderr


def test_it_ends_when_told_to(station):
    running = Role(station)
    running.sample_with(lambda sample: sample.connected)
    assert running.end() == 0


def test_where_sdl_does_not_start_the_keyboard_still_drives_and_the_reason_is_said(station, monkeypatch):
    def no_joysticks() -> None:
        raise sdl.pygame.error("no joysticks here")

    monkeypatch.setattr(sdl.pygame.joystick, "init", no_joysticks)
    listener, waiter = Listener(station, ("inputs.devices",)), Waiter()
    waiter.add(listener.socket)
    life = RoleLife(station, "inputs", period_ms=4)
    hands = Hands(station, life)
    found: list[Heard] = []
    until_ns = now_ns() + 5 * NS_PER_S
    while not found and now_ns() < until_ns:
        hands.turn(now_ns() + NS_PER_S)
        waiter.wait(now_ns() + 20 * NS_PER_MS)
        found = listener.drain()
    hands.close()
    life.__exit__()
    listener.close()
    assert "no joysticks here" in life.note
    assert "no joysticks here" in found[0].read(InputDevices).note
