from dataclasses import replace

import mujoco
import numpy as np
import pytest

from twin.mirror import Mirror
from twin.render.subject import Subject
from twin.robot import find_robot, load_robot
from twin.scene import load_scene, shown_scene
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AppliedCommand, BalanceState, RobotState, SceneState, vector

NOW = 1_000 * NS_PER_S


@pytest.fixture(scope="module")
def robot_and_scene():
    spec = load_robot(find_robot("optimus"))
    return spec, load_scene(spec, "table", 0)


@pytest.fixture
def mirror(robot_and_scene):
    return Mirror(*robot_and_scene)


def heard(topic, message, sampled_ns):
    return Heard(topic, 1, sampled_ns, sampled_ns, codec.encode(message))


def moved(spec, joint, by_rad):
    position = spec.home_rad.copy()
    position[spec.joint_names.index(joint)] += by_rad
    return vector(position)


def hand_of(mirror, data):
    return np.array(data.site(mirror.spec.frames["left_hand"]).xpos)


def test_before_anything_is_heard_the_robot_stands_at_home_and_counts_as_stale(mirror):
    assert mirror.is_stale(NOW)
    assert np.isinf(mirror.age_s("robot.state", NOW))
    np.testing.assert_allclose(mirror.measured.qpos, mirror.scene.initial_qpos)


def test_the_newest_state_bends_the_robot_inside_the_simulated_scene(mirror):
    scene = mirror.scene
    qpos = scene.initial_qpos.copy()
    address = scene.model.jnt_qposadr[scene.model.joint(scene.objects[0]).id]
    qpos[address + 2] += 0.25
    mirror.hear(heard("robot.scene", SceneState(qpos=vector(qpos)), NOW - 20 * NS_PER_MS))
    mirror.hear(heard("robot.state", RobotState(position_rad=moved(mirror.spec, "left_elbow", 0.4)), NOW))
    before = hand_of(mirror, mirror.measured)
    assert mirror.update()
    lifted = mirror.measured.body(scene.objects[0]).xpos[2]
    assert lifted == pytest.approx(qpos[address + 2], abs=1e-5)
    assert np.linalg.norm(hand_of(mirror, mirror.measured) - before) > 0.05
    assert not mirror.is_stale(NOW)


def test_only_the_newest_of_many_messages_is_shown(mirror):
    for step in range(20):
        state = RobotState(position_rad=moved(mirror.spec, "left_elbow", 0.02 * step))
        mirror.hear(heard("robot.state", state, NOW + step * 2 * NS_PER_MS))
    mirror.update()
    joint = mirror.spec.joint_names.index("left_elbow")
    shown = mirror.measured.qpos[mirror.scene.joint_qpos_address[joint]]
    assert shown == pytest.approx(mirror.spec.home_rad[joint] + 0.38, abs=1e-5)
    assert not mirror.update()


def test_a_silent_robot_becomes_stale_and_its_age_is_known(mirror):
    mirror.hear(heard("robot.state", RobotState(position_rad=vector(mirror.spec.home_rad)), NOW))
    assert not mirror.is_stale(NOW + 40 * NS_PER_MS)
    assert mirror.is_stale(NOW + 60 * NS_PER_MS)
    assert mirror.age_s("robot.state", NOW + 60 * NS_PER_MS) == pytest.approx(0.06)


def test_the_commanded_robot_goes_ahead_and_is_forgotten_when_motors_are_off(mirror):
    subject = Subject(mirror)
    mirror.hear(heard("robot.state", RobotState(position_rad=vector(mirror.spec.home_rad)), NOW))
    command = AppliedCommand(position_rad=moved(mirror.spec, "left_shoulder_pitch", -0.5))
    mirror.hear(heard("robot.applied", command, NOW))
    subject.pose(NOW)
    assert subject.palette.ghost_is_visible
    assert np.linalg.norm(hand_of(mirror, mirror.commanded) - hand_of(mirror, mirror.measured)) > 0.1
    subject.pose(NOW + NS_PER_S)
    assert not subject.palette.ghost_is_visible


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (RobotState(position_rad=vector(np.zeros(7))), "7 joints"),
        (RobotState(position_rad=vector(np.full(74, np.nan))), "no numbers"),
    ],
)
def test_a_state_that_cannot_be_shown_is_told_and_the_last_good_one_stays(mirror, wrong, says):
    mirror.hear(heard("robot.state", RobotState(position_rad=moved(mirror.spec, "left_elbow", 0.4)), NOW))
    mirror.update()
    good = mirror.measured.qpos.copy()
    mirror.hear(heard("robot.state", wrong, NOW + NS_PER_MS))
    mirror.update()
    assert says in mirror.fault
    np.testing.assert_array_equal(mirror.measured.qpos, good)
    mirror.hear(heard("robot.state", RobotState(position_rad=vector(mirror.spec.home_rad)), NOW + NS_PER_S))
    mirror.update()
    assert mirror.fault == ""


def test_garbage_on_a_topic_is_told_and_survived(mirror):
    mirror.hear(Heard("robot.state", 1, NOW, NOW, b"\xff\xff\xff"))
    mirror.update()
    assert "RobotState" in mirror.fault


def test_a_scene_of_another_model_is_refused(mirror):
    mirror.hear(heard("robot.scene", SceneState(qpos=vector(np.zeros(5))), NOW))
    mirror.update()
    assert "restart the station" in mirror.fault


def test_the_commanded_robot_is_drawn_from_the_robots_links_alone(mirror):
    geometry = Subject(mirror).geometry
    model = mirror.scene.model
    roots = model.body_rootid[geometry.bodies]
    assert (roots[: geometry.n_robot] == mirror.robot_root).all()
    assert (roots[geometry.n_robot :] != mirror.robot_root).all()
    assert geometry.n_robot > mirror.spec.lower_rad.size / 2


def test_every_joint_moves_a_link_that_can_be_coloured_or_carries_one_that_is(mirror):
    subject = Subject(mirror)
    model = mirror.scene.model
    shown = [joint for joint in mirror.spec.joint_names if len(subject.rows_of_joint(joint))]
    assert len(shown) > 0.8 * len(mirror.spec.joint_names)
    assert all(model.joint(joint).type[0] == mujoco.mjtJoint.mjJNT_HINGE for joint in shown)


def test_every_named_view_shows_the_whole_of_what_it_is_for(mirror):
    camera = Subject(mirror).camera()
    wanted = {"front": ("head", "left_foot"), "back": ("head", "right_foot"), "left": ("head", "left_foot"),
              "right": ("head", "right_foot"), "top": ("left_hand", "right_hand"), "hands": ("left_hand", "right_hand"),
              "home": ("head", "left_hand"), "head": ("head",)}  # fmt: skip
    assert set(wanted) == set(camera.presets)
    for preset, frames in wanted.items():
        camera.go_to(preset, glide_s=0)
        for frame in frames:
            site = mirror.spec.frames[frame]
            x, y = camera.view(1.4).project(mirror.measured.site(site).xpos)
            assert 0.02 < x < 0.98, (preset, frame)
            assert 0.02 < y < 0.98, (preset, frame)


def test_legs_that_a_balance_moves_are_not_shown_as_if_they_did_not_follow(mirror):
    knee = mirror.scene.joint_qpos_address[mirror.spec.joint_names.index("left_knee")]
    bent, asked = moved(mirror.spec, "left_knee", 0.6), moved(mirror.spec, "left_elbow", -0.3)
    mirror.hear(heard("robot.state", RobotState(position_rad=bent), NOW))
    mirror.hear(heard("robot.applied", AppliedCommand(position_rad=asked), NOW))
    mirror.update()
    assert mirror.commanded.qpos[knee] != pytest.approx(mirror.measured.qpos[knee])
    mirror.hear(heard("robot.balance", BalanceState(phase="stand"), NOW))
    mirror.update()
    assert mirror.commanded.qpos[knee] == mirror.measured.qpos[knee]
    elbow = mirror.scene.joint_qpos_address[mirror.spec.joint_names.index("left_elbow")]
    assert mirror.commanded.qpos[elbow] != pytest.approx(mirror.measured.qpos[elbow])


def test_who_shows_a_robot_that_may_come_off_its_gantry_understands_it_bolted_and_free(robot_and_scene):
    spec, bolted = robot_and_scene
    mirror = Mirror(spec, shown_scene(spec, "table", 0, "gantry", 1))
    hung_m = np.array(spec.base.position_m)
    np.testing.assert_allclose(mirror.measured.body("pelvis").xpos, hung_m)
    mirror.take_scene(SceneState(qpos=vector(bolted.initial_qpos)), NOW)
    mirror.place()
    assert not mirror.fault
    alone = Mirror(spec, bolted)
    alone.take_scene(SceneState(qpos=vector(bolted.initial_qpos)), NOW)
    alone.place()
    np.testing.assert_allclose(mirror.measured.xpos, alone.measured.xpos, atol=1e-6)
    np.testing.assert_allclose(mirror.measured.xmat, alone.measured.xmat, atol=1e-6)
    assert mirror.base_address is not None
    free = mirror.scene.initial_qpos.copy()
    free[mirror.base_address] += 0.5
    mirror.take_scene(SceneState(qpos=vector(free)), NOW)
    mirror.place()
    assert not mirror.fault
    np.testing.assert_allclose(mirror.measured.body("pelvis").xpos, hung_m + np.array([0.5, 0, 0]), atol=1e-6)
    mirror.take_scene(SceneState(qpos=vector(bolted.initial_qpos[:-1])), NOW)
    assert "restart the station" in mirror.fault


def test_a_robot_that_offers_its_gantry_only_is_shown_bolted(robot_and_scene):
    spec, bolted = robot_and_scene
    shown = shown_scene(replace(spec, bases=("gantry",)), "table", 0, "gantry", 1)
    assert shown.model.nq == bolted.model.nq
