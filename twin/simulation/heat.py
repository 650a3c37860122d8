"""How warm each motor's winding is: one heat store that leaks to the air."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

AIR_C = 25.0
_EVERY_S = 0.05  # windings are slow: they are warmed by the mean of so much time

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MotorConstants:
    """Per joint, all of shape (n,)."""

    torque_per_current_nm_a: Array
    winding_ohm: Array
    thermal_resistance_k_w: Array
    thermal_capacity_j_k: Array


def motor_constants(spec: RobotSpec) -> MotorConstants:
    """The constants of each joint's motor, in the robot's order; NaN where the robot's folder does not know them."""
    motors = [spec.motors[joint.motor] for joint in spec.joints]
    return MotorConstants(
        torque_per_current_nm_a=np.array([motor.torque_per_current_nm_a or np.nan for motor in motors]),
        winding_ohm=np.array([motor.winding_ohm or np.nan for motor in motors]),
        thermal_resistance_k_w=np.array([motor.thermal_resistance_k_w or np.nan for motor in motors]),
        thermal_capacity_j_k=np.array([motor.thermal_capacity_j_k or np.nan for motor in motors]),
    )


def warm(temperature_c: Array, current_squared_a2: Array, motors: MotorConstants, dt_s: float) -> Array:
    """Temperatures ``dt_s`` later under a mean squared current; exact for a constant one, stable for any ``dt_s``.

    A motor whose constants are unknown has no temperature: NaN.

    C dT/dt = I^2 R - (T - T_air) / R_th, whose solution decays towards T_air + I^2 R R_th.
    """
    final_c = AIR_C + current_squared_a2 * motors.winding_ohm * motors.thermal_resistance_k_w
    kept = np.exp(-dt_s / (motors.thermal_resistance_k_w * motors.thermal_capacity_j_k))
    return final_c + (temperature_c - final_c) * kept


@dataclass(frozen=True)
class Warmth:
    """What the windings depend on at one moment."""

    temperature_c: Array
    worked_nm: tuple[Array, ...]
    since_s: float


class Windings:
    """The windings of one robot's motors, warmed by the work of its drives."""

    def __init__(self, spec: RobotSpec, dof: NDArray[np.intp]) -> None:
        """``dof`` (n,): where each joint is among the degrees of freedom of the model. Cold at first."""
        self._motors, self._dof = motor_constants(spec), dof
        self.cool()

    def cool(self) -> None:
        """As cold as the air."""
        self.temperature_c = np.full(len(self._dof), AIR_C)
        self._worked_nm: list[Array] = []  # since they were warmed
        self._since_s = 0.0

    def current_a(self, drives_nm: Array) -> Array:
        """Current of each motor, shape (n,), under the drives' torques (dofs,)."""
        current_a: Array = drives_nm[self._dof] / self._motors.torque_per_current_nm_a
        return current_a

    def work(self, drives_nm: Array, dt_s: float) -> None:
        """The drives give these torques (dofs,) for ``dt_s``."""
        self._worked_nm.append(drives_nm.copy())
        self._since_s += dt_s
        if self._since_s < _EVERY_S:
            return
        squared_nm2 = np.square(self._worked_nm).mean(0)[self._dof]
        current_squared_a2 = squared_nm2 / self._motors.torque_per_current_nm_a**2
        self.temperature_c = warm(self.temperature_c, current_squared_a2, self._motors, self._since_s)
        self._worked_nm = []
        self._since_s = 0.0

    def save(self) -> Warmth:
        """This moment, to come back to."""
        return Warmth(self.temperature_c.copy(), tuple(self._worked_nm), self._since_s)

    def load(self, warmth: Warmth) -> None:
        """Be as at ``warmth``."""
        self.temperature_c = warmth.temperature_c.copy()
        self._worked_nm = list(warmth.worked_nm)
        self._since_s = warmth.since_s
