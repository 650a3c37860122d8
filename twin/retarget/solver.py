"""A person's tracked fingers become the joint angles of a robot's hand: damped Gauss-Newton on MuJoCo's kinematics.

What is asked of the hand, weighted: tips where the person's are, seen from the wrist; the middle joints too, since
without them a thumb may settle in a pose that looks like no thumb's; and the ways from the thumb's tip to the others,
with a weight that grows as they close, because what decides about a pinch is the gap and not where in space it is.
Joint and speed limits are a box; the unbounded step (LAPACK ``dposv``) is taken when it is inside, else the same
quadratic is solved with the box (DAQP).
"""

import math
from dataclasses import dataclass

import daqp
import mujoco
import numpy as np
from scipy.linalg import blas, lapack

from twin.retarget.jacobian import PointJacobian
from twin.retarget.keypoints import MIDDLES, TIPS, HandFault, fault_of
from twin.retarget.model import HandModel
from twin.retarget.size import HandSize
from twin.retarget.smoothing import PointFilter
from twin.spatial import Array

FROZEN_AFTER_S = 0.25


@dataclass(frozen=True)
class RetargetSettings:
    """What counts how much. Weights multiply errors in metres; the others are in m2/rad2."""

    middle_weight: float = 0.3
    pinch_weight: float = 6.0
    pinch_from_m: float = 0.06  # thumb to finger: from here on the gap counts ...
    pinch_full_m: float = 0.015  # ... and from here on fully
    posture: float = 2e-6  # pull to the ready pose, for what no point decides
    smoothness: float = 1e-4  # pull to the pose before
    damping: float = 1e-6
    steps: int = 1  # per sample; a second one halves nothing that a tracker could see
    filtered: bool = True


class Retargeter:
    """One hand of a robot that follows one hand of a person. Holds the commanded angles."""

    def __init__(
        self, hand: HandModel, size: HandSize | None = None, settings: RetargetSettings | None = None
    ) -> None:
        """Start in the ready pose; ``size`` is the operator's, one to one if it is not known."""
        self.hand, self.settings = hand, settings or RetargetSettings()
        self.fit(size or HandSize())
        self.fault: HandFault | None = None  # why the newest points were not used
        self.filter = PointFilter()
        self._data = mujoco.MjData(hand.model)
        self._angles = self._data.qpos
        address = hand.qpos_address
        n, fingers = len(address), len(hand.fingers)
        self._lower, self._upper = np.empty(n), np.empty(n)
        self._lower[address], self._upper[address] = hand.lower_rad, hand.upper_rad
        self._speed, self._rest = np.empty(n), np.empty(n)
        self._speed[address], self._rest[address] = hand.max_speed_rad_s, hand.home_rad
        self._points = np.concatenate((TIPS[list(hand.fingers)], MIDDLES[list(hand.fingers)]))
        self._sites = np.concatenate((hand.tip_sites, hand.middle_sites))
        has_thumb = hand.fingers[0] == 0
        self._pairs = fingers - 1 if has_thumb else 0
        rows = 6 * fingers + 3 * self._pairs
        weights = np.ones(2 * fingers)
        weights[fingers:] = self.settings.middle_weight
        self._weights = weights[:, None]
        self._jacobian = PointJacobian(hand.model, self._data, self._sites, weights)
        self._weighted, self._error = np.zeros((rows, n)), np.zeros(rows)
        eye = np.eye(n, order="F")
        self._damped = eye * (self.settings.damping + self.settings.posture + self.settings.smoothness)
        self._no_rows, self._no_sense = np.zeros((0, n)), np.zeros(n, np.int32)
        self._last = b""
        self._unchanged_s = 0.0
        self.place(hand.home_rad)

    def fit(self, size: HandSize) -> None:
        """Follow a hand of this size from now on."""
        self.size = size
        self._to_world = size.scale * self.hand.axes.T
        self._wrist_m = self.hand.wrist_m + self.hand.axes @ size.shift_m

    @property
    def angles_rad(self) -> Array:
        """The commanded angles, shape (h,) in the order of the robot's group; a copy."""
        return np.asarray(self._angles[self.hand.qpos_address])

    def place(self, angles_rad: Array) -> None:
        """Go on from ``angles_rad``, shape (h,), such as where the fingers are held; forget the points so far."""
        self._angles[self.hand.qpos_address] = np.clip(angles_rad, self.hand.lower_rad, self.hand.upper_rad)
        self._update()
        self.forget()

    def forget(self) -> None:
        """The next points have nothing to do with those before."""
        self.filter.forget()
        self._last, self._unchanged_s = b"", 0.0

    def retarget(self, points_m: Array, dt_s: float) -> Array:
        """The angles of the robot's hand, shape (h,), for the person's ``points_m``, shape (25, 3).

        Points that must not be used leave the angles as they are, and ``fault`` says what is wrong with them.
        The angles never leave the joints' limits, and never move faster than the joints may.

        Args:
            points_m: in the wrist's frame, see ``keypoints``.
            dt_s: time since the points before, > 0.
        """
        self.fault = fault_of(points_m, self.hand.side) or self._hangs(points_m, dt_s)
        if self.fault:
            self.filter.forget()
            return self.angles_rad
        wanted = self._wanted(points_m, dt_s)
        pinching = self._pinching(wanted)
        before = self._angles.copy()
        farthest = self._speed * dt_s
        lower = np.maximum(self._lower, before - farthest)
        upper = np.minimum(self._upper, before + farthest)
        for _ in range(self.settings.steps):
            self._step(self._assemble(wanted, pinching), before, lower, upper)
            self._update()
        return self.angles_rad

    def gaps_m(self) -> Array:
        """From the thumb's tip to each other fingertip of the robot, now, shape (f - 1,)."""
        tips = self._data.site_xpos[self.hand.tip_sites]
        return np.asarray(np.linalg.norm(tips[1:] - tips[0], axis=1))

    def tips_m(self) -> Array:
        """The robot's fingertips now, in its wrist's frame, shape (f, 3)."""
        return np.asarray((self._data.site_xpos[self.hand.tip_sites] - self.hand.wrist_m) @ self.hand.axes)

    def _hangs(self, points_m: Array, dt_s: float) -> HandFault | None:
        """Frozen, if not one bit of the points has changed for too long: no tracker sees a hand so still."""
        bits = points_m.tobytes()
        self._unchanged_s = self._unchanged_s + dt_s if bits == self._last else 0.0
        self._last = bits
        return HandFault.FROZEN if self._unchanged_s > FROZEN_AFTER_S else None

    def _wanted(self, points_m: Array, dt_s: float) -> Array:
        """Where tips and middle joints of the robot shall be in the model's world, shape (2 f, 3)."""
        seen = points_m.take(self._points, 0)
        seen -= points_m[0]
        if self.settings.filtered:
            seen = self.filter.step(seen, dt_s)
        wanted = seen @ self._to_world
        wanted += self._wrist_m
        return wanted

    def _pinching(self, wanted: Array) -> Array | None:
        """How much the way from the thumb's tip to each other fingertip counts; None if none does."""
        settings = self.settings
        thumb, *others = wanted[: self._pairs + 1].tolist()
        near = [settings.pinch_from_m - math.dist(thumb, finger) for finger in others]
        if max(near, default=0.0) <= 0.0:
            return None
        full = settings.pinch_from_m - settings.pinch_full_m
        return np.array([settings.pinch_weight * min(max(each / full, 0.0), 1.0) for each in near])

    def _assemble(self, wanted: Array, pinching: Array | None) -> int:
        """Fill the weighted Jacobian and the weighted errors, and say how many rows they have."""
        points, pairs = len(self._sites), self._pairs
        jacobian, missing = self._weighted.reshape(-1, 3, len(self._angles)), self._error.reshape(-1, 3)
        np.subtract(wanted, self._jacobian.write(jacobian[:points]), out=missing[:points])
        missing[:points] *= self._weights
        if pinching is None:
            return 3 * points
        # Tips weigh 1, so that what is said of a gap is the difference of what is said of its ends.
        np.subtract(jacobian[1 : pairs + 1], jacobian[0], out=jacobian[points:])
        np.subtract(missing[1 : pairs + 1], missing[0], out=missing[points:])
        jacobian[points:] *= pinching[:, None, None]
        missing[points:] *= pinching[:, None]
        return len(self._error)

    def _step(self, rows: int, before: Array, lower: Array, upper: Array) -> None:
        """One step of the angles within ``lower`` and ``upper``."""
        settings, angles = self.settings, self._angles
        a = self._weighted[:rows]
        hessian = blas.dsyrk(1.0, a.T, 1.0, self._damped)  # its upper half
        gradient = self._error[:rows] @ a
        gradient += settings.posture * (self._rest - angles)
        gradient += settings.smoothness * (before - angles)
        _, step, failed = lapack.dposv(hessian, gradient)
        wanted = angles + step
        inside = np.minimum(np.maximum(wanted, lower), upper)
        if failed or not (inside == wanted).all():
            full = np.triu(hessian, 1)
            full += full.T
            full.flat[:: len(angles) + 1] = hessian.diagonal()
            down, up = lower - angles, upper - angles
            step, _, flag, _ = daqp.solve(full, -gradient, self._no_rows, up, down, self._no_sense)
            if flag < 0 or not np.isfinite(step).all():
                return
            inside = np.minimum(np.maximum(angles + step, lower), upper)
        angles[:] = inside

    def _update(self) -> None:
        mujoco.mj_kinematics(self.hand.model, self._data)
