"""Control with a pad and a robot that are played to it, on a clock that is turned."""

import numpy as np

from teleop.bindings.files import load_bindings
from teleop.control.clutch import Phase
from teleop.control.controller import Controller
from teleop.control.robot_view import Session
from teleop.inputs.base import AXES
from twin.robot import find_robot, load_robot
from twin.wire.clock import NS_PER_MS
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN
from twin.wire.messages import AgentStatus, AppliedCommand, InputSample, RobotState, vector

SPEC = load_robot(find_robot("optimus"))
BINDINGS = load_bindings()
EPOCH = bytes(range(16))
RIGHT_ARM, LEFT_ARM = (np.array(SPEC.groups[f"{side}_arm"]) for side in ("right", "left"))
RIGHT_HAND = np.array(SPEC.groups["right_hand"])
ARMS = np.concatenate([LEFT_ARM, RIGHT_ARM])


class Bench:
    """A controller, a pad, and a robot that does at once what it is told."""

    def __init__(self, start_rad=None, can_walk=False, first_in_session=False):
        self.controller = Controller(SPEC, BINDINGS, can_walk)
        self.controller.session = Session(1, EPOCH)
        self.now_ns = 10**9
        self.seq = 0
        self.axes: dict[str, float] = {}
        self.buttons: tuple[str, ...] = ()
        self.kind, self.device = "gamepad", "gamepad:1"
        self.base_orientation_wxyz = ()  # not told
        self.state = "HOLD"
        self.rejected, self.rejection = 0, ""
        self.held_rad = (SPEC.home_rad if start_rad is None else start_rad).astype(np.float32)
        self.commands = []
        self.wishes = []
        self.speaks = True
        self.tick()
        if not first_in_session:
            self.follow_once()

    def follow_once(self):
        """Take hold to the end of the first count, and let go again: what comes now is not the first in its session."""
        self.hold()
        self.count_down()
        self.go_on(0.3)
        assert self.controller.is_coupled
        self.let_go()
        self.go_on(0.1)
        self.commands.clear()
        self.wishes.clear()

    def hold(self):
        self.buttons = ("left_shoulder",)

    def let_go(self):
        self.buttons = ()

    def hear(self):
        controller = self.controller
        if self.speaks:
            self.seq += 1
            sample = InputSample(
                device=self.device,
                kind=self.kind,
                connected=True,
                axes=vector([self.axes.get(name, 0.0) for name in AXES] if self.kind == "gamepad" else []),
                buttons=self.buttons,
            )
            controller.hear_input(sample, self.seq, self.now_ns)
        state = RobotState(
            position_rad=vector(self.held_rad), base_orientation_wxyz=vector(self.base_orientation_wxyz)
        )
        controller.robot.hear_state(state, self.now_ns)
        controller.robot.hear_applied(AppliedCommand(position_rad=vector(self.held_rad)), self.now_ns)
        status = AgentStatus(
            state=self.state,
            lease_seq=1,
            lease_owner="me",
            epoch=EPOCH,
            rejected=self.rejected,
            last_rejection_text=self.rejection,
        )
        controller.hear_status(status, self.now_ns)

    def tick(self, ms=10):
        self.now_ns += int(ms * NS_PER_MS)
        self.hear()
        tick = self.controller.tick(self.now_ns)
        self.wishes += tick.wishes
        if tick.command is not None:
            self.commands.append(tick.command)
            self.obey(tick.command)
        return tick.command

    def obey(self, command):
        held = bool(command.hold_to_run_bits & HOLD_TO_RUN)
        if held and self.state == "HOLD" and command.hold_to_run_bits & FRESH_PRESS:
            self.state = "ENGAGING"
        elif not held:
            self.state = "HOLD"
        if held:
            self.held_rad = np.where(command.joint_mask, command.position_rad, self.held_rad)
        if self.state == "ENGAGING" and self.controller.phase is Phase.ENGAGING and len(self.commands) > 5:
            self.state = "TELEOP"

    def go_on(self, seconds):
        for _ in range(round(seconds * 100)):
            self.tick()

    def count_down(self):
        """Hold on while control counts before the first motion of the session."""
        self.tick()
        while self.controller.phase is Phase.COUNTING:
            self.tick()

    def engage(self):
        self.buttons = ("left_shoulder",) if self.kind == "gamepad" else ("shift",)
        self.count_down()
        self.go_on(0.6)
        assert self.controller.phase is Phase.ENGAGED

    def hand(self, side="right"):
        return self.controller.driver.arms.solver.hand(side).position_m

    def press(self, button):
        held = self.buttons
        self.buttons = (*held, button)
        self.go_on(0.05)
        self.buttons = held
        self.go_on(0.05)


def joint_speeds(commands):
    angles = np.array([command.position_rad for command in commands], np.float64)
    return np.diff(angles, axis=0) / 0.01
