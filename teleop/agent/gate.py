"""The gate: which command frames count. Whole frames pass or fail; nothing is repaired.

The order of the checks is the specification's (CMD-1): length, key role, epoch, lease, sequence, expiry, model
hash, mode and mask, finite, magnitude. The first failure gives the typed status. The key's role is checked
where keys exist, at the socket; on the loopback the client id stands for the key.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np

from teleop.agent.lease import Lease
from teleop.agent.limits import Array, JointLimits
from teleop.agent.validity import VALID_FOR_NS, is_expired, is_too_distant
from teleop.agent.verdict import STRUCTURAL, Status, Verdict
from twin.errors import WireError
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import MODE_POSITION, JointCommand, frame_length, has_stray_mask_bits, unpack
from twin.wire.direct import ReceivedFrame

_REJECTS_IN_A_ROW = 3  # CMD-3
_REJECTS_IN_A_SECOND = 5
_JUMPS_IN_A_ROW = 3  # CMD-5


class Gate:
    """Judges frames one after the other. Holds only what judging needs: numbers of frames seen."""

    def __init__(
        self, joint_names: Sequence[str], limits: JointLimits, epoch: bytes, model_hash: bytes, lease: Lease
    ) -> None:
        """A gate for frames to the agent's start ``epoch`` of the robot model ``model_hash`` (8 bytes)."""
        self._names, self._limits = tuple(joint_names), limits
        self._epoch, self._model_hash, self._lease = epoch, model_hash, lease
        self._length = frame_length(len(self._names))
        self._previous_rad: Array | None = None  # of the last accepted command since the engagement
        self._structural_ns: deque[int] = deque(maxlen=_REJECTS_IN_A_SECOND)
        self._structural_in_a_row = 0
        self._jumps_in_a_row = 0
        self._numbers_of_lease = 0
        self.last_seq = 0
        self.accepted = 0
        self.rejected = 0
        self.lost = 0  # gaps in the sequence
        self.last_rejection: Verdict | None = None

    def engaged_at(self, position_rad: Array | None) -> None:
        """From now on the step from ``position_rad`` and between commands is judged; None: no longer."""
        self._previous_rad = None if position_rad is None else position_rad.copy()
        self._jumps_in_a_row = 0

    @property
    def jumped(self) -> bool:
        """Three jumps in a row (CMD-5)."""
        return self._jumps_in_a_row >= _JUMPS_IN_A_ROW

    @property
    def stormed(self) -> bool:
        """Too many malformed frames of the lease's owner: 3 in a row, or 5 within a second (CMD-3)."""
        if self._structural_in_a_row >= _REJECTS_IN_A_ROW:
            return True
        recent = self._structural_ns
        return len(recent) == _REJECTS_IN_A_SECOND and recent[-1] - recent[0] <= NS_PER_S

    def forget_storm(self) -> None:
        """Begin to count malformed frames anew; after they were acted upon."""
        self._structural_in_a_row = 0
        self._structural_ns.clear()

    def judge(self, received: ReceivedFrame) -> Verdict:
        """Whether this frame counts. Never raises, whatever the bytes are."""
        status, detail, command = self._check(received)
        from_owner = self._lease.is_owner(received.client_id)
        if status is Status.OK:
            self.accepted += 1
            self._structural_in_a_row = 0
            return Verdict(status, "", command, from_owner)
        self.rejected += 1
        if from_owner and status in STRUCTURAL:
            self._structural_in_a_row += 1
            self._structural_ns.append(received.received_ns)
        text = f"{status.value} ({detail})" if detail else status.value
        self.last_rejection = Verdict(status, text, None, from_owner)
        return self.last_rejection

    def _check(self, received: ReceivedFrame) -> tuple[Status, str, JointCommand | None]:
        if len(received.frame) != self._length:
            return Status.BAD_LENGTH, f"{len(received.frame)} bytes, expected {self._length}", None
        try:
            command = unpack(received.frame, len(self._names))
        except WireError as error:
            return Status.BAD_FORMAT, str(error), None
        for check in (self._check_sender, self._check_time, self._check_content):
            status, detail = check(received, command)
            if status is not Status.OK:
                return status, detail, None
        return Status.OK, "", command

    def _check_sender(self, received: ReceivedFrame, command: JointCommand) -> tuple[Status, str]:
        lease = self._lease
        if command.epoch != self._epoch:
            return Status.WRONG_EPOCH, ""
        if command.lease_seq < lease.lease_seq:
            return Status.OLDER_LEASE, f"{lease.owner_name or 'nobody'} holds the lease now"
        if command.lease_seq > lease.lease_seq:
            return Status.UNKNOWN_LEASE, ""
        if not lease.owner:
            return Status.NO_LEASE, ""
        if not lease.is_owner(received.client_id):
            return Status.NOT_OWNER, f"it belongs to {lease.owner_name}"
        return Status.OK, ""

    def _check_time(self, received: ReceivedFrame, command: JointCommand) -> tuple[Status, str]:
        if command.lease_seq != self._numbers_of_lease:
            self._numbers_of_lease, self.last_seq = command.lease_seq, 0
        if command.cmd_seq <= self.last_seq:
            return Status.OLD_SEQ, f"number {command.cmd_seq}, newest {self.last_seq}"
        now_ns = received.received_ns
        if is_expired(command.sent_ns, command.not_after_ns, now_ns):
            age_ms = (now_ns - command.sent_ns) / NS_PER_MS
            return Status.EXPIRED, f"{age_ms:.0f} ms old, at most {VALID_FOR_NS // NS_PER_MS} ms"
        if is_too_distant(command.sent_ns, command.not_after_ns, now_ns):
            ahead_ms = (max(command.not_after_ns, command.sent_ns) - now_ns) / NS_PER_MS
            return Status.TOO_DISTANT, f"{ahead_ms:.0f} ms ahead"
        # The frame is authentic, in order and in time: its number is spent even if its content is refused.
        self.lost += command.cmd_seq - self.last_seq - 1 if self.last_seq else 0
        self.last_seq = command.cmd_seq
        return Status.OK, ""

    def _check_content(self, received: ReceivedFrame, command: JointCommand) -> tuple[Status, str]:
        if command.model_hash != self._model_hash:
            return Status.WRONG_MODEL, f"{command.model_hash.hex()}, here {self._model_hash.hex()}"
        if command.mode != MODE_POSITION:
            return Status.BAD_MODE, f"mode {command.mode}"
        if has_stray_mask_bits(received.frame, len(self._names)):
            return Status.BAD_MASK, ""
        for values in (command.position_rad, command.velocity_rad_s, command.torque_ff_nm):
            if not np.isfinite(values).all():
                return Status.NOT_FINITE, self._names[int(np.argmin(np.isfinite(values)))]
        if not np.isfinite((*command.base_velocity, command.body_height_m, command.body_lean_rad)).all():
            return Status.NOT_FINITE, "base velocity, body height or lean"
        return self._check_jump(command)

    def _check_jump(self, command: JointCommand) -> tuple[Status, str]:
        if self._previous_rad is None:
            return Status.OK, ""
        asked_rad = np.where(command.joint_mask, command.position_rad, self._previous_rad)
        step_rad = np.abs(asked_rad - self._previous_rad)
        excess_rad = step_rad - self._limits.jump_rad
        worst = int(np.argmax(excess_rad))
        if excess_rad[worst] > 0:
            self._jumps_in_a_row += 1
            return Status.JUMP, f"{self._names[worst]} by {step_rad[worst]:.2f} rad"
        self._jumps_in_a_row = 0
        self._previous_rad = asked_rad
        return Status.OK, ""
