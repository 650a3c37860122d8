"""Two poses show a headset how long an operator's arms are and how high the shoulders: arms hanging, arms ahead.

Hanging, the palms are an arm below the shoulders; straight ahead and level, they are as high as the shoulders. So the
difference in height is the arm, whatever the body's proportions and whether it stands or sits on a high stool. That the
hands are about an arm ahead of the shoulders proves that the arms were straight.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from teleop.bindings.words import SIDES
from teleop.following.l_pose import STILL_M, palms_heading
from twin.demonstration.motion import seen_hand
from twin.spatial import Array, heading_of, rotation_from_quaternion
from twin.wire.clock import NS_PER_S
from twin.wire.messages import XrSample

COUNT_NS = 3 * NS_PER_S  # to come into a pose
HELD_NS = NS_PER_S  # still, in it
PATIENCE_NS = 6 * NS_PER_S  # for it, once it was counted
_SILENT_NS = NS_PER_S
ARM_M, BELOW_EYES_M = (0.40, 1.00), (0.10, 0.45)
_LEVEL_M, _LOOKS = 0.12, float(np.cos(np.radians(35)))
_HANGS_M, _REACHES_M = 0.55, 0.35  # below the eyes; ahead of them
_AHEAD_OF_EYES_M = (-0.22, 0.12)  # where shoulders are


@dataclass(frozen=True)
class Body:
    """What was measured of an operator."""

    arm_m: float  # from the shoulder to the palm, stretched out
    shoulders_below_eyes_m: float


POSES = ("let both arms hang at your sides", "stretch both arms straight ahead")


class TwoPoses:
    """Counts, looks, and says what to do. Knows only times that it is given."""

    def __init__(self) -> None:
        """Nothing is measured."""
        self.body: Body | None = None  # once both poses were held
        self.failed = ""  # why it came to nothing
        self._pose = -1  # which is asked for; -1: none
        self._begun_ns = self._heard_ns = 0
        self._kept: deque[tuple[int, Array]] = deque()  # when, and both palms seen from the head
        self._palms_m: list[Array] = []  # of the poses that were held
        self._fault = ""

    @property
    def is_running(self) -> bool:
        """Whether a pose is waited for."""
        return self._pose >= 0

    def begin(self, now_ns: int) -> None:
        """Ask for the first pose."""
        self.body, self.failed, self._palms_m = None, "", []
        self._ask(0, now_ns)

    def cancel(self, why: str) -> None:
        """Measure no more."""
        if self.is_running:
            self._pose, self.failed = -1, why

    def words(self, now_ns: int) -> str:
        """What the operator is to do now; empty while nothing is measured."""
        if not self.is_running:
            return ""
        left_ns = self._begun_ns + COUNT_NS - now_ns
        then = str(-(-left_ns // NS_PER_S)) if left_ns > 0 else self._fault or "hold still"
        return f"{POSES[self._pose]}: {then}"

    def look(self, now_ns: int) -> None:
        """Give up where the pose, or the headset, does not come."""
        if not self.is_running:
            return
        if now_ns - max(self._heard_ns, self._begun_ns) > _SILENT_NS:
            self.cancel("no head and hands are heard: link the headset and wear it, then measure again")
        elif now_ns - self._begun_ns > COUNT_NS + PATIENCE_NS:
            self.cancel(
                f"{POSES[self._pose]}: {self._fault or 'hold still'}; measure again when you are ready"
            )

    def see(self, sample: XrSample, now_ns: int) -> None:
        """Look at ``sample``, whether it may drive or not."""
        if not self.is_running:
            return
        self._heard_ns = now_ns
        if now_ns < self._begun_ns + COUNT_NS:
            return
        palms_m, self._fault = _palms(sample, self._pose)
        if palms_m is None:
            self._kept.clear()
            return
        if self._kept and np.abs(palms_m - self._kept[0][1]).max() > STILL_M:
            self._kept.clear()
        self._kept.append((now_ns, palms_m))
        if now_ns - self._kept[0][0] >= HELD_NS:
            self._palms_m.append(np.mean([each for _, each in self._kept], axis=0))
            self._go_on(now_ns)

    def _ask(self, pose: int, now_ns: int) -> None:
        self._pose, self._begun_ns, self._fault = pose, now_ns, ""
        self._kept.clear()

    def _go_on(self, now_ns: int) -> None:
        if self._pose + 1 < len(POSES):
            self._ask(self._pose + 1, now_ns)
            return
        self._pose = -1
        hanging, ahead = self._palms_m
        body = Body(float((ahead - hanging)[:, 2].mean()), -float(ahead[:, 2].mean()))
        self.failed = implausible(body, float(ahead[:, 0].mean()))
        self.body = None if self.failed else body


def implausible(body: Body, ahead_of_eyes_m: float) -> str:
    """Why ``body`` cannot be somebody's, whose palms were so far ahead of the eyes; empty if it can."""
    if not ARM_M[0] <= body.arm_m <= ARM_M[1]:
        return (
            f"an arm of {body.arm_m:.2f} m was measured, which no grown-up has ({ARM_M[0]:.2f} to {ARM_M[1]:.2f} m): "
            "hold the arms level in the second pose, and measure again"
        )
    if not BELOW_EYES_M[0] <= body.shoulders_below_eyes_m <= BELOW_EYES_M[1]:
        return (
            f"shoulders {body.shoulders_below_eyes_m:.2f} m below the eyes were measured, which cannot be: "
            "hold the hands as high as your shoulders in the second pose, and measure again"
        )
    if not _AHEAD_OF_EYES_M[0] <= ahead_of_eyes_m - body.arm_m <= _AHEAD_OF_EYES_M[1]:
        return (
            f"the arm hangs {body.arm_m:.2f} m down but reaches {ahead_of_eyes_m:.2f} m ahead: "
            "stretch both elbows in both poses, and measure again"
        )
    return ""


def _palms(sample: XrSample, pose: int) -> tuple[Array | None, str]:
    """Both palms, shape (2, 3) left first, seen from the head in the body's heading, or what is wrong with the pose."""
    hands = {hand.side: found for hand in sample.hands if not hand.fault and (found := seen_hand(hand))}
    if sample.fault or len(hands) < len(SIDES) or len(sample.head_position_m) != 3:
        return None, sample.fault or "hold both hands where the headset sees them, or take the controllers"
    heading = palms_heading(hands)
    head_m = sample.head_position_m.astype(np.float64)
    gaze = heading_of(rotation_from_quaternion(sample.head_orientation_wxyz.astype(np.float64)))
    palms_m = np.stack([heading.T @ (hands[side].palm_m - head_m) for side in SIDES])
    if (heading.T @ gaze)[0, 0] < _LOOKS:
        return None, "look straight ahead"
    if abs(palms_m[0, 2] - palms_m[1, 2]) > _LEVEL_M:
        return None, "one hand is higher than the other"
    if pose == 0:
        wrong = "they do not hang" if palms_m[:, 2].max() > -_HANGS_M or palms_m[:, 0].max() > 0.3 else ""
    else:
        wrong = "they are not stretched" if palms_m[:, 0].min() < _REACHES_M else ""
    return (None, wrong) if wrong else (palms_m, "")
