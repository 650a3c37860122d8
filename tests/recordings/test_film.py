"""A film of a take shows what happened in it, and says in one sentence why there is none."""

from dataclasses import replace

import av
import numpy as np
import pytest
from spoken_station import Script

from recordings.film import Look, film
from recordings.recorder.open_take import OpenTake, TakeOrder
from recordings.take import Episode
from twin.errors import RecordingError
from twin.robot import find_robot, load_robot
from twin.scene import load_scene
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import RobotState, SceneState, vector

S = NS_PER_S


@pytest.fixture(scope="module")
def spec():
    return load_robot(find_robot("optimus"))


def take_of(messages, folder, scene="table"):
    order = TakeOrder(
        folder=folder,
        episode=Episode(take="A", robot="optimus", scene=scene, simulated=True),
        wall_offset_ns=0,
        started_ns=messages[0].received_ns,
    )
    made = OpenTake(order)
    made.put(messages)
    made.end("stopped", messages[-1].received_ns)
    assert made.wait_saved(20)
    assert not made.trouble
    return made.path


def waving(spec, seconds):
    """A robot in the scene ``table`` that bends its elbows slowly."""
    scene = load_scene(spec, "table", 0)
    messages = []
    for step in range(int(seconds * 50)):
        at_ns = S + step * S // 50
        pose = spec.home_rad.copy()
        pose[spec.joint_names.index("left_elbow")] -= 0.5 * step / (seconds * 50)
        state = RobotState(position_rad=vector(pose))
        for topic, message in (
            ("robot.scene", SceneState(qpos=vector(scene.initial_qpos))),
            ("robot.state", state),
        ):
            messages.append(Heard(topic, step + 1, at_ns, at_ns, codec.encode(message)))
    return messages


def test_a_film_has_the_length_and_the_size_asked_for_and_its_pictures_move(spec, tmp_path):
    take = take_of(waving(spec, 2.0), tmp_path)
    out = tmp_path / "films" / "a.mp4"
    count = film(take, spec, out, Look(width_px=160, height_px=120, fps=10, view="front"), lambda _s: None)
    with av.open(str(out)) as file:
        frames = list(file.decode(video=0))
    pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in frames]
    assert (frames[0].color_primaries, frames[0].color_trc, int(frames[0].colorspace)) == (1, 13, 6)
    assert count == len(pictures)
    assert 18 <= count <= 21
    assert pictures[0].shape == (120, 160, 3)
    assert (np.abs(pictures[0] - pictures[-1]).max(axis=2) > 40).sum() > 50


def test_a_stretch_twice_as_fast_has_half_as_many_pictures(spec, tmp_path):
    take = take_of(waving(spec, 2.0), tmp_path)
    look = Look(width_px=64, height_px=48, fps=10, speed=2.0, begin_s=1.0)
    assert 4 <= film(take, spec, tmp_path / "a.mp4", look, lambda _s: None) <= 6
    with pytest.raises(RecordingError, match="nothing to show between 9"):
        film(take, spec, tmp_path / "b.mp4", replace(look, begin_s=9.0), lambda _s: None)


def test_a_take_without_a_scene_or_of_another_robot_is_refused_in_words(spec, tmp_path):
    script = Script(seconds=0.3, cameras=())
    other = take_of(script.messages(), tmp_path)
    with pytest.raises(RecordingError, match="does not fit optimus"):
        film(other, spec, tmp_path / "a.mp4", Look(), lambda _s: None)
    bare = [heard for heard in script.messages() if heard.topic != "robot.scene"]
    (tmp_path / "bare").mkdir()
    with pytest.raises(RecordingError, match="not made in a simulated scene"):
        film(take_of(bare, tmp_path / "bare"), spec, tmp_path / "a.mp4", Look(), lambda _s: None)


def test_a_robot_that_comes_off_its_gantry_goes_on_in_the_same_film(spec, tmp_path):
    on_bolts = waving(spec, 1.0)  # of the base nothing is said, as in every take made on the gantry
    free = load_scene(spec, "table", 0, "wheels").initial_qpos
    after = []
    for step in range(50):
        at_ns = 2 * S + step * S // 50
        qpos = free.copy()
        qpos[0] -= 0.02 * step
        place = vector([qpos[0], qpos[1], qpos[2]])
        state = RobotState(
            position_rad=vector(spec.home_rad),
            base_position_m=place,
            base_orientation_wxyz=vector([1, 0, 0, 0]),
        )
        for topic, message in (("robot.scene", SceneState(qpos=vector(qpos))), ("robot.state", state)):
            after.append(Heard(topic, 51 + step, at_ns, at_ns, codec.encode(message)))
    take = take_of([*on_bolts, *after], tmp_path)
    out = tmp_path / "a.mp4"
    count = film(take, spec, out, Look(width_px=160, height_px=120, fps=10, view="right"), lambda _s: None)
    with av.open(str(out)) as file:
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]
    assert 18 <= count <= 21
    assert (np.abs(pictures[9] - pictures[-1]).max(axis=2) > 40).sum() > 200, (
        "it has rolled away from the table"
    )
