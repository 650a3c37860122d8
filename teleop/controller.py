"""One tick of control: from what the devices say and the robot answers to a command, or to none. No sockets, no clock.

The same inputs at the same times give the same commands, so that a recorded day can be driven again.
"""

from dataclasses import dataclass, replace
from time import perf_counter_ns

import numpy as np

from teleop.arm_driver import ArmDriver, HandRates
from teleop.bindings import SIDES, Bindings
from teleop.clutch import (
    BLEND_NS,
    BLEND_SPEED,
    COUPLED,
    MOVING_STATES,
    Facts,
    Phase,
    next_phase,
)
from teleop.devices import Device, Devices
from teleop.finger_driver import FingerDriver
from teleop.intent import Intent
from twin.hands import load_hands
from twin.ik.model import load_kinematics
from twin.robot import RobotSpec
from twin.shaping import quintic
from twin.spatial import Array, quaternion_from_rotation, rotation_from_quaternion
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN, JointCommand
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    ControlStatus,
    HandGoal,
    InputSample,
    RobotState,
    vector,
)

VALID_FOR_NS = 80 * NS_PER_MS
_DEVICE_GONE_NS = 1000 * NS_PER_MS
_APPLIED_FRESH_NS = 150 * NS_PER_MS
_LONGEST_STEP_S = 0.02  # after a pause the motion goes on, it does not catch up
_LARGEST_ARM_STEP_RAD, _LARGEST_FINGER_STEP_RAD = (
    0.18,
    0.45,
)  # a little inside what the robot takes for a jump
_NOTE_NS = 2500 * NS_PER_MS


@dataclass(frozen=True)
class Session:
    """What the robot's agent granted us; empty without a lease."""

    lease_seq: int = 0
    epoch: bytes = b""


@dataclass(frozen=True)
class Tick:
    """What one tick decided."""

    command: JointCommand | None  # to be sent now
    wishes: tuple[str, ...] = ()  # for others to carry out: record, discard, arm


@dataclass
class Robot:
    """The newest that the robot said of itself, and when."""

    state: RobotState | None = None
    state_ns: int = 0
    applied: AppliedCommand | None = None
    applied_ns: int = 0
    status: AgentStatus | None = None
    status_ns: int = 0

    def age_ns(self, now_ns: int) -> int:
        """Of the older of state and status; -1 if one was never heard."""
        if self.state is None or self.status is None:
            return -1
        return max(0, now_ns - min(self.state_ns, self.status_ns))

    def held_rad(self, now_ns: int) -> Array:
        """Where the drives hold the joints, shape (n,): the applied setpoint, or what is measured without one.

        Not the measured pose while there is a setpoint: an arm that sags under its load would sink a little with
        every engagement.
        """
        if self.applied is not None and now_ns - self.applied_ns <= _APPLIED_FRESH_NS:
            return self.applied.position_rad.astype(np.float64)
        assert self.state is not None
        return self.state.position_rad.astype(np.float64)


class Controller:
    """Everything between the operator's samples and the command frame."""

    def __init__(self, spec: RobotSpec, bindings: dict[str, Bindings]) -> None:
        """Control for the robot ``spec``.

        Raises:
            RobotSpecError: the robot lacks arms, hand frames or grasps.
        """
        self.spec = spec
        self.arms = ArmDriver(load_kinematics(spec))
        self.fingers = {side: FingerDriver(spec, hand) for side, hand in load_hands(spec).items()}
        self.devices = Devices(bindings)
        self.robot = Robot()
        self.session = Session()
        self.fault = ""  # why control itself must not go on
        self.phase, self.reason = Phase.IDLE, ""
        self._lost = ""  # why there is no device any more
        self.paused = False
        self._bindings = bindings
        self.can_walk = spec.base.mount != "fixed"
        first = bindings["gamepad"]
        self.layer: str = first.layers.start
        self.scale: str = first.scales.start
        self.side = "right"
        self.limited_by: tuple[str, ...] = ()
        self.solve_us = 0.0
        self._error_m = dict.fromkeys(SIDES, 0.0)
        self._driven_side = "right"
        self._model_hash = bytes.fromhex(spec.model_hash)[:8]
        self._mask = self._driven_joints()
        self._command_rad = spec.home_rad.copy()
        self._command_seq = 0
        self._engaged_ns = self._ticked_ns = 0
        self._agent_moved = False
        self._rejected_before = 0
        self._actions: list[str] = []
        self._note, self._note_until_ns = "", 0

    def _driven_joints(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        mask = np.zeros(len(self.spec.joints), np.bool_)
        for side in SIDES:
            mask[self.arms.kinematics.arm_joints[side]] = True
            if side in self.fingers:
                mask[self.fingers[side].hand.joints] = True
        return mask

    # --- what arrives ---------------------------------------------------------------------------------

    def hear_input(self, sample: InputSample, seq: int, sampled_ns: int) -> None:
        """Take in a device's sample; in their order."""
        self._actions += self.devices.hear(sample, seq, sampled_ns, self.layer)

    def hear_state(self, state: RobotState, sampled_ns: int) -> None:
        """Take in what the robot measures."""
        if len(state.position_rad) == len(self.spec.joints):
            self.robot.state, self.robot.state_ns = state, sampled_ns

    def hear_applied(self, applied: AppliedCommand, sampled_ns: int) -> None:
        """Take in what the drives were told."""
        if len(applied.position_rad) == len(self.spec.joints):
            self.robot.applied, self.robot.applied_ns = applied, sampled_ns

    def hear_status(self, status: AgentStatus, sampled_ns: int) -> None:
        """Take in the agent's account of itself. A new epoch or lease ends ours."""
        self.robot.status, self.robot.status_ns = status, sampled_ns
        if self.phase in COUPLED:
            self._agent_moved |= status.state in MOVING_STATES

    # --- the tick -------------------------------------------------------------------------------------

    def tick(self, now_ns: int) -> Tick:
        """Decide at ``now_ns``, which never goes back."""
        dt_s = min(_LONGEST_STEP_S, max(1, now_ns - self._ticked_ns) / NS_PER_S)
        self._ticked_ns = now_ns
        self.devices.drop_silent(now_ns, _DEVICE_GONE_NS)
        wishes = self._act(now_ns)
        before = self.phase
        facts = replace(self.facts(now_ns), device_lost=self.devices.take_lost())
        self.phase, reason = next_phase(before, facts)
        self._lost = facts.device_lost or ("" if facts.device else self._lost)
        if self._lost:
            reason = self._lost
        # An inhibition keeps the reason it began with; it has none of its own later.
        self.reason = reason or (self.reason if self.phase is Phase.INHIBITED else "")
        if self.phase in COUPLED:
            if before not in COUPLED:
                self._engage(now_ns)
                # The robot wants to see a release before a press, as we did: the first frame says released.
                return Tick(self._command(now_ns, np.zeros_like(self._command_rad), 0), wishes)
            return Tick(self._command(now_ns, self._drive(now_ns, dt_s), HOLD_TO_RUN), wishes)
        self.limited_by = ()
        if before in COUPLED:
            return Tick(self._command(now_ns, np.zeros_like(self._command_rad), 0), wishes)
        return Tick(None, wishes)

    def facts(self, now_ns: int) -> Facts:
        """All that decides whether the operator is coupled."""
        device, status = self.devices.driver, self.robot.status
        facts = Facts(
            robot_age_ns=self.robot.age_ns(now_ns),
            paused=self.paused,
            fault=self.fault,
            engaged_for_ns=now_ns - self._engaged_ns,
            agent_moved=self._agent_moved,
        )
        if device is not None:
            hold_to_run = device.interpreter.bindings.hold_to_run
            facts = replace(
                facts,
                device=device.sample.device,
                input_age_ns=max(0, now_ns - device.sampled_ns),
                hold_to_run=device.intent.hold_to_run,
                neutral=device.intent.neutral,
                press=hold_to_run.title,
            )
        if status is not None:
            mine = self.session.lease_seq > 0 and self.session.epoch == status.epoch
            mine = mine and status.lease_seq == self.session.lease_seq and bool(status.lease_owner)
            facts = replace(
                facts,
                agent_state=status.state,
                agent_reason=status.reason,
                stop_level=status.stop_level,
                leased=mine,
                lease_owner="" if mine else status.lease_owner,
                rejection=self._rejection(status),
            )
        return facts

    def _rejection(self, status: AgentStatus) -> str:
        if status.reason.startswith("not engaged"):
            return status.reason
        return status.last_rejection_text if status.rejected > self._rejected_before else ""

    def _engage(self, now_ns: int) -> None:
        """Couple at the pose at which the robot is held: nothing moves by engaging."""
        held_rad = self.robot.held_rad(now_ns)
        self._command_rad = held_rad.copy()
        self._engaged_ns, self._agent_moved = now_ns, False
        self._rejected_before = self.robot.status.rejected if self.robot.status else 0
        self._latch(held_rad)

    def _latch(self, held_rad: Array) -> None:
        self.arms.latch(held_rad)
        intent = self._intent()
        for side, fingers in self.fingers.items():
            fingers.latch(held_rad[fingers.hand.joints], max(0.0, intent.rate(f"closure.{side}")))

    def _intent(self) -> Intent:
        return self.devices.driver.intent if self.devices.driver else Intent()

    def _drive(self, now_ns: int, dt_s: float) -> Array:
        """Move the commanded pose on; returns its velocity, shape (n,)."""
        device = self.devices.driver
        assert device is not None
        intent, engaged_for_ns = device.intent, now_ns - self._engaged_ns
        gentle = BLEND_SPEED * quintic(engaged_for_ns / BLEND_NS) if engaged_for_ns < BLEND_NS else 1.0
        self._driven_side = _other(self.side) if intent.other_side else self.side
        began_ns = perf_counter_ns()
        step = self.arms.drive(self._driven_side, self._rates(device, gentle), dt_s)
        self.solve_us = (perf_counter_ns() - began_ns) / 1000
        wanted_rad = self._command_rad.copy()
        solved_rad = self.arms.solver.position_rad
        for side in SIDES:
            joints = self.arms.kinematics.arm_joints[side]
            wanted_rad[joints] = solved_rad[joints]
            self._drive_fingers(side, intent, dt_s, gentle, wanted_rad)
        self.limited_by = step.limited_by
        self._error_m[self._driven_side] = (
            step.error_m[0] if step.error_m and not self.arms.is_homing else 0.0
        )
        step_rad = wanted_rad - self._command_rad
        if not self._is_sound(step_rad):
            self.fault = "control computed an impossible step and held; restart the control role"
            return np.zeros_like(step_rad)
        self._command_rad = wanted_rad
        return step_rad / dt_s

    def _drive_fingers(
        self, side: str, intent: Intent, dt_s: float, gentle: float, wanted_rad: Array
    ) -> None:
        fingers = self.fingers.get(side)
        if fingers is None:
            return
        here = side == self._driven_side
        angles = fingers.drive(
            intent.rates.get(f"closure.{side}"),
            intent.rate("closure.rate") if here else 0.0,
            intent.rate("fingers.spread") if here else 0.0,
            intent.rate("thumb.opposition") if here else 0.0,
            dt_s,
            gentle,
        )
        wanted_rad[fingers.hand.joints] = angles
        self.arms.solver.follow(fingers.hand.joints, angles)

    def _rates(self, device: Device, gentle: float) -> HandRates:
        scale = device.interpreter.bindings.scales.of(self.scale)
        intent = device.intent
        linear = np.array([intent.rate("hand.x"), intent.rate("hand.y"), intent.rate("hand.z")])
        angular = np.array([intent.rate("hand.roll"), intent.rate("hand.pitch"), intent.rate("hand.yaw")])
        wrist = np.array([intent.rate("wrist.roll"), intent.rate("wrist.pitch"), intent.rate("wrist.yaw")])
        turn = scale.angular_rad_s * gentle
        return HandRates(linear * (scale.linear_m_s * gentle), angular * turn, wrist * turn)

    def _is_sound(self, step_rad: Array) -> bool:
        largest = np.full(len(step_rad), _LARGEST_ARM_STEP_RAD)
        for fingers in self.fingers.values():
            largest[fingers.hand.joints] = _LARGEST_FINGER_STEP_RAD
        return bool(np.isfinite(step_rad).all() and (np.abs(step_rad) <= largest).all())

    def _command(self, now_ns: int, velocity_rad_s: Array, held: int) -> JointCommand:
        self._command_seq += 1
        device = self.devices.driver
        # A press is fresh until it has had its effect: an agent that stops by itself is not engaged by it again.
        fresh = FRESH_PRESS if held and not self._agent_moved else 0
        return JointCommand(
            epoch=self.session.epoch,
            lease_seq=self.session.lease_seq,
            cmd_seq=self._command_seq,
            sent_ns=now_ns,
            not_after_ns=now_ns + VALID_FOR_NS,
            model_hash=self._model_hash,
            position_rad=vector(self._command_rad),
            velocity_rad_s=vector(velocity_rad_s),
            torque_ff_nm=vector(np.zeros_like(velocity_rad_s)),
            joint_mask=self._mask,
            hold_to_run_bits=held | fresh,
            input_seq=device.seq if device else 0,
            input_sampled_ns=device.sampled_ns if device else 0,
            device=device.sample.device if device else "",
        )

    # --- what is done once ----------------------------------------------------------------------------

    def do(self, action: str) -> None:
        """Do ``action``, a name of ``bindings.DOES``, in the next tick; as if a button had been pressed."""
        self._actions.append(action)

    def _act(self, now_ns: int) -> tuple[str, ...]:
        """Carry out what buttons asked for; returns what others must do."""
        actions, self._actions = self._actions, []
        wishes: list[str] = []
        for action in actions:
            if action in ("record", "discard", "arm"):
                wishes.append(action)
            elif action == "discard.once":
                self.note("press again within 2 s to discard the take", now_ns)
            elif action.startswith("grasp."):
                self._grasp(action.removeprefix("grasp."), now_ns)
            elif action.startswith(("layer.", "scale.", "side.")):
                self._choose(action, now_ns)
            else:
                self._gesture(action, now_ns)
        return tuple(wishes)

    def note(self, text: str, now_ns: int) -> None:
        """Show ``text`` for a moment."""
        self._note, self._note_until_ns = text, now_ns + _NOTE_NS

    def _choose(self, action: str, now_ns: int) -> None:
        if action == "side.swap":
            self.side = _other(self.side)
        elif action == "layer.next":
            layers = self.layers
            self.layer = (
                layers[(layers.index(self.layer) + 1) % len(layers)] if self.layer in layers else layers[0]
            )
            self.note(f"layer {self.layer}", now_ns)
        elif action.startswith("scale."):
            order = self._driver_bindings.scales.order
            place = order.index(self.scale) if self.scale in order else 0
            last = len(order) - 1
            match action:
                case "scale.slower":
                    place = max(0, place - 1)
                case "scale.faster":
                    place = min(last, place + 1)
                case _:
                    place = 0 if place == last else place + 1
            self.scale = order[place]
            self.note(f"speed {self.scale}", now_ns)

    def _gesture(self, action: str, now_ns: int) -> None:
        """What moves something: only while coupled, because nothing moves without hold-to-run."""
        if self.phase not in COUPLED:
            if action in ("ready_pose", "open_hand", "relatch"):
                self.note(
                    f"hold {self._driver_bindings.hold_to_run.title} as well: nothing moves without it",
                    now_ns,
                )
            return
        if action == "relatch":
            self.arms.rest()
        elif action == "ready_pose":
            self.arms.go_home((self._driven_side,))
        elif action == "ready_pose.both":
            self.arms.go_home(SIDES)
        elif action == "open_hand" and self._driven_side in self.fingers:
            self.fingers[self._driven_side].open()

    def _grasp(self, what: str, now_ns: int) -> None:
        fingers = self.fingers.get(self._driven_side)
        if fingers is None:
            self.note(f"the robot has no {self._driven_side} fingers", now_ns)
            return
        match what:
            case "next":
                fingers.choose_next(1)
            case "previous":
                fingers.choose_next(-1)
            case "lock":
                fingers.lock()
            case "unlock":
                fingers.unlock()
            case _:
                fingers.choose(what)
        locked = ", locked" if fingers.locked else ""
        self.note(f"{self._driven_side} hand: {fingers.hand.titles[fingers.preset]}{locked}", now_ns)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers one steps through with this robot."""
        order = self._driver_bindings.layers.order
        return tuple(layer for layer in order if layer != "walk" or self.can_walk)

    @property
    def _driver_bindings(self) -> Bindings:
        device = self.devices.driver
        return device.interpreter.bindings if device else self._bindings["gamepad"]

    # --- what is shown --------------------------------------------------------------------------------

    def status(self, now_ns: int) -> ControlStatus:
        """Control's account of itself."""
        device = self.devices.driver
        hints = self._driver_bindings.hints(self.layer)
        if not self.can_walk:
            hints = (*hints, "Walking=not while the robot hangs by its pelvis")
        return ControlStatus(
            input_seq=device.seq if device else 0,
            device=device.sample.device if device else "",
            device_name=device.sample.name if device else "",
            layer=self.layer,
            scale=self.scale,
            hold_to_run=bool(device and device.intent.hold_to_run),
            engaged=self.phase in COUPLED,
            phase=self.phase.value,
            reason=self.reason,
            hands=tuple(self._goal(side) for side in SIDES),
            limited_by=self.limited_by,
            hints=hints,
            lease_seq=self.session.lease_seq,
            solve_us=self.solve_us,
            side=self._driven_side if self.phase in COUPLED else self.side,
            note=self._note if now_ns < self._note_until_ns else "",
        )

    def _goal(self, side: str) -> HandGoal:
        coupled = self.phase in COUPLED
        fingers = self.fingers.get(side)
        position_m, rotation = self._in_world(side)
        return HandGoal(
            side=side,
            driven=coupled and side == self._driven_side,
            position_m=vector(position_m),
            orientation_wxyz=vector(quaternion_from_rotation(rotation)),
            grasp=fingers.preset if fingers else "",
            closure=fingers.closure if fingers else 0.0,
            error_m=self._error_m[side] if coupled else 0.0,
        )

    def _in_world(self, side: str) -> tuple[Array, Array]:
        """The wanted pose of a hand in the world: the model's base stands where its description puts it."""
        wanted = self.arms.wanted[side]
        state = self.robot.state
        base = self.arms.kinematics.base
        if state is None or len(state.base_position_m) != 3 or len(state.base_orientation_wxyz) != 4:
            return wanted.position_m, wanted.rotation
        turn = rotation_from_quaternion(state.base_orientation_wxyz.astype(np.float64)) @ base.rotation.T
        moved = state.base_position_m.astype(np.float64) + turn @ (wanted.position_m - base.position_m)
        return moved, turn @ wanted.rotation


def _other(side: str) -> str:
    return "left" if side == "right" else "right"
