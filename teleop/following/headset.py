"""A headset drives: hands follow hands, fingers fingers, and the neck the head."""

import math

from teleop.bindings.bindings import Scale
from teleop.bindings.words import SIDES
from teleop.control.clutch_facts import headset_fault
from teleop.control.intent import Intent
from teleop.driving.driver import Driver
from teleop.following.bands import REFUSED, Bands, band_of
from teleop.following.fingers import FingerFollowers
from teleop.following.hands import Followers, operator_heading, without
from teleop.following.head import FASTEST_RAD_S, HeadFollower
from teleop.following.l_pose import LPose
from teleop.following.mirror_me import MirroringFollowers, Stand, too_far
from teleop.following.robot_stance import RobotStance
from teleop.operators import Operator
from twin.robot import RobotSpec
from twin.spatial import Array, quaternion_from_rotation
from twin.wire.messages import HandGhost, Vector, XrHand, XrSample, vector


class HeadsetDriver:
    """What is made of a headset's samples. Hands go by how far the operator's went, or are where theirs are."""

    def __init__(self, spec: RobotSpec, driver: Driver) -> None:
        """Nothing follows."""
        kinematics = driver.arms.kinematics
        self.relative, self.finger_followers = Followers(), FingerFollowers(spec)
        self.mirroring = MirroringFollowers(kinematics, lambda: driver.position_rad)
        self.head_follower = HeadFollower(driver.joints.posture)
        self.bands = Bands()
        self.mirrors_me = False
        self.wrists_taken = 0  # how often
        self._arm_m: float | None = None  # the operator's, if they know it
        self._below_eyes_m: float | None = None  # their shoulders, likewise
        self._l_pose = LPose()
        self._driver, self._stance = driver, RobotStance(kinematics)
        self._sample, self._heard_ns = XrSample(), 0

    @property
    def device(self) -> str:
        """Whose samples are heard."""
        return self._sample.device

    @property
    def followers(self) -> Followers:
        """The hands, as the operator wants them to follow."""
        return self.mirroring if self.mirrors_me else self.relative

    def fit(self, operator: Operator) -> None:
        """For another operator."""
        self.finger_followers.fit(operator.hand_length_m)
        self.mirrors_me = operator.mirror_me
        self.fit_body(operator.arm_length_m, operator.shoulders_below_eyes_m)

    def fit_body(self, arm_m: float | None, below_eyes_m: float | None) -> None:
        """For an operator with such an arm and such shoulders; nothing follows by it."""
        self._arm_m, self._below_eyes_m = arm_m, below_eyes_m
        self.switch(self.mirrors_me)

    def switch(self, mirrors_me: bool) -> str:
        """Be where the operator's hands are from now on, once they stood in the L-pose, or go by their ways.

        Nothing follows by it, and a grip that is held latches anew. Returns what to tell the operator.
        """
        self.mirrors_me = mirrors_me
        self.mirroring.forget()
        self._l_pose = LPose(self._arm_m, self._below_eyes_m)
        self.let_go()
        return self._l_pose.advice if mirrors_me else "the robot's hands go by how far yours go"

    def hear(self, sample: XrSample, sampled_ns: int, is_coupled: bool) -> None:
        """Take in ``sample``; while nothing is coupled it may show how large the operator is."""
        if sample.device != self._sample.device:
            self.switch(self.mirrors_me)  # somebody else may wear it
            self.bands = Bands()
        self.bands.hear(sample, sampled_ns)
        self._sample, self._heard_ns = sample, sampled_ns
        if is_coupled:
            return
        self.finger_followers.measure(sample)
        if self.mirrors_me and self.mirroring.fit is None:
            self._l_pose.see(sample)
            self.mirroring.fit = self._l_pose.fit

    def take_wrists(self, held_rad: Array) -> str:
        """As the operator's hands are turned now, so the robot's belong from now on; nothing moves by it.

        Of hands that follow their turn counts from here. With *mirror me* also that of the others, with the robot's
        joints at ``held_rad``, shape (n,). Returns what to tell the operator.
        """
        taken = self.followers.take_wrists()
        if self.mirrors_me:
            self._stance.look(held_rad)
            taken += self.mirroring.take_idle_wrists(self._sample, self._stance)
        if taken:
            which = "both wrists" if len(taken) == len(SIDES) else f"the {taken[0]} wrist"
            self.wrists_taken += 1
            return f"{which} as turned now"
        return (
            self._l_pose.advice if self.mirrors_me else "each press of a grip takes its wrist as it is turned"
        )

    def fault(self, now_ns: int) -> str:
        """Why no hand may be followed at all; empty if one may."""
        return headset_fault(self._sample, now_ns - self._heard_ns) or (
            self._l_pose.advice if self.mirrors_me else ""
        )

    def let_go(self) -> None:
        """Nothing follows; a grip that is held latches anew."""
        for each in (self.relative, self.mirroring, self.finger_followers, self.head_follower):
            each.let_go()

    def move(self, intent: Intent, scale: Scale, gentle: float, dt_s: float) -> Array:
        """Move on by ``dt_s``; returns the velocity, shape (n,). See ``Driver.follow``."""
        driver, followers = self._driver, self.followers
        sample = without(self._sample, driver.frozen)
        followers.hear(sample, driver.arms.solver.hand, driver.arms.heading(), scale.reach)
        self.finger_followers.hear(sample, driver.fingers_rad)
        self.head_follower.hear(sample, driver.position_rad)
        driver.joints.look(self.head_follower.goals_rad, FASTEST_RAD_S * gentle)
        return driver.follow(followers.goals, self.finger_followers.goals, intent, scale, gentle, dt_s)

    def band(self, side: str, scale: Scale, now_ns: int) -> tuple[str, float]:
        """Which of the bands the hand ``side`` is in, empty if in none, and how far it is behind the tracked one, m."""
        goal, wanted = self.followers.goals.get(side), self._driver.arms.wanted[side]
        if goal is None:
            return (REFUSED if side in self.bands.refused(now_ns) else ""), 0.0
        return band_of(goal, wanted, scale), math.dist(goal.position_m, wanted.position_m)

    def take_refusal(self) -> str:
        """Why a grip that was pressed since the last call moves nothing; empty if none was refused."""
        refused, self.mirroring.refused = self.mirroring.refused, {}
        return next((text for text in refused.values() if text), "")

    def ghosts(self, held_rad: Array) -> tuple[HandGhost, ...]:
        """The robot's hands that follow nothing, with its joints at ``held_rad``, laid into the operator's room."""
        sample, stance = self._sample, self._stance
        if len(sample.head_position_m) != 3 or not sample.hands:
            return ()
        stance.look(held_rad)
        stand = self.mirroring.stand(sample, stance.shoulders) if self.mirrors_me else None
        idle = [hand for hand in sample.hands if hand.side not in self.followers.goals]
        if not self.mirrors_me:
            return tuple(_at_own_hand(sample, hand, stance) for hand in idle)
        return tuple(_where_it_belongs(self.mirroring, stand, hand, stance) for hand in idle if stand)


def _at_own_hand(sample: XrSample, hand: XrHand, stance: RobotStance) -> HandGhost:
    turn = stance.shoulders.rotation @ operator_heading(sample, hand).T
    return HandGhost(side=hand.side, orientation_wxyz=_quaternion(turn.T @ stance.hands[hand.side].rotation))


def _where_it_belongs(followers: Followers, stand: Stand, hand: XrHand, stance: RobotStance) -> HandGhost:
    robot = stance.hands[hand.side]
    place, seen = stand.place(hand.side, robot), followers.pose_of(hand)
    return HandGhost(
        side=hand.side,
        position_m=vector(place.position_m),
        orientation_wxyz=_quaternion(place.rotation),
        fault=too_far(hand.side, stand.goal(hand.side, seen), robot) if seen else "",
    )


def _quaternion(rotation: Array) -> Vector:
    return vector(quaternion_from_rotation(rotation))
