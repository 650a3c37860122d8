"""Both feet down: where the pressure must be so that the centre of mass comes to rest over the middle of the feet.

The divergent component of motion (DCM) x + v / w runs away from the centre of pressure with rate w = sqrt(g / z):
Hof, Gazendam, Sinke, "The condition for dynamic stability", J. Biomechanics 2005; Englsberger, Ott, Albu-Schäffer,
"Three-dimensional bipedal walking control based on divergent component of motion", IEEE T-RO 2015, eqs. 5 and 8.
"""

import math

import numpy as np

from twin.balance.body import Array
from twin.balance.contacts import nearest_inside
from twin.balance.dynamics import GRAVITY_M_S2


def pendulum_rate(height_m: float) -> float:
    """Rate w of a linear inverted pendulum with its mass ``height_m`` above the ground, 1/s."""
    return math.sqrt(GRAVITY_M_S2 / max(height_m, 0.3))


def dcm(com_m: Array, com_velocity_m_s: Array, rate: float) -> Array:
    """The divergent component of motion in the plane, shape (2,)."""
    (x, y, _), (speed_x, speed_y, _) = com_m.tolist(), com_velocity_m_s.tolist()
    return np.array((x + speed_x / rate, y + speed_y / rate))


def standing_cop(dcm_m: Array, middle_m: Array, polygon: Array, gain: float) -> Array:
    """Pressure beyond the DCM pushes it back: CoP = DCM + gain (DCM - middle), as far as the soles reach (2,)."""
    wanted = dcm_m + gain * (dcm_m - middle_m)
    return nearest_inside(wanted, polygon)[0]


def tracking_cop(
    dcm_m: Array, wanted_m: Array, wanted_velocity_m_s: Array, polygon: Array, rate: float, gain: float
) -> Array:
    """Pressure that lets the DCM follow a path: d DCM/dt = w (DCM - CoP), shape (2,)."""
    cop = dcm_m - wanted_velocity_m_s / rate + gain * (dcm_m - wanted_m)
    return nearest_inside(cop, polygon)[0]


def com_acceleration(com_m: Array, cop_m: Array, rate: float) -> Array:
    """What the pendulum does with its pressure there: w^2 (CoM - CoP), shape (2,)."""
    (x, y, _), (cop_x, cop_y) = com_m.tolist(), cop_m.tolist()
    return np.array((rate * rate * (x - cop_x), rate * rate * (y - cop_y)))
