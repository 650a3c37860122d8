"""The robot agent: what the robot's side decides, tick by tick. No sockets, no clock, no physics.

A loop hands it stops, frames, requests and readings as they come, each with the time, and carries out what it
says: the setpoint, the drive mode, the events. Stops are handed in first, so that STOP wins against an enable
of the same instant.
"""

import logging
from dataclasses import replace as replace_fields

import numpy as np
from msgspec.structs import replace

from teleop.agent.asked import misaligned, refused_steps, stride_asked
from teleop.agent.gate import Gate
from teleop.agent.lease import Lease
from teleop.agent.limits import JointLimits
from teleop.agent.links.base import DriveMode, Reading, Setpoint
from teleop.agent.motion import Motion
from teleop.agent.press import Press
from teleop.agent.states import (
    MOVING,
    POWERED,
    STOP_TRIGGERS,
    AgentState,
    Transition,
    Trigger,
    next_state,
)
from teleop.agent.stop import StopLatch
from teleop.agent.validity import VALID_FOR_NS, deadline_ns
from teleop.agent.verdict import Status, Verdict
from twin.balance.stride import STANDING
from twin.robot import RobotSpec
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN, JointCommand
from twin.wire.direct import ReceivedFrame
from twin.wire.messages import AgentEvent, AppliedCommand, StopAcknowledged, StopRequest, vector

log = logging.getLogger(__name__)

_S, _T = AgentState, Trigger

POWER_WITHIN_NS = 10 * NS_PER_S
_READING_LOST_AFTER_NS = 50 * NS_PER_MS


class Agent:
    """The state machine, the lease, the gate and the limits of one robot, from one start to its end."""

    def __init__(self, spec: RobotSpec, epoch: bytes, first: Reading, now_ns: int) -> None:
        """An agent in BOOT.

        Args:
            spec: the robot.
            epoch: 16 random bytes, new at every start, so that nothing sent to an earlier start counts.
            first: the robot as it is now.
            now_ns: monotonic.
        """
        self.spec, self.epoch = spec, epoch
        self.limits = JointLimits.of(spec)
        self.state, self.reason = _S.BOOT, "checking itself"
        self.latch = StopLatch()
        self.lease = Lease()
        model_hash = bytes.fromhex(spec.model_hash)[:8]
        self.gate = Gate(spec.joint_names, self.limits, epoch, model_hash, self.lease)
        self.reading = first
        self.motion = Motion(self.limits, spec.home_rad, first, now_ns)
        self.command: JointCommand | None = None  # newest accepted
        self.command_received_ns = 0
        self.changed = True  # something that people should learn at once
        self.walking = False  # the operator has switched walking on, for this session
        self.stride = STANDING  # what the legs of a robot on its own feet shall do
        self._press = Press()
        self._events: list[AgentEvent] = []
        self._entered_ns = now_ns
        self._deadline_ns = 0  # of the newest accepted command
        self._is_faulty = False  # the robot is being stopped for a fault
        self._last_reported: tuple[Status, int] = (Status.OK, 0)

    # --- what arrives ---------------------------------------------------------------------------------

    def stop(self, request: StopRequest, now_ns: int) -> StopAcknowledged:
        """Latch a stop and say what is latched now. No lease is needed and nothing can refuse it."""
        if self.latch.latch(request, now_ns):
            text = f"STOP {self.latch.level.name} from {self.latch.source}"
            self.say("warning", "stop", text)
            self.apply(STOP_TRIGGERS[self.latch.level], now_ns, text)
            self._press.spend(now_ns)
            self.changed = True
        return self.latch.acknowledged(request, self.state.value, self.epoch)

    def hear(self, received: ReceivedFrame) -> Verdict:
        """Judge a command frame and let it count if it passes."""
        now_ns = received.received_ns
        verdict = self.gate.judge(received)
        if verdict.command is None:
            self._refused(verdict, now_ns)
            return verdict
        command = verdict.command
        is_held = bool(command.hold_to_run_bits & HOLD_TO_RUN)
        is_new = self._press.counts(is_held, bool(command.hold_to_run_bits & FRESH_PRESS), now_ns)
        self.command, self.command_received_ns = command, now_ns
        self._deadline_ns = deadline_ns(command.sent_ns, command.not_after_ns)
        if self.is_commanded:
            if is_held:
                self.motion.take(command)
            else:
                self.apply(_T.RELEASED, now_ns)
        elif is_new:
            self._enable(command, now_ns)
        return verdict

    def tick(self, now_ns: int, reading: Reading | None = None) -> Setpoint:
        """Carry the setpoint on to ``now_ns``; ``reading`` is the newest measurement if there is a new one."""
        if reading is not None:
            self.reading = reading
        self._watch(now_ns)
        self.stride = stride_asked(self.command, self.stride, self.is_commanded, self.walking)
        done = self.motion.advance(self.state, self.reading, now_ns)
        if done is _T.STANDSTILL:
            # The reason stays: it says why the robot was stopped.
            self.apply(_T.FAULTY_STANDSTILL if self._is_faulty else done, now_ns, self.reason)
        elif done is _T.SETTLED:
            self.apply(done, now_ns, self.reason)
        elif done is not None:
            self.apply(done, now_ns, "following the operator")
        return self.motion.setpoint

    # --- what others read -----------------------------------------------------------------------------

    @property
    def drive_mode(self) -> DriveMode:
        """What the drives shall do in this state."""
        if self.is_powered or self.state is _S.POWERING_ON:
            return DriveMode.POWERED
        return DriveMode.LIMP if self.state is _S.STOPPED_LATCHED else DriveMode.PARKED

    @property
    def is_powered(self) -> bool:
        """True while the drives follow setpoints."""
        return self.state in POWERED

    @property
    def is_commanded(self) -> bool:
        """True while commands move the robot."""
        return self.state in (_S.ENGAGING, _S.TELEOP)

    @property
    def stride_refused(self) -> tuple[str, ...]:
        """Why the base does not move though it is asked to, as one sentence; empty if it may."""
        return refused_steps(self.command, self.is_commanded, self.walking)

    def applied(self, now_ns: int) -> AppliedCommand:
        """What the drives were told in the last tick, and which command it came from."""
        command = self.command
        return AppliedCommand(
            command_seq=command.cmd_seq if command else 0,
            input_seq=command.input_seq if command else 0,
            command_sent_ns=command.sent_ns if command else 0,
            applied_ns=now_ns,
            position_rad=vector(self.motion.position_rad),
            source=self.motion.source(self.state),
            limited=self.motion.limited(),
        )

    def take_events(self) -> list[AgentEvent]:
        """What happened since this was last asked."""
        events, self._events = self._events, []
        return events

    def say(self, severity: str, code: str, text: str) -> None:
        """Note an event for people."""
        self._events.append(AgentEvent(severity=severity, code=code, text=text))

    # --- what changes the state -----------------------------------------------------------------------

    def apply(self, trigger: Trigger, now_ns: int, why: str = "") -> Transition:
        """Let ``trigger`` act on the state; ``why`` says it better than the table can."""
        before = self.state
        done = next_state(before, trigger, self.latch.level)
        if not done.accepted:
            return done
        done = done._replace(reason=why or done.reason)
        self.reason, self.changed = done.reason, True
        if done.state is before:
            return done
        self.state, self._entered_ns = done.state, now_ns
        if done.state in MOVING or done.state is _S.HOLD:
            self._is_faulty = False
        if done.state not in POWERED:
            self.walking = False
        if done.state not in MOVING:
            self.gate.engaged_at(None)
            self._press.spend(now_ns)
        self.motion.entered(done.state, self.reading, now_ns)
        log.info("state %s -> %s: %s", before.value, done.state.value, done.reason)
        severity = "alarm" if done.state in (_S.FAULT, _S.PROTECTIVE_HOLD) else "info"
        self.say(severity, "state", f"{before.value} -> {done.state.value}: {done.reason}")
        return done

    def protect(self, why: str, now_ns: int) -> None:
        """Stop for a fault that a person must acknowledge."""
        if self.apply(_T.PROTECT, now_ns, why).accepted:
            self._is_faulty = True

    def stood_up(self, now_ns: int) -> None:
        """The robot was set on its feet in its rest pose; what was commanded before counts no more."""
        state = replace(self.reading.state, position_rad=vector(self.spec.home_rad))
        self.reading = replace_fields(self.reading, state=state, fall="")
        self.motion.begin_anew(self.reading)
        self.stride = STANDING
        self._press.spend(now_ns)

    def clear_stop(self, now_ns: int, who: str) -> None:
        """Forget the latched stop, because a person asked for it. An input held since before does not count."""
        if self.latch.level:
            self.say("info", "stop", f"STOP {self.latch.level.name} cleared by {who}")
            self.latch.clear()
        self._press.spend(now_ns)
        self.changed = True

    def _enable(self, command: JointCommand, now_ns: int) -> None:
        barrier = self._barrier(command)
        done = None if barrier else self.apply(_T.ENABLE, now_ns)
        if done is not None and done.accepted:
            held_rad = self.motion.position_rad
            self.gate.engaged_at(np.where(command.joint_mask, command.position_rad, held_rad))
            self.motion.engage(command)
            return
        self._press.spend(now_ns)
        self.say("advisory", "engage", f"not engaged: {barrier or (done.reason if done else '')}")
        if barrier and self.state is _S.HOLD:
            self.reason, self.changed = f"not engaged: {barrier}", True

    def _barrier(self, command: JointCommand) -> str:
        """Why hold-to-run may not engage now, beyond what the table of states says; empty if it may."""
        if self.lease.claimed_by:
            return f"{self.lease.claimed_by} is about to take the robot"
        if self.state is not _S.HOLD:
            return ""
        return misaligned(command, self.motion.position_rad, self.limits, self.spec.joint_names)

    def _refused(self, verdict: Verdict, now_ns: int) -> None:
        status, told_ns = self._last_reported
        if verdict.status is not status or now_ns - told_ns > NS_PER_S:
            self._last_reported = (verdict.status, now_ns)
            self.say("advisory", "reject", f"{verdict.status.name}: {verdict.text}")
            self.changed = True
        if self.gate.stormed:
            self.gate.forget_storm()
            if self.state in MOVING:
                self.protect(f"too many malformed commands, the last one: {verdict.text}", now_ns)
        if self.gate.jumped and self.state in MOVING:
            self.apply(_T.JUMPED, now_ns, f"three jumps in a row: {verdict.text}")

    # --- one tick -------------------------------------------------------------------------------------

    def _watch(self, now_ns: int) -> None:
        """Everything that ends motion or completes a change without anybody asking."""
        self._watch_lease(now_ns)
        if self.reading.fall and self.state in MOVING | {_S.HOLD, _S.STOPPING}:
            self.protect(self.reading.fall, now_ns)
        if self.reading.fault:
            self.apply(_T.DRIVE_FAULT, now_ns, self.reading.fault)
        if self.state is _S.BOOT:
            self.apply(_T.CHECKS_PASSED, now_ns, "ready to be switched on")
        elif self.state is _S.POWERING_ON:
            if self.reading.powered:
                self.apply(_T.POWERED, now_ns)
            elif now_ns - self._entered_ns > POWER_WITHIN_NS:
                self.apply(_T.POWER_FAILED, now_ns)
        elif self.state in MOVING:
            self._watch_motion(now_ns)

    def _watch_lease(self, now_ns: int) -> None:
        gone = self.lease.expire(now_ns)
        if gone:
            text = f"{gone} was silent for too long and lost the lease"
            self.say("warning", "lease", text)
            self.walking = False
            self.apply(_T.LEASE_LOST, now_ns, text)
            self.changed = True
        is_still = self.state not in MOVING and self.state is not _S.STOPPING
        if is_still and self.lease.claimed_by and self.lease.hand_over(now_ns):
            self.say("info", "lease", f"{self.lease.owner_name} holds the lease now")
            self.walking = False
            self.changed = True

    def _watch_motion(self, now_ns: int) -> None:
        reading_age_ns = now_ns - self.reading.sampled_ns
        if now_ns > self._deadline_ns:
            self.apply(_T.EXPIRED, now_ns, f"no valid command for {VALID_FOR_NS // NS_PER_MS} ms")
        elif reading_age_ns > _READING_LOST_AFTER_NS:
            self.apply(_T.GATE_LOST, now_ns, f"no measurement for {reading_age_ns // NS_PER_MS} ms")
        elif too_far := self.motion.too_far(now_ns):
            self.apply(_T.LIMIT_HELD, now_ns, too_far)
