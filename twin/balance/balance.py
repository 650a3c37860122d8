"""Keeps a legged robot on its feet: from posture and velocity to torques, once per tick."""

import copy
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.balance.body import BASE, LEFT, RIGHT, Array, Body
from twin.balance.contacts import nearest_inside, support_polygon
from twin.balance.dynamics import Dynamics
from twin.balance.falls import FallWatch
from twin.balance.gains import Gains
from twin.balance.motion import NOWHERE, BaseState, Report
from twin.balance.posture import Posture
from twin.balance.standing import dcm, pendulum_rate
from twin.balance.stride import Stride
from twin.balance.walker import Walker
from twin.balance.whole_body_qp import Solution, WholeBodyQp

TICK_S = 0.004  # 250 Hz


class Effort(NamedTuple):
    """What the joints shall do."""

    torque_nm: Array  # (m,) in the order of Body.joints; zeros once fallen
    report: Report
    fall: str  # reason, latched; empty while upright


@dataclass(frozen=True)
class Memory:
    """A balance between two ticks."""

    walker: Walker | None
    posture: Posture | None
    margin_m: float
    falls: FallWatch
    last: Solution | None
    unsolved: int


class Balance:
    """One robot's balance. Pure: it knows no clock, no process and no simulator's truth."""

    def __init__(self, body: Body, gains: Gains | None = None) -> None:
        self.body = body
        self.gains = gains or Gains.scaled_to(body.leg_length_m)
        self._dynamics = Dynamics(body)
        self._qp = WholeBodyQp(self._dynamics, self.gains)
        self.reset()

    def reset(self) -> None:
        """Forget a fall and begin to stand at the next tick."""
        self._walker: Walker | None = None
        self._posture: Posture | None = None
        self._margin_m = 0.0  # of the DCM, a tick ago
        self._falls = FallWatch(self.body)
        self._last: Solution | None = None
        self.unsolved = 0  # ticks in which the QP had no answer

    def save(self) -> "Memory":
        """All that the next tick depends on."""
        shared: dict[int, object] = {id(part): part for part in (self._dynamics, self.gains, self.body)}
        return copy.deepcopy(self._memory(), shared)

    def _memory(self) -> "Memory":
        return Memory(self._walker, self._posture, self._margin_m, self._falls, self._last, self.unsolved)

    def load(self, memory: "Memory") -> None:
        """Be again as at ``memory``."""
        shared: dict[int, object] = {id(part): part for part in (self._dynamics, self.gains, self.body)}
        kept = copy.deepcopy(memory, shared)
        self._walker, self._posture, self._margin_m = kept.walker, kept.posture, kept.margin_m
        self._falls = kept.falls
        self._last, self.unsolved = kept.last, kept.unsolved

    @property
    def standing_sides(self) -> tuple[int, ...]:
        """Which feet are meant to stand now."""
        return self._walker.standing_sides if self._walker else (LEFT, RIGHT)

    def tick(
        self,
        base: BaseState,
        position_rad: Array,
        velocity_rad_s: Array,
        posture_rad: Array,
        posture_rad_s: Array,
        stride: Stride,
        dt_s: float = TICK_S,
    ) -> Effort:
        """The torques of this tick.

        Args:
            base: measured or estimated.
            position_rad: of all joints of the robot, in its own order, (n,).
            velocity_rad_s: (n,).
            posture_rad: what arms, torso and neck shall do, (n,); the legs' part is a mere preference.
            posture_rad_s: (n,).
            stride: what is asked of the legs.
            dt_s: since the last tick.
        """
        joints = self.body.joints
        dynamics = self._dynamics
        position, velocity = dynamics.position, dynamics.velocity
        position[:3], position[3:7] = base.position_m, base.orientation_wxyz
        velocity[:3], velocity[3:BASE] = base.velocity_m_s, base.angular_velocity_rad_s
        position_rad.take(joints, out=position[7:], mode="clip")
        velocity_rad_s.take(joints, out=velocity[BASE:], mode="clip")
        dynamics.look()
        if self._walker is None or self._posture is None:
            self._walker = Walker(dynamics, self.gains)
            self._posture = Posture(position_rad[joints], self.body.spec.max_speed_rad_s[joints])
            self._margin_m = math.inf
        walker, posture = self._walker, self._posture
        solution = None
        if not self._falls.reason:
            is_standing = walker.phase == "stand"
            asked_rad, asked_rad_s = posture_rad.take(joints), posture_rad_s.take(joints)
            posture.follow(asked_rad, asked_rad_s, self._margin_m, is_standing, dt_s)
            wishes = walker.tick(stride, posture.position_rad, posture.velocity_rad_s, dt_s)
            solution = self._qp.solve(wishes, self._last)
            if solution is None:
                self.unsolved += 1
            else:
                self._last = solution
        report = self._report(walker, (*walker.reasons, *posture.reasons), solution)
        self._margin_m = report.margin_m
        height = float(dynamics.com_m[2]) - min(dynamics.sole_m[:, 2].tolist())
        fall = self._falls.look(dynamics.pelvis_axes, height, report.margin_m, dt_s, walker.lean_rad)
        torque_nm = np.zeros(self.body.joint_count) if fall or self._last is None else self._last.torque_nm
        return Effort(torque_nm, report, fall)

    def _report(self, walker: Walker, reasons: tuple[str, ...], solution: Solution | None) -> Report:
        dynamics = self._dynamics
        rate = pendulum_rate(float(dynamics.com_m[2]))
        divergent = dcm(dynamics.com_m, dynamics.com_velocity_m_s, rate)
        polygon = support_polygon(dynamics, walker.standing_sides)
        foothold = NOWHERE
        if walker.plan is not None:
            ground_m = float(dynamics.sole_m[walker.standing_sides[0], 2])
            foothold = np.array((*walker.plan.foothold_m.tolist(), ground_m))
        return Report(
            phase="fallen" if self._falls.reason else walker.phase,
            com_m=dynamics.com_m,
            dcm_m=divergent,
            support_m=polygon,
            foothold_m=foothold,
            solution=solution,
            margin_m=nearest_inside(divergent, polygon)[1],
            steps=walker.steps,
            reasons=() if self._falls.reason else reasons,
        )
