"""The drives of the simulated robot: what they were told, and what that makes them ask of physics in a step."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec
from twin.scene import Scene
from twin.scenery.drives import INPUTS
from twin.simulation.play import Play

DRIVE_WATCHDOG_S = 0.020

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DriveState:
    """What the drives were told at one moment; n joints."""

    setpoints: Array  # (n, 3)
    carried_nm: Array  # (n,)
    torque_driven: NDArray[np.bool_]  # (n,)
    torque_nm: Array  # (n,)


class Drives:
    """Torque-limited servos, one for each joint of the robot, that carry the robot's own weight."""

    def __init__(self, spec: RobotSpec, scene: Scene, data: mujoco.MjData) -> None:
        """``data`` is of the scene's model; its ``ctrl`` is written in each step."""
        joints = len(spec.joints)
        self._model, self._home_rad = scene.model, spec.home_rad
        self._qpos, self._dof = scene.joint_qpos_address, scene.joint_dof_address
        self._qpos_now, self._bias_nm = data.qpos, data.qfrc_bias  # views
        self._angle_in, self._velocity_in, self._torque_in = data.ctrl.reshape(-1, INPUTS).T
        self._setpoints = np.zeros((joints, INPUTS))
        self._angle_rad, self._velocity_rad_s, self._torque_ff_nm = self._setpoints.T
        self._carried_nm = np.zeros(joints)
        self._play = Play(spec, self._qpos)
        self._servo_gains = scene.model.actuator_biasprm.copy()
        self._torque_driven = np.zeros(joints, bool)
        self._torque_nm = np.zeros(joints)
        self._any_torque_driven = False
        self._joints_by_torque: NDArray[np.intp] | None = None  # those that were told last
        self._commanded_at_s = -np.inf
        self._is_silenced = False  # by the watchdog
        self._is_velocity_passed_on = False
        self.limp = False  # they give no torque, only their damping

    def reset(self) -> None:
        """Hold the home pose as servos."""
        self._setpoints[:] = 0.0
        self._angle_rad[:] = self._home_rad
        self._heed_setpoints()
        self.release_torque()

    def command(
        self, position_rad: Array, velocity_rad_s: Array | None, torque_ff_nm: Array | None, now_s: float
    ) -> None:
        """New setpoints, each of shape (n,); velocity and torque are zero when left out."""
        self._angle_rad[:] = position_rad
        self._velocity_rad_s[:] = 0.0 if velocity_rad_s is None else velocity_rad_s
        self._torque_ff_nm[:] = 0.0 if torque_ff_nm is None else torque_ff_nm
        self._heed_setpoints()
        self._commanded_at_s = now_s

    def watch(self, now_s: float) -> None:
        """Without a command for 20 ms: hold the last position, with no velocity and no extra torque."""
        if now_s - self._commanded_at_s > DRIVE_WATCHDOG_S and not self._is_silenced:
            self._setpoints[:, 1:] = 0.0
            self._heed_setpoints()
            self._is_silenced = True

    def drive_by_torque(self, joints: NDArray[np.intp], torque_nm: Array) -> None:
        """From now on these joints' drives give just this torque, within their limits, until told otherwise."""
        if joints is not self._joints_by_torque:
            self._torque_driven[joints] = True
            self._set_servo_gains()
            self._joints_by_torque = joints
        self._torque_nm[joints] = torque_nm

    def release_torque(self) -> None:
        """All are servos again, with the setpoints they have."""
        self._torque_driven[:] = False
        self._torque_nm[:] = 0.0
        self._set_servo_gains()

    def soften(self, share: Array) -> None:
        """Servos keep their ``share`` (n,) of their stiffness, until torque is driven or released."""
        self._model.actuator_biasprm[:, 1] = share * self._servo_gains[:, 1]

    def weigh(self) -> None:
        """From now on carry what the robot weighs, and what its motion asks for, as it is now."""
        self._bias_nm.take(self._dof, out=self._carried_nm, mode="clip")

    def act(self) -> None:
        """Ask physics for what the next step shall have."""
        if self.limp:
            self._torque_in[:] = self._velocity_in[:] = 0.0
            self._is_velocity_passed_on = False
            self._angle_in[:] = self._qpos_now[self._qpos]
            return
        self._play.take_up(self._qpos_now, self._angle_in)
        if not self._is_velocity_passed_on:
            self._velocity_in[:] = self._velocity_rad_s
            self._is_velocity_passed_on = True
        np.add(self._torque_ff_nm, self._carried_nm, out=self._torque_in)
        if self._any_torque_driven:
            np.copyto(self._torque_in, self._torque_nm, where=self._torque_driven)

    def save(self) -> DriveState:
        """This moment, to come back to."""
        return DriveState(
            self._setpoints.copy(),
            self._carried_nm.copy(),
            self._torque_driven.copy(),
            self._torque_nm.copy(),
        )

    def load(self, state: DriveState) -> None:
        """Be as at ``state``."""
        self._setpoints[:] = state.setpoints
        self._heed_setpoints()
        self._carried_nm[:] = state.carried_nm
        self._torque_driven[:] = state.torque_driven
        self._torque_nm[:] = state.torque_nm
        self._set_servo_gains()

    def _heed_setpoints(self) -> None:
        """They have changed."""
        self._play.aim(self._angle_rad)
        self._is_velocity_passed_on = self._is_silenced = False

    def _set_servo_gains(self) -> None:
        self._joints_by_torque = None
        self._model.actuator_biasprm[:] = np.where(self._torque_driven[:, None], 0.0, self._servo_gains)
        self._any_torque_driven = bool(self._torque_driven.any())
