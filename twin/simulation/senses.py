"""Reads the sensors of a simulated robot: encoders and torques of its drives, IMU, skin and soles."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.balance.body import SIDES, can_stand
from twin.robot import RobotSpec
from twin.scene import GANTRY, Scene
from twin.simulation.measured import Measured
from twin.simulation.sensors import SensorModel
from twin.simulation.touch import Skin

Indices = NDArray[np.intp]


class Senses:
    """Where the sensors of one robot are in its physics.

    A reading is one array: angles (n), speeds (n), gyroscope (3), accelerometer (3), soles (2), touch (k); what errs
    comes first. Zero where the robot has no such sensor.
    """

    def __init__(self, spec: RobotSpec, scene: Scene, data: mujoco.MjData) -> None:
        """``data`` is of the scene's model."""
        self._data, self._skin = data, Skin(spec, scene.model)
        # Views, as are the base's below.
        self._qpos, self._qvel = data.qpos, data.qvel
        self._torque, self._sensed = data.qfrc_actuator, data.sensordata
        self._qpos_at, self._dof_at = scene.joint_qpos_address, scene.joint_dof_address
        base = scene.model.body(spec.base.body).id if spec.base.body else 0
        self._base_position_m, self._base_orientation_wxyz = data.xpos[base], data.xquat[base]
        on_feet = scene.base != GANTRY and can_stand(spec)
        soles = [f"{side}_sole" for side in SIDES] if on_feet else []
        parts = (
            (3, _places(scene.model, [spec.imu_gyro] if spec.imu_gyro else [])),
            (3, _places(scene.model, [spec.imu_accelerometer] if spec.imu_accelerometer else [])),
            (2, _places(scene.model, soles)),
            (len(spec.touch_sensors), _places(scene.model, list(spec.touch_sensors))),
        )
        joints = len(spec.joints)
        self._ends = joints, 2 * joints, 2 * joints + 3, 2 * joints + 6, 2 * joints + 8
        self._size = self._ends[-1] + len(spec.touch_sensors)
        self._runs = _runs(2 * joints, parts)

    def read(self, errors: SensorModel | None) -> Measured:
        """What they say now, with the errors they have."""
        reading = np.zeros(self._size)
        angles, speeds, gyro, accelerometer, soles = self._ends
        position_rad, velocity_rad_s = reading[:angles], reading[angles:speeds]
        self._qpos.take(self._qpos_at, out=position_rad, mode="clip")
        self._qvel.take(self._dof_at, out=velocity_rad_s, mode="clip")
        for begin, end, places in self._runs:
            self._sensed.take(places, out=reading[begin:end], mode="clip")
        if errors:
            errors.blur(reading[:soles])
        touch_n = reading[soles:]
        return Measured(
            self._data.time,
            position_rad,
            velocity_rad_s,
            self._torque.take(self._dof_at, mode="clip"),
            self._base_position_m.copy(),
            self._base_orientation_wxyz.copy(),
            reading[speeds:gyro],
            reading[gyro:accelerometer],
            touch_n,
            self._skin.slip_m_s(self._data) if any(touch_n.tolist()) else np.zeros(len(touch_n)),
            reading[accelerometer:soles],
        )


def _places(model: mujoco.MjModel, names: list[str]) -> Indices:
    """Where the values of these sensors are in all sensors' data."""
    found: list[int] = []
    for name in names:
        sensor = model.sensor(name).id
        begin = int(model.sensor_adr[sensor])
        found += range(begin, begin + int(model.sensor_dim[sensor]))
    return np.array(found, np.intp)


def _runs(begin: int, parts: tuple[tuple[int, Indices], ...]) -> list[tuple[int, int, Indices]]:
    """What is to be copied into a reading from ``begin`` on: from where to where, and from which places.

    Each part has so many numbers and their places, or none. Parts beside each other are copied as one.
    """
    runs: list[tuple[int, int, Indices]] = []
    for width, places in parts:
        if len(places):
            if runs and runs[-1][1] == begin:
                first, _, before = runs.pop()
                runs.append((first, begin + width, np.concatenate((before, places))))
            else:
                runs.append((begin, begin + width, places))
        begin += width
    return runs
