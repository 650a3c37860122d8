"""Decides each tick which feet stand and what the body shall do: stand, shift the weight, step after step, stand."""

import cmath
import math
from typing import NamedTuple

import numpy as np

from twin.balance import footsteps, standing
from twin.balance.body import LEFT, RIGHT, Array
from twin.balance.contacts import nearest_inside, support_polygon
from twin.balance.dynamics import Dynamics
from twin.balance.footsteps import Moment, Pace, StepPlan, plane_rotation
from twin.balance.gains import Gains
from twin.balance.possible import possible
from twin.balance.stride import STANDING, Stride
from twin.balance.swing import Swing
from twin.balance.whole_body_qp import FootGoal, Wishes
from twin.spatial import heading_of

_OFF_THE_SOLES_M = 0.005  # standing, the DCM this far outside calls for a step
_LAST_MOMENT_S = 0.10  # nothing about the time of touchdown changes any more
_STOPPED_M_S = 0.12
_LEAN_RAD_S = 0.5
_HURRIED_M = 0.05  # a foothold this far from an undisturbed one catches a push
_MISSED_M = 0.05  # the right foothold lies this far out of reach: slow down


class Aim(NamedTuple):
    """Pressure and feet of this tick."""

    cop_m: Array  # (2,)
    stance: tuple[int, ...]
    swing: FootGoal | None = None
    load_cost: tuple[float, ...] = ()
    held_m: dict[int, Array] | None = None


class Walker:
    """The phase machine. One per time on the feet; made anew after a fall."""

    def __init__(self, dynamics: Dynamics, gains: Gains) -> None:
        """Begin standing, as ``dynamics`` is now."""
        self._dynamics, self._gains = dynamics, gains
        self.phase = "stand"
        self.steps = 0
        self.plan: StepPlan | None = None
        self.reasons: tuple[str, ...] = ()  # why a command is slowed or refused
        pelvis = heading_of(dynamics.pelvis_axes)
        self.heading_rad = float(np.arctan2(pelvis[1, 0], pelvis[0, 0]))
        self._elapsed_s = 0.0
        self._tick_s = 0.0
        self._stance = RIGHT
        self._swing: Swing | None = None
        self._feet_heading = [self.heading_rad, self.heading_rad]
        self._pace = [0.0, 0.0, 0.0]  # the command after its acceleration limit: m/s, m/s, rad/s
        # Like all points and speeds in the heading's frame, complex numbers: ahead + i left.
        self._late_m = 0j  # way not yet walked
        self._mean_velocity = 0j  # over about one step
        self._height_m = float(dynamics.position[2]) - self._ground_m()  # of the base
        self._height_speed = 0.0
        self.lean_rad = 0.0  # of the body above the legs, as it is now
        self._shift_from = np.zeros(2)
        self._held = np.zeros(3)
        self._stance_since_m = np.zeros(3)
        self._stride, self._stood = STANDING, True
        self._possible = possible(STANDING, True, gains)

    def tick(self, stride: Stride, posture_rad: Array, posture_rad_s: Array, dt_s: float) -> Wishes:
        """What the whole body shall do now. ``dynamics`` must have been updated."""
        dynamics, gains = self._dynamics, self._gains
        self._tick_s = dt_s
        self._follow(stride, dt_s)
        com_over_base_m = float(dynamics.com_m[2]) - float(dynamics.position[2])
        rate = standing.pendulum_rate(self._height_m + com_over_base_m)
        dcm = standing.dcm(dynamics.com_m, dynamics.com_velocity_m_s, rate)
        match self.phase:
            case "stand":
                aim = self._stand(dcm)
            case "shift":
                aim = self._shift(dcm, rate, dt_s)
            case _:
                aim = self._step(dcm, rate, dt_s)
        # The base is kept at its height, by the legs: bending and arms move the centre of mass against it.
        height = float(dynamics.position[2]) - self._ground_m()
        lift = gains.height_stiffness * (self._height_m - height) + gains.height_damping * (
            self._height_speed - float(dynamics.velocity[2])
        )
        push = standing.com_acceleration(dynamics.com_m, aim.cop_m, rate).tolist()
        return Wishes(
            stance=aim.stance,
            com_acceleration_m_s2=np.array([*push, lift]),
            pelvis_rotation=_upright(self.heading_rad, self.lean_rad),
            pelvis_turn_rad_s=self._pace[2] if self.phase == "step" else 0.0,
            position_rad=posture_rad,
            velocity_rad_s=posture_rad_s,
            swing=aim.swing,
            load_cost=aim.load_cost,
            held_m=aim.held_m or {},
        )

    @property
    def standing_sides(self) -> tuple[int, ...]:
        """Which feet are meant to stand now."""
        if self.phase != "step" or self._elapsed_s < self._gains.double_support_s:
            return (LEFT, RIGHT)
        return (self._stance,)

    def _follow(self, stride: Stride, dt_s: float) -> None:
        """Let pace, height and lean follow the command no faster than the body may."""
        gains, is_standing = self._gains, self.phase == "stand"
        if stride is not self._stride or is_standing != self._stood:
            self._stride, self._stood = stride, is_standing
            self._possible = possible(stride, is_standing, gains)
        asked = self._possible
        missed_m = self.plan.missed_m if self.plan else 0.0
        for axis, pace in enumerate(asked.pace):
            goal = pace if missed_m < _MISSED_M else 0.0
            most = gains.most_acceleration[axis] * dt_s
            self._pace[axis] += min(max(goal - self._pace[axis], -most), most)
        self.reasons = asked.reasons
        if missed_m >= _MISSED_M and any(asked.pace):
            short = f"steps shortened: the right step is {100.0 * missed_m:.0f} cm out of reach"
            self.reasons = (*asked.reasons, short)
        velocity = self._ahead(self._dynamics.com_velocity_m_s)
        self._mean_velocity += (velocity - self._mean_velocity) * (dt_s / 0.6)
        self._keep_to_the_way(velocity, dt_s)
        most = gains.height_speed_m_s * dt_s
        step = min(max(self._dynamics.body.home_height_m + asked.down_m - self._height_m, -most), most)
        self._height_m += step
        self._height_speed = step / dt_s
        most = _LEAN_RAD_S * dt_s
        self.lean_rad += min(max(asked.lean_rad - self.lean_rad, -most), most)

    def _ahead(self, way: Array) -> complex:
        """A way, or speed, of the world in the heading's frame."""
        x, y = way[:2].tolist()
        return complex(x, y) * cmath.rect(1.0, -self.heading_rad)

    def _keep_to_the_way(self, velocity: complex, dt_s: float) -> None:
        """What one is late, or has drifted to the side, is walked off slowly."""
        if self.phase != "step":
            self._late_m = 0j
            return
        most = self._gains.most_catch_up_m_s / self._gains.catch_up_1_s
        late_m = self._late_m + (complex(*self._pace[:2]) - velocity) * dt_s
        self._late_m = complex(min(max(late_m.real, -most), most), min(max(late_m.imag, -most), most))

    def _stand(self, dcm: Array) -> Aim:
        dynamics = self._dynamics
        polygon = support_polygon(dynamics, (LEFT, RIGHT))
        middle = self._middle()
        if nearest_inside(dcm, polygon)[1] < -_OFF_THE_SOLES_M:
            # The DCM runs over one foot: stand on that one, and swing the other.
            self._begin_step(LEFT if self._ahead(dcm - middle).imag > 0 else RIGHT)
        elif any(self._possible.pace):
            self.phase, self._elapsed_s, self._shift_from = "shift", 0.0, dcm.copy()
            self._stance = RIGHT if self._possible.pace[1] >= 0 else LEFT
        cop = standing.standing_cop(dcm, middle, polygon, self._gains.dcm_gain)
        return Aim(cop, (LEFT, RIGHT))

    def _shift(self, dcm: Array, rate: float, dt_s: float) -> Aim:
        """Lead the DCM to where a step in place begins."""
        gains = self._gains
        stance = self._sole_m(self._stance)
        still = Pace(0.0, 0.0, 0.0, footsteps.wide_enough(0.0, gains))
        offset = plane_rotation(self.heading_rad) @ footsteps.periodic_offset(
            still, self._stance, rate, gains.step_time_s
        )
        way = stance[:2] + offset - self._shift_from
        s = min(1.0, self._elapsed_s / gains.shift_time_s)
        wanted = self._shift_from + (10 * s**3 - 15 * s**4 + 6 * s**5) * way
        speed = (30 * s**2 - 60 * s**3 + 30 * s**4) / gains.shift_time_s * way
        polygon = support_polygon(self._dynamics, (LEFT, RIGHT))
        cop = standing.tracking_cop(dcm, wanted, speed, polygon, rate, 1.5)
        self._elapsed_s += dt_s
        if self._elapsed_s >= gains.shift_time_s:
            self._begin_step(self._stance)
        return Aim(cop, (LEFT, RIGHT))

    def _begin_step(self, stance: int) -> None:
        self.phase = "step"
        self.steps += 1
        self._stance = stance
        self._elapsed_s = 0.0
        self._stance_since_m = self._sole_m(stance).copy()
        side = LEFT + RIGHT - stance
        self._held = self._sole_m(side).copy()
        self._swing = Swing(
            side, self._held, self._feet_heading[side], float(self._stance_since_m[2]), self._gains.lift_m
        )
        self.plan = None

    def _step(self, dcm: Array, rate: float, dt_s: float) -> Aim:
        gains, swing = self._gains, self._swing
        assert swing is not None
        stance, side = self._stance, swing.side
        self.heading_rad += self._pace[2] * dt_s
        both_down = self._elapsed_s < gains.double_support_s
        sides = (LEFT, RIGHT) if both_down else (stance,)
        plan = self._plan(dcm, rate, sides)
        held = {stance: self._stance_since_m[:2]}
        if both_down:
            share = self._elapsed_s / gains.double_support_s
            held[side] = self._held[:2]
            load_cost = [1e-6, 1e-6]
            load_cost[side] += 3e-4 * share
            aim = Aim(plan.cop_m, sides, None, tuple(load_cost), held)
        else:
            is_hurried = plan.moved_m > _HURRIED_M
            goal = swing.advance(plan.foothold_m, plan.heading_rad, plan.remaining_s, dt_s, is_hurried)
            self._feet_heading[side] = swing.heading_rad
            aim = Aim(plan.cop_m, sides, goal, (), held)
        self._elapsed_s += dt_s
        if plan.remaining_s - dt_s <= 1e-6:
            self._touch_down(dcm, side)
        return aim

    def _plan(self, dcm: Array, rate: float, sides: tuple[int, ...]) -> StepPlan:
        gains, dynamics = self._gains, self._dynamics
        sole = dynamics.body.soles[self._stance]
        side = LEFT + RIGHT - self._stance
        forward, left, turn = self._pace
        moment = Moment(
            dcm_m=complex(*dcm.tolist()),
            rate=rate,
            stance_m=complex(*self._sole_m(self._stance)[:2].tolist()),
            swing_m=complex(*self._sole_m(side)[:2].tolist()),
            swing_side=side,
            heading_rad=self.heading_rad,
            elapsed_s=self._elapsed_s,
            support_m=support_polygon(dynamics, sides),
            sole_half_m=(sole.half_length_m, sole.half_width_m),
        )
        locked = None
        if self.plan is not None and self.plan.remaining_s < _LAST_MOMENT_S:
            locked = max(self.plan.remaining_s - self._tick_s, 1e-6)
        catch_up = gains.catch_up_1_s * self._late_m
        pace = Pace(
            forward + catch_up.real,
            left + catch_up.imag,
            turn,
            footsteps.wide_enough(left, gains),
        )
        self.plan = footsteps.plan_step(moment, pace, gains, locked)
        return self.plan

    def _touch_down(self, dcm: Array, landed: int) -> None:
        """The foot has landed: stand if nothing more is asked and all is calm, else the next step."""
        apart = self._ahead(self._sole_m(LEFT) - self._sole_m(RIGHT))
        polygon = support_polygon(self._dynamics, (LEFT, RIGHT))
        calm = (
            not any(self._possible.pace)
            and max(map(abs, self._pace)) < 0.05
            and abs(self._mean_velocity) < _STOPPED_M_S
            and nearest_inside(dcm, polygon)[1] > 0.0
            and abs(apart.real) < 0.08
            and 0.15 < apart.imag < 0.30
        )
        if calm:
            self.phase, self._swing, self.plan = "stand", None, None
        else:
            self._begin_step(landed)

    def _middle(self) -> Array:
        return 0.5 * (self._sole_m(LEFT) + self._sole_m(RIGHT))[:2]

    def _sole_m(self, side: int) -> Array:
        return np.asarray(self._dynamics.sole_m[side])

    def _ground_m(self) -> float:
        if self.phase == "step":
            return float(self._stance_since_m[2])
        return min(float(self._sole_m(LEFT)[2]), float(self._sole_m(RIGHT)[2]))


def _upright(heading_rad: float, lean_rad: float) -> Array:
    """The rotation (3, 3) of a body that is bent forwards by ``lean_rad``, then turned to its heading."""
    c, s = math.cos(heading_rad), math.sin(heading_rad)
    cosine, sine = math.cos(lean_rad), math.sin(lean_rad)
    return np.array([[c * cosine, -s, c * sine], [s * cosine, c, s * sine], [-sine, 0.0, cosine]])
