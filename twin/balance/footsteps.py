"""Where the next foot goes, when, and where the pressure is until then: one step ahead, anew in every tick.

During a step with the pressure at p, the DCM runs as xi(t) = p + (xi - p) e^(w t). A gait that repeats itself ends each
step with the DCM at a fixed offset b from the new foothold, so the foothold is u = xi(T) - b: Englsberger et al. 2015,
sec. IV; Koolen et al., "Capturability-based analysis and control of legged locomotion", IJRR 2012. Adapting the time of
the step too: Khadiv, Herzog, Moosavian, Righetti, "Walking control based on step timing adaptation", IEEE T-RO 2020,
here by comparing a handful of times instead of a QP.

Inside this file points and rotations of the plane are complex numbers: x + iy, and e^(i angle).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.balance.body import LEFT, Array
from twin.balance.contacts import nearest_inside
from twin.balance.gains import Gains

Points = NDArray[np.complex128]

_SHARES_COMPARED = np.linspace(0.0, 1.0, 12)  # of the time between the shortest and the longest step
_UNREACHABLE_COST = 60.0  # per m^2 by which a foothold that would be right lies out of reach
_RETIMING_COST = 0.6  # per s^2


@dataclass(frozen=True)
class Moment:
    """The step as it stands now. World frame, in the plane."""

    dcm_m: Array  # (2,)
    rate: float  # of the pendulum, 1/s
    stance_m: Array  # (2,) middle of the sole that stands
    swing_m: Array  # (2,) middle of the sole in the air
    swing_side: int
    heading_rad: float
    elapsed_s: float  # since the step began
    support_m: Array  # (k, 2) polygon that may carry until touchdown
    sole_half_m: tuple[float, float]  # of the sole that stands: along and across


@dataclass(frozen=True)
class Pace:
    """The gait that is wanted, in the heading frame."""

    forward_m_s: float
    left_m_s: float
    turn_rad_s: float
    width_m: float  # between the feet


@dataclass(frozen=True)
class StepPlan:
    """How this step ends."""

    foothold_m: Array  # (2,) world
    remaining_s: float
    cop_m: Array  # (2,) world
    heading_rad: float  # at touchdown
    missed_m: float  # how far out of reach the right foothold lies


def plane_rotation(angle_rad: float) -> Array:
    """Rotation in the plane, shape (2, 2)."""
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[cosine, -sine], [sine, cosine]])


def periodic_offset(pace: Pace, swing_side: int, rate: float, step_s: float) -> Array:
    """Offset (2,) of the DCM from the new foothold at touchdown, in the heading frame, of a gait that repeats itself.

    With v T the way per step and th = turn * T, the offset turns with the robot:
    b = v T e^(i th/2) / (e^(w T) - e^(i th)); across, left and right alternate: -+ width / (1 + e^(w T)).
    """
    return _pair(_periodic_offset(pace, swing_side, rate, step_s))


def _periodic_offset(pace: Pace, swing_side: int, rate: float, step_s: float) -> complex:
    growth = math.exp(rate * step_s)
    turn = pace.turn_rad_s * step_s
    way = complex(pace.forward_m_s, pace.left_m_s) * step_s
    along = way * _turned(turn / 2) / (growth - _turned(turn))
    return along - 1j * _sign(swing_side) * pace.width_m / (1.0 + growth)


def wide_enough(pace_left_m_s: float, gains: Gains) -> float:
    """Width between the feet when going sideways: the closing step must still clear the other foot, m."""
    return max(gains.stance_width_m, gains.least_sidestep_width_m + abs(pace_left_m_s) * gains.step_time_s)


def plan_step(moment: Moment, pace: Pace, gains: Gains, locked_s: float | None = None) -> StepPlan:
    """The end of this step.

    Args:
        moment: now.
        pace: the gait that is wanted.
        gains: limits of reach and time.
        locked_s: the remaining time, when it is too late to change it.
    """
    nominal_s = max(gains.step_time_s - moment.elapsed_s, 0.02)
    if locked_s is not None:
        return _end(moment, pace, gains, locked_s)
    shortest_s = max(gains.shortest_step_s - moment.elapsed_s, 0.06)
    longest_s = max(gains.longest_step_s - moment.elapsed_s, shortest_s + 1e-3)
    times_s = np.append(shortest_s + (longest_s - shortest_s) * _SHARES_COMPARED, nominal_s)
    costs = _costs(moment, pace, gains, times_s, nominal_s)
    return _end(moment, pace, gains, float(times_s[costs.argmin()]))


def _costs(moment: Moment, pace: Pace, gains: Gains, times_s: Array, nominal_s: float) -> Array:
    """What each time of touchdown would cost, shape (k,)."""
    heading = _turned(moment.heading_rad)
    dcm, stance = _point(moment.dcm_m), _point(moment.stance_m)
    nominal, offset, _ = _aims(moment, pace, gains, nominal_s)
    growth = np.exp(moment.rate * times_s)
    cop = ((nominal + offset - dcm * growth) / (1.0 - growth) - stance) * heading.conjugate()
    length, width = moment.sole_half_m
    cop = stance + heading * _within(cop, -length, length, -width, width)
    foothold = cop + (dcm - cop) * growth - offset
    reached = _within_time(_within_reach(foothold, moment, gains, heading), times_s, moment, gains)
    missed, moved = np.abs(foothold - reached), np.abs(reached - nominal)
    late_s = times_s - nominal_s
    return np.asarray(_UNREACHABLE_COST * missed * missed + moved * moved + _RETIMING_COST * late_s * late_s)


def _end(moment: Moment, pace: Pace, gains: Gains, remaining_s: float) -> StepPlan:
    nominal, offset, heading_rad = _aims(moment, pace, gains, remaining_s)
    dcm = _point(moment.dcm_m)
    growth = math.exp(moment.rate * remaining_s)
    cop_m, _ = nearest_inside(_pair((nominal + offset - dcm * growth) / (1.0 - growth)), moment.support_m)
    cop = _point(cop_m)
    foothold = cop + (dcm - cop) * growth - offset
    halfway = _turned(heading_rad - 0.5 * pace.turn_rad_s * gains.step_time_s)
    reached = _within_reach(np.array([foothold]), moment, gains, halfway)
    (reached,) = _within_time(reached, np.array([remaining_s]), moment, gains).tolist()
    return StepPlan(_pair(reached), remaining_s, cop_m, heading_rad, abs(foothold - reached))


def _aims(moment: Moment, pace: Pace, gains: Gains, remaining_s: float) -> tuple[complex, complex, float]:
    """Foothold of an undisturbed step, DCM offset there, both in the world, and the heading then."""
    heading_rad = moment.heading_rad + pace.turn_rad_s * remaining_s
    halfway = _turned(heading_rad - 0.5 * pace.turn_rad_s * gains.step_time_s)
    way = complex(pace.forward_m_s, pace.left_m_s) * gains.step_time_s
    heading = _turned(heading_rad)
    across = 1j * _sign(moment.swing_side) * pace.width_m
    nominal = _point(moment.stance_m) + halfway * way + heading * across
    offset = heading * _periodic_offset(pace, moment.swing_side, moment.rate, gains.step_time_s)
    return nominal, offset, heading_rad


def _within_reach(footholds: Points, moment: Moment, gains: Gains, heading: complex) -> Points:
    """Each foothold (k,) moved to where the leg can put it: not across the other foot, not too far."""
    stance = _point(moment.stance_m)
    near, far = gains.least_width_m, gains.widest_m
    right, left = (near, far) if moment.swing_side == LEFT else (-far, -near)
    local = (footholds - stance) * heading.conjugate()
    local = _within(local, -gains.backward_reach_m, gains.forward_reach_m, right, left)
    return np.asarray(stance + local * heading)


def _within_time(footholds: Points, times_s: Array, moment: Moment, gains: Gains) -> Points:
    """Each foothold (k,) moved towards the foot, to where it can get in its time (k,)."""
    air_s = np.minimum(times_s, moment.elapsed_s + times_s - gains.double_support_s)
    foot = _point(moment.swing_m)
    way = footholds - foot
    possible_m = gains.swing_speed_m_s * np.maximum(air_s, 0.0)
    share = np.minimum(1.0, possible_m / np.maximum(np.abs(way), 1e-6))
    return np.asarray(foot + share * way)


def _within(points: Points, back: float, front: float, right: float, left: float) -> Points:
    """Each point (k,) moved into a rectangle."""
    x = np.minimum(np.maximum(points.real, back), front)
    return np.asarray(x + 1j * np.minimum(np.maximum(points.imag, right), left))


def _sign(side: int) -> float:
    return 1.0 if side == LEFT else -1.0


def _turned(angle_rad: float) -> complex:
    return complex(math.cos(angle_rad), math.sin(angle_rad))


def _point(pair: Array) -> complex:
    return complex(pair[0], pair[1])


def _pair(point: complex) -> Array:
    return np.array([point.real, point.imag])
