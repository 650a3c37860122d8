"""Where the next foot goes, when, and where the pressure is until then: one step ahead, anew in every tick.

During a step with the pressure at p, the DCM runs as xi(t) = p + (xi - p) e^(w t). A gait that repeats itself ends each
step with the DCM at a fixed offset b from the new foothold, so the foothold is u = xi(T) - b: Englsberger et al. 2015,
sec. IV; Koolen et al., "Capturability-based analysis and control of legged locomotion", IJRR 2012. Adapting the time of
the step too: Khadiv, Herzog, Moosavian, Righetti, "Walking control based on step timing adaptation", IEEE T-RO 2020,
here by comparing a handful of times instead of a QP.
"""

import math
from dataclasses import dataclass

import numpy as np

from twin.balance.body import LEFT, Array
from twin.balance.contacts import nearest_inside
from twin.balance.gains import Gains

_TIMES_COMPARED = 12
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
    growth = math.exp(rate * step_s)
    turn = pace.turn_rad_s * step_s
    way = complex(pace.forward_m_s, pace.left_m_s) * step_s
    along = way * complex(math.cos(turn / 2), math.sin(turn / 2))
    along /= growth - complex(math.cos(turn), math.sin(turn))
    across = -_sign(swing_side) * pace.width_m / (1.0 + growth)
    return np.array([along.real, along.imag + across])


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
    times_s = np.append(np.linspace(shortest_s, longest_s, _TIMES_COMPARED), nominal_s)
    costs = _costs(moment, pace, gains, times_s, nominal_s)
    return _end(moment, pace, gains, float(times_s[int(np.argmin(costs))]))


def _costs(moment: Moment, pace: Pace, gains: Gains, times_s: Array, nominal_s: float) -> Array:
    """What each time of touchdown would cost, shape (k,)."""
    turn = plane_rotation(moment.heading_rad).T
    nominal, offset, _ = _aims(moment, pace, gains, nominal_s)
    growth = np.exp(moment.rate * times_s)[:, None]
    cop = (nominal + offset - moment.dcm_m * growth) / (1.0 - growth)
    half = np.array(moment.sole_half_m)
    cop = moment.stance_m + np.clip((cop - moment.stance_m) @ turn.T, -half, half) @ turn
    foothold = cop + (moment.dcm_m - cop) * growth - offset
    reached = _within_reach(foothold, moment, gains, turn)
    reached = _within_time(reached, times_s, moment, gains)
    missed = ((foothold - reached) ** 2).sum(1)
    moved = ((reached - nominal) ** 2).sum(1)
    return np.asarray(_UNREACHABLE_COST * missed + moved + _RETIMING_COST * (times_s - nominal_s) ** 2)


def _end(moment: Moment, pace: Pace, gains: Gains, remaining_s: float) -> StepPlan:
    nominal, offset, heading = _aims(moment, pace, gains, remaining_s)
    growth = math.exp(moment.rate * remaining_s)
    cop = (nominal + offset - moment.dcm_m * growth) / (1.0 - growth)
    cop, _ = nearest_inside(cop, moment.support_m)
    foothold = cop + (moment.dcm_m - cop) * growth - offset
    turn = plane_rotation(heading - 0.5 * pace.turn_rad_s * gains.step_time_s).T
    reached = _within_reach(foothold[None], moment, gains, turn)
    reached = _within_time(reached, np.array([remaining_s]), moment, gains)[0]
    missed_m = float(np.linalg.norm(foothold - reached))
    return StepPlan(reached, remaining_s, cop, heading, missed_m)


def _aims(moment: Moment, pace: Pace, gains: Gains, remaining_s: float) -> tuple[Array, Array, float]:
    """Foothold of an undisturbed step (2,), DCM offset there (2,), both in the world, and the heading then."""
    heading = moment.heading_rad + pace.turn_rad_s * remaining_s
    halfway = heading - 0.5 * pace.turn_rad_s * gains.step_time_s
    way = np.array([pace.forward_m_s, pace.left_m_s]) * gains.step_time_s
    across = np.array([0.0, _sign(moment.swing_side) * pace.width_m])
    turned = plane_rotation(heading)
    nominal = moment.stance_m + plane_rotation(halfway) @ way + turned @ across
    offset = turned @ periodic_offset(pace, moment.swing_side, moment.rate, gains.step_time_s)
    return nominal, offset, heading


def _within_reach(footholds_m: Array, moment: Moment, gains: Gains, to_heading: Array) -> Array:
    """Each foothold (k, 2) moved to where the leg can put it: not across the other foot, not too far."""
    sign = _sign(moment.swing_side)
    local = (footholds_m - moment.stance_m) @ to_heading.T
    local[:, 0] = np.clip(local[:, 0], -gains.backward_reach_m, gains.forward_reach_m)
    local[:, 1] = sign * np.clip(sign * local[:, 1], gains.least_width_m, gains.widest_m)
    return np.asarray(moment.stance_m + local @ to_heading)


def _within_time(footholds_m: Array, times_s: Array, moment: Moment, gains: Gains) -> Array:
    """Each foothold (k, 2) moved towards the foot, to where it can get in its time (k,)."""
    air_s = np.minimum(times_s, moment.elapsed_s + times_s - gains.double_support_s)
    way = footholds_m - moment.swing_m
    way_m = np.sqrt((way**2).sum(1))
    possible_m = gains.swing_speed_m_s * np.maximum(air_s, 0.0)
    share = np.minimum(1.0, possible_m / np.maximum(way_m, 1e-6))
    return np.asarray(moment.swing_m + share[:, None] * way)


def _sign(side: int) -> float:
    return 1.0 if side == LEFT else -1.0
