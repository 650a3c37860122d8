"""A fall or a fault leaves a recording of what came before it, whether a take was open or not."""

import time

import pytest
from spoken_station import Script

from recordings.checking.verify import verify
from recordings.recorder import black_box
from recordings.recorder.black_box import BlackBox, IncidentWatch
from recordings.recorder.disk import SpaceLimits
from recordings.recorder.recorder import Recorder
from recordings.take import load_manifest
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AgentStatus, BalanceState

S = NS_PER_S
NO_LIMITS = SpaceLimits(smallest_bytes=0, begin_minutes=0, warn_minutes=0, end_minutes=0)


def balance(at_ns, fall="", seq=1):
    return Heard("robot.balance", seq, at_ns, at_ns, codec.encode(BalanceState(fall=fall)))


def status(at_ns, state, reason="", seq=1):
    return Heard("robot.status", seq, at_ns, at_ns, codec.encode(AgentStatus(state=state, reason=reason)))


@pytest.fixture
def recorder(tmp_path):
    station = Station(folder=str(tmp_path), robot_folder=str(tmp_path), operator="Ada")
    made = Recorder(station, tmp_path / "takes", NO_LIMITS, {})
    made._black_box = BlackBox(tmp_path / "takes", before_ns=3 * S, after_ns=S // 2)
    yield made
    made.close(time.monotonic_ns())


def spoken(begin_ns, seconds):
    return Script(seconds=seconds, begin_ns=begin_ns, cameras=("head",)).messages()


def kept(recorder):
    return sorted(recorder._black_box.folder.glob("*.mcap"))


def live_through(recorder, seconds, fall_at_s):
    """Everything that is said in ``seconds``, told at once; the robot falls ``fall_at_s`` after their beginning."""
    began_ns = time.monotonic_ns() - int(seconds * S)
    said = spoken(began_ns, seconds)
    fell_ns = began_ns + int(fall_at_s * S)
    said += [balance(fell_ns - 1000, "", 1), balance(fell_ns, "tilted by 41 degrees", 2)]
    said.sort(key=lambda heard: heard.received_ns)
    before = [heard for heard in said if heard.received_ns <= fell_ns]
    recorder.hear(before)
    recorder.look_after(fell_ns)
    recorder.hear([heard for heard in said if heard.received_ns > fell_ns])
    recorder.look_after(fell_ns + S)
    deadline = time.monotonic() + 30
    while not kept(recorder) or not recorder.status().note:
        assert time.monotonic() < deadline
        recorder.look_after(time.monotonic_ns())
        time.sleep(0.01)
    return fell_ns


def test_a_fall_without_an_open_take_keeps_the_seconds_before_it_as_a_take_that_verifies(recorder):
    live_through(recorder, 6.0, fall_at_s=5.0)
    (path,) = kept(recorder)
    verdict = verify(path, decode_pictures=True)
    assert verdict.faults == []
    assert verdict.joint_lost == 0
    manifest = load_manifest(path)
    assert "tilted by 41 degrees" in manifest.task
    assert manifest.marks == ("the robot fell (tilted by 41 degrees)",)
    assert 3.0 < manifest.seconds < 4.6
    assert manifest.topics["robot.state"].messages > 3.5 * 500
    assert manifest.topics["camera.head"].messages > 3.5 * 30
    assert str(path) in recorder.status().note


def test_what_stood_when_the_seconds_began_is_in_it_so_that_it_can_be_understood_alone(recorder):
    live_through(recorder, 6.0, fall_at_s=5.0)
    manifest = load_manifest(kept(recorder)[0])
    assert manifest.topics["robot.identity"].messages == 1  # it was said once, six seconds before


def test_one_fall_makes_one_recording_however_many_topics_tell_of_it(recorder):
    fell_ns = live_through(recorder, 4.0, fall_at_s=3.0)
    recorder.hear([balance(fell_ns + 2 * S, "tilted by 41 degrees", 3)])
    recorder.look_after(fell_ns + 2 * S)
    assert len(kept(recorder)) == 1


def test_an_incident_is_the_moment_not_the_state():
    watch = IncidentWatch()
    assert watch.look(status(1, "HOLD")) == ""
    assert watch.look(status(2, "PROTECTIVE_HOLD", "it slipped")) == "PROTECTIVE_HOLD: it slipped"
    assert watch.look(status(3, "PROTECTIVE_HOLD", "it slipped")) == ""
    assert watch.look(status(4, "HOLD")) == ""
    assert watch.look(status(5, "FAULT", "a drive")) == "FAULT: a drive"
    assert IncidentWatch().look(status(1, "PROTECTIVE_HOLD", "since before we heard")) == ""


def test_nothing_unreadable_stops_the_watch():
    watch = IncidentWatch()
    assert watch.look(balance(1)._replace(payload=b"\xff\xff")) == ""
    assert watch.look(balance(2, "slipped")) == "the robot fell: slipped"


def test_the_memory_is_bounded(tmp_path):
    box = BlackBox(tmp_path, before_ns=S)
    for second in range(20):
        box.hear([Heard("robot.state", i, second * S, second * S, b"x" * 1000) for i in range(100)])
    assert box._bytes <= 200_000


def test_only_the_newest_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(black_box, "_KEPT", 2)
    box = BlackBox(tmp_path)
    box.folder.mkdir()
    for name in "ABC":
        (box.folder / f"{name}.mcap").write_bytes(b"")
        (box.folder / f"{name}.json").write_bytes(b"")
    box._throw_oldest_away()
    assert sorted(path.name for path in box.folder.iterdir()) == ["B.json", "B.mcap", "C.json", "C.mcap"]
