"""Drives the fingers of one hand: preset, closure, spread; and never lets go of what is held by accident.

When the operator takes hold again, the fingers stay as they are until the trigger has been moved to where they
are (soft take-over). A released trigger at the moment of engaging must not drop the object.
"""

import numpy as np

from twin.hands import PRESETS, Hand
from twin.robot import RobotSpec
from twin.shaping import approach
from twin.spatial import Array

_NEAR = 0.05  # so near to the closure, the trigger takes over
_MOVED = 0.02  # so much a trigger must have moved to mean something
_SAME_HAND_RAD = 0.1
CLOSING_PER_S = 1.2  # by a key
SHAPING_PER_S = 1.0  # spread and opposition, by a stick
# At 100 Hz a fifth of the acceleration limit is what the robot, at 500 Hz, sees as all of it.
_SPEED_USE, _ACCELERATION_USE = 0.8, 0.2


class FingerDriver:
    """The commanded state of one hand's fingers."""

    def __init__(self, spec: RobotSpec, hand: Hand, preset: str = "power") -> None:
        """Start in the robot's ready pose."""
        self.hand, self.preset = hand, preset
        self.closure = 0.0
        self.locked = False
        self._spread = self._opposition = 0.0
        self._max_speed = spec.max_speed_rad_s[hand.joints] * _SPEED_USE
        self._max_acceleration = spec.max_acceleration_rad_s2[hand.joints] * _ACCELERATION_USE
        self.position_rad = spec.home_rad[hand.joints]
        self._velocity = np.zeros(len(hand.joints))
        self._shaped = False  # the fingers follow the synergy; else they stay as they were found
        self._taken = False  # the trigger drives the closure
        self._trigger = self._trigger_at_latch = 0.0

    def latch(self, position_rad: Array, trigger: float) -> None:
        """Begin anew with the fingers at ``position_rad``, shape (h,), and the trigger where it is."""
        if (
            not self._shaped
            or float(np.abs(position_rad - self.position_rad).max(initial=0.0)) > _SAME_HAND_RAD
        ):
            self.closure = self.hand.closure_of(self.preset, position_rad)
        self.position_rad = position_rad.copy()
        self._velocity[:] = 0.0
        self._shaped = self._taken = False
        self._trigger = self._trigger_at_latch = trigger

    @property
    def trigger(self) -> float:
        """Where the trigger was seen last, 0..1."""
        return self._trigger

    def choose(self, preset: str) -> None:
        """Shape the hand for ``preset`` from now on."""
        self.preset = preset
        self._shaped = True

    def choose_next(self, step: int) -> None:
        """The preset ``step`` places further in the list, round and round."""
        self.choose(PRESETS[(PRESETS.index(self.preset) + step) % len(PRESETS)])

    def open(self) -> None:
        """Open the hand, and keep it open until the trigger is released and pulled anew."""
        self.closure, self._spread, self._opposition = 0.0, 0.0, 0.0
        self.locked = False
        self._shaped = True
        self._let_go()

    def lock(self) -> None:
        """Keep the closure, whatever the trigger does."""
        self.locked = True
        self._let_go()

    def unlock(self) -> None:
        """Give the closure back to the trigger, once it has come to where the fingers are."""
        self.locked = False

    def _let_go(self) -> None:
        self._taken, self._trigger_at_latch = False, self._trigger

    def drive(
        self,
        trigger: float | None,
        closing: float,
        spread: float,
        opposition: float,
        dt_s: float,
        speed: float,
    ) -> Array:
        """Move on by ``dt_s``; returns the commanded angles, shape (h,).

        Args:
            trigger: 0..1, or None for a device that has none.
            closing: rate -1..1 by keys.
            spread: rate -1..1.
            opposition: rate -1..1.
            dt_s: length of the step.
            speed: 0..1, share of the fingers' speed, for gentle engagement.
        """
        if trigger is not None:
            self._follow_trigger(trigger)
        if closing and not self.locked:
            self.closure = min(1.0, max(0.0, self.closure + closing * CLOSING_PER_S * dt_s))
            self._shaped = True
        if spread or opposition:
            self._spread = min(1.0, max(-1.0, self._spread + spread * SHAPING_PER_S * dt_s))
            self._opposition = min(1.0, max(-1.0, self._opposition + opposition * SHAPING_PER_S * dt_s))
            self._shaped = True
        if self._shaped and speed > 0.0:
            target = self.hand.angles(self.preset, self.closure, self._spread, self._opposition)
            self.position_rad, self._velocity = approach(
                self.position_rad,
                self._velocity,
                target,
                self._max_speed * speed,
                self._max_acceleration,
                dt_s,
            )
        return self.position_rad

    def follow(self, angles_rad: Array, dt_s: float, speed: float) -> Array:
        """Move on by ``dt_s`` towards ``angles_rad``, shape (h,), with the limits of ``drive``; the same result.

        A synergy or a trigger drives these fingers again only after it was asked for anew.
        """
        self._shaped = False
        self._let_go()
        if speed > 0.0:
            self.position_rad, self._velocity = approach(
                self.position_rad,
                self._velocity,
                np.clip(angles_rad, self.hand.lower_rad, self.hand.upper_rad),
                self._max_speed * speed,
                self._max_acceleration,
                dt_s,
            )
            self.closure = self.hand.closure_of(self.preset, self.position_rad)
        return self.position_rad

    def hold_back(self, position_rad: Array, speed_rad_s: Array) -> None:
        """Something is in the way: the fingers come to ``position_rad``, shape (h,), in this step, and no further."""
        self._velocity = speed_rad_s
        self.position_rad = position_rad

    def _follow_trigger(self, trigger: float) -> None:
        before, self._trigger = self._trigger, trigger
        if self.locked:
            return
        if not self._taken and abs(trigger - self._trigger_at_latch) > _MOVED:
            low, high = min(before, trigger) - _NEAR, max(before, trigger) + _NEAR
            self._taken = low <= self.closure <= high
            self._shaped |= self._taken
        if self._taken:
            self.closure = trigger
