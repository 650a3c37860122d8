"""One tick of control: from what devices and robot say to a command, or to none. No sockets, no clock.

The same inputs at the same times give the same commands, so that a recorded day can be driven again.
"""

from dataclasses import dataclass, replace

import numpy as np

from teleop.bindings import SIDES, Bindings
from teleop.clutch import (
    BLEND_NS,
    BLEND_SPEED,
    COUPLED,
    INPUT_STALE_NS,
    MOVING_STATES,
    Facts,
    Phase,
    next_phase,
)
from teleop.devices import Device, Devices
from teleop.driver import Driver, ImpossibleStepError
from teleop.finger_followers import FingerFollowers
from teleop.followers import Followers
from teleop.intent import Intent
from teleop.robot_view import RobotView, Session
from teleop.selection import Selection, other
from teleop.walk_driver import WalkDriver
from twin.robot import RobotSpec
from twin.shaping import quintic
from twin.spatial import Array
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN, JointCommand
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    BalanceState,
    InputSample,
    RobotState,
    XrSample,
    vector,
)

VALID_FOR_NS = 80 * NS_PER_MS
_DEVICE_GONE_NS = 1000 * NS_PER_MS
_LONGEST_STEP_S = 0.02  # after a pause the motion goes on, it does not catch up
_FOR_OTHERS = ("record", "discard", "redo", "take.good", "take.bad", "task.next", "arm")
_GESTURES = ("relatch", "ready_pose", "ready_pose.both", "open_hand")


@dataclass(frozen=True)
class Tick:
    """What one tick decided."""

    command: JointCommand | None  # to be sent now
    wishes: tuple[str, ...] = ()  # for others to carry out: names in _FOR_OTHERS


class Controller:
    """Everything between the operator's samples and the command frame."""

    def __init__(self, spec: RobotSpec, bindings: dict[str, Bindings], can_walk: bool = False) -> None:
        """Control for the robot ``spec``, with ``bindings`` by kind of device; ``can_walk``: it is on its own feet.

        Raises:
            RobotSpecError: the robot lacks arms, hand frames or grasps.
        """
        self.driver = Driver(spec)
        self.devices = Devices(bindings)
        self.robot = RobotView()
        self.session = Session()
        self.selection = Selection(bindings["gamepad"], can_walk=can_walk)
        self.walk = WalkDriver()
        self.phase, self.reason = Phase.IDLE, ""
        self.followers, self.finger_followers = Followers(), FingerFollowers(spec)
        self._xr, self._xr_ns = XrSample(), 0
        self.paused = False
        self.fault = ""  # why control itself must not go on
        self.barred = ""  # why the station around it must not be driven now
        self._default = bindings["gamepad"]
        self._joints = len(spec.joints)
        self._model_hash = bytes.fromhex(spec.model_hash)[:8]
        self._command_seq = 0
        self._ticked_ns = self._engaged_ns = 0
        self._engaged_device = ""
        self._agent_moved = False  # since the engagement began
        self._rejected_before = 0
        self._lost = ""  # why there is no device any more
        self._actions: list[str] = []

    @property
    def is_coupled(self) -> bool:
        """True while the robot is asked to follow the operator."""
        return self.phase in COUPLED

    @property
    def bindings(self) -> Bindings:
        """Of the device that drives, or would."""
        device = self.devices.driver
        return device.interpreter.bindings if device else self._default

    @property
    def driven_side(self) -> str:
        """The hand that the sticks move now."""
        return other(self.selection.side) if self._intent.other_side else self.selection.side

    @property
    def driven_sides(self) -> frozenset[str]:
        """The hands that move when the operator wants it."""
        return frozenset(self.followers.goals if self._is_followed else (self.driven_side,))

    @property
    def _is_followed(self) -> bool:
        """True if a headset drives: hands follow hands instead of sticks."""
        device = self.devices.driver
        return device is not None and device.sample.device == self._xr.device

    @property
    def _intent(self) -> Intent:
        return self.devices.driver.intent if self.devices.driver else Intent()

    # --- what arrives ---------------------------------------------------------------------------------

    def hear_input(self, sample: InputSample, seq: int, sampled_ns: int) -> None:
        """Take in a device's sample; in their order."""
        self._actions += self.devices.hear(sample, seq, sampled_ns, self.selection.layer)

    def hear_xr(self, sample: XrSample, sampled_ns: int) -> None:
        """Take in head and hands of a headset; they count while the headset drives."""
        self._xr, self._xr_ns = sample, sampled_ns
        if not self.is_coupled:
            self.finger_followers.measure(sample)

    def hear_state(self, state: RobotState, sampled_ns: int) -> None:
        """Take in what the robot measures."""
        if len(state.position_rad) == self._joints:
            self.robot.state, self.robot.state_ns = state, sampled_ns

    def hear_applied(self, applied: AppliedCommand, sampled_ns: int) -> None:
        """Take in what the drives were told."""
        if len(applied.position_rad) == self._joints:
            self.robot.applied, self.robot.applied_ns = applied, sampled_ns

    def hear_balance(self, balance: BalanceState, sampled_ns: int) -> None:
        """Take in how a robot on its own feet stands."""
        self.robot.balance, self.robot.balance_ns = balance, sampled_ns

    def hear_status(self, status: AgentStatus, sampled_ns: int) -> None:
        """Take in the agent's account of itself."""
        self.robot.status, self.robot.status_ns = status, sampled_ns
        if self.is_coupled:
            self._agent_moved |= status.state in MOVING_STATES

    def do(self, action: str) -> None:
        """Do ``action``, a name of ``bindings.DOES``, in the next tick, as if a button had been pressed."""
        self._actions.append(action)

    # --- the tick -------------------------------------------------------------------------------------

    def tick(self, now_ns: int) -> Tick:
        """Decide at ``now_ns``, which never goes back."""
        dt_s = min(_LONGEST_STEP_S, max(1, now_ns - self._ticked_ns) / NS_PER_S)
        self._ticked_ns = now_ns
        self.devices.drop_silent(now_ns, _DEVICE_GONE_NS)
        wishes = self._act(now_ns)
        was_coupled = self.is_coupled
        self._decide(now_ns)
        if self.is_coupled and was_coupled:
            return Tick(self._command(now_ns, self._advance(now_ns, dt_s), HOLD_TO_RUN), wishes)
        self.followers.let_go()
        self.finger_followers.let_go()
        if self.is_coupled:
            self._engage(now_ns)
        if self.is_coupled or was_coupled:
            # Released; or about to engage, and the robot wants to see a release before the press, as we did.
            return Tick(self._command(now_ns, np.zeros(self._joints), 0), wishes)
        return Tick(None, wishes)

    def _decide(self, now_ns: int) -> None:
        facts = replace(self.facts(now_ns), device_lost=self.devices.take_lost())
        self.phase, reason = next_phase(self.phase, facts)
        self._lost = facts.device_lost or ("" if facts.device else self._lost)
        # An inhibition keeps the reason it began with; it has none of its own later.
        kept = self.reason if self.phase is Phase.INHIBITED else ""
        self.reason = self._lost or reason or kept

    def facts(self, now_ns: int) -> Facts:
        """All that decides whether the operator is coupled."""
        facts = Facts(
            robot_age_ns=self.robot.age_ns(now_ns),
            paused=self.paused,
            fault=self.fault or self.barred,
            engaged_for_ns=now_ns - self._engaged_ns,
            agent_moved=self._agent_moved,
        )
        device, status = self.devices.driver, self.robot.status
        if device is not None:
            same = device.sample.device == self._engaged_device
            if self._is_followed:
                facts = replace(facts, device_fault=self._headset_fault(now_ns))
            facts = _with_device(replace(facts, same_device=same), device, now_ns)
        if status is not None:
            leased = self.robot.is_leased_to(self.session)
            facts = replace(
                facts,
                agent_state=status.state,
                agent_reason=status.reason,
                stop_level=status.stop_level,
                leased=leased,
                lease_owner="" if leased else status.lease_owner,
                rejection=self._rejection(status),
            )
        return facts

    def _headset_fault(self, now_ns: int) -> str:
        """Why no hand at all may be followed; empty if one may."""
        if now_ns - self._xr_ns > INPUT_STALE_NS:
            return f"no head and hands were heard for {INPUT_STALE_NS // NS_PER_MS} ms"
        faults = [hand.fault for hand in self._xr.hands]
        return self._xr.fault or (faults[-1] if all(faults) and faults else "")

    def _rejection(self, status: AgentStatus) -> str:
        if status.reason.startswith("not engaged"):
            return status.reason
        return status.last_rejection_text if status.rejected > self._rejected_before else ""

    def _engage(self, now_ns: int) -> None:
        self._engaged_ns, self._agent_moved = now_ns, False
        self._engaged_device = self.devices.driver.sample.device if self.devices.driver else ""
        self._rejected_before = self.robot.status.rejected if self.robot.status else 0
        self.driver.latch(self.robot.held_rad(now_ns), self._intent)

    def _advance(self, now_ns: int, dt_s: float) -> Array:
        """Move the commanded pose on; returns its velocity, shape (n,)."""
        if self.selection.layer == "walk":
            self.walk.advance(self._intent, self.selection.scale, dt_s)
        else:
            self.walk.stand()
        engaged_for_ns = now_ns - self._engaged_ns
        gentle = BLEND_SPEED * quintic(engaged_for_ns / BLEND_NS) if engaged_for_ns < BLEND_NS else 1.0
        scale = self.bindings.scales.of(self.selection.scale)
        try:
            if self._is_followed:
                self.followers.hear(
                    self._xr, self.driver.arms.solver.hand, self.driver.arms.heading(), scale.reach
                )
                self.finger_followers.hear(self._xr, self.driver.fingers_rad)
                return self.driver.follow(
                    self.followers.goals, self.finger_followers.goals, self._intent, scale, gentle, dt_s
                )
            return self.driver.advance(self.driven_side, self._intent, scale, gentle, dt_s)
        except ImpossibleStepError:
            self.fault = "control computed an impossible step and holds; restart the control role and tell us"
            return np.zeros(self._joints)

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
            position_rad=vector(self.driver.position_rad),
            velocity_rad_s=vector(velocity_rad_s),
            torque_ff_nm=vector(np.zeros(self._joints)),
            joint_mask=self.driver.mask,
            hold_to_run_bits=held | fresh,
            base_velocity=self.walk.velocity if held else (0.0, 0.0, 0.0),
            body_height_m=self.walk.height_m,
            input_seq=device.seq if device else 0,
            input_sampled_ns=device.sampled_ns if device else 0,
            device=device.sample.device if device else "",
        )

    # --- what is done once ----------------------------------------------------------------------------

    def _act(self, now_ns: int) -> tuple[str, ...]:
        """Carry out what buttons asked for; returns what others must do."""
        actions, self._actions = self._actions, []
        for action in actions:
            if action in ("discard.once", "redo.once"):
                what = action.removesuffix(".once")
                self.selection.note(f"press again within 2 s to {what} the take", now_ns)
            elif action.startswith("grasp."):
                text = self.driver.grasp(action.removeprefix("grasp."), self.driven_side)
                self.selection.note(text, now_ns)
            elif action.startswith(("layer.", "scale.", "side.")):
                self.selection.choose(action, self.bindings, now_ns)
            elif action in _GESTURES and self.is_coupled and self._is_followed:
                self._gesture_of_follower(action)
            elif action in _GESTURES and self.is_coupled:
                self.driver.gesture(action, self.driven_side)
            elif action in _GESTURES:
                press = self.bindings.hold_to_run.title
                self.selection.note(f"hold {press} as well: nothing moves without it", now_ns)
        return tuple(action for action in actions if action in _FOR_OTHERS)

    def _gesture_of_follower(self, action: str) -> None:
        """With a headset every gesture is for both hands; one that moves waits for the grips to be opened after."""
        if action == "relatch":
            self.followers.let_go()
        else:
            self.followers.wait_for_release()
        for side in SIDES:
            self.driver.gesture("ready_pose.both" if action == "ready_pose" else action, side)


def _with_device(facts: Facts, device: Device, now_ns: int) -> Facts:
    return replace(
        facts,
        device=device.sample.device,
        input_age_ns=max(0, now_ns - device.sampled_ns),
        hold_to_run=device.intent.hold_to_run,
        seen_released=device.seen_released,
        neutral=device.intent.neutral,
        press=device.interpreter.bindings.hold_to_run.title,
    )
