"""What arms, torso and neck do of what they are asked: all of it while the balance is at ease, less near its edge."""

import numpy as np

from twin.balance.body import Array

_AT_EASE_M = 0.02  # DCM this far inside the support: arms move as fast as they are asked


class Posture:
    """The reference that the balance follows, arrays of shape (m,); one per time on the feet."""

    def __init__(self, position_rad: Array, max_speed_rad_s: Array) -> None:
        """Begin at ``position_rad``; ``max_speed_rad_s`` bounds how a lag, or a jump, is caught up with."""
        self._per_speed_s_rad = 1.0 / max_speed_rad_s
        self.position_rad = position_rad.copy()
        self.velocity_rad_s = np.zeros_like(position_rad)
        self.reasons: tuple[str, ...] = ()

    def follow(
        self, asked_rad: Array, asked_rad_s: Array, margin_m: float, is_standing: bool, dt_s: float
    ) -> None:
        """Go on towards what is asked.

        Args:
            asked_rad: wanted angles.
            asked_rad_s: wanted speeds.
            margin_m: of the DCM inside the support; it counts only while both feet stand, since in a step the DCM
                leaves the support by design.
            is_standing: both feet stand, and shall go on standing.
            dt_s: since the last call.
        """
        share = min(max(margin_m / _AT_EASE_M, 0.0), 1.0) if is_standing else 1.0
        lag = asked_rad - self.position_rad
        overspeed = max(np.abs(lag * self._per_speed_s_rad).tolist()) / dt_s
        if overspeed <= share:
            self.position_rad, self.velocity_rad_s, self.reasons = asked_rad, asked_rad_s, ()
            return
        step = lag * (share / overspeed)  # one factor for all joints: the path in joint space stays straight
        self.position_rad = self.position_rad + step
        self.velocity_rad_s = step / dt_s
        self.reasons = (f"arms slowed: CoM margin {100.0 * margin_m:.1f} cm",) if share < 1.0 else ()
