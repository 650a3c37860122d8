"""A script played through real control, real agent and real physics in one process, on a clock that is turned.

Nothing in it asks the time or for chance: the same robot, scene and seed end the same way on every machine, however
busy. What it leaves out are processes, sockets, cameras, recorder and SDL; `understudy demo` has all of them.
"""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from app.demo.pad import Positions
from app.demo.script import TURN_S, DemoError, Script
from app.demo.view import View
from teleop.agent import account, feet, push
from teleop.agent.agent import Agent
from teleop.agent.base_change import Rebased
from teleop.agent.feet import OnFeet
from teleop.agent.links.base import DriveMode
from teleop.agent.links.simulated import open_link
from teleop.agent.requests import answer
from teleop.control.controller import Controller
from teleop.control.robot_view import Session
from teleop.control.status import status_of
from teleop.inputs.base import AXES
from teleop.operators import bindings_of
from twin.bases import GANTRY
from twin.robot import load_robot
from twin.scene import load_scene
from twin.scenery.reading import read_layout
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import pack
from twin.wire.direct import ReceivedFrame
from twin.wire.messages import InputSample, Reply, Request, vector

_CLIENT, _EPOCH = b"a-rehearsal-only", bytes(range(16))
_CONTROL_NS, _STATUS_NS = 10 * NS_PER_MS, 50 * NS_PER_MS
_TURN_NS = int(TURN_S * NS_PER_S)


class Rehearsal:
    """A pad, control, agent, and the simulated robot in its scene; seen through a ``View`` as on the stage."""

    def __init__(self, station: Station) -> None:
        """The robot of ``station``, switched off; of its folders only the robot's is read.

        Raises:
            UnderstudyError: robot, scene or bindings cannot be used.
        """
        spec = load_robot(Path(station.robot_folder), station.revision)
        hangs = station.base == GANTRY
        self.controller = Controller(spec, bindings_of(station), not hangs, read_layout(station.scene))
        self.view = View(spec, load_scene(spec, station.scene, station.seed, station.base, station.level))
        self.now_ns = self._began_ns = NS_PER_S
        self._link = open_link(station, spec)
        self.agent = Agent(spec, _EPOCH, self._link.connect(self.now_ns), self.now_ns)
        self._mode = DriveMode.PARKED
        self._pad_seq = 0
        self._control_due_ns = self._status_due_ns = self.now_ns

    @property
    def time_s(self) -> float:
        """How long it has played."""
        return (self.now_ns - self._began_ns) / NS_PER_S

    def play(self, script: Script) -> None:
        """Play ``script`` to its end, one turn every ``TURN_S``.

        Raises:
            DemoError: the script did not get through.
        """
        self._look()
        for positions in script:
            end_ns = self.now_ns + _TURN_NS
            while self.now_ns < end_ns:
                self._step(positions)
            self._look()

    def _step(self, positions: Positions) -> None:
        """On to the robot's next reading, and control's tick where it is due."""
        self.now_ns = self._link.due_ns()
        reading = self._link.read(self.now_ns)
        setpoint = self.agent.tick(self.now_ns, reading)
        if self.agent.drive_mode is not self._mode:
            self._mode = self.agent.drive_mode
            self._link.drive(self._mode)
        if self.agent.is_powered:
            self._link.write(replace(setpoint, stride=self.agent.stride), self.now_ns)
        if self.now_ns >= self._control_due_ns:
            self._control_due_ns += _CONTROL_NS
            self._control(positions)

    def _control(self, positions: Positions) -> None:
        controller, agent, now_ns = self.controller, self.agent, self.now_ns
        self._pad_seq += 1
        controller.hear_input(_sample(positions), self._pad_seq, now_ns)
        controller.robot.hear_state(agent.reading.state, agent.reading.sampled_ns)
        if agent.is_powered:
            controller.robot.hear_applied(agent.applied(now_ns), now_ns)
        if agent.changed or now_ns >= self._status_due_ns:
            self._status_due_ns, agent.changed = now_ns + _STATUS_NS, False
            self._hear_agent()
        tick = controller.tick(now_ns)
        if tick.command is not None:
            agent.hear(ReceivedFrame(_CLIENT, pack(tick.command), now_ns))
        agent.lease.retain(_CLIENT, now_ns)
        if "arm" in tick.wishes:
            self._ask("lease.acquire")
            self._ask("power.on")

    def _hear_agent(self) -> None:
        """What the robot's role says of itself, and of how it stands."""
        agent, link = self.agent, self._link
        status = account.status(
            agent,
            link.motors(),
            self.now_ns,
            simulated=True,
            real_time_factor=link.real_time_factor,
            urgency="real-time",
        )
        if isinstance(link, Rebased):
            status = msgspec.structs.replace(status, walking=agent.walking, base=link.base, bases=link.bases)
        self.controller.hear_status(status, self.now_ns)
        self.view.agent = status
        balance = link.balance(agent.walking) if isinstance(link, OnFeet) else None
        if balance is not None:
            self.controller.robot.hear_balance(balance, agent.reading.sampled_ns)
            self.view.mirror.take_balance(balance, agent.reading.sampled_ns)

    def walking(self, switch: str) -> None:
        """Switch walking "on" or "off", as a person would in the window.

        Raises:
            DemoError: the robot refuses.
        """
        self._insist(f"walk.{switch}")

    def push(self, left_n: float, seconds: float) -> None:
        """Push the robot at its chest.

        Raises:
            DemoError: the robot refuses.
        """
        self._insist(push.ACTION, body="torso", y_n=left_n, seconds=seconds)

    def _insist(self, action: str, **values: object) -> None:
        reply = self._ask(action, **values)
        if not reply.accepted:
            raise DemoError(f"{action}: {reply.reason}")

    def _ask(self, action: str, **values: object) -> Reply:
        request = Request(action=action, sender="rehearsal", client_id=_CLIENT, arguments=arguments(values))
        reply = self._answer(request)
        results = named(reply.results)
        if "lease_seq" in results:
            self.controller.session = Session(int(results["lease_seq"]), _EPOCH)
        return reply

    def _answer(self, request: Request) -> Reply:
        """As the robot's role answers."""
        if request.action == push.ACTION:
            return push.answer(self._link, request)
        if request.action in feet.ACTIONS:
            return feet.answer(self.agent, self._link, request, self.now_ns)
        return answer(self.agent, request, self.now_ns)

    def _look(self) -> None:
        """Let the script see the world as it is now."""
        mirror = self.view.mirror
        mirror.take_state(self.agent.reading.state, self.agent.reading.sampled_ns)
        mirror.take_scene(self._link.scene(), self.now_ns)
        mirror.compare_worlds()
        mirror.place()
        self.view.control = status_of(self.controller, self.now_ns)


def _sample(positions: Positions) -> InputSample:
    """The pad as it is held, as the inputs role would say it."""
    return InputSample(
        device="gamepad:1",
        kind="gamepad",
        connected=True,
        axes=vector(np.array([positions.get(name, 0.0) for name in AXES])),
        buttons=tuple(name for name, held in positions.items() if name not in AXES and held),
    )
