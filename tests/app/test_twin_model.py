"""What the twin would draw follows what was heard; what cannot be seen to differ is not drawn again."""

from dataclasses import replace

import numpy as np
import pytest

from app.feed import Feed
from app.twin_view.model import Looks, TwinModel, load_in_background
from twin.errors import SceneError
from twin.render.orbit import OrbitCamera
from twin.robot import find_robot, load_robot
from twin.scene import load_scene
from twin.station import Station
from twin.wire.messages import AppliedCommand, RobotState, vector

MS = 1_000_000
NOW_NS = 5_000 * MS
PALE = Looks(stale=(0.6, 0.6, 0.6), requested=(0.9, 0.9, 0.9))


@pytest.fixture(scope="module")
def spec():
    return load_robot(find_robot("optimus"))


@pytest.fixture
def model(spec) -> TwinModel:
    return TwinModel(spec, load_scene(spec, "table", 0))


def say(ear, spec, at_ns: int, elbow_rad: float, command_rad: float | None = None) -> None:
    still = vector(np.zeros(len(spec.joints)))
    pose = spec.home_rad.copy()
    pose[spec.joint_names.index("left_elbow")] += elbow_rad
    ear.say(
        "robot.state", RobotState(position_rad=vector(pose), velocity_rad_s=still, effort_nm=still), at_ns
    )
    if command_rad is not None:
        pose[spec.joint_names.index("left_elbow")] += command_rad - elbow_rad
        ear.say("robot.applied", AppliedCommand(position_rad=vector(pose)), at_ns)


def follow(model, feed, now_ns: int) -> bool:
    feed.drain(now_ns)
    differs = model.follow(feed, now_ns, PALE)
    model.drawn()
    return differs


def test_the_first_picture_is_always_drawn(model, ear):
    assert follow(model, Feed(ear), NOW_NS)


def test_only_what_moved_visibly_is_drawn_again(model, spec, ear):
    feed = Feed(ear)
    seen = []
    for step, elbow in enumerate((0.0, 0.0, 0.00002, -0.1, -0.1)):
        at_ns = NOW_NS + step * 10 * MS
        say(ear, spec, at_ns, elbow)
        seen.append(follow(model, feed, at_ns))
    assert seen == [True, False, False, True, False]


def test_slow_motion_adds_up_until_it_is_drawn(model, spec, ear):
    feed = Feed(ear)
    drawn = 0
    for step in range(200):
        at_ns = NOW_NS + step * 10 * MS
        say(ear, spec, at_ns, -step * 0.0001)
        feed.drain(at_ns)
        if model.follow(feed, at_ns, PALE):
            model.drawn()
            drawn += 1
    assert 5 < drawn < 120


def test_a_command_that_departs_shows_the_ghost_and_silence_takes_it_away(model, spec, ear):
    feed = Feed(ear)
    say(ear, spec, NOW_NS, 0.0, command_rad=-0.5)
    assert follow(model, feed, NOW_NS)
    assert model.palette.ghost_is_visible
    assert follow(model, feed, NOW_NS + 300 * MS), "a stale robot looks different"
    assert not model.palette.ghost_is_visible


def test_a_link_is_found_under_the_pointer_and_named_by_its_joints(model, spec):
    camera = OrbitCamera(model.camera().presets["left"])
    view = camera.view(1.0)
    elbow = spec.joint_names.index("left_elbow")
    scene, data = model.scene.model, model.mirror.measured
    forearm = scene.jnt_bodyid[scene.joint("left_elbow").id]
    wrist = scene.jnt_bodyid[scene.joint("left_wrist_yaw").id]
    place = view.project((data.xpos[forearm] + data.xpos[wrist]) / 2)
    assert place is not None
    assert elbow in model.joints_at(model.pick(view, *place))


def test_the_sky_and_the_table_move_no_joint(model):
    view = OrbitCamera(model.camera().presets["front"]).view(1.0)
    assert model.joints_at(model.pick(view, 0.01, 0.01)) == ()
    table = view.project(model.mirror.measured.xpos[model.scene.model.body(model.scene.objects[0]).id])
    assert table is not None
    assert model.joints_at(model.pick(view, *table)) == ()


def test_marked_joints_mark_the_links_they_move_and_unmark_the_others(model, spec):
    left, right = spec.joint_names.index("left_elbow"), spec.joint_names.index("right_elbow")
    before = model.palette.rows.copy()
    model.mark((left,), ())
    marked = np.flatnonzero((model.palette.rows != before).any(axis=(1, 2)))
    assert len(marked) > 0
    model.mark((right,), ())
    assert not (model.palette.rows[marked] != before[marked]).any()


def test_the_model_is_built_beside_the_window_and_its_errors_come_back(spec):
    wrong = Station(folder="/nowhere", robot_folder=str(spec.folder), scene="moon")
    with pytest.raises(SceneError, match="moon"):
        load_in_background(spec, wrong).result(timeout=30)


def test_what_is_held_back_takes_the_colour_of_its_reason_and_gives_it_back(model, spec, ear):
    feed = Feed(ear)
    say(ear, spec, NOW_NS, 0.0)
    follow(model, feed, NOW_NS)
    own = model.palette.rows.copy()
    for concerns in ({"left_elbow": (1.0, 0.6, 0.0)}, {"left_hand": (1.0, 0.6, 0.0)}):
        feed.drain(NOW_NS)
        assert model.follow(feed, NOW_NS, replace(PALE, concerns=concerns))
        tinted = np.flatnonzero((model.palette.rows != own).any(axis=(1, 2)))
        assert 0 < len(tinted) < 20
    model.follow(feed, NOW_NS, PALE)
    np.testing.assert_array_equal(model.palette.rows, own)
