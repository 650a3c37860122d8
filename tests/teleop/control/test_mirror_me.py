"""Mirror me: the L-pose shows a body, hands are where the operator's are, and nothing moves that was not asked to."""

import numpy as np
import pytest
from driving_bench import ARMS, Bench
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from standing_person import facing, seen
from worn_bench import Worn

from teleop.control.clutch import Phase
from teleop.control.status import status_of
from teleop.following.l_pose import HELD_NS, LPose
from teleop.following.mirror_me import CLOSING, FARTHEST_M, FARTHEST_RAD, PLAY_M, PLAY_RAD, MirroredHand
from twin.demonstration.motion import HAND_IN_AIM
from twin.demonstration.person import ARM, EYES, SHOULDERS, UPPER_ARM
from twin.spatial import (
    Pose,
    quaternion_from_rotation,
    rotation_from_quaternion,
    rotation_from_vector,
    vector_from_rotation,
)
from twin.wire.messages import vector

FEW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
SIDES = ("left", "right")


def l_pose(
    height_m=1.75, yaw_rad=0.0, at_m=(0.0, 0.0, 0.0), frame_ns=0, moved_m=(0, 0, 0), turned=None, **changes
):
    """A person of that height in the L-pose; the right hand is ``moved_m`` from there, seen as ``turned``."""
    forearm_m = (ARM - UPPER_ARM) * height_m
    palms_m = {
        side: np.array([forearm_m - 0.08, left_m, (SHOULDERS - UPPER_ARM) * height_m])
        for side, left_m in (("left", 0.2), ("right", -0.2))
    }
    palms_m["right"] += np.asarray(moved_m)
    turns = {} if turned is None else {"right": turned}
    sample = seen(facing(yaw_rad), np.asarray(at_m, float), EYES * height_m, palms_m, turns, frame_ns)
    return replace(sample, **changes)


def shown(watch, seconds=1.2, **pose):
    for tick in range(round(seconds * 90)):
        watch.see(l_pose(frame_ns=10**9 + tick * 10**9 // 90, **pose))
    return watch


@FEW
@given(st.floats(1.45, 2.0), st.floats(-3, 3), st.tuples(*[st.floats(-2, 2)] * 2, st.floats(-0.5, 0.1)))
def test_the_l_pose_shows_arm_and_shoulders_whichever_way_and_wherever_one_stands_or_sits(
    height_m, yaw_rad, at_m
):
    fit = shown(LPose(), height_m=height_m, yaw_rad=yaw_rad, at_m=at_m).fit
    assert fit.arm_m == pytest.approx(ARM * height_m, rel=1e-3)
    np.testing.assert_allclose(fit.shoulders_m, [-0.08, 0, (SHOULDERS - EYES) * height_m], atol=2e-3)


def test_an_arm_that_the_operator_knows_counts_more_than_a_measured_one():
    assert shown(LPose(0.61)).fit.arm_m == 0.61


@pytest.mark.parametrize(
    ("pose", "said"),
    [
        ({"moved_m": (0, 0, 0.2)}, "as high as your elbows"),
        ({"moved_m": (0, 0.3, 0)}, "as far apart"),
        ({"turned": rotation_from_vector(np.array([0, 0, 1.2]))}, "straight ahead"),
        ({"turned": rotation_from_vector(np.array([1.2, 0, 0]))}, "palms to each other"),
        ({"head_orientation_wxyz": vector(quaternion_from_rotation(facing(1.0)))}, "look straight ahead"),
        ({"hands": ()}, "where the headset sees them"),
        ({"fault": "the headset was recentred"}, "recentred"),
    ],
)
def test_what_is_not_yet_the_pose_is_told_and_never_taken_for_it(pose, said):
    watch = shown(LPose(), 3.0, **pose)
    assert watch.fit is None
    assert said in watch.advice


def test_a_body_that_moves_or_passes_through_the_pose_is_not_measured():
    watch = LPose()
    for tick in range(400):
        watch.see(
            l_pose(at_m=(0, 0, 0), moved_m=(0.04 * np.sin(tick / 9), 0, 0), frame_ns=tick * 10**9 // 90)
        )
    assert watch.fit is None
    shown(watch, 0.9 * HELD_NS / 1e9)
    assert watch.fit is None


# --- one hand -------------------------------------------------------------------------------------------

small = st.floats(-0.14, 0.14)
turns = st.tuples(*[st.floats(-0.4, 0.4)] * 3)


@FEW
@given(
    st.tuples(small, small, small),
    turns,
    st.lists(st.tuples(st.tuples(*[st.floats(-1, 1)] * 3), turns), max_size=20),
)
def test_the_robots_hand_never_goes_further_than_half_more_than_the_operators(away_m, away_rad, ways):
    robot = Pose(np.array([0.3, -0.2, 0.2]), rotation_from_vector(np.array(away_rad)))
    belongs = Pose(robot.position_m + np.array(away_m), np.eye(3))
    hand = MirroredHand(belongs, robot)
    before, goal = hand.goal(belongs), belongs
    np.testing.assert_allclose(before.position_m, robot.position_m, atol=1e-9)
    np.testing.assert_allclose(before.rotation, robot.rotation, atol=1e-9)
    for way, turn in ways:
        step_m, step_rad = 0.03 * np.array(way), 0.1 * np.array(turn)
        goal = Pose(goal.position_m + step_m, rotation_from_vector(step_rad) @ goal.rotation)
        behind_m, now = hand.behind_m, hand.goal(goal)
        allowed_m = np.linalg.norm(step_m) + CLOSING * (
            np.linalg.norm(step_m) + 0.3 * np.linalg.norm(step_rad)
        )
        assert np.linalg.norm(now.position_m - before.position_m) <= allowed_m + 1e-9
        assert hand.behind_m <= behind_m + 1e-12
        before = now


@FEW
@given(st.tuples(small, small, small), st.integers(0, 10**6))
def test_a_hand_that_is_held_still_stays_still_however_it_trembles(away_m, seed):
    rng = np.random.default_rng(seed)
    robot = Pose(np.array([0.3, -0.2, 0.2]), np.eye(3))
    belongs = Pose(robot.position_m + np.array(away_m), np.eye(3))
    hand = MirroredHand(belongs, robot)
    for _ in range(200):
        tremble_m, tremble_rad = rng.uniform(-1, 1, 3) * PLAY_M / 2, rng.uniform(-1, 1, 3) * PLAY_RAD / 2
        now = hand.goal(Pose(belongs.position_m + tremble_m, rotation_from_vector(tremble_rad)))
        np.testing.assert_allclose(now.position_m - tremble_m, robot.position_m, atol=1e-9)
        assert np.linalg.norm(vector_from_rotation(now.rotation)) <= PLAY_RAD


# --- the whole controller -------------------------------------------------------------------------------


class Mirrored(Worn):
    """The bench with controllers that point, held as in the L-pose, by a person of 1.75 m."""

    def __init__(self):
        super().__init__()
        for side in SIDES:
            self.put_l_pose(side)

    def put_l_pose(self, side):
        hand = next(each for each in l_pose(1.6 / EYES).hands if each.side == side)
        self.hands[side] |= {"position_m": hand.position_m.astype(float), "turn": np.zeros(3)}

    def xr_hand(self, side, position_m, turn, held, fault):
        hand = super().xr_hand(side, position_m, turn, held, fault)
        return replace(hand, aim_orientation_wxyz=hand.orientation_wxyz)

    @property
    def headset(self):
        return self.controller.headset

    def choose(self):
        self.controller.do("mirror_me")
        self.go_on(0.1)

    def calibrate(self):
        self.choose()
        self.go_on(1.3)
        assert self.headset.mirroring.fit is not None, self.controller.reason

    def belongs(self, side):
        """Where the operator's hand would be on the robot's: position and rotation vector."""
        stand = self.headset.mirroring.stand(self.headset._sample, self.headset._stance.shoulders)
        robot = Pose(self.hand(side), self.controller.driver.arms.solver.hand(side).rotation)
        place = stand.place(side, robot)
        flat = place.rotation @ self.controller.driver.arms.kinematics.hand_axes[side]
        seen = flat @ self.headset.mirroring.fit.hand_in_seen[side].T
        return place.position_m, vector_from_rotation(seen @ HAND_IN_AIM[side].T)

    def put_near(self, side, off_m=(0.0, 0.0, 0.0)):
        """Bring the operator's hand to where the robot's is, but for ``off_m``; nothing is held meanwhile."""
        position_m, turn = self.belongs(side)
        self.hands[side] |= {"position_m": position_m + np.asarray(off_m), "turn": turn}
        self.go_on(0.1)

    def error_m(self, side="right"):
        """How far the robot's hand is from where the operator's says."""
        stand = self.headset.mirroring._stand
        hand = next(each for each in self.headset._sample.hands if each.side == side)
        goal = stand.goal(side, self.headset.mirroring.pose_of(hand))
        return float(np.linalg.norm(goal.position_m - self.hand(side)))


@pytest.fixture
def worn():
    return Mirrored()


def test_before_the_l_pose_a_grip_moves_nothing_and_the_operator_is_told_how_to_stand(worn):
    worn.hands["right"]["position_m"] = np.array([0.5, -0.2, 1.5])
    worn.choose()
    before = worn.held_rad.copy()
    worn.grip("right")
    worn.go_on(0.5)
    worn.hands["right"]["position_m"] = np.array([0.4, -0.2, 1.4])
    worn.go_on(0.5)
    assert worn.controller.phase is Phase.INHIBITED
    assert "L-pose" in worn.controller.reason
    np.testing.assert_allclose(worn.held_rad, before, atol=1e-9)
    worn.grip()
    worn.go_on(0.2)
    assert "as high as your elbows" in worn.controller.reason


def test_a_hand_too_far_from_the_robots_is_refused_and_shown_where_to_go(worn):
    worn.calibrate()
    worn.put_near("right", (0.0, -FARTHEST_M - 0.1, 0.0))
    before = worn.held_rad.copy()
    worn.grip("right")
    worn.go_on(0.8)
    worn.hands["right"]["position_m"] = worn.belongs("right")[0]
    worn.go_on(0.5)  # it passes by, and is not taken up in passing
    np.testing.assert_allclose(worn.held_rad[ARMS], before[ARMS], atol=1e-3)
    status = status_of(worn.controller, worn.now_ns)
    assert "m from the robot's" in status.note
    worn.grip()
    worn.go_on(0.2)
    ghost = next(each for each in status_of(worn.controller, worn.now_ns).ghosts if each.side == "right")
    np.testing.assert_allclose(ghost.position_m, worn.belongs("right")[0], atol=5e-3)
    assert ghost.fault == ""


def test_taking_hold_moves_nothing_and_the_hands_come_together_as_the_operator_goes(worn):
    worn.calibrate()
    worn.put_near("right", (0.0, 0.05, 0.05))
    before = worn.held_rad.copy()
    worn.engage()
    worn.go_on(1.0)
    np.testing.assert_allclose(worn.held_rad[ARMS], before[ARMS], atol=2e-3)
    began_m = worn.error_m()
    assert began_m > 0.05
    for way in ([0.06, 0, 0], [-0.06, 0, 0.0], [0.0, 0.06, 0], [0.0, -0.06, 0]):
        worn.reach("right", way, 0.6)
    assert worn.error_m() < 0.01


def test_letting_go_and_pressing_again_and_leaving_the_mode_move_nothing(worn):
    worn.calibrate()
    worn.put_near("right")
    worn.engage()
    worn.reach("right", [0.05, 0.02, 0.03], 0.6)
    worn.grip()
    worn.go_on(0.2)
    before = worn.held_rad.copy()
    worn.engage()
    np.testing.assert_allclose(worn.held_rad[ARMS], before[ARMS], atol=2e-3)
    worn.choose()  # in the middle of it: hands go by their ways again
    worn.go_on(0.3)
    assert not worn.headset.mirrors_me
    np.testing.assert_allclose(worn.held_rad[ARMS], before[ARMS], atol=3e-3)
    hand = worn.hand().copy()
    worn.reach("right", [0.04, 0, 0], 0.5)
    np.testing.assert_allclose(worn.hand() - hand, [0.04, 0, 0], atol=3e-3)


def test_choosing_it_while_a_hand_is_held_lets_go(worn):
    worn.engage()
    before = worn.held_rad.copy()
    worn.hands["right"]["position_m"] = worn.hands["right"]["position_m"] + np.array([0, 0, 0.2])
    worn.choose()
    worn.go_on(0.3)
    assert worn.controller.phase is Phase.INHIBITED
    assert np.abs(worn.held_rad - before).max() < 0.1  # what went on before it was chosen
    still = worn.held_rad.copy()
    worn.reach("right", [0.1, 0, 0], 0.5)
    np.testing.assert_allclose(worn.held_rad, still, atol=1e-3)


def test_another_headset_has_to_show_its_wearer_anew(worn):
    worn.calibrate()
    worn.headset.hear(replace(worn.headset._sample, device="headset:2"), worn.now_ns, is_coupled=False)
    assert worn.headset.mirroring.fit is None


def test_the_ghosts_of_hands_that_go_by_their_ways_are_at_the_operators_own_and_turned_as_the_robots(worn):
    worn.facing_rad = 0.7
    worn.go_on(0.1)
    ghosts = {each.side: each for each in status_of(worn.controller, worn.now_ns).ghosts}
    assert set(ghosts) == set(SIDES)
    assert not ghosts["right"].position_m.size
    wanted = facing(0.7) @ worn.controller.driver.arms.solver.hand("right").rotation
    seen = rotation_from_quaternion(ghosts["right"].orientation_wxyz.astype(float))
    np.testing.assert_allclose(seen, wanted, atol=1e-4)
    worn.engage()
    assert [each.side for each in status_of(worn.controller, worn.now_ns).ghosts] == ["left"]


def test_a_stick_that_drives_has_no_ghosts():
    bench = Bench()
    bench.go_on(0.1)
    assert status_of(bench.controller, bench.now_ns).ghosts == ()


def test_a_hand_turned_too_far_is_refused(worn):
    worn.calibrate()
    worn.put_near("right")
    turn = rotation_from_vector(np.array([FARTHEST_RAD + 0.2, 0, 0]))
    worn.hands["right"]["turn"] = vector_from_rotation(
        rotation_from_vector(worn.hands["right"]["turn"]) @ turn
    )
    worn.go_on(0.1)
    ghost = next(each for each in status_of(worn.controller, worn.now_ns).ghosts if each.side == "right")
    assert "turned" in ghost.fault
