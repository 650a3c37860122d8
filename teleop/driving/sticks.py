"""What sticks and triggers ask of a hand: how fast it goes and turns, and what its fingers do."""

import numpy as np

from teleop.bindings.bindings import Scale
from teleop.control.intent import Intent
from teleop.driving.arms import HandRates
from teleop.driving.fingers import FingerDriver
from twin.spatial import Array


def trigger(intent: Intent, side: str) -> float:
    """How far the trigger of ``side`` is pressed, 0..1."""
    return max(0.0, intent.rate(f"closure.{side}"))


def hand_rates(intent: Intent, scale: Scale, gentle: float) -> HandRates:
    """Speeds of the hand that is driven: ``gentle``, 0..1, of those of ``scale`` at full deflection."""

    def rates(*names: str) -> Array:
        return np.array([intent.rate(name) for name in names])

    turn = scale.angular_rad_s * gentle
    return HandRates(
        rates("hand.x", "hand.y", "hand.z") * (scale.linear_m_s * gentle),
        rates("hand.roll", "hand.pitch", "hand.yaw") * turn,
        rates("wrist.roll", "wrist.pitch", "wrist.yaw") * turn,
    )


def advance_fingers(
    fingers: FingerDriver, side: str, is_driven: bool, intent: Intent, dt_s: float, gentle: float
) -> Array:
    """Move the fingers of ``side`` on by ``dt_s``; returns where they go, shape (h,).

    A trigger closes its own hand; what else is asked of fingers goes to the hand that ``is_driven``.
    """
    return fingers.drive(
        intent.rates.get(f"closure.{side}"),
        intent.rate("closure.rate") if is_driven else 0.0,
        intent.rate("fingers.spread") if is_driven else 0.0,
        intent.rate("thumb.opposition") if is_driven else 0.0,
        dt_s,
        gentle,
    )
