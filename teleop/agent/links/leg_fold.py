"""Brings the legs of a robot that is carried from wherever they are to their rest, slowly."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from teleop.agent.limits import Array
from teleop.agent.links.base import Setpoint
from twin.shaping import quintic

_MEAN_RAD_S, _LEAST_S = 0.3, 0.2


class LegFold:
    """Legs on their way home, or there."""

    def __init__(self, home_rad: Array) -> None:
        """At rest at ``home_rad``, shape (k,)."""
        self._home_rad = home_rad
        self._from_rad = home_rad.copy()
        self._takes_s = self._gone_s = _LEAST_S

    @property
    def is_done(self) -> bool:
        """Whether the legs are to be at their rest."""
        return self._gone_s >= self._takes_s

    def begin(self, measured_rad: Array) -> None:
        """Begin where the legs are, (k,)."""
        self._from_rad, self._gone_s = measured_rad.copy(), 0.0
        farthest_rad = float(np.abs(measured_rad - self._home_rad).max(initial=0.0))
        self._takes_s = _LEAST_S + farthest_rad / _MEAN_RAD_S

    def advance(self, dt_s: float) -> None:
        """Go on for ``dt_s``."""
        self._gone_s = min(self._takes_s, self._gone_s + dt_s)

    def put_into(self, setpoint: Setpoint, legs: NDArray[np.intp]) -> Setpoint:
        """``setpoint`` with the legs, whose joints are ``legs``, where they shall be now."""
        share = quintic(self._gone_s / self._takes_s)
        position_rad, velocity_rad_s = setpoint.position_rad.copy(), setpoint.velocity_rad_s.copy()
        acceleration_rad_s2, torque_nm = setpoint.acceleration_rad_s2.copy(), setpoint.torque_ff_nm.copy()
        position_rad[legs] = self._from_rad + share * (self._home_rad - self._from_rad)
        velocity_rad_s[legs] = acceleration_rad_s2[legs] = torque_nm[legs] = 0.0
        return replace(
            setpoint,
            position_rad=position_rad,
            velocity_rad_s=velocity_rad_s,
            acceleration_rad_s2=acceleration_rad_s2,
            torque_ff_nm=torque_nm,
        )
