"""Where the next foot goes, when, and where the pressure is until then: one step ahead, anew in every tick.

During a step with the pressure at p, the DCM runs as xi(t) = p + (xi - p) e^(w t). A gait that repeats itself ends each
step with the DCM at a fixed offset b from the new foothold, so the foothold is u = xi(T) - b: Englsberger et al. 2015,
sec. IV; Koolen et al., "Capturability-based analysis and control of legged locomotion", IJRR 2012. Adapting the time of
the step too: Khadiv, Herzog, Moosavian, Righetti, "Walking control based on step timing adaptation", IEEE T-RO 2020,
here by comparing a handful of times instead of a QP.

Inside this file points and rotations of the plane are complex numbers: x + iy, and e^(i angle).
"""

import math
from typing import NamedTuple

import numpy as np

from twin.balance.body import LEFT, Array
from twin.balance.contacts import nearest_inside
from twin.balance.gains import Gains

_SHARES_COMPARED = np.linspace(0.0, 1.0, 12).tolist()  # of the time between the shortest and the longest step
_UNREACHABLE_COST = 60.0  # per m^2 by which a foothold that would be right lies out of reach
_RETIMING_COST = 0.6  # per s^2
_LITTLE_S = 0.03  # a step retimed by less is not worth looking for


class Moment(NamedTuple):
    """The step as it stands now. World frame, points of the plane."""

    dcm_m: complex
    rate: float  # of the pendulum, 1/s
    stance_m: complex  # middle of the sole that stands
    swing_m: complex  # middle of the sole in the air
    swing_side: int
    heading_rad: float
    elapsed_s: float  # since the step began
    support_m: Array  # (k, 2) polygon that may carry until touchdown
    sole_half_m: tuple[float, float]  # of the sole that stands: along and across


class Pace(NamedTuple):
    """The gait that is wanted, in the heading frame."""

    forward_m_s: float
    left_m_s: float
    turn_rad_s: float
    width_m: float  # between the feet


class StepPlan(NamedTuple):
    """How this step ends."""

    foothold_m: Array  # (2,) world
    remaining_s: float
    cop_m: Array  # (2,) world
    heading_rad: float  # at touchdown
    missed_m: float  # how far out of reach the right foothold lies
    moved_m: float  # how far the foothold lies from that of an undisturbed step


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
    if locked_s is not None:
        return _end(moment, pace, gains, locked_s, _aims(moment, pace, gains, locked_s))
    nominal_s = max(gains.step_time_s - moment.elapsed_s, 0.02)
    aims, heading = _aims(moment, pace, gains, nominal_s), _turned(moment.heading_rad)
    best_s, least = nominal_s, _cost(moment, heading, aims, pace, gains, nominal_s)
    if least > _RETIMING_COST * _LITTLE_S * _LITTLE_S:  # else any other time costs more by its lateness alone
        shortest_s = max(gains.shortest_step_s - moment.elapsed_s, 0.06)
        longest_s = max(gains.longest_step_s - moment.elapsed_s, shortest_s + 1e-3)
        for share in _SHARES_COMPARED:
            time_s = shortest_s + (longest_s - shortest_s) * share
            late_s = time_s - nominal_s
            cost = _cost(moment, heading, aims, pace, gains, time_s) + _RETIMING_COST * late_s * late_s
            if cost < least:
                best_s, least = time_s, cost
    if best_s != nominal_s:
        aims = _aims(moment, pace, gains, best_s)
    return _end(moment, pace, gains, best_s, aims)


def _cost(
    moment: Moment,
    heading: complex,
    aims: tuple[complex, complex, float],
    pace: Pace,
    gains: Gains,
    time_s: float,
) -> float:
    """What it would cost to touch down in ``time_s``, but for the lateness itself."""
    dcm, stance = moment.dcm_m, moment.stance_m
    nominal, offset, _ = aims
    growth = math.exp(moment.rate * time_s)
    cop = ((nominal + offset - dcm * growth) / (1.0 - growth) - stance) * heading.conjugate()
    length, width = moment.sole_half_m
    cop = stance + heading * _within(cop, -length, length, -width, width)
    foothold = cop + (dcm - cop) * growth - offset
    reached = _within_time(_within_reach(foothold, moment, pace, gains, heading), time_s, moment, gains)
    missed, moved = abs(foothold - reached), abs(reached - nominal)
    return _UNREACHABLE_COST * missed * missed + moved * moved


def _end(
    moment: Moment, pace: Pace, gains: Gains, remaining_s: float, aims: tuple[complex, complex, float]
) -> StepPlan:
    nominal, offset, heading_rad = aims
    dcm = moment.dcm_m
    growth = math.exp(moment.rate * remaining_s)
    cop_m, _ = nearest_inside(_pair((nominal + offset - dcm * growth) / (1.0 - growth)), moment.support_m)
    cop = complex(*cop_m.tolist())
    foothold = cop + (dcm - cop) * growth - offset
    halfway = _turned(heading_rad - 0.5 * pace.turn_rad_s * gains.step_time_s)
    reached = _within_time(_within_reach(foothold, moment, pace, gains, halfway), remaining_s, moment, gains)
    missed_m, moved_m = abs(foothold - reached), abs(reached - nominal)
    return StepPlan(_pair(reached), remaining_s, cop_m, heading_rad, missed_m, moved_m)


def _aims(moment: Moment, pace: Pace, gains: Gains, remaining_s: float) -> tuple[complex, complex, float]:
    """Foothold of an undisturbed step, DCM offset there, both in the world, and the heading then."""
    heading_rad = moment.heading_rad + pace.turn_rad_s * remaining_s
    halfway = _turned(heading_rad - 0.5 * pace.turn_rad_s * gains.step_time_s)
    way = complex(pace.forward_m_s, pace.left_m_s) * gains.step_time_s
    heading = _turned(heading_rad)
    across = 1j * _sign(moment.swing_side) * pace.width_m
    nominal = moment.stance_m + halfway * way + heading * across
    offset = heading * _periodic_offset(pace, moment.swing_side, moment.rate, gains.step_time_s)
    return nominal, offset, heading_rad


def _within_reach(foothold: complex, moment: Moment, pace: Pace, gains: Gains, heading: complex) -> complex:
    """The foothold moved to where the leg can put it: not across the other foot, not too far."""
    stance = moment.stance_m
    # A foot that is set down turned against the other comes nearer to it with toes or heel.
    turned_m = moment.sole_half_m[0] * abs(math.sin(pace.turn_rad_s * gains.step_time_s))
    near, far = gains.least_width_m + turned_m, gains.widest_m
    right, left = (near, far) if moment.swing_side == LEFT else (-far, -near)
    local = (foothold - stance) * heading.conjugate()
    return stance + heading * _within(local, -gains.backward_reach_m, gains.forward_reach_m, right, left)


def _within_time(foothold: complex, time_s: float, moment: Moment, gains: Gains) -> complex:
    """The foothold moved towards the foot, to where it can get in its time."""
    air_s = min(time_s, moment.elapsed_s + time_s - gains.double_support_s)
    foot = moment.swing_m
    way = foothold - foot
    possible_m = gains.swing_speed_m_s * max(air_s, 0.0)
    return foot + min(1.0, possible_m / max(abs(way), 1e-6)) * way


def _within(point: complex, back: float, front: float, right: float, left: float) -> complex:
    """The point moved into a rectangle."""
    return complex(min(max(point.real, back), front), min(max(point.imag, right), left))


def _sign(side: int) -> float:
    return 1.0 if side == LEFT else -1.0


def _turned(angle_rad: float) -> complex:
    return complex(math.cos(angle_rad), math.sin(angle_rad))


def _pair(point: complex) -> Array:
    return np.array([point.real, point.imag])
