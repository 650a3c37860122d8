"""The newest that the robot said of itself, and what was granted to us."""

from dataclasses import dataclass

import numpy as np

from twin.spatial import Array, rotation_from_quaternion
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import AgentStatus, AppliedCommand, BalanceState, RobotState

_APPLIED_FRESH_NS = 150 * NS_PER_MS


@dataclass(frozen=True)
class Session:
    """What the robot's agent granted us; empty without a lease."""

    lease_seq: int = 0
    epoch: bytes = b""


@dataclass
class RobotView:
    """The robot as control sees it; a message about another number of joints is not about it."""

    joints: int
    state: RobotState | None = None
    state_ns: int = 0
    applied: AppliedCommand | None = None
    applied_ns: int = 0
    status: AgentStatus | None = None
    status_ns: int = 0
    balance: BalanceState | None = None  # of a robot on its own feet
    balance_ns: int = 0

    def hear_state(self, state: RobotState, sampled_ns: int) -> None:
        """Take in what it measures."""
        if len(state.position_rad) == self.joints:
            self.state, self.state_ns = state, sampled_ns

    def hear_applied(self, applied: AppliedCommand, sampled_ns: int) -> None:
        """Take in what its drives were told."""
        if len(applied.position_rad) == self.joints:
            self.applied, self.applied_ns = applied, sampled_ns

    def hear_balance(self, balance: BalanceState, sampled_ns: int) -> None:
        """Take in how it stands on its own feet."""
        self.balance, self.balance_ns = balance, sampled_ns

    def hear_status(self, status: AgentStatus, sampled_ns: int) -> None:
        """Take in its agent's account of itself."""
        self.status, self.status_ns = status, sampled_ns

    def age_ns(self, now_ns: int) -> int:
        """Age of the older of state and status; -1 if one was never heard."""
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
        assert self.state is not None, "nobody engages with a robot that was never heard"
        return self.state.position_rad.astype(np.float64)

    def turn_of(self, base: Array) -> Array:
        """The rotation (3, 3) that takes directions of the model's world to the world as the robot stands in it.

        Args:
            base: (3, 3), how the model's base stands in the model's world. A robot that does not tell how its base
                stands is taken to stand so too.
        """
        if self.state is None or len(self.state.base_orientation_wxyz) != 4:
            return np.eye(3)
        return rotation_from_quaternion(self.state.base_orientation_wxyz.astype(np.float64)) @ base.T

    def is_leased_to(self, session: Session) -> bool:
        """True if the robot says that it listens to ``session``."""
        status = self.status
        return (
            status is not None
            and session.lease_seq > 0
            and session.epoch == status.epoch
            and session.lease_seq == status.lease_seq
            and bool(status.lease_owner)
        )
