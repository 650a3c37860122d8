"""The whole chain from a sample to the drives in one process, on a clock that is turned: real control, real agent.

Nothing in it asks the time or for chance, so the same samples give the same commands.
"""

import numpy as np

from teleop.agent import account
from teleop.agent.agent import Agent
from teleop.agent.links.base import DriveMode, Reading
from teleop.agent.requests import answer
from teleop.bindings.bindings import Bindings
from teleop.control.clutch import Phase
from teleop.control.controller import Controller
from teleop.control.robot_view import Session
from teleop.inputs.base import AXES
from twin.robot import RobotSpec
from twin.spatial import Array
from twin.wire.ask import named
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import JointCommand, pack
from twin.wire.direct import ReceivedFrame
from twin.wire.messages import InputSample, MotorState, Request, RobotState, vector

PERIOD_NS = 10 * NS_PER_MS
STATUS_EVERY = 5  # the agent gives account of itself 20 times a second, and on change
_CLIENT, _EPOCH = b"the-whole-chain!", bytes(range(16))
_PAD = "gamepad:1"


class DrivenChain:
    """A pad, control, agent, and a body that follows every setpoint exactly but for its sag."""

    def __init__(self, spec: RobotSpec, bindings: dict[str, Bindings], agent_period_ms: int = 2) -> None:
        """Stand in the ready pose, powered on, in HOLD."""
        self.spec = spec
        self.controller = Controller(spec, bindings)
        self.sag_rad = np.zeros(len(spec.joints))  # how far the body hangs below its setpoint
        self.now_ns = 1000 * NS_PER_S
        self.axes: dict[str, float] = {}
        self.buttons: tuple[str, ...] = ()
        self.commands: list[JointCommand] = []  # since ``place``
        self.setpoints: list[Array] = []  # one for each tick of control, since ``place``
        self._agent_period_ns = agent_period_ms * NS_PER_MS
        self._motors = MotorState(temperature_c=vector(np.full(len(spec.joints), np.nan)))
        self._seq = 0
        self._setpoint = spec.home_rad.copy()
        self.agent = Agent(spec, _EPOCH, self._reading(), self.now_ns)
        self._ask("lease.acquire")
        self._pass(PERIOD_NS)
        self._ask("power.on")
        while self.agent.state.value != "HOLD":
            self._pass(PERIOD_NS)

    def _ask(self, action: str) -> None:
        request = Request(action=action, sender="chain", client_id=_CLIENT)
        reply = answer(self.agent, request, self.now_ns)
        assert reply.accepted, reply.reason
        results = named(reply.results)
        if "lease_seq" in results:
            self.controller.session = Session(int(results["lease_seq"]), _EPOCH)

    def place(self, position_rad: Array, sag_rad: Array) -> None:
        """Be at rest in HOLD at ``position_rad``, shape (n,), the body ``sag_rad`` away from it; nothing is pressed."""
        self.axes, self.buttons = {}, ()
        while self.agent.state.value != "HOLD" or self.controller.is_coupled:
            self.tick()
        self._setpoint, self.sag_rad = position_rad.copy(), np.zeros_like(sag_rad)
        self.agent.motion.begin_anew(self._reading())
        self.sag_rad = sag_rad
        self.tick()
        self.commands.clear()
        self.setpoints.clear()

    def take_hold(self, buttons: tuple[str, ...]) -> None:
        """Hold ``buttons`` from now on; returns in the tick in which control asks the robot to follow.

        That is at once, but for the first time, which is counted down.
        """
        self.buttons = buttons
        self.tick()
        while self.controller.phase is Phase.COUNTING:
            self.tick()

    def _reading(self) -> Reading:
        position = vector(self._setpoint + self.sag_rad)
        state = RobotState(
            position_rad=position,
            velocity_rad_s=vector(np.zeros_like(self._setpoint)),
            effort_nm=vector(np.zeros_like(self._setpoint)),
        )
        powered = not hasattr(self, "agent") or self.agent.drive_mode is DriveMode.POWERED
        return Reading(self.now_ns, state, powered, "")

    def _pass(self, duration_ns: int) -> None:
        end_ns = self.now_ns + duration_ns
        while self.now_ns < end_ns:
            self.now_ns += self._agent_period_ns
            self._setpoint = self.agent.tick(self.now_ns, self._reading()).position_rad.copy()

    def tick(self) -> None:
        """A sample of the pad, one tick of control, and what the agent makes of it until the next."""
        self._seq += 1
        sample = InputSample(
            device=_PAD,
            kind="gamepad",
            connected=True,
            axes=vector([self.axes.get(name, 0.0) for name in AXES]),
            buttons=self.buttons,
        )
        controller = self.controller
        controller.hear_input(sample, self._seq, self.now_ns)
        reading = self.agent.reading
        controller.robot.hear_state(reading.state, reading.sampled_ns)
        controller.robot.hear_applied(self.agent.applied(self.now_ns), self.now_ns)
        if self.agent.changed or self._seq % STATUS_EVERY == 0:
            status = account.status(
                self.agent, self._motors, self.now_ns, simulated=True, real_time_factor=1.0, urgency=""
            )
            self.agent.changed = False
            controller.hear_status(status, self.now_ns)
        command = controller.tick(self.now_ns).command
        if command is not None:
            self.commands.append(command)
            self.agent.hear(ReceivedFrame(_CLIENT, pack(command), self.now_ns))
        self.agent.lease.retain(_CLIENT, self.now_ns)
        self._pass(PERIOD_NS)
        self.setpoints.append(self._setpoint.copy())
