"""The robot role: the agent next to its motors, or next to their simulation.

The loop wakes on arrival and at the link's rate. In every turn stops come first and are acknowledged before
anything else, then commands, then requests, then the readings that are due; each reading is one tick of the
agent. A command that arrives between two readings is applied in the turn in which it arrived.
"""

import logging
import secrets
from dataclasses import replace
from pathlib import Path

from teleop.agent import base_change, clock_request, feet, push, scene_reset
from teleop.agent.agent import Agent
from teleop.agent.links.base import DriveMode, Reading, RobotLink, open_link
from teleop.agent.requests import answer
from teleop.agent.voice import Voice
from twin.robot import load_robot
from twin.role import RoleLife, be_urgent, calm_memory
from twin.station import Station
from twin.wire.ask import Answerer
from twin.wire.clock import now_ns
from twin.wire.command_frame import EPOCH_BYTES
from twin.wire.direct import CommandReceiver, StopReceiver
from twin.wire.messages import Reply, Request

log = logging.getLogger(__name__)

_NICENESS = -15
_MOST_READINGS_A_TURN = 10  # then arrivals are looked at again, however far behind the physics is


class RobotLoop:
    """One agent, one link, and the sockets around them."""

    def __init__(self, life: RoleLife, agent: Agent, link: RobotLink, urgency: str) -> None:
        """Bind the sockets; the agent then learns of its self-checks in the first turn."""
        station = life.station
        self._life, self._agent, self._link = life, agent, link
        self._stops = StopReceiver(station)
        self._commands = CommandReceiver(station)
        self._requests = Answerer(station, "robot")
        for ear in (self._stops, self._commands, self._requests):
            life.waiter.add(ear.socket)
        self._voice = Voice(life.speaker, agent, link, station, urgency)
        self._mode = DriveMode.PARKED
        self._turn_ns = 0

    def run(self) -> None:
        """Turn until the role ends."""
        while not self._life.ending:
            self._life.wait(self._link.due_ns())
            self.turn()

    def turn(self) -> None:
        """Everything that waits, most urgent first."""
        agent, link = self._agent, self._link
        for sender, stop in self._stops.drain():
            self._stops.acknowledge(sender, agent.stop(stop, now_ns()))
        seq_before = agent.command.cmd_seq if agent.command else 0
        for received in self._commands.drain():
            agent.hear(received)
        for request, reply in self._requests.answer_all(self._answer):
            self._voice.answered(request, reply, now_ns())
        is_new = agent.command is not None and agent.command.cmd_seq != seq_before
        at_ns = now_ns()
        for count in range(_MOST_READINGS_A_TURN):
            reading = link.read(at_ns)
            if reading is None:
                break
            if count == 0:
                self._life.ticked(at_ns)
            self._apply(reading.sampled_ns, reading)
            self._voice.measured(reading)
        if is_new:
            self._apply(at_ns, None)
        self._voice.applied(now_ns(), is_new)
        self._voice.rest(at_ns)

    def _answer(self, request: Request) -> Reply:
        if request.action == scene_reset.ACTION:
            return scene_reset.answer(self._agent.state, self._link, request)
        if request.action == clock_request.ACTION:
            return clock_request.answer(now_ns())
        if request.action == push.ACTION:
            return push.answer(self._link, request)
        if request.action == base_change.ACTION:
            return base_change.answer(self._agent, self._link, request)
        if request.action in feet.ACTIONS:
            return feet.answer(self._agent, self._link, request, now_ns())
        return answer(self._agent, request, now_ns())

    def _apply(self, at_ns: int, reading: Reading | None) -> None:
        agent, link = self._agent, self._link
        setpoint = agent.tick(at_ns, reading)
        if agent.drive_mode is not self._mode:
            self._mode = agent.drive_mode
            link.drive(self._mode)
        if agent.is_powered:
            link.write(replace(setpoint, stride=agent.stride), at_ns)

    def close(self) -> None:
        """Leave the robot standing still and the sockets closed."""
        self._link.close()
        for ear in (self._stops, self._commands, self._requests):
            ear.close()


def run(station: Station, supervised: bool = False) -> None:
    """Be the robot role of ``station`` until told to end.

    Raises:
        StationError: an agent for this robot runs already, or the link cannot be opened.
        RobotSpecError: the robot's folder cannot be used.
        SceneError: the scene cannot be used.
    """
    with RoleLife(station, "robot", period_ms=2, supervised=supervised) as life:
        spec = load_robot(Path(station.robot_folder), station.revision)
        link = open_link(station, spec)
        urgency = be_urgent(_NICENESS)
        if urgency != "real-time":
            life.note = f"degraded: no real-time priority ({urgency})"
            log.warning("no real-time priority (%s): a silent commander is noticed within 150 ms", urgency)
        calm_memory()
        epoch = secrets.token_bytes(EPOCH_BYTES)
        log.info("%s %s, %d joints, epoch %s", spec.name, spec.revision, len(spec.joints), epoch.hex()[:8])
        first = link.connect(now_ns())
        loop = RobotLoop(life, Agent(spec, epoch, first, first.sampled_ns), link, urgency)
        try:
            loop.run()
        finally:
            loop.close()
