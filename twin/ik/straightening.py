"""The way of arms into singular poses is bounded, by a row of the same kind as that of near shapes."""

import math

import numpy as np

from twin.ik.model import Kinematics
from twin.ik.plan import Plan, Settings
from twin.ik.quadratic import Bounds
from twin.ik.singularity import Condition, condition_of, growth_of, is_surely_below
from twin.spatial import Array

# Below this share of the condition at which an arm is slowed, it is looked at in every fourth step.
_FAR_FROM_SINGULAR = 0.5
_SLOWER_BY = 0.6  # share of their speed that the joints of an arm lose on their way there
_BRAKED_WITH = 0.4  # share of its acceleration with which an arm brakes on its way to a singular pose

_Near = tuple[
    str, Array, Condition
]  # side, Jacobian of shape (6, a) with weighted rotations, and its condition


class Straightening:
    """Keeps an eye on how near each arm is to a singular pose."""

    def __init__(self, kinematics: Kinematics, settings: Settings) -> None:
        """Nothing is known yet."""
        self._kinematics, self._settings = kinematics, settings
        # Side -> newest condition of an arm that was driven in the last step; zero for any that is far from singular.
        self._conditions: dict[str, float] = {}
        self._turn = 0

    def forget(self) -> None:
        """The arms were put somewhere else."""
        self._conditions.clear()

    def bound(self, bounds: Bounds, plan: Plan, qpos: Array, dt_s: float) -> Bounds:
        """``bounds``, and one more row for every arm on its way to a singular pose.

        The logarithm of its condition number may use up only a share of what is left to where it must stop; and the
        inverse of that number, which falls in proportion to the angle that is left, no more than its joints can brake.

        Args:
            bounds: the others.
            plan: of the step, with its weighted Jacobian.
            qpos: of the model.
            dt_s: length of the step.
        """
        near = self._near(plan, qpos)
        return self._bounded(bounds, plan, near, dt_s) if near else bounds

    def _near(self, plan: Plan, qpos: Array) -> list[_Near]:
        """The arms that are so near to a singular pose that their way there is bounded."""
        far = _FAR_FROM_SINGULAR * self._kinematics.spec.ik.slow_at_condition
        self._turn = (self._turn + 1) % 4
        found = []
        for number, side in enumerate(plan.sides):
            if self._turn != 2 * number and self._conditions.get(side, math.inf) < far:
                continue
            arm, jacobian = plan.part[f"{side}_arm"], plan.weighted.take(plan.arm_cells[number])
            if is_surely_below(far, jacobian):
                self._conditions[side] = 0.0
                continue
            jacobian /= plan.weight[3 * number]
            condition = condition_of(jacobian)
            self._conditions[side] = condition.number
            # A joint found beyond its end may have to pass a singular pose on its way back.
            if condition.number > far and plan.is_inside(qpos, arm):
                found.append((side, jacobian, condition))
        return found

    def _bounded(self, bounds: Bounds, plan: Plan, near: list[_Near], dt_s: float) -> Bounds:
        ik = self._kinematics.spec.ik
        gain = 1.0 - math.exp(-dt_s / self._settings.straightening_time_s)
        rows, least = np.zeros((len(near), plan.n)), np.zeros(len(near))
        lower, upper = bounds.lower.copy(), bounds.upper.copy()
        for row, (side, jacobian, condition) in enumerate(near):
            arm = plan.part[f"{side}_arm"]
            growth = growth_of(jacobian, condition, ik.radian_m)
            steep = max(1.0, math.sqrt(growth.dot(growth)))  # without end in a singular pose itself
            rows[row, arm] = growth / -steep
            most = gain * math.log(max(1.0, ik.stop_at_condition / condition.number))
            if self._settings.acceleration_use > 0.0:
                slope = np.abs(growth)
                braking = _BRAKED_WITH * (slope * slope).dot(plan.acceleration[arm]) / max(slope.sum(), 1e-9)
                left = max(0.0, 1.0 - condition.number / ik.stop_at_condition)  # both over the inverse itself
                latest = braking * dt_s
                most = min(most, (math.sqrt(latest * latest + 2.0 * braking * left) - latest) * dt_s)
                # A hand that hardly moves can have an arm that turns about it; it gets slower, or could not stop here.
                way = (condition.number - ik.slow_at_condition) / (
                    ik.stop_at_condition - ik.slow_at_condition
                )
                most_rad = plan.speed[arm] * (dt_s * (1.0 - _SLOWER_BY * min(max(way, 0.0), 1.0)))
                upper[arm] = np.maximum(np.minimum(upper[arm], most_rad), lower[arm])
                lower[arm] = np.minimum(np.maximum(lower[arm], -most_rad), upper[arm])
            least[row] = -most / steep
        if bounds.rows is not None and bounds.least is not None:
            rows, least = np.concatenate((bounds.rows, rows)), np.concatenate((bounds.least, least))
        return Bounds(lower, upper, rows, least, tuple(side for side, _, _ in near))
