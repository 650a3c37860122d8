"""The recorder as a process among speaking roles."""

import itertools
import shutil
import time
from pathlib import Path

import pytest
from running_station import RecorderProcess, Voices, station_in
from spoken_station import CAMERAS, NAMES

from recordings.log import TakeHead, read_take, typed
from recordings.take import load_manifest
from twin.errors import RequestRefused
from twin.wire.ask import Asker
from twin.wire.bus import Listener
from twin.wire.messages import RobotState

pytestmark = pytest.mark.serial


@pytest.fixture
def station(station_folder):
    return station_in(station_folder)


@pytest.fixture
def voices(station):
    with Voices(station) as speaking:
        yield speaking


@pytest.fixture
def recorder(station, voices):
    process = RecorderProcess(station)
    process.status_when("idle")
    yield process
    if process.process.poll() is None:
        assert "Traceback" not in process.end()


@pytest.fixture
def asker(station, recorder):
    asker = Asker(station, "recorder", "test")
    yield asker
    asker.close()


def start(asker, task="stack the cups"):
    """Begin a take as soon as the recorder has heard who the robot is."""
    end = time.monotonic() + 10
    while True:
        try:
            return asker.ask("record.start", task=task)
        except RequestRefused:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_a_take_holds_every_message_of_every_topic_as_it_was_on_the_wire(station, recorder, asker):
    witness = Listener(station, [""])
    begun = start(asker)
    time.sleep(1.5)
    heard = [each for each in witness.drain() if each.topic not in ("recorder.status", "recorder.answered")]
    stopped = asker.ask("record.stop")
    witness.close()
    assert stopped["saved"] == "True"
    assert stopped["lost"] == "0"
    assert stopped["path"] == begun["path"]
    written = {(each.topic, each.seq): each for each in read_take(Path(stopped["path"]))}
    first = min(each.seq for each in written.values() if each.topic == "robot.state")
    compared = [each for each in heard if each.topic == "robot.state" and each.seq >= first]
    compared += [each for each in heard[-400:] if each.topic != "robot.state"]
    assert len(compared) > 500
    for each in compared:
        assert written[each.topic, each.seq].payload == each.payload
        assert written[each.topic, each.seq].sampled_ns == each.sampled_ns


def test_a_take_can_be_understood_alone(recorder, asker):
    path = Path(start(asker, "stack the cups")["path"])
    asker.ask("record.stop")
    head = TakeHead(path)
    assert head.episode.task == "stack the cups"
    assert head.episode.joint_names == NAMES
    assert head.episode.camera_names == CAMERAS
    assert len(head.episode.joint_groups["left_hand"]) == 22
    assert b"<mujoco" in head.attachments["optimus.xml"]
    assert "robot.toml" in head.attachments
    topics = {heard.topic for heard in read_take(path)}
    assert {"robot.identity", "robot.scene", "robot.status"} <= topics
    assert all(typed(heard) is not None for heard in read_take(path))


def test_a_take_is_saved_at_once_and_the_next_can_begin(recorder, asker):
    first = start(asker)
    time.sleep(0.5)
    stopped = asker.ask("record.stop")
    second = asker.ask("record.start", task="again")
    asker.ask("record.stop")
    assert stopped["saved"] == "True"
    assert first["take"] < second["take"]
    for begun in (first, second):
        manifest = load_manifest(Path(begun["path"]))
        assert manifest is not None
        assert manifest.lost == 0
    assert not list(Path(first["path"]).parent.glob("*.part*"))


def test_a_discarded_take_can_be_restored(recorder, asker):
    path = Path(start(asker)["path"])
    discarded = Path(asker.ask("record.discard")["path"])
    assert not path.exists()
    assert discarded.exists()
    assert Path(asker.ask("record.restore")["path"]) == path
    assert path.exists()
    assert load_manifest(path) is not None


def test_nothing_is_begun_twice_nor_ended_when_nothing_runs(recorder, asker):
    with pytest.raises(RequestRefused, match="no take is being recorded"):
        asker.ask("record.stop")
    start(asker)
    with pytest.raises(RequestRefused, match="already being recorded"):
        asker.ask("record.start", task="another")


def test_a_recorder_that_is_told_to_end_saves_its_take(recorder, asker):
    path = Path(start(asker)["path"])
    time.sleep(0.5)
    assert "Traceback" not in recorder.end()
    manifest = load_manifest(path)
    assert manifest is not None
    assert manifest.ended == "the recorder ended"


def test_a_killed_recorder_loses_less_than_a_third_of_a_second_of_joints(station, recorder, asker, voices):
    path = Path(start(asker)["path"])
    time.sleep(2.0)
    recorder.kill()
    last_said_ns = voices.newest_state_ns
    assert path.with_name(path.name + ".part").exists()
    again = RecorderProcess(station)
    status = again.status_when("recovered")
    again.end()
    assert "s recovered" in status.note
    assert "ms lost" in status.note
    states = list(read_take(path, ["robot.state"]))
    assert (last_said_ns - states[-1].sampled_ns) / 1e9 <= 0.3
    assert {later.seq - earlier.seq for earlier, later in itertools.pairwise(states)} == {1}
    assert states[-1].read(RobotState).position_rad.shape == (74,)
    manifest = load_manifest(path)
    assert manifest is not None
    assert "s recovered" in manifest.recovered
    assert not list(path.parent.glob("*.part*"))


def test_without_a_robot_there_is_nothing_to_record(station_folder):
    station = station_in(station_folder)
    process = RecorderProcess(station)
    process.status_when("idle")
    asker = Asker(station, "recorder", "test")
    with pytest.raises(RequestRefused, match="start the robot first"):
        asker.ask("record.start")
    asker.close()
    assert process.status_when("refused").phase == "refused"
    process.end()


def test_too_little_disk_space_refuses_the_take_with_what_to_do(station_folder):
    free_gib = shutil.disk_usage(station_folder).free / 2**30
    station = station_in(station_folder, free_disk_gib=free_gib * 2)
    with Voices(station):
        process = RecorderProcess(station)
        process.status_when("idle")
        asker = Asker(station, "recorder", "test")
        with pytest.raises(RequestRefused, match="free some space"):
            start_refused(asker)
        asker.close()
        process.end()


def start_refused(asker):
    """Ask until the refusal is not merely that the robot has not been heard yet."""
    while True:
        try:
            return asker.ask("record.start")
        except RequestRefused as refused:
            if "start the robot first" not in str(refused):
                raise
            time.sleep(0.05)
