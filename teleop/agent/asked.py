"""What a command asks for, judged by what is allowed now: steps, and a pose that lies far from where the robot is."""

import numpy as np

from teleop.agent.limits import JointLimits
from twin.balance.stride import Stride
from twin.spatial import Array
from twin.wire.command_frame import JointCommand

ALIGNED_RAD = 0.35  # farther away than this, a command does not engage; hands may be


def stride_asked(command: JointCommand | None, before: Stride, is_commanded: bool, may_walk: bool) -> Stride:
    """What the legs shall do.

    Stand, as low and bent as last commanded (``before``), unless commands move the robot and walking is switched on.
    """
    if command is None or not is_commanded:
        return before.at_rest
    stride = Stride(*command.base_velocity, min(0.0, command.body_height_m), command.body_lean_rad)
    return stride if may_walk else stride.at_rest


def refused_steps(command: JointCommand | None, is_commanded: bool, may_walk: bool) -> tuple[str, ...]:
    """Why the base does not move though it is asked to, as one sentence; empty if it may."""
    is_asked = is_commanded and command is not None and any(command.base_velocity)
    return ("steps refused: walking is off, switch it on (Ctrl+W)",) if is_asked and not may_walk else ()


def misaligned(
    command: JointCommand, held_rad: Array, limits: JointLimits, joint_names: tuple[str, ...]
) -> str:
    """Which joint is wanted too far from ``held_rad``, shape (n,), to engage, as a sentence; empty if none is."""
    away_rad = np.abs(command.position_rad - held_rad)
    away_rad = np.where(command.joint_mask & ~limits.is_hand, away_rad, 0.0)
    worst = int(np.argmax(away_rad))
    if away_rad[worst] <= ALIGNED_RAD:
        return ""
    return f"{joint_names[worst]} is wanted {away_rad[worst]:.2f} rad away from where it is; align first"
