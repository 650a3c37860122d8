"""From standstill into the operator's motion: a quintic blend, so that engaging never is a step."""

from teleop.agent.limiter import Target
from teleop.agent.limits import Array
from twin.shaping import quintic
from twin.wire.clock import NS_PER_MS, NS_PER_S

BLEND_NS = 500 * NS_PER_MS  # ENG-3
BLEND_SPEED_SCALE = 0.25


def quintic_slope(share: float) -> float:
    """The derivative of ``twin.shaping.quintic`` at ``share``; 0 outside 0..1."""
    s = min(max(share, 0.0), 1.0)
    return 30.0 * s * s * (1.0 - s) ** 2


class Blend:
    """Fades from a fixed position to a moving target."""

    def __init__(self, position_rad: Array, at_ns: int) -> None:
        """Begin at ``position_rad``: the setpoint at which the robot is held."""
        self._position_rad, self._begin_ns = position_rad.copy(), at_ns

    def is_done(self, now_ns: int) -> bool:
        """True once the target alone counts."""
        return now_ns - self._begin_ns >= BLEND_NS

    def towards(self, target: Target, now_ns: int) -> Target:
        """The blended target at ``now_ns``."""
        passed = (now_ns - self._begin_ns) / BLEND_NS
        share, slope_per_s = quintic(passed), quintic_slope(passed) * NS_PER_S / BLEND_NS
        away_rad = target.position_rad - self._position_rad
        return Target(
            position_rad=self._position_rad + share * away_rad,
            velocity_rad_s=share * target.velocity_rad_s + slope_per_s * away_rad,
            torque_ff_nm=share * target.torque_ff_nm,
        )
