"""A person who shows something to a headset: the left hand holds a controller, the right one is bare.

Hands go to and fro before the body, the right hand's fingers open, close and pinch. For a while the right hand reaches
further than any arm of this person's size could, and for a while the left hand is out of sight.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from benchmarks.hand_motion import as_person, motion
from twin.retarget.model import load_hand_model
from twin.robot import RobotSpec
from twin.spatial import Array, quaternion_from_rotation, rotation_from_vector
from twin.wire.messages import XrHand, XrSample, vector

HEIGHT_M = 1.75
TOO_FAR_S = (4.0, 5.5)  # when the right hand is out of reach
LOST_S = (6.0, 6.5)  # when the left hand is not seen
_SWING_S = 3.0
_OPEN_S = 1.0  # at first the hand is held open, so that it can be measured


class Pose(NamedTuple):
    """In the room: x forward, y left, z up."""

    position_m: Array  # (3,)
    rotation: Array  # (3, 3)


class Demonstrator:
    """What they do at any moment."""

    def __init__(self, spec: RobotSpec, seconds: float, hz: float = 72.0) -> None:
        """Their right hand is like that of ``spec``, with other limbs."""
        hand = load_hand_model(spec, "right")
        angles = motion(hand, int((seconds + 1) * 100))
        flat = np.clip(np.zeros(angles.shape[1]), hand.lower_rad, hand.upper_rad)
        angles[: int(100 * _OPEN_S)] = flat
        self._points = as_person(hand, angles)
        self.hz, self.frames = hz, int(seconds * hz)

    def head(self) -> Pose:
        """Where the eyes are."""
        return Pose(np.array([0.0, 0.0, 0.936 * HEIGHT_M]), np.eye(3))

    def wrist(self, side: str, at_s: float) -> Pose:
        """Where the wrist of a hand is; x to the fingers, z out of its back."""
        left = 1.0 if side == "left" else -1.0
        phase = 2 * math.pi * at_s / _SWING_S
        far = 0.0
        if side == "right" and TOO_FAR_S[0] <= at_s <= TOO_FAR_S[1]:
            far = math.sin(math.pi * (at_s - TOO_FAR_S[0]) / (TOO_FAR_S[1] - TOO_FAR_S[0]))
        position = np.array(
            [
                0.28 + 0.06 * math.sin(phase) + 0.6 * far,
                left * (0.20 + 0.04 * math.sin(2 * phase)),
                1.10 + 0.07 * math.cos(phase),
            ]
        )
        return Pose(
            position, rotation_from_vector(np.array([-left * 1.2, -0.3 + 0.2 * math.sin(phase), 0.0]))
        )

    def joints_m(self, at_s: float) -> Array:
        """The 25 joints of the right hand in the room, shape (25, 3)."""
        wrist = self.wrist("right", at_s)
        return np.asarray(self._points[int(at_s * 100)] @ wrist.rotation.T + wrist.position_m)

    def is_left_seen(self, at_s: float) -> bool:
        """Whether the headset sees the left hand."""
        return not LOST_S[0] <= at_s <= LOST_S[1]

    def trigger(self, at_s: float) -> float:
        """How far the left trigger is pulled."""
        return 0.5 - 0.5 * math.cos(2 * math.pi * at_s / _SWING_S)

    def sample(self, frame: int) -> XrSample:
        """What the inputs role says of the frame ``frame``."""
        at_s = frame / self.hz
        head = self.head()
        return XrSample(
            device="headset:1",
            anchor=1,
            mode="ar",
            head_position_m=vector(head.position_m),
            head_orientation_wxyz=vector(quaternion_from_rotation(head.rotation)),
            hands=(self._left(at_s), self._right(at_s)),
            frame_seq=frame + 1,
            frame_ns=int(at_s * 1e9),
        )

    def _left(self, at_s: float) -> XrHand:
        if not self.is_left_seen(at_s):
            return XrHand(side="left", fault="the left controller is not tracked")
        pose = self.wrist("left", at_s)
        turned: Any = vector(quaternion_from_rotation(pose.rotation))
        return XrHand(
            side="left",
            source="controller",
            position_m=vector(pose.position_m),
            orientation_wxyz=turned,
            aim_position_m=vector(pose.position_m),
            aim_orientation_wxyz=turned,
            buttons=vector([self.trigger(at_s), *(0.0 for _ in range(7))]),
            axes=vector(np.zeros(4)),
        )

    def _right(self, at_s: float) -> XrHand:
        pose, joints = self.wrist("right", at_s), self.joints_m(at_s)
        turned = quaternion_from_rotation(pose.rotation)
        return XrHand(
            side="right",
            source="hand",
            position_m=vector(joints[0]),
            orientation_wxyz=vector(turned),
            joints_m=vector(joints),
            joints_wxyz=vector(np.tile(turned, 25)),
        )
