"""What a simulated robot's sensors say at one moment."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Measured(NamedTuple):
    """What the robot's sensors say at one moment. Arrays are float64 and the caller's own."""

    time_s: float  # simulated
    position_rad: Array  # (n,)
    velocity_rad_s: Array  # (n,)
    effort_nm: Array  # (n,) torque of each drive
    base_position_m: Array  # (3,) world
    base_orientation_wxyz: Array  # (4,) world
    imu_angular_velocity_rad_s: Array  # (3,) in the IMU's frame; zeros without an IMU
    imu_acceleration_m_s2: Array  # (3,)
    touch_n: Array  # (k,)
    touch_slip_m_s: Array  # (k,) how fast what a touch sensor feels slides over it
    foot_n: Array  # (2,) on the left and the right sole; zeros where the base hangs
