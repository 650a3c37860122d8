"""A person's fingers become a robot's: the same pose comes back, pinches stay pinches, and bad points move nothing."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.hand_motion import STEP_S, as_person, motion, pinch
from twin.errors import RobotSpecError
from twin.retarget.jacobian import PointJacobian
from twin.retarget.keypoints import KNUCKLES, TIPS, HandFault, fault_of
from twin.retarget.model import can_retarget, load_hand_model
from twin.retarget.size import HandSize, HandSizeError, hand_length_m, hand_of_length, measure_hand
from twin.retarget.smoothing import PointFilter
from twin.retarget.solver import Retargeter, RetargetSettings
from twin.robot import find_robot, load_robot

SPEC = load_robot(find_robot("optimus"))
HANDS = {side: load_hand_model(SPEC, side) for side in ("left", "right")}
UNFILTERED = RetargetSettings(filtered=False)


def person(hand, angles, **options):
    return as_person(hand, np.atleast_2d(angles), **{"noise_m": 0.0, "mismatch": False, **options})


def settled(hand, points, count=60, size=None):
    retargeter = Retargeter(hand, size, UNFILTERED)
    for step in range(count):
        retargeter.retarget(points + 1e-9 * step, STEP_S)  # a tracker is never still to the last bit
        assert retargeter.fault is None
    return retargeter


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_pose_of_the_robots_own_hand_comes_back(side):
    hand = HANDS[side]
    for angles in motion(hand, 600, seed=3)[::60]:
        retargeter = settled(hand, person(hand, angles)[0])
        seen = person(hand, angles)[0]
        away_mm = 1000 * np.linalg.norm(retargeter.tips_m() - seen[TIPS], axis=1)
        assert away_mm.max() < 1.5
        error = np.abs(retargeter.angles_rad - angles)
        assert np.median(error) < 0.03
        assert error.max() < 0.35, "only what turns a fingertip about itself may differ"


def test_left_and_right_are_mirror_images():
    angles = motion(HANDS["right"], 200, seed=5)[::20]
    for pose in angles:
        right = settled(HANDS["right"], person(HANDS["right"], pose)[0]).angles_rad
        mirrored = person(HANDS["right"], pose)[0] * np.array([1.0, -1.0, 1.0])
        left = settled(HANDS["left"], mirrored).angles_rad
        np.testing.assert_allclose(left, right, atol=1e-5)


@pytest.mark.parametrize("finger", [1, 2, 3, 4])
def test_a_pinch_with_other_limbs_stays_a_pinch(finger):
    hand = HANDS["right"]
    seen = person(hand, pinch(hand, finger), mismatch=True)[0]
    theirs = float(np.linalg.norm(seen[TIPS[finger]] - seen[TIPS[0]]))
    ours = settled(hand, seen).gaps_m()[finger - 1]
    assert abs(ours - theirs) < 0.0015


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.75, 1.3), st.sampled_from([0.004, 0.011, 0.033]))
def test_limits_and_speeds_are_never_broken_whatever_is_shown(seed, size, dt_s):
    hand = HANDS["left"]
    rng = np.random.default_rng(seed)
    flat = person(hand, hand.straight_rad)[0] * size
    retargeter = Retargeter(hand)
    before = retargeter.angles_rad
    for _ in range(30):
        retargeter.retarget(flat + rng.normal(0.0, 0.02, flat.shape), dt_s)
        after = retargeter.angles_rad
        assert (after >= hand.lower_rad).all()
        assert (after <= hand.upper_rad).all()
        assert (np.abs(after - before) <= hand.max_speed_rad_s * dt_s + 1e-9).all()
        before = after


def test_noise_does_not_make_a_still_hand_jump():
    hand = HANDS["right"]
    pose = motion(hand, 300, seed=1)[40]
    seen = person(hand, np.tile(pose, (300, 1)), noise_m=0.0005, mismatch=True)
    calm, raw = (
        np.array([retargeter.retarget(points, STEP_S) for points in seen])[100:]
        for retargeter in (Retargeter(hand), Retargeter(hand, None, UNFILTERED))
    )
    assert np.abs(np.diff(calm, axis=0)).max() < 0.06
    assert np.abs(np.diff(calm, axis=0)).mean() < 0.5 * np.abs(np.diff(raw, axis=0)).mean()


def test_the_same_points_give_the_same_angles():
    hand = HANDS["right"]
    seen = person(hand, motion(hand, 100, seed=2), noise_m=0.0005)
    first, second = (
        np.array([retargeter.retarget(points, STEP_S) for points in seen])
        for retargeter in (Retargeter(hand), Retargeter(hand))
    )
    np.testing.assert_array_equal(first, second)


# --- what must not be used ----------------------------------------------------------------------------


def spoilt(points, how):
    points = points.copy()
    match how:
        case HandFault.NOT_A_HAND:
            return points[:21]
        case HandFault.NOT_FINITE:
            points[13, 1] = np.nan
        case HandFault.COLLAPSED:
            points *= 0.2
        case HandFault.STRETCHED:
            points[TIPS[3]] += [0.2, 0.0, 0.0]
        case HandFault.MIRRORED:
            points[:, 1] *= -1.0
    return points


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("fault", [fault for fault in HandFault if fault is not HandFault.FROZEN])
def test_points_that_are_no_such_hand_are_refused_by_name_and_move_nothing(side, fault):
    hand = HANDS[side]
    retargeter = settled(hand, person(hand, motion(hand, 50)[30])[0], 5)
    before = retargeter.angles_rad
    fist = person(hand, motion(hand, 200)[120])[0]
    np.testing.assert_array_equal(retargeter.retarget(spoilt(fist, fault), STEP_S), before)
    assert retargeter.fault is fault
    assert retargeter.retarget(fist, STEP_S) is not None
    assert retargeter.fault is None, "sound points are followed again"


def test_a_tracker_that_hangs_is_noticed_within_a_third_of_a_second_and_forgiven_at_once():
    hand = HANDS["right"]
    seen = person(hand, motion(hand, 100))
    retargeter = Retargeter(hand)
    faults = [(retargeter.retarget(seen[10], STEP_S), retargeter.fault)[1] for _ in range(34)]
    assert faults[:20] == [None] * 20
    assert faults[-1] is HandFault.FROZEN
    retargeter.retarget(seen[20], STEP_S)
    assert retargeter.fault is None


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_every_pose_that_fingers_can_take_is_believed(seed):
    hand = HANDS["right"]
    rng = np.random.default_rng(seed)
    pose = rng.uniform(hand.lower_rad, hand.upper_rad)
    assert fault_of(person(hand, pose, noise_m=0.001, mismatch=True)[0], "right") is None


# --- the operator's size ------------------------------------------------------------------------------


@pytest.mark.parametrize("larger", [0.8, 1.0, 1.25])
def test_an_open_hand_tells_the_operators_size_and_then_every_size_gives_the_same_pose(larger):
    hand = HANDS["right"]
    flat = person(hand, hand.straight_rad)[0]
    size = measure_hand(hand, flat * larger)
    assert size.scale == pytest.approx(1 / larger, rel=0.02)
    pose = motion(hand, 100)[60]
    seen = person(hand, pose)[0]
    one = settled(hand, seen, size=measure_hand(hand, flat)).angles_rad
    other = settled(hand, seen * larger, size=size).angles_rad
    np.testing.assert_allclose(other, one, atol=1e-3)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_hand_of_the_length_that_was_measured_is_laid_alike_whichever_way_it_is_held(side):
    hand = HANDS[side]
    flat = person(hand, hand.straight_rad)[0] * 1.1
    open_size, length_m = measure_hand(hand, flat), hand_length_m(flat)
    for pose in motion(hand, 200, seed=2)[::40]:
        size = hand_of_length(hand, length_m, person(hand, pose)[0] * 1.1)
        assert size.scale == pytest.approx(open_size.scale, rel=1e-6)
        np.testing.assert_allclose(size.shift_m, open_size.shift_m, atol=2e-3)
    with pytest.raises(HandSizeError, match="times the operator's"):
        hand_of_length(hand, 2 * length_m, flat)


def test_the_length_of_a_hand_is_that_from_its_wrist_to_the_tip_of_its_middle_finger():
    """A hand with the proportions of the source, laid flat."""
    length_m, flat = 0.19, np.zeros((25, 3))
    palms = [0.251, 0.463, 0.446, 0.421, 0.414]
    phalanges = [
        [0.196, 0.158],
        [0.245, 0.143, 0.097],
        [0.266, 0.170, 0.108],
        [0.244, 0.165, 0.107],
        [0.204, 0.117, 0.093],
    ]
    for tip, palm, bones in zip(TIPS, palms, phalanges, strict=True):
        flat[tip - len(bones) : tip + 1, 0] = (palm + np.cumsum([0.0, *bones])) * length_m
    assert hand_length_m(flat) == pytest.approx(length_m, rel=1e-6)
    assert np.linalg.norm(flat[14]) == pytest.approx(length_m, rel=0.02)


def test_knuckles_are_brought_together_for_a_palm_of_another_length():
    hand = HANDS["left"]
    flat = person(hand, hand.straight_rad)[0]
    flat[1:, 0] += 0.012
    size = measure_hand(hand, flat)
    moved = size.scale * flat[KNUCKLES[1:]] + size.shift_m
    np.testing.assert_allclose(moved.mean(0), hand.knuckles_m[1:].mean(0), atol=1e-9)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda hand, _: person(hand, motion(hand, 200)[120])[0], "bent"),
        (lambda _, flat: flat * np.array([1.0, -1.0, 1.0]), "other hand"),
        (lambda _, flat: flat * 0.55, "times the operator's"),
    ],
)
def test_a_hand_that_cannot_be_measured_is_told_what_to_do(spoil, told):
    hand = HANDS["right"]
    flat = person(hand, hand.straight_rad)[0]
    with pytest.raises(HandSizeError, match=told):
        measure_hand(hand, spoil(hand, flat))


# --- the robot's folder -------------------------------------------------------------------------------


def test_a_robot_that_does_not_name_its_middle_joints_is_told_which_frames_are_lacking():
    frames = {role: site for role, site in SPEC.frames.items() if not role.endswith("_middle")}
    bare = replace(SPEC, frames=frames)
    assert not can_retarget(bare, "left")
    with pytest.raises(RobotSpecError, match="left_<finger>_middle"):
        load_hand_model(bare, "left")


def test_a_hand_of_three_fingers_follows_with_those_it_has():
    gone = ("ring", "little")
    frames = {role: site for role, site in SPEC.frames.items() if not any(name in role for name in gone)}
    joints = tuple(j for j in SPEC.groups["right_hand"] if not any(g in SPEC.joint_names[j] for g in gone))
    three = replace(SPEC, frames=frames, groups={**SPEC.groups, "right_hand": joints})
    hand = load_hand_model(three, "right")
    assert hand.fingers == (0, 1, 2)
    full = HANDS["right"]
    seen = person(full, motion(full, 200)[110])[0]
    retargeter = Retargeter(hand, HandSize(), UNFILTERED)
    for step in range(60):
        retargeter.retarget(seen + 1e-9 * step, STEP_S)
    assert retargeter.angles_rad.shape == (len(joints),)
    assert 1000 * np.linalg.norm(retargeter.tips_m() - seen[TIPS[:3]], axis=1).max() < 1.5


def test_the_wrist_frame_of_both_hands_is_that_of_a_person():
    for side, outwards in (("left", -1.0), ("right", 1.0)):
        hand = HANDS[side]
        data = mujoco.MjData(hand.model)
        data.qpos[hand.qpos_address] = hand.straight_rad
        mujoco.mj_kinematics(hand.model, data)
        tips = (data.site_xpos[hand.tip_sites] - hand.wrist_m) @ hand.axes
        assert (tips[1:, 0] > 0.15).all(), "fingers point forward"
        assert (np.diff(tips[1:, 1]) * outwards < 0).all(), "index to little goes away from the thumb"
        flex = [n for n, j in enumerate(hand.joints) if SPEC.joint_names[j].endswith("index_mcp")]
        data.qpos[hand.qpos_address[flex]] = 0.8
        mujoco.mj_kinematics(hand.model, data)
        bent = (data.site_xpos[hand.tip_sites[1]] - hand.wrist_m) @ hand.axes
        assert bent[2] < tips[1, 2] - 0.03, "a finger that bends goes down"


# --- the filter ---------------------------------------------------------------------------------------


def test_the_filter_is_late_by_what_it_says_and_steadier_at_rest():
    rng = np.random.default_rng(0)
    quiet, points = PointFilter(), np.zeros((10, 3))
    still = np.array(
        [quiet.step(points + rng.normal(0, 0.0005, points.shape), 0.01).copy() for _ in range(400)]
    )
    assert still[100:].std() < 0.0004

    moving = PointFilter()
    for step in range(200):
        behind_m = 0.2 * 0.01 * step - moving.step(points + np.array([0.2 * 0.01 * step, 0, 0]), 0.01)[0, 0]
    assert behind_m / 0.2 == pytest.approx(moving.delay_s, rel=0.15)
    assert moving.delay_s < 0.010


def test_the_jacobian_of_all_points_at_once_is_mujocos():
    hand = HANDS["left"]
    data = mujoco.MjData(hand.model)
    sites = np.concatenate((hand.tip_sites, hand.middle_sites))
    weights = np.linspace(0.5, 1.5, len(sites))
    jacobian, moves = (
        PointJacobian(hand.model, data, sites, weights),
        np.empty((len(sites), 3, hand.model.nv)),
    )
    rng = np.random.default_rng(4)
    for _ in range(5):
        data.qpos[hand.qpos_address] = rng.uniform(hand.lower_rad, hand.upper_rad)
        mujoco.mj_kinematics(hand.model, data)
        mujoco.mj_comPos(hand.model, data)
        np.testing.assert_array_equal(jacobian.write(moves), data.site_xpos[sites])
        for site, weight, found in zip(sites, weights, moves, strict=True):
            expected = np.zeros((3, hand.model.nv))
            mujoco.mj_jacSite(hand.model, data, expected, None, int(site))
            np.testing.assert_allclose(found, weight * expected, atol=1e-12)
