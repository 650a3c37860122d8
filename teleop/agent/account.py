"""The agent's account of itself for everybody else: its status, its identity, and the joint nearest to a limit."""

import os
import socket

import numpy as np

from teleop.agent.agent import Agent
from teleop.agent.limits import JointLimits
from teleop.agent.links.base import Reading
from twin.robot import RobotSpec
from twin.station import Station
from twin.wire.messages import AgentStatus, MotorState, RobotIdentity

_COOL_C, _HOT_C = 40.0, 95.0  # where heat begins to count, and where motors stop (LIM-9)
_NEAR_END_RAD = 0.2  # a body joint this close to its end begins to use up its range


def worst_joint(limits: JointLimits, reading: Reading, motors: MotorState) -> tuple[int, float, str]:
    """The joint that is nearest to one of its limits: index, use (1 = at it), and which limit.

    Position counts for body joints only: an open hand rests at the ends of its range.
    """
    state = reading.state
    to_end = np.minimum(state.position_rad - limits.lower_rad, limits.upper_rad - state.position_rad)
    uses = {
        "speed": np.abs(state.velocity_rad_s) / limits.speed_rad_s,
        "effort": np.abs(state.effort_nm) / limits.effort_nm,
        "position": np.where(limits.is_hand, 0.0, 1.0 - to_end / _NEAR_END_RAD),
        # A motor of which no heat is known reports NaN.
        "temperature": np.nan_to_num((motors.temperature_c - _COOL_C) / (_HOT_C - _COOL_C)),
    }
    worst = max(
        ((use, name) for name, use in uses.items() if use.size), key=lambda pair: float(pair[0].max())
    )
    joint = int(np.argmax(worst[0]))
    return joint, max(0.0, float(worst[0][joint])), worst[1]


def status(
    agent: Agent,
    motors: MotorState,
    now_ns: int,
    *,
    simulated: bool,
    real_time_factor: float,
    urgency: str,
) -> AgentStatus:
    """The status message. ``urgency`` is what ``twin.role.be_urgent`` was granted."""
    joint, use, limit = worst_joint(agent.limits, agent.reading, motors)
    refused = agent.gate.last_rejection
    return AgentStatus(
        state=agent.state.value,
        reason=agent.reason,
        stop_level=agent.latch.level.name,
        epoch=agent.epoch,
        lease_seq=agent.lease.lease_seq,
        lease_owner=agent.lease.owner_name,
        lease_age_s=agent.lease.age_s(now_ns),
        last_rejection=refused.status.name if refused else "",
        last_rejection_text=refused.text if refused else "",
        rejected=agent.gate.rejected,
        accepted=agent.gate.accepted,
        lost_commands=agent.gate.lost,
        simulated=simulated,
        real_time_factor=real_time_factor,
        real_time_priority=urgency == "real-time",
        degraded=degraded(urgency, real_time_factor),
        worst_joint=joint,
        worst_joint_use=use,
        worst_joint_limit=limit,
    )


def degraded(urgency: str, real_time_factor: float) -> str:
    """Why deadlines are wider than the specification asks; empty if they are not."""
    reasons = []
    if urgency != "real-time":
        reasons.append("no real-time priority: a silent commander is noticed within 150 ms instead of 100 ms")
    if real_time_factor < 0.99:
        reasons.append(f"the simulation runs at {real_time_factor:.2f} of real time")
    return "; ".join(reasons)


def identity(spec: RobotSpec, station: Station, simulated: bool) -> RobotIdentity:
    """Who this robot is."""
    return RobotIdentity(
        name=spec.name,
        revision=spec.revision,
        serial=f"{spec.name}-sim" if simulated else spec.name,
        simulated=simulated,
        model_hash=spec.model_hash,
        joint_names=spec.joint_names,
        touch_names=spec.touch_sensors,
        camera_names=tuple(camera.name for camera in spec.cameras),
        scene=station.scene if simulated else "",
        owner=f"{socket.gethostname()}:{os.getpid()}",
    )
