"""The way of arms into singular poses is bounded, by a row of the same kind as that of near shapes."""

import math

import numpy as np

from twin.ik.model import Kinematics
from twin.ik.plan import Plan
from twin.ik.quadratic import Bounds

# Below this share of the condition at which an arm is slowed, it is looked at in every fourth step.
_FAR_FROM_SINGULAR = 0.5


class Straightening:
    """Keeps an eye on how near each arm is to a singular pose."""

    def __init__(self, kinematics: Kinematics) -> None:
        """Nothing is known yet."""
        self._far = _FAR_FROM_SINGULAR * kinematics.spec.ik.slow_at_condition
        self._conditions: dict[str, float] = {}  # side -> newest, of an arm that was driven in the last step
        self._turn = 0

    def forget(self) -> None:
        """The arms were put somewhere else."""
        self._conditions.clear()

    def bound(self, bounds: Bounds, plan: Plan, dt_s: float) -> Bounds:
        """``bounds``, and one more row for every arm on its way to a singular pose (``compiled/straightening.c``).

        The logarithm of its condition number may use up only a share of what is left to where it must stop; and the
        inverse of that number, which falls in proportion to the angle that is left, no more than its joints can brake.

        Args:
            bounds: the others; those of the joints are narrowed in their place.
            plan: of the step, with its weighted Jacobian.
            dt_s: length of the step.
        """
        self._turn = (self._turn + 1) % 4
        near = list[str]()
        for number, side in enumerate(plan.sides):
            if self._turn != 2 * number and self._conditions.get(side, math.inf) < self._far:
                continue
            condition = self._conditions[side] = plan.memory.condition(number)
            if condition > self._far and plan.memory.straighten(number, len(near), condition, dt_s):
                near.append(side)
        if not near:
            return bounds
        rows, least = plan.ways[: len(near)], plan.least_of_ways[: len(near)]
        if bounds.rows is not None and bounds.least is not None:
            rows, least = np.concatenate((bounds.rows, rows)), np.concatenate((bounds.least, least))
        return bounds._replace(rows=rows, least=least, straightening=tuple(near))
