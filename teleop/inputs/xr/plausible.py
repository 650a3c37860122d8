"""Whether a tracked pose may be believed: one that is there, moves as a hand can, and is not a picture of the past.

A browser gives null, the identity, the last known pose or a guess when tracking fails, depending on the headset;
identity matrices have reached robots (xr_teleoperate issue 286).
"""

import math

from teleop.inputs.xr.seen import Numbers
from twin.wire.clock import NS_PER_S

LARGEST_JUMP_M = 0.10
FASTEST_M_S = 3.0
FASTEST_RAD_S = 20.0
FROZEN_FRAMES = 10
FARTHEST_M = 20.0
STEADY_FRAMES = 10  # so many good frames in a row before it may drive
_SHORTEST_STEP_S = 1 / 144  # time stamps of browsers are rounded; no headset is faster


class PoseWatch:
    """Looks at one pose, frame by frame."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.steady = 0  # good frames in a row
        self.jumped = False  # the newest frame's fault is that it moved as no hand can
        self._pose: Numbers | None = None
        self._at_ns = 0
        self._repeated = 0

    def forget(self) -> None:
        """What comes next has nothing to do with what came before."""
        self.steady, self._pose, self._repeated = 0, None, 0

    def fault(self, pose: Numbers | None, frame_ns: int) -> str:
        """What is wrong with ``pose`` of 7 numbers, predicted for ``frame_ns``; empty if nothing is."""
        text, self.jumped = self._look(pose), False
        if not text and pose is not None and self._pose is not None:
            text = self._motion(self._pose, pose, frame_ns)
            self.jumped = bool(text)
        self.steady = 0 if text else self.steady + 1
        self._pose = pose
        self._at_ns = frame_ns
        return text

    def _look(self, pose: Numbers | None) -> str:
        before = self._pose
        if pose is None:
            self._repeated = 0
            return "is not tracked"
        self._repeated = self._repeated + 1 if before == pose else 1
        if self._repeated >= FROZEN_FRAMES:
            return "is frozen: the same pose again and again"
        x, y, z, qx, qy, qz, qw = pose
        if x == y == z == 0.0:
            return "is at the origin, where no hand is"
        if abs(math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw) - 1.0) > 0.01:
            return "has no direction"
        if x * x + y * y + z * z > FARTHEST_M * FARTHEST_M:
            return "is farther away than a room is wide"
        return ""

    def _motion(self, before: Numbers, pose: Numbers, frame_ns: int) -> str:
        x, y, z, qx, qy, qz, qw = pose
        ax, ay, az, aqx, aqy, aqz, aqw = before
        way_m = math.sqrt((x - ax) ** 2 + (y - ay) ** 2 + (z - az) ** 2)
        if way_m > LARGEST_JUMP_M:
            return f"jumped by {way_m:.2f} m"
        step_s = max(_SHORTEST_STEP_S, (frame_ns - self._at_ns) / NS_PER_S)
        if way_m > FASTEST_M_S * step_s:
            return f"moves at {way_m / step_s:.1f} m/s, faster than {FASTEST_M_S:g} m/s"
        turn_rad = 2.0 * math.acos(min(1.0, abs(qx * aqx + qy * aqy + qz * aqz + qw * aqw)))
        if turn_rad > FASTEST_RAD_S * step_s:
            return f"turns at {turn_rad / step_s:.0f} rad/s, faster than {FASTEST_RAD_S:g} rad/s"
        return ""
