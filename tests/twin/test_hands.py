"""Grasp synergies: data of the robot, checked on reading, and really holding things in the simulation."""

import shutil
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from twin.errors import RobotSpecError
from twin.hands import GRASPS_FILE, PRESETS, load_hands
from twin.robot import find_robot, load_robot
from twin.scene import load_scene
from twin.simulation.simulation import Simulation

SPEC = load_robot(find_robot("optimus"))
HANDS = load_hands(SPEC)


@pytest.fixture
def folder(tmp_path):
    shutil.copy(SPEC.folder / GRASPS_FILE, tmp_path)
    return tmp_path


def with_text(folder, old, new):
    path = folder / GRASPS_FILE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return replace(SPEC, folder=folder)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_every_grasp_keeps_to_the_limits_whatever_is_asked(side, preset):
    hand = HANDS[side]
    for closure in np.linspace(-0.5, 1.5, 21):
        for spread, opposition in ((0, 0), (1, 1), (-1, -1), (1, -1)):
            angles = hand.angles(preset, closure, spread, opposition)
            assert angles.shape == (22,)
            assert (angles >= hand.lower_rad - 1e-9).all()
            assert (angles <= hand.upper_rad + 1e-9).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_closing_is_a_path_without_leaps(preset):
    path = np.array([HANDS["right"].angles(preset, closure) for closure in np.linspace(0, 1, 101)])
    assert np.abs(np.diff(path, axis=0)).max() < 0.05


def test_both_hands_are_mirror_images():
    for preset in PRESETS:
        left, right = (HANDS[side].angles(preset, 0.7) for side in ("left", "right"))
        np.testing.assert_allclose(left, right)


def test_a_closed_pinch_brings_thumb_and_index_together():
    model = mujoco.MjModel.from_xml_path(str(SPEC.model_path))
    data = mujoco.MjData(model)
    hand = HANDS["right"]

    def gap_m(closure):
        for joint, angle in zip(hand.joints, hand.angles("pinch", closure), strict=True):
            data.qpos[model.joint(SPEC.joint_names[joint]).qposadr[0]] = angle
        mujoco.mj_kinematics(model, data)
        tips = [data.site_xpos[model.site(SPEC.frames[f"right_{f}_tip"]).id] for f in ("thumb", "index")]
        return np.linalg.norm(tips[0] - tips[1])

    assert gap_m(0.0) > 0.05
    assert min(gap_m(closure) for closure in np.linspace(0.8, 1, 11)) < 0.006


def test_the_closure_of_a_pose_is_found_again():
    hand = HANDS["left"]
    for closure in (0.0, 0.3, 0.75, 1.0):
        assert hand.closure_of("power", hand.angles("power", closure)) == pytest.approx(closure, abs=0.02)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("index_pip = 0.15", "index_pip = 15.0", "index_pip"),
        ("thumb_ip = 0.1\n", "", "thumb_ip"),
        ("[pinch]", "[pinsh]", "pinsh"),
        ("index_abd = 0.25", "index_abdd = 0.25", "index_abdd"),
        ("index_pip = 0.15", 'index_pip = "closed"', "closed"),
        ("\n[open]\n", "\n[open\n", "cannot be read"),
    ],
)
def test_a_mistake_in_the_grasps_is_named_with_file_and_joint(folder, old, new, told):
    with pytest.raises(RobotSpecError) as raised:
        load_hands(with_text(folder, old, new))
    assert GRASPS_FILE in str(raised.value)
    assert told in str(raised.value)


def test_fingers_without_grasps_are_refused(tmp_path):
    with pytest.raises(RobotSpecError, match="missing"):
        load_hands(replace(SPEC, folder=tmp_path))


def test_a_robot_without_fingers_has_no_hands(tmp_path):
    groups = {name: joints for name, joints in SPEC.groups.items() if not name.endswith("_hand")}
    assert load_hands(replace(SPEC, folder=tmp_path, groups=groups)) == {}


class Held:
    """An object put into the right palm in free fall, then held against gravity while the arm shakes it."""

    def __init__(self, thing, radius_m, distance_m, along_m):
        self.scene = load_scene(SPEC, "table", 0)
        self.simulation = Simulation(SPEC, self.scene)
        self.hand = HANDS["right"]
        self.thing = self.scene.model.body(thing).id
        self.palm = self.scene.model.site(SPEC.frames["right_hand"]).id
        self.target = SPEC.home_rad.copy()
        self.target[SPEC.joint_names.index("right_shoulder_pitch")] -= 0.3
        self.distance_m = distance_m or radius_m + 0.004
        self.along_m = along_m

    def place_thing(self):
        model, data = self.scene.model, self.simulation.data
        data.qpos[self.scene.joint_qpos_address] = self.target
        mujoco.mj_kinematics(model, data)
        rotation = data.site_xmat[self.palm].reshape(3, 3)
        joint = model.body_jntadr[self.thing]
        at = model.jnt_qposadr[joint]
        data.qpos[at : at + 3] = data.site_xpos[self.palm] + rotation @ [0.005, self.distance_m, self.along_m]
        across = np.stack((rotation[:, 1], rotation[:, 2], rotation[:, 0]), axis=1)
        mujoco.mju_mat2Quat(data.qpos[at + 3 : at + 7], across.ravel())

    def step(self, seconds):
        for _ in range(round(seconds / 0.01)):
            self.simulation.command(self.target)
            self.simulation.advance(0.01)

    def close(self, preset):
        self.target[self.hand.joints] = self.hand.angles(preset, 0.0)
        self.place_thing()
        gravity = self.scene.model.opt.gravity.copy()
        self.scene.model.opt.gravity[:] = 0.0
        for closure in np.linspace(0, 1, 80):
            self.target[self.hand.joints] = self.hand.angles(preset, closure)
            self.step(0.01)
        self.step(0.4)
        self.scene.model.opt.gravity[:] = gravity

    def in_palm(self):
        data = self.simulation.data
        rotation = data.site_xmat[self.palm].reshape(3, 3)
        return rotation.T @ (data.xpos[self.thing] - data.site_xpos[self.palm])

    def shake(self):
        joints = [
            SPEC.joint_names.index(f"right_{name}") for name in ("shoulder_pitch", "elbow", "wrist_yaw")
        ]
        rest = self.target[joints].copy()
        for tick in range(200):
            self.target[joints] = rest + np.array([0.2, 0.2, 0.5]) * np.sin(2 * np.pi * tick / 100)
            self.step(0.01)


@pytest.mark.parametrize(
    ("preset", "thing", "radius_m", "distance_m", "along_m"),
    [
        ("power", "red_box", 0.025, None, -0.02),
        ("power", "green_can", 0.028, None, -0.02),
        ("power", "yellow_ball", 0.031, None, -0.02),
        ("tripod", "red_box", 0.025, 0.055, -0.035),
        ("tripod", "green_can", 0.028, 0.055, -0.035),
        ("tripod", "yellow_ball", 0.031, 0.055, -0.035),
        ("pinch", "red_box", 0.025, 0.055, -0.035),
    ],
)
def test_a_closed_hand_holds_the_things_of_the_scene_while_it_is_shaken(
    preset, thing, radius_m, distance_m, along_m
):
    held = Held(thing, radius_m, distance_m, along_m)
    held.close(preset)
    before = held.in_palm()
    held.shake()
    assert np.linalg.norm(held.in_palm() - before) < 0.02
