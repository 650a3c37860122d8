"""How real sensors err: noise, and biases that drift. The same seed errs the same way."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.simulation.measured import Array

_DRAWN_AT_ONCE = 32  # readings


@dataclass(frozen=True)
class SensorErrors:
    """Standard deviations of white noise at each reading, and of biases.

    The defaults are an industrial MEMS unit (gyro 0.1 deg/s, accelerometer 0.05 m/s^2), encoders of 16 bit behind
    a gear, and joint speeds as noisy as tachometers or differences of encoders are.
    """

    encoder_rad: float = 1e-4
    joint_speed_rad_s: float = 0.3
    gyro_rad_s: float = 0.002
    gyro_bias_rad_s: float = 0.003
    gyro_drift_rad_s: float = 2e-5  # random walk of the bias, per root second
    acceleration_m_s2: float = 0.05
    acceleration_bias_m_s2: float = 0.03
    foot_force: float = 0.03  # share of the force
    foot_force_n: float = 5.0


@dataclass(frozen=True)
class SensorState:
    """Errors of the readings that are drawn already, and the generator's state."""

    generator: dict[str, Any]
    gyro_bias: Array
    acceleration_bias: Array
    added: Array
    foot_scale: Array
    used: int


class SensorModel:
    """Draws the errors of one robot's sensors, anew after every physics step."""

    def __init__(self, errors: SensorErrors, joints: int, step_s: float, seed: int) -> None:
        self._errors, self._joints, self._seed = errors, joints, seed
        self._drift_s = math.sqrt(step_s)
        # Standard deviation of each number of a reading; of the drift of a bias, in a second.
        self._spread = np.empty(2 * joints + 13)
        for first, count, spread in (
            (0, joints, errors.encoder_rad),
            (joints, joints, errors.joint_speed_rad_s),
            (2 * joints, 3, errors.gyro_rad_s),
            (2 * joints + 3, 3, errors.acceleration_m_s2),
            (2 * joints + 6, 2, errors.foot_force),
            (2 * joints + 8, 2, errors.foot_force_n),
            (2 * joints + 10, 3, errors.gyro_drift_rad_s),
        ):
            self._spread[first : first + count] = spread
        self.reset()

    def reset(self) -> None:
        """The errors of a new attempt: the same as at every start with this seed."""
        self._random = np.random.default_rng((self._seed, 0x5E15))
        errors = self._errors
        self._gyro_bias = errors.gyro_bias_rad_s * self._random.standard_normal(3)  # of the last one drawn
        self._acceleration_bias = errors.acceleration_bias_m_s2 * self._random.standard_normal(3)
        first = self._spread * np.append(self._random.standard_normal(len(self._spread) - 3), np.zeros(3))
        self._take(first[None])

    def advance(self) -> None:
        """On to the next reading's errors."""
        self._used += 1
        if self._used == len(self._added):
            self._take(self._spread * self._random.standard_normal((_DRAWN_AT_ONCE, len(self._spread))))

    def _take(self, drawn: Array) -> None:
        """The errors of readings to come, one a row: noise as in ``_spread``, and the drift of the gyroscope's bias."""
        n = self._joints
        gyro_bias = self._gyro_bias + np.cumsum(self._drift_s * drawn[:, -3:], axis=0)
        self._gyro_bias = gyro_bias[-1]
        self._foot_scale = 1.0 + drawn[:, 2 * n + 6 : 2 * n + 8]
        self._added = np.delete(drawn[:, :-3], (2 * n + 6, 2 * n + 7), axis=1)
        self._added[:, 2 * n : 2 * n + 3] += gyro_bias
        self._added[:, 2 * n + 3 : 2 * n + 6] += self._acceleration_bias
        self._used = 0

    def blur(self, reading: Array) -> None:
        """Make of the truth what sensors with these errors would say, in place.

        Args:
            reading: angles (n), speeds (n), gyroscope (3), accelerometer (3) and forces under the soles (2).
        """
        soles_n = reading[-2:]
        soles_n *= self._foot_scale[self._used]
        reading += self._added[self._used]

    def save(self) -> SensorState:
        """All of it, to come back to."""
        return SensorState(
            dict(self._random.bit_generator.state),
            self._gyro_bias,
            self._acceleration_bias,
            self._added,
            self._foot_scale,
            self._used,
        )

    def load(self, state: SensorState) -> None:
        """Be again as at ``state``."""
        self._random.bit_generator.state = state.generator
        self._gyro_bias, self._acceleration_bias = state.gyro_bias, state.acceleration_bias
        self._added, self._foot_scale, self._used = state.added, state.foot_scale, state.used
