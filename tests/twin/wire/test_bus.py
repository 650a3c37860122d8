"""Topics over real sockets: numbered, counted, newest-only on request."""

import time

import pytest

from twin.errors import StationError, WireError
from twin.station import Station
from twin.wire.bus import Listener, Speaker, Waiter
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import AgentStatus, RobotState, RoleHealth


@pytest.fixture
def station(station_folder):
    return Station(folder=str(station_folder), robot_folder="")


def eventually(condition, timeout_s=30.0):
    """What ``condition`` returned once it was true."""
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)
    return found


def connected(speaker, listener, topic="robot.health"):
    """Speak until the listener hears: from then on nothing is missed, and nothing is left to be heard."""
    said = heard = 0

    def hears():
        nonlocal said, heard
        said = said if heard else speaker.say(topic, RoleHealth(role="robot"), now_ns())
        heard = max([heard, *(each.seq for each in listener.drain())])
        return heard == said

    eventually(hears)


@pytest.fixture
def pair(station):
    speaker, listener = Speaker(station, "robot"), Listener(station, ["robot."])
    connected(speaker, listener)
    yield speaker, listener
    speaker.close()
    listener.close()


def test_what_is_said_is_heard_in_order_with_its_number_and_its_time(pair):
    speaker, listener = pair
    for number in range(1, 4):
        assert speaker.say("robot.status", AgentStatus(rejected=number), sampled_ns=1000 + number) == number
    heard = []
    eventually(
        lambda: heard.extend(h for h in listener.drain() if h.topic == "robot.status") or len(heard) == 3
    )
    assert [(h.seq, h.sampled_ns, h.read(AgentStatus).rejected) for h in heard] == [
        (1, 1001, 1),
        (2, 1002, 2),
        (3, 1003, 3),
    ]
    assert listener.arrivals.lost == {}


def test_newest_forgets_all_but_the_last_of_each_topic(pair):
    speaker, listener = pair
    for number in range(50):
        speaker.say("robot.state", RobotState(command_seq=number), now_ns())
    speaker.say("robot.status", AgentStatus(state="HOLD"), now_ns())
    newest = {}
    eventually(lambda: newest.update(listener.newest()) or "robot.status" in newest)
    assert newest["robot.state"].read(RobotState).command_seq == 49
    assert newest["robot.status"].read(AgentStatus).state == "HOLD"


def test_a_listener_that_sleeps_too_long_loses_and_knows_how_many(pair):
    speaker, listener = pair
    said = 30_000
    for number in range(said):
        speaker.say_bytes("robot.state", b"x" * 900, number)
        if number % 1000 == 0:
            time.sleep(0.001)
    heard = []

    def hears_what_is_said_now():
        speaker.say_bytes("robot.state", b"now", 0)
        heard.extend(each for each in listener.drain() if each.topic == "robot.state")
        return heard and heard[-1].payload == b"now"

    time.sleep(0.5)
    eventually(hears_what_is_said_now)
    assert sum(each.payload != b"now" for each in heard) < said, "the high-water mark bounds what waits"
    assert listener.arrivals.lost["robot.state"] == heard[-1].seq - len(heard)


def test_a_restarted_speaker_is_counted_as_restarted_and_not_as_loss(station):
    listener = Listener(station, ["robot."])
    for _ in range(2):
        speaker = Speaker(station, "robot")
        connected(speaker, listener)
        speaker.close()
        time.sleep(0.1)
    listener.close()
    assert listener.arrivals.restarts == {"robot.health": 1}
    assert listener.arrivals.lost == {}


def test_a_role_cannot_speak_on_anothers_topic(pair):
    speaker, _ = pair
    with pytest.raises(WireError, match=r"robot may not speak on control\.command"):
        speaker.say_bytes("control.command", b"", 0)


def test_an_unknown_topic_is_named_with_the_known_ones():
    from twin.wire.topics import topic

    with pytest.raises(WireError, match=r"no topic is called 'robot\.stat'.*robot\.state"):
        topic("robot.stat")


def test_a_taken_port_is_one_sentence_with_what_to_do(station_folder):
    station = Station(folder=str(station_folder), robot_folder="", base_port=47311)
    first = Speaker(station, "robot")
    with pytest.raises(StationError, match=r"cannot listen on tcp://127\.0\.0\.1:.*in use.*another station"):
        Speaker(station, "robot")
    first.close()


def test_tcp_listens_on_the_loopback_only(station_folder):
    station = Station(folder=str(station_folder), robot_folder="", base_port=47411)
    for role in ("robot", "control", "recorder"):
        for channel in ("say", "request", "command", "stop"):
            assert station.endpoint(role, channel).startswith("tcp://127.0.0.1:")


def test_a_folder_too_deep_for_a_socket_is_refused_with_advice():
    station = Station(folder="/tmp/" + "x" * 120, robot_folder="")
    with pytest.raises(StationError, match="too long for a socket"):
        station.endpoint("robot", "say")


def test_waiting_ends_at_arrival_or_at_the_time_given(pair):
    speaker, listener = pair
    waiter = Waiter()
    waiter.add(listener.socket)
    begun = now_ns()
    waiter.wait(begun + NS_PER_S // 20)
    assert now_ns() - begun >= NS_PER_S // 20
    speaker.say("robot.status", AgentStatus(), now_ns())
    begun = now_ns()
    waiter.wait(begun + 60 * NS_PER_S)
    assert now_ns() - begun < 50 * NS_PER_S
    assert [h.topic for h in listener.drain()] == ["robot.status"]
