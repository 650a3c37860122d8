"""A headset's frame is said by the thread that brings it; what only the role's own thread may do wakes that."""

import select
import threading
import time

import pytest
from xr_page import PagePerson

from teleop.inputs.headset import Headsets
from teleop.inputs.webxr.link import Arrival
from teleop.inputs.webxr.pairing import Paired
from teleop.run_inputs import Hands
from twin import places
from twin.role import RoleLife
from twin.station import Station
from twin.wire.bus import Listener, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.direct import StopReceiver
from twin.wire.messages import XrSample

STICK = 3  # its click, in the xr-standard mapping


class LinkedRole:
    """The inputs role with a headset on its link, whose loop turns only when a test lets it."""

    def __init__(self, station: Station) -> None:
        self.life = RoleLife(station, "inputs", period_ms=4)
        self.hands = Hands(station, self.life)
        self.person = PagePerson()
        self.ear, self.waiter = Listener(station, ("operator.xr",)), Waiter()
        self.waiter.add(self.ear.socket)
        (self.headsets,) = (each for each in self.hands._inputs if isinstance(each, Headsets))
        paired = Paired(id="a1", name="Quest 3", secret_sha256="", paired="", address="")
        self.arrive("linked", paired)
        until_s, newest = time.monotonic() + 30, 0
        while not newest and time.monotonic() < until_s:  # until the ear is connected
            self.frame()
            newest = self.newest_heard(20)
        while newest < self.person.seq and time.monotonic() < until_s:  # and nothing is on its way any more
            newest = max(newest, self.newest_heard(1000))

    def arrive(self, what, content) -> None:
        """From a thread of the link's own."""
        letter = Arrival(1, what, content, self.person.now_ns)
        thread = threading.Thread(target=self.headsets.mailbox.put, args=(letter,))
        thread.start()
        thread.join(30)
        assert not thread.is_alive()

    def frame(self) -> int:
        self.person.now_ns = now_ns()
        self.arrive("frame", self.person.frame(after_ns=0))
        return self.person.seq

    def heard(self, within_ms: int) -> list[XrSample]:
        self.waiter.wait(now_ns() + within_ms * NS_PER_MS)
        return [heard.read(XrSample) for heard in self.ear.drain()]

    def newest_heard(self, within_ms: int) -> int:
        return max((sample.frame_seq for sample in self.heard(within_ms)), default=0)

    @property
    def is_woken(self) -> bool:
        return bool(select.select([self.headsets.mailbox.source], [], [], 0)[0])

    def close(self) -> None:
        self.hands.close()
        self.ear.close()
        self.life.__exit__()


@pytest.fixture
def station(station_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path)
    return Station(folder=str(station_folder), robot_folder="", virtual_pad=True)


@pytest.fixture
def role(station):
    made = LinkedRole(station)
    yield made
    made.close()


def test_a_frame_is_said_without_a_turn_of_the_loop(role):
    seq = role.frame()
    (sample,) = role.heard(30_000)
    assert sample.frame_seq == seq
    assert not role.is_woken


def test_while_the_loop_is_at_work_it_says_the_frame_itself(role):
    with role.hands.taking_turns:
        seq = role.frame()
        assert role.heard(50) == []
        assert role.is_woken
        role.hands.turn(now_ns())
    (sample,) = role.heard(30_000)
    assert sample.frame_seq == seq
    assert not role.is_woken


def test_a_stop_pressed_in_the_headset_is_carried_by_the_loop(role, station):
    robot, waiter = StopReceiver(station), Waiter()
    waiter.add(robot.socket)
    for side in ("left", "right"):
        role.person.buttons[side][STICK] = 1.0
    role.frame()
    assert role.is_woken
    stops, until_ns = [], now_ns() + 30 * NS_PER_S
    while not stops and now_ns() < until_ns:
        role.hands.turn(now_ns())
        waiter.wait(now_ns() + 20 * NS_PER_MS)
        stops = robot.drain()
    robot.close()
    assert stops[0][1].level == "HOLD"


def test_what_goes_wrong_in_the_links_thread_ends_the_role(role, monkeypatch):
    def fails(_letter):
        raise ZeroDivisionError("of the guard")

    monkeypatch.setattr(role.headsets, "_hear", fails)
    role.frame()
    assert role.is_woken
    with pytest.raises(ZeroDivisionError, match="of the guard"):
        role.hands.turn(now_ns())


def test_any_number_of_threads_may_speak(role):
    ends, each, speaker = [], 500, role.life.speaker
    ear, waiter = Listener(role.life.station, ("inputs.devices",)), Waiter()
    waiter.add(ear.socket)
    until_ns = now_ns() + 30 * NS_PER_S
    while now_ns() < until_ns and not ear.drain():  # until the ear is connected
        speaker.say_bytes("inputs.devices", b"", now_ns())
        waiter.wait(now_ns() + 20 * NS_PER_MS)

    def speak():
        ends.extend(speaker.say_bytes("inputs.devices", b"x", now_ns()) for _ in range(each))

    threads = [threading.Thread(target=speak) for _ in range(4)]
    for thread in threads:
        thread.start()
    heard: list[int] = []
    until_ns = now_ns() + 30 * NS_PER_S
    while len(heard) < 4 * each and now_ns() < until_ns:
        waiter.wait(now_ns() + 20 * NS_PER_MS)
        heard += [one.seq for one in ear.drain() if one.payload == b"x"]
    for thread in threads:
        thread.join()
    assert len(set(ends)) == 4 * each
    assert heard == sorted(ends)
    ear.close()
