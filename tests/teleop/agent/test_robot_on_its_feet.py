"""The agent and its simulated robot without a gantry, on a clock that the test turns."""

from dataclasses import replace

import numpy as np
import pytest
from robot_side import DRIVER, EPOCH, MS, PRESS, STRANGER, command_for, optimus

from teleop.agent import feet
from teleop.agent.agent import Agent
from teleop.agent.links.base import DriveMode
from teleop.agent.links.simulated import SimulatedRobot, StandingLink
from teleop.agent.requests import answer
from twin.scene import LEGS, load_scene
from twin.simulation.legs import StandingRobot
from twin.simulation.sensors import SensorErrors
from twin.simulation.simulation import Simulation
from twin.wire.command_frame import HOLD_TO_RUN, pack
from twin.wire.direct import ReceivedFrame
from twin.wire.messages import Reply, Request, StopRequest, vector


class Walk:
    """What the robot role's loop does, without its sockets."""

    def __init__(self, link=StandingLink) -> None:
        """``link`` makes the link to a standing robot."""
        self.spec = optimus()
        simulation = Simulation(self.spec, load_scene(self.spec, "table", 1, LEGS), SensorErrors())
        self.standing = StandingRobot(simulation)
        self.link = link(self.standing)
        self.now_ns = 1_000_000 * MS
        first = self.link.connect(self.now_ns)
        self.agent = Agent(self.spec, EPOCH, first, self.now_ns)
        self.mode, self.seq = DriveMode.PARKED, 0

    def pass_s(self, seconds: float, bits: int | None = None, **changes: object) -> None:
        """Time passes; with ``bits``, a command is sent every 10 ms."""
        for tick in range(round(seconds / 0.002)):
            self.now_ns += 2 * MS
            if bits is not None and tick % 5 == 0:
                self.seq += 1
                lease = self.agent.lease.lease_seq
                at_rest = {"hold_to_run_bits": bits, "lease_seq": lease, "position_rad": self.held()}
                command = command_for(self.spec, self.now_ns, self.seq, **(at_rest | changes))
                self.agent.hear(ReceivedFrame(DRIVER, pack(command), self.now_ns))
            reading = self.link.read(self.now_ns)
            setpoint = self.agent.tick(self.now_ns, reading)
            if self.agent.drive_mode is not self.mode:
                self.mode = self.agent.drive_mode
                self.link.drive(self.mode)
            if self.agent.is_powered:
                self.link.write(replace(setpoint, stride=self.agent.stride), self.now_ns)
            self.agent.lease.retain(DRIVER, self.now_ns)

    def held(self) -> np.ndarray:
        return vector(self.agent.motion.position_rad)

    def ask(self, action: str, client: bytes = DRIVER) -> Reply:
        request = Request(action=action, sender="driver", client_id=client)
        if action in feet.ACTIONS:
            return feet.answer(self.agent, self.link, request, self.now_ns)
        return answer(self.agent, request, self.now_ns)

    def engage(self) -> None:
        self.pass_s(0.02)
        assert self.ask("lease.acquire").accepted
        assert self.ask("power.on").accepted
        self.pass_s(0.1)
        self.pass_s(0.02, PRESS)
        self.pass_s(0.6, HOLD_TO_RUN)
        assert self.agent.state.value == "TELEOP"

    @property
    def forward_m(self) -> float:
        return float(self.standing.true_base().position_m[0])


@pytest.fixture
def walk() -> Walk:
    return Walk()


def test_it_stands_before_anybody_has_armed_and_through_arming(walk):
    walk.pass_s(0.5)
    walk.engage()
    assert not walk.standing.fall
    assert abs(walk.forward_m) < 0.03


def test_a_velocity_does_nothing_until_walking_is_switched_on_and_nothing_once_commands_end(walk):
    walk.engage()
    walk.pass_s(1.5, HOLD_TO_RUN, base_velocity=(-0.3, 0.0, 0.0))
    assert abs(walk.forward_m) < 0.03
    assert walk.ask("walk.on").accepted
    assert walk.link.balance(walk.agent.walking).walking
    walk.pass_s(3.0, HOLD_TO_RUN, base_velocity=(-0.3, 0.0, 0.0))
    gone_m = walk.forward_m
    assert gone_m < -0.25
    walk.pass_s(3.0)  # silence
    assert walk.agent.state.value == "HOLD"
    assert walk.standing.effort.report.phase == "stand"
    assert walk.forward_m > gone_m - 0.25


def test_a_step_that_is_asked_for_while_walking_is_off_is_refused_in_words(walk):
    walk.engage()
    assert walk.agent.stride_refused == ()
    walk.pass_s(0.05, HOLD_TO_RUN, base_velocity=(-0.3, 0.0, 0.0))
    assert "walking is off" in walk.agent.stride_refused[0]
    assert walk.ask("walk.on").accepted
    assert walk.agent.stride_refused == ()


def test_the_body_stays_as_low_as_it_was_commanded_when_hold_to_run_is_released(walk):
    walk.engage()
    walk.pass_s(1.5, HOLD_TO_RUN, body_height_m=-0.2)
    low_m = walk.standing.true_base().position_m[2]
    walk.pass_s(0.5)
    assert low_m < 0.78
    assert walk.standing.true_base().position_m[2] == pytest.approx(low_m, abs=0.02)


def test_the_body_leans_as_commanded_and_stays_so_when_hold_to_run_is_released(walk):
    walk.engage()
    walk.pass_s(2.5, HOLD_TO_RUN, body_lean_rad=0.4)
    leaning = walk.standing.simulation.data.body("pelvis").xmat.reshape(3, 3)[0, 2]
    assert leaning == pytest.approx(np.sin(0.4), abs=0.05)
    walk.pass_s(0.5)
    assert walk.standing.simulation.data.body("pelvis").xmat.reshape(3, 3)[0, 2] == pytest.approx(
        leaning, abs=0.03
    )
    assert not walk.standing.fall


def test_a_fall_holds_the_robot_until_one_deliberate_act_stands_it_up(walk):
    walk.engage()
    assert walk.ask("walk.on").accepted
    torso = walk.standing.simulation.model.body("torso").id
    walk.standing.simulation.data.xfrc_applied[torso, 0] = -900.0
    walk.pass_s(0.3, HOLD_TO_RUN)
    walk.standing.simulation.data.xfrc_applied[torso, 0] = 0.0
    walk.pass_s(1.5, HOLD_TO_RUN)
    assert walk.agent.state.value == "PROTECTIVE_HOLD"
    assert "fall" in walk.agent.reason
    assert walk.ask("acknowledge").accepted
    walk.pass_s(0.1)
    assert walk.agent.state.value == "PROTECTIVE_HOLD"  # acknowledging does not make it stand
    assert not walk.ask("stand_up", STRANGER).accepted
    assert walk.ask("stand_up").accepted
    walk.pass_s(1.0)
    assert walk.agent.state.value == "HOLD"
    assert not walk.standing.fall
    assert not walk.agent.walking


def test_cut_motors_let_it_go_to_the_ground_and_it_says_so_when_they_are_on_again(walk):
    walk.engage()
    walk.agent.stop(StopRequest(level="CUT", source="test", stop_id=1), walk.now_ns)
    walk.pass_s(2.0)
    assert walk.standing.true_base().position_m[2] < 0.6
    assert walk.ask("reset").accepted
    walk.pass_s(0.1)
    assert walk.standing.fall


def test_a_robot_that_offers_nothing_but_its_gantry_refuses_to_walk():
    spec = optimus()
    link = SimulatedRobot(Simulation(spec, load_scene(spec, "table")))
    agent = Agent(spec, EPOCH, link.connect(1), 1)
    reply = feet.answer(agent, link, Request(action="walk.on", client_id=DRIVER), 1)
    assert not reply.accepted
    assert "does not offer to walk" in reply.reason
