"""What the sticks ask of the legs: a velocity of the base, and a height and a lean of the body that stay as left."""

from teleop.control.intent import Intent
from twin.balance.gains import Gains

# Share of what the balance allows, by the name of the scale.
_SHARES = {"slow": 0.4, "normal": 0.7, "fast": 1.0}
_HEIGHT_M_S = 0.15  # while its control is held
_LEAN_RAD_S = 0.25  # while its control is held
HEIGHT_STEP_M = 0.02  # for a press
TRIM_RAD, _TRIM_RAD_S = 0.1, 0.4  # a press turns so far, so fast


class WalkDriver:
    """Turns deflections into the base's part of a command."""

    def __init__(self) -> None:
        """Standing upright, as high as the home pose."""
        self._gains = Gains()
        self.velocity = (0.0, 0.0, 0.0)  # m/s forward, m/s left, rad/s to the left
        self.height_m = 0.0  # against the home pose, <= 0
        self.lean_rad = 0.0  # of the body above the legs, forwards
        self._wanted_m = 0.0  # height that presses asked for
        self._trim_rad = 0.0  # still to be turned to the left

    def stand(self) -> None:
        """No step; height and lean stay, and what was begun is forgotten."""
        self.velocity = (0.0, 0.0, 0.0)
        self._wanted_m, self._trim_rad = self.height_m, 0.0

    def stand_up(self) -> None:
        """Upright and as high as at home again, without a motion: somebody has set the robot on its feet."""
        self.height_m = self._wanted_m = self.lean_rad = 0.0

    def nudge(self, action: str) -> None:
        """Do ``body.up``, ``body.down``, ``trim.left`` or ``trim.right`` once."""
        match action:
            case "body.up":
                self._wanted_m = min(0.0, self._wanted_m + HEIGHT_STEP_M)
            case "body.down":
                self._wanted_m = max(-self._gains.deepest_m, self._wanted_m - HEIGHT_STEP_M)
            case "trim.left":
                self._trim_rad += TRIM_RAD
            case "trim.right":
                self._trim_rad -= TRIM_RAD

    def advance(self, intent: Intent, scale: str, dt_s: float) -> None:
        """Follow ``intent`` at the speeds of ``scale`` for ``dt_s``."""
        gains, share = self._gains, _SHARES[scale]
        forward, left, turn = (
            share * most * intent.rate(f"base.{axis}")
            for axis, most in zip(("x", "y", "yaw"), gains.most_speed, strict=True)
        )
        if turn:
            self._trim_rad = 0.0
        else:
            turn = self._trim(dt_s)
        self.velocity = (max(forward, -gains.most_backward_m_s), left, turn)
        self._wanted_m += intent.rate("body.height") * _HEIGHT_M_S * dt_s
        self._wanted_m = min(0.0, max(-gains.deepest_m, self._wanted_m))
        self.lean_rad += intent.rate("body.lean") * _LEAN_RAD_S * dt_s
        self.lean_rad = min(gains.most_lean_rad[1], max(gains.most_lean_rad[0], self.lean_rad))
        step_m = _HEIGHT_M_S * dt_s
        self.height_m += min(step_m, max(-step_m, self._wanted_m - self.height_m))

    def _trim(self, dt_s: float) -> float:
        """The rate that turns what is left of the trim, rad/s."""
        rate = min(_TRIM_RAD_S, max(-_TRIM_RAD_S, self._trim_rad / dt_s))
        self._trim_rad -= rate * dt_s
        return rate
