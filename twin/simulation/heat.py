"""How warm each motor's winding is: one heat store that leaks to the air."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

AIR_C = 25.0

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
