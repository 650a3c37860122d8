"""What the recorder decides, without its process."""

import time

import numpy as np
import pytest
from spoken_station import Script, identity

from recordings.checking.verify import verify
from recordings.recorder.disk import SpaceLimits
from recordings.recorder.recorder import Recorder
from recordings.take import load_manifest
from twin.errors import RecordingError
from twin.station import Station
from twin.wire import codec
from twin.wire.ask import arguments, named
from twin.wire.bus import Heard
from twin.wire.messages import Request, SceneState, vector

NO_LIMITS = SpaceLimits(smallest_bytes=0, begin_minutes=0, warn_minutes=0, end_minutes=0)


@pytest.fixture
def make(tmp_path):
    made = []

    def recorder(limits=NO_LIMITS, folder=tmp_path / "takes"):
        station = Station(folder=str(tmp_path), robot_folder=str(tmp_path), operator="Ada")
        made.append(Recorder(station, folder, limits, {}))
        return made[-1]

    yield recorder
    for each in made:
        each.close(time.monotonic_ns())


def said(topic, seq, payload=b"", at_ns=None):
    at_ns = time.monotonic_ns() if at_ns is None else at_ns
    return Heard(topic, seq, at_ns, at_ns, payload)


def ask(recorder, action, **values):
    return recorder.answer(Request(action=action, arguments=arguments(values)), time.monotonic_ns())


def introduce(recorder):
    recorder.hear([said("robot.identity", 1, codec.encode(identity()))])


def saved(recorder, reply):
    while recorder.status().phase != "idle":
        recorder.look_after(time.monotonic_ns())
        time.sleep(0.005)
    return named(reply.results)


def test_a_take_is_ended_and_saved_when_space_for_two_minutes_is_left(make):
    recorder = make(SpaceLimits(smallest_bytes=0, begin_minutes=0, warn_minutes=1e9, end_minutes=1e9))
    introduce(recorder)
    begun = ask(recorder, "record.start")
    assert begun.accepted
    recorder.look_after(time.monotonic_ns())
    assert "disk space" in recorder.status().note
    saved(recorder, begun)
    assert recorder.status().takes_saved == 1
    assert "Free some space" in recorder.status().note


def test_the_person_is_told_when_space_for_five_minutes_is_left(make):
    recorder = make(SpaceLimits(smallest_bytes=0, begin_minutes=0, warn_minutes=1e9, end_minutes=0))
    introduce(recorder)
    ask(recorder, "record.start")
    recorder.look_after(time.monotonic_ns())
    assert (recorder.status().phase, "disk space" in recorder.status().note) == ("recording", True)


def test_messages_nobody_can_read_are_kept_and_marked_and_unknown_topics_are_left_out(make, tmp_path):
    recorder = make()
    introduce(recorder)
    begun = ask(recorder, "record.start", task="look")
    rubbish = b"\x0a\xff\xff\xff\xff\xff"
    recorder.hear([said("robot.applied", 1, rubbish), said("robot.scene", 1, rubbish)])
    recorder.hear([said("camera.head", 1, rubbish), said("robot.dreams", 1, rubbish)])
    stopped = ask(recorder, "record.stop")
    assert stopped.accepted
    path = tmp_path / "takes" / f"{named(begun.results)['take']}.mcap"
    manifest = load_manifest(path)
    assert manifest is not None
    assert manifest.marks == (
        "messages on robot.applied could not be read",
        "messages on robot.scene could not be read",
    )
    assert "robot.dreams" not in manifest.topics
    assert any("cannot be read" in text for text in verify(path).faults)


def test_the_task_is_the_one_asked_for_else_the_scene_s_own(make, tmp_path):
    recorder = make()
    recorder.hear(
        [
            heard
            for heard in Script(seconds=0.2, begin_ns=time.monotonic_ns() - 10**9).messages()
            if heard.topic != "robot.state"
        ]
    )
    ask(recorder, "record.start")
    assert recorder.status().task == "put the cube away"
    ask(recorder, "record.stop")
    ask(recorder, "record.start", task="wave")
    assert recorder.status().task == "wave"


def test_a_take_names_the_seed_by_which_the_scene_was_set_up_last(make, tmp_path):
    recorder = make()
    introduce(recorder)
    for number, seed in enumerate((3, 4), start=1):
        scene = SceneState(qpos=vector(np.zeros(3)), task="sort", seed=seed)
        recorder.hear([said("robot.scene", number, codec.encode(scene))])
    take = named(ask(recorder, "record.start").results)["take"]
    saved(recorder, ask(recorder, "record.stop"))
    assert load_manifest(tmp_path / "takes" / f"{take}.mcap").seed == 4


def test_a_scene_that_cannot_be_read_does_not_stop_a_take(make):
    recorder = make()
    introduce(recorder)
    recorder.hear([said("robot.scene", 1, b"\x0a\xff\xff\xff\xff\xff")])
    assert ask(recorder, "record.start").accepted


def test_a_take_begins_with_the_pictures_since_the_last_keyframe(make, tmp_path):
    recorder = make()
    messages = Script(seconds=1, begin_ns=time.monotonic_ns() - 10**9).messages()
    recorder.hear(messages[:-40])
    path = named(ask(recorder, "record.start").results)["path"]
    recorder.hear(messages[-40:])
    ask(recorder, "record.stop")
    from pathlib import Path

    verdict = verify(Path(path), decode_pictures=True)
    assert verdict.faults == []
    assert verdict.remarks == []
    assert 1 < verdict.video_frames["head"] <= 10


def test_a_folder_that_cannot_be_is_refused_with_what_to_do(make, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordingError, match="choose another folder"):
        make(folder=tmp_path / "file" / "takes")


def test_a_robot_that_fell_silent_is_nothing_to_record(make):
    recorder = make()
    long_ago_ns = time.monotonic_ns() - 5 * 10**9
    recorder.hear([said("robot.identity", 1, codec.encode(identity()), long_ago_ns)])
    assert "start the robot first" in ask(recorder, "record.start").reason


def test_what_the_recorder_does_not_know_is_refused(make):
    assert "does not know 'record.dance'" in ask(make(), "record.dance").reason
