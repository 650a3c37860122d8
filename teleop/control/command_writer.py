"""Makes the command of a tick: numbers it, says how long it counts, and of which sample it came."""

import numpy as np

from teleop.control.devices import Device
from teleop.control.robot_view import Session
from teleop.driving.driver import Driver
from teleop.driving.walk import WalkDriver
from twin.robot import RobotSpec
from twin.spatial import Array
from twin.wire.clock import NS_PER_MS
from twin.wire.command_frame import HOLD_TO_RUN, JointCommand
from twin.wire.messages import vector

VALID_FOR_NS = 80 * NS_PER_MS


class CommandWriter:
    """The commands of one start of control, in their order."""

    def __init__(self, spec: RobotSpec) -> None:
        """Commands for the robot ``spec``."""
        self._model_hash = bytes.fromhex(spec.model_hash)[:8]
        self._no_torque = vector(np.zeros(len(spec.joints)))
        self._seq = 0

    def write(
        self,
        now_ns: int,
        session: Session,
        driver: Driver,
        walk: WalkDriver,
        device: Device | None,
        velocity_rad_s: Array,
        bits: int,
    ) -> JointCommand:
        """The command of this tick.

        Args:
            now_ns: when it is sent.
            session: with the robot.
            driver: holds the commanded pose.
            walk: holds what the base shall do; it stands unless hold-to-run is among ``bits``.
            device: whose sample it came of.
            velocity_rad_s: of the commanded pose, shape (n,).
            bits: ``HOLD_TO_RUN``, ``FRESH_PRESS``, or none.
        """
        self._seq += 1
        return JointCommand(
            epoch=session.epoch,
            lease_seq=session.lease_seq,
            cmd_seq=self._seq,
            sent_ns=now_ns,
            not_after_ns=now_ns + VALID_FOR_NS,
            model_hash=self._model_hash,
            position_rad=vector(driver.position_rad),
            velocity_rad_s=vector(velocity_rad_s),
            torque_ff_nm=self._no_torque,
            joint_mask=driver.mask,
            hold_to_run_bits=bits,
            base_velocity=walk.velocity if bits & HOLD_TO_RUN else (0.0, 0.0, 0.0),
            body_height_m=walk.height_m,
            body_lean_rad=walk.lean_rad,
            input_seq=device.seq if device else 0,
            input_sampled_ns=device.sampled_ns if device else 0,
            device=device.sample.device if device else "",
        )
