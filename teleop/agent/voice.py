"""What the robot role says, and when: readings as they come, everything else at its rate or on change."""

from msgspec.structs import replace

from teleop.agent import account, clock_request
from teleop.agent.agent import Agent
from teleop.agent.base_change import Rebased
from teleop.agent.feet import OnFeet
from teleop.agent.links.base import Reading, RobotLink
from twin.bases import GANTRY
from twin.station import Station
from twin.wire.ask import answered
from twin.wire.bus import Speaker
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AgentStatus, Reply, Request, RobotState

_APPLIED_NS = 10 * NS_PER_MS
_APPLIED_WHILE_COMMANDED_NS = 20 * NS_PER_MS  # commands say it themselves; this fills in when they lag
_STATUS_NS = 50 * NS_PER_MS
_MOTORS_NS = 50 * NS_PER_MS
_BALANCE_NS = 20 * NS_PER_MS
_SCENE_NS = NS_PER_S // 60
_IDENTITY_NS = NS_PER_S


class _Every:
    """Says yes once per period, without drifting."""

    def __init__(self, period_ns: int) -> None:
        self._period_ns, self._next_ns = period_ns, 0

    def due(self, now_ns: int) -> bool:
        if now_ns < self._next_ns:
            return False
        self._next_ns = max(self._next_ns + self._period_ns, now_ns + self._period_ns // 2)
        return True


class Voice:
    """Speaks for the robot role."""

    def __init__(
        self, speaker: Speaker, agent: Agent, link: RobotLink, station: Station, urgency: str
    ) -> None:
        """``urgency`` is what the kernel granted (``twin.role.be_urgent``)."""
        self._speaker, self._agent, self._link, self._urgency = speaker, agent, link, urgency
        self._identity = account.identity(agent.spec, station, link.capabilities.simulated)
        self._motors = link.motors()
        self._applied_ns = 0
        self._status, self._motor = _Every(_STATUS_NS), _Every(_MOTORS_NS)
        self._balance = _Every(_BALANCE_NS)
        self._scene, self._who = _Every(_SCENE_NS), _Every(_IDENTITY_NS)

    def measured(self, reading: Reading) -> None:
        """Say a reading, with the echo of the newest accepted command."""
        state, command = reading.state, self._agent.command
        echoed = RobotState(
            position_rad=state.position_rad,
            velocity_rad_s=state.velocity_rad_s,
            effort_nm=state.effort_nm,
            base_position_m=state.base_position_m,
            base_orientation_wxyz=state.base_orientation_wxyz,
            imu_angular_velocity_rad_s=state.imu_angular_velocity_rad_s,
            imu_acceleration_m_s2=state.imu_acceleration_m_s2,
            touch_n=state.touch_n,
            touch_slip_m_s=state.touch_slip_m_s,
            command_seq=command.cmd_seq if command else 0,
            command_received_ns=self._agent.command_received_ns,
        )
        self._speaker.say("robot.state", echoed, reading.sampled_ns)

    def applied(self, now_ns: int, because_new: bool) -> None:
        """Say what the drives were told, if a new command took effect or it is time."""
        agent = self._agent
        if not agent.is_powered:
            return
        period_ns = _APPLIED_WHILE_COMMANDED_NS if agent.is_commanded else _APPLIED_NS
        if because_new or now_ns - self._applied_ns >= period_ns:
            self._applied_ns = now_ns
            self._speaker.say("robot.applied", agent.applied(now_ns), now_ns)

    def answered(self, request: Request, reply: Reply, now_ns: int) -> None:
        """Say aloud what was asked and answered; not the lease's heartbeat, nor what time it is."""
        if request.action in ("lease.retain", clock_request.ACTION):
            return
        self._speaker.say("robot.answered", answered(request, reply), now_ns)

    def rest(self, now_ns: int) -> None:
        """Say all else that is due at ``now_ns``."""
        agent, say = self._agent, self._speaker.say
        for event in agent.take_events():
            say("robot.event", event, now_ns)
        if self._motor.due(now_ns):
            self._motors = self._link.motors()
            say("robot.motors", self._motors, now_ns)
        if agent.changed or self._status.due(now_ns):
            agent.changed = False
            say("robot.status", self._describe(now_ns), now_ns)
        if self._who.due(now_ns):
            say("robot.identity", self._identity, now_ns)
        if isinstance(self._link, OnFeet) and self._balance.due(now_ns):
            balance = self._link.balance(agent.walking)
            if balance is not None:
                reasons = (*agent.stride_refused, *balance.reasons)
                say("robot.balance", replace(balance, reasons=reasons), agent.reading.sampled_ns)
        if self._link.capabilities.simulated and self._scene.due(now_ns):
            scene = self._link.scene()
            if scene is not None:
                say("robot.scene", scene, agent.reading.sampled_ns)

    def _describe(self, now_ns: int) -> AgentStatus:
        link = self._link
        based = {"base": link.base, "bases": link.bases} if isinstance(link, Rebased) else {"base": GANTRY}
        status = account.status(
            self._agent,
            self._motors,
            now_ns,
            simulated=self._link.capabilities.simulated,
            real_time_factor=self._link.real_time_factor,
            urgency=self._urgency,
        )
        return replace(status, walking=self._agent.walking, **based)
