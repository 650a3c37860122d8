"""What the sticks ask of the legs: a velocity of the base, and a height of the body that stays where it was left."""

from teleop.intent import Intent
from twin.balance.gains import Gains

# Share of what the balance allows, by the name of the scale.
_SHARES = {"slow": 0.4, "normal": 0.7, "fast": 1.0}
_HEIGHT_M_S = 0.15  # while its control is held


class WalkDriver:
    """Turns deflections into the base's part of a command."""

    def __init__(self) -> None:
        """Standing, as high as the home pose."""
        self._gains = Gains()
        self.velocity = (0.0, 0.0, 0.0)  # m/s forward, m/s left, rad/s to the left
        self.height_m = 0.0  # against the home pose, <= 0

    def stand(self) -> None:
        """No step; the height stays."""
        self.velocity = (0.0, 0.0, 0.0)

    def advance(self, intent: Intent, scale: str, dt_s: float) -> None:
        """Follow ``intent`` at the speeds of ``scale`` for ``dt_s``."""
        gains, share = self._gains, _SHARES[scale]
        forward, left, turn = (
            share * most * intent.rate(f"base.{axis}")
            for axis, most in zip(("x", "y", "yaw"), gains.most_speed, strict=True)
        )
        self.velocity = (max(forward, -gains.most_backward_m_s), left, turn)
        height_m = self.height_m + intent.rate("body.height") * _HEIGHT_M_S * dt_s
        self.height_m = min(0.0, max(-gains.deepest_m, height_m))
