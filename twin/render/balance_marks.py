"""How the robot keeps its balance, drawn where the twin shows the robot.

| Mark | Meaning |
| --- | --- |
| ball of light and dark eighths, with a plumb line | centre of mass |
| diamond on the ground | divergent component of motion: where the robot would come to rest over |
| disc on the ground | centre of pressure |
| bordered area | support polygon |
| line from the diamond to the border | stability margin |
| outline of a sole; thinner ones behind | planned footstep; those already taken |
| arrows up from the feet | ground's force on each foot, 1 m for 1,000 N |
| thick arrow | a push from outside, 1 m for 400 N |
"""

from collections import deque

import numpy as np
from numpy.typing import ArrayLike

from twin.mirror import Mirror
from twin.render import marks
from twin.render.contacts import box_of_body
from twin.render.marks import CONTRAST, FORCE, MEASURED, PLANNED, PUSH, Marks, Points, dressed
from twin.wire.messages import BalanceState, SceneState

PUSH_M_PER_N = 1 / 400
_FORCE_M_PER_N = 1 / 1000
_LEAST_FORCE_N = 10.0
_OVER_GROUND_M = 0.004
_LAYER_M = np.array([0.0, 0.0, 0.0015])  # between marks that lie on one another
_FEET = ("left_foot", "right_foot")
_REMEMBERED_STEPS = 8
_ANOTHER_STEP_M = 0.12  # a plan that jumps so far is the next step's: the foothold of one step only shifts


class BalanceMarks:
    """Makes marks of what a mirror has heard."""

    def __init__(self, mirror: Mirror) -> None:
        """Look at the feet of ``mirror``'s robot; one without feet is never balancing."""
        self._mirror = mirror
        model, frames = mirror.scene.model, mirror.spec.frames
        self._feet = [int(model.site_bodyid[model.site(frames[foot]).id]) for foot in _FEET if foot in frames]
        boxes = [box_of_body(model, body) for body in self._feet]
        self._boxes = [box for box in boxes if box is not None]
        self._planned: Points | None = None
        self._taken: deque[tuple[Points, float]] = deque(maxlen=_REMEMBERED_STEPS)

    def vertices(self, now_ns: int) -> Marks:
        """All marks at ``now_ns``; none while the robot does not balance and nothing pushes it."""
        mirror = self._mirror
        found: list[Marks] = []
        if mirror.balance is not None and mirror.has_balance(now_ns) and len(self._boxes) == len(_FEET):
            found += self._balance(mirror.balance)
        if mirror.scene_state is not None:
            found += _push(mirror.scene_state)
        return np.concatenate(found) if found else marks.NONE

    def _balance(self, balance: BalanceState) -> list[Marks]:
        soles = [self._sole(place) for place in range(len(_FEET))]
        ground_m = min(float(sole[2]) for sole in soles) + _OVER_GROUND_M
        self._remember(balance)
        return [
            *self._support(balance, ground_m),
            *self._steps(ground_m),
            *self._mass(balance, ground_m),
            *self._forces(balance, soles),
        ]

    def _on_ground(self, flat_m: ArrayLike, ground_m: float) -> Points:
        """Points (k, 2) of the estimate, on the shown ground."""
        flat = np.asarray(flat_m, np.float64).reshape(-1, 2)
        found = self._mirror.estimate.to_world(np.column_stack([flat, np.zeros(len(flat))]))
        found[:, 2] = ground_m
        return found

    def _support(self, balance: BalanceState, ground_m: float) -> list[Marks]:
        corners = self._on_ground(balance.support_m, ground_m)
        if len(corners) < 3 or not np.isfinite(corners).all():
            return []
        found = [
            dressed(marks.filled(corners), MEASURED, 0.16),
            dressed(marks.outlined(corners + _LAYER_M, 0.006), MEASURED, 0.9),
        ]
        dcm = self._on_ground(balance.dcm_m, ground_m)[0]
        if np.isfinite(dcm).all():
            tone = MEASURED if balance.margin_m > 0 else PUSH
            found.append(dressed(marks.band(dcm, _nearest(corners, dcm), 0.005), tone, 0.9, in_front=True))
        return found

    def _mass(self, balance: BalanceState, ground_m: float) -> list[Marks]:
        found: list[Marks] = []
        com = self._mirror.estimate.to_world(balance.com_m)
        dcm, cop = (self._on_ground(point, ground_m)[0] for point in (balance.dcm_m, balance.cop_m))
        if np.isfinite(cop).all():
            found.append(dressed(marks.disc(cop, 0.014), FORCE, 0.95, in_front=True))
            found.append(dressed(marks.disc(cop, 0.018, 0.014), CONTRAST, 0.9, in_front=True))
        if np.isfinite(dcm).all():
            found.append(dressed(marks.diamond(dcm, 0.030), CONTRAST, 0.95, in_front=True))
            found.append(dressed(marks.diamond(dcm + _LAYER_M, 0.023), MEASURED, 1.0, in_front=True))
        if np.isfinite(com).all():
            foot = np.array([com[0], com[1], ground_m])
            found.append(dressed(_plumb(com, foot), MEASURED, 0.7, in_front=True))
            found.append(dressed(marks.ball(com, 0.032, 0), MEASURED, 1.0, in_front=True))
            found.append(dressed(marks.ball(com, 0.032, 1), CONTRAST, 1.0, in_front=True))
        return found

    def _forces(self, balance: BalanceState, soles: list[Points]) -> list[Marks]:
        forces = np.asarray(balance.foot_force_n, np.float64)
        if forces.size != 3 * len(soles):
            return []
        turned = self._mirror.estimate.turn(forces.reshape(-1, 3))
        return [
            dressed(marks.arrow(sole, sole + _FORCE_M_PER_N * force), FORCE, 0.9, in_front=True)
            for sole, force in zip(soles, turned, strict=True)
            if np.linalg.norm(force) > _LEAST_FORCE_N
        ]

    def _steps(self, ground_m: float) -> list[Marks]:
        found = [
            dressed(marks.outlined(self._print(at, turn, ground_m), 0.003), PLANNED, 0.25 + 0.05 * age)
            for age, (at, turn) in enumerate(self._taken)
        ]
        if self._planned is not None:
            corners = self._print(self._planned, self._heading_rad(), ground_m)
            found.append(dressed(marks.filled(corners), PLANNED, 0.25))
            found.append(dressed(marks.outlined(corners + _LAYER_M, 0.008), PLANNED, 1.0))
        return found

    def _remember(self, balance: BalanceState) -> None:
        """Follow the plan; a step that was taken stays on the ground for a while."""
        before, foothold = self._planned, self._mirror.estimate.to_world(balance.foothold_m)
        self._planned = foothold if np.isfinite(foothold).all() else None
        is_another = self._planned is None or (
            before is not None and float(np.linalg.norm(foothold[:2] - before[:2])) > _ANOTHER_STEP_M
        )
        if before is not None and is_another:
            self._taken.append((before, self._heading_rad()))
        if balance.steps == 0:
            self._taken.clear()

    def _print(self, centre_m: Points, heading_rad: float, ground_m: float) -> Points:
        """Corners (4, 3) of a sole on the ground."""
        half_long, half_wide = self._boxes[0][1][:2]
        c, s = np.cos(heading_rad), np.sin(heading_rad)
        corners = np.array([[1, -1], [1, 1], [-1, 1], [-1, -1]]) * (half_long, half_wide)
        turned = corners @ np.array([[c, s], [-s, c]]) + centre_m[:2]
        return np.column_stack([turned, np.full(4, ground_m)])

    def _sole(self, place: int) -> Points:
        """The middle of a foot's under side, in the world."""
        data, body = self._mirror.measured, self._feet[place]
        centre, half = self._boxes[place]
        axes = data.xmat[body].reshape(3, 3)
        return np.asarray(data.xpos[body] + axes @ (centre - [0.0, 0.0, half[2]]))

    def _heading_rad(self) -> float:
        mirror = self._mirror
        forward = mirror.measured.xmat[max(mirror.robot_root, 0)].reshape(3, 3)[:, 0]
        return float(np.arctan2(forward[1], forward[0]))


def _push(scene: SceneState) -> list[Marks]:
    at, force = (np.asarray(part, np.float64) for part in (scene.push_at_m, scene.push_n))
    if at.size != 3 or force.size != 3 or not np.any(force):
        return []
    return [dressed(marks.arrow(at, at + PUSH_M_PER_N * force, 2.0), PUSH, 0.95, in_front=True)]


def _plumb(high_m: Points, low_m: Points) -> Points:
    """A thin upright line that is seen from all sides."""
    half = np.array([[0.0015, 0, 0], [0, 0.0015, 0]])
    faces = [
        [[low_m - side, low_m + side, high_m + side], [low_m - side, high_m + side, high_m - side]]
        for side in half
    ]
    return np.array(faces).reshape(-1, 3, 3)


def _nearest(corners_m: Points, point_m: Points) -> Points:
    """The point of the border of a polygon (k, 3) that is nearest."""
    starts, ends = corners_m, np.roll(corners_m, -1, axis=0)
    along = ends - starts
    share = np.einsum("ij,ij->i", point_m - starts, along) / np.maximum(
        np.einsum("ij,ij->i", along, along), 1e-12
    )
    feet = starts + np.clip(share, 0.0, 1.0)[:, None] * along
    nearest: Points = feet[int(np.argmin(np.linalg.norm(feet - point_m, axis=1)))]
    return nearest
