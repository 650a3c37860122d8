"""Which setpoint belongs to which state: follow, blend in, brake, settle, or stay where the robot was measured."""

import numpy as np

from teleop.agent.blend import BLEND_SPEED_SCALE, Blend
from teleop.agent.limiter import Limiter
from teleop.agent.limits import STANDSTILL_WITHIN_S, Array, JointLimits
from teleop.agent.links.base import Reading, Setpoint
from teleop.agent.settle import SETTLE_SPEED_SCALE, SETTLE_WITHIN_NS, Settle
from teleop.agent.states import POWERED, AgentState, Trigger
from teleop.agent.target_track import TargetTrack
from twin.wire.clock import NS_PER_S
from twin.wire.command_frame import JointCommand
from twin.wire.messages import JointLimited

_FAR_RAD = 0.35  # CMD-4
_FAR_FOR_NS = 500_000_000
_STILL_RAD_S = 0.2  # measured; faster is still moving, unless its time to stop is over
_SOURCES = {
    AgentState.ENGAGING: "blend",
    AgentState.TELEOP: "teleop",
    AgentState.STOPPING: "stopping",
    AgentState.SETTLING: "settle",
}


class Motion:
    """Moves the setpoint, always through the limiter, and says when a motion has come to its end."""

    def __init__(self, limits: JointLimits, rest_rad: Array, first: Reading, now_ns: int) -> None:
        """At rest where the robot is. ``rest_rad`` is the pose to settle in."""
        self._limits, self._rest_rad = limits, rest_rad
        measured_rad = _measured(first)
        self._limiter = Limiter(limits, measured_rad)
        self._track = TargetTrack(limits, measured_rad, now_ns)
        self._blend = Blend(measured_rad, now_ns)
        self._settle: Settle | None = None
        self._ticked_ns = self._entered_ns = now_ns
        self._far_since_ns = 0

    @property
    def position_rad(self) -> Array:
        """The setpoint, shape (n,)."""
        return self._limiter.position_rad

    @property
    def setpoint(self) -> Setpoint:
        """All that the drives are told."""
        limiter = self._limiter
        return Setpoint(
            limiter.position_rad, limiter.velocity_rad_s, limiter.acceleration_rad_s2, limiter.torque_ff_nm
        )

    def source(self, state: AgentState) -> str:
        """What moves the robot in ``state``, as ``AppliedCommand`` names it."""
        return _SOURCES.get(state, "hold")

    def limited(self) -> tuple[JointLimited, ...]:
        """The joints that were not allowed what was asked in the last tick."""
        return self._limiter.limited()

    def engage(self, command: JointCommand) -> None:
        """Begin to blend from where the robot is held towards ``command`` and what follows it."""
        held_rad = self._limiter.position_rad
        self._track = TargetTrack(self._limits, held_rad, self._ticked_ns)
        self._track.take(command, self._ticked_ns)
        self._blend = Blend(held_rad, self._ticked_ns)

    def take(self, command: JointCommand) -> None:
        """Head for ``command``; counted from the last tick, so that the next one already moves."""
        self._track.take(command, self._ticked_ns)

    def begin_anew(self, reading: Reading) -> None:
        """The robot was put somewhere else: be at rest where it is now."""
        self._limiter.begin_at(_measured(reading))

    def entered(self, state: AgentState, reading: Reading, now_ns: int) -> None:
        """Tell of a new state."""
        self._entered_ns, self._far_since_ns, self._settle = now_ns, 0, None
        if state not in POWERED:
            self._limiter.begin_at(_measured(reading))

    def too_far(self, now_ns: int) -> str:
        """Why the request is too far from what the limits allow, for too long (CMD-4); empty if it is not."""
        farthest_rad = self._limiter.farthest_rad
        if farthest_rad <= _FAR_RAD:
            self._far_since_ns = 0
        elif not self._far_since_ns:
            self._far_since_ns = now_ns
        elif now_ns - self._far_since_ns > _FAR_FOR_NS:
            return f"what is asked for is {farthest_rad:.2f} rad away from what the limits allow"
        return ""

    def advance(self, state: AgentState, reading: Reading, now_ns: int) -> Trigger | None:
        """Move the setpoint on to ``now_ns``; returns the trigger if the state's motion is complete."""
        dt_s = (now_ns - self._ticked_ns) / NS_PER_S
        if dt_s <= 0:
            return None
        self._ticked_ns = now_ns
        limiter = self._limiter
        match state:
            case AgentState.TELEOP:
                limiter.follow(self._track.at(now_ns), dt_s)
            case AgentState.ENGAGING:
                target = self._blend.towards(self._track.at(now_ns), now_ns)
                limiter.follow(target, dt_s, BLEND_SPEED_SCALE)
                return Trigger.BLENDED if self._blend.is_done(now_ns) else None
            case AgentState.STOPPING:
                limiter.brake(dt_s)
                return self._standstill(reading, now_ns)
            case AgentState.SETTLING:
                return self._to_rest(now_ns, dt_s)
            case AgentState.HOLD | AgentState.PROTECTIVE_HOLD:
                limiter.brake(dt_s)
            case _:
                limiter.begin_at(_measured(reading))
        return None

    def _standstill(self, reading: Reading, now_ns: int) -> Trigger | None:
        """STOPPING ends when setpoint and robot stand still, or when the time for that is over."""
        if not self._limiter.is_at_rest:
            return None
        is_overdue = now_ns - self._entered_ns > STANDSTILL_WITHIN_S * NS_PER_S
        fastest_rad_s = float(np.abs(reading.state.velocity_rad_s).max(initial=0.0))
        return Trigger.STANDSTILL if fastest_rad_s < _STILL_RAD_S or is_overdue else None

    def _to_rest(self, now_ns: int, dt_s: float) -> Trigger | None:
        limiter = self._limiter
        if self._settle is None:
            limiter.brake(dt_s)
            if limiter.is_at_rest:
                self._settle = Settle(self._limits, self._rest_rad, limiter.position_rad, now_ns)
            return None
        # The plan keeps to a quarter of the speed if it has the time; twice that is its bound.
        limiter.follow(self._settle.at(now_ns), dt_s, 2 * SETTLE_SPEED_SCALE)
        is_overdue = now_ns - self._entered_ns > SETTLE_WITHIN_NS
        is_done = self._settle.is_done(limiter.position_rad, now_ns)
        return Trigger.SETTLED if is_done or is_overdue else None


def _measured(reading: Reading) -> Array:
    return np.asarray(reading.state.position_rad, np.float64)
