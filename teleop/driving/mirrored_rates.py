"""The rates of one hand as the other hand's mirror image."""

import numpy as np

from teleop.driving.arms import HandRates

# A mirror turns forward and up into themselves and left into right; turning about forward and up changes its sign.
_LINEAR, _ANGULAR = np.array([1.0, -1.0, 1.0]), np.array([-1.0, 1.0, -1.0])


def mirrored_rates(rates: HandRates) -> HandRates:
    """What the other hand does when both move as in a mirror between them."""
    return HandRates(rates.linear_m_s * _LINEAR, rates.angular_rad_s * _ANGULAR, rates.wrist_rad_s * _ANGULAR)
