"""What the agent needs of a robot: the one contract behind which a vendor's protocol, or a simulation, hides.

A link is a module in this package, found by the name that the robot's folder gives (``link = "simulated"``).
The module has one function ``open_link(station, spec) -> RobotLink``.
"""

import enum
import importlib
from dataclasses import dataclass
from typing import Protocol, cast

from teleop.agent.limits import Array
from twin.balance.stride import STANDING, Stride
from twin.errors import StationError
from twin.robot import RobotSpec
from twin.station import Station
from twin.wire.messages import MotorState, RobotState, SceneState


class DriveMode(enum.Enum):
    """What the drives do."""

    PARKED = "parked"  # no torque; brakes hold, where the robot has them
    POWERED = "powered"  # follow setpoints
    LIMP = "limp"  # no torque, only damping


@dataclass(frozen=True)
class Capabilities:
    """What a robot brings along."""

    simulated: bool
    has_balance: bool  # keeps itself upright while the setpoints stand still
    period_ns: int  # between two readings
    walks: bool = False  # its base follows ``Setpoint.stride``


@dataclass(frozen=True)
class Reading:
    """One measurement of the whole robot."""

    sampled_ns: int  # monotonic, this machine
    state: RobotState  # without the echo of commands, which the agent adds
    powered: bool  # the drives follow setpoints
    fault: str = ""  # what the drives report, one sentence; empty if all is well
    fall: str = ""  # how a robot on its own feet lost its balance; it stays so until it is stood up


@dataclass(frozen=True)
class Setpoint:
    """What the drives shall do now. Arrays of shape (n,)."""

    position_rad: Array
    velocity_rad_s: Array
    acceleration_rad_s2: Array  # smoothed; for drives that know their robot's inertia, others ignore it
    torque_ff_nm: Array
    stride: Stride = STANDING  # of a robot that walks


class RobotLink(Protocol):
    """A connected robot."""

    @property
    def capabilities(self) -> Capabilities:
        """What it brings along."""

    @property
    def real_time_factor(self) -> float:
        """Robot time against wall time over the last second; 1 for anything real."""

    def connect(self, now_ns: int) -> Reading:
        """Reach the robot and return its first reading.

        Raises:
            StationError: it is not there, or is not the robot that its folder describes.
        """

    def due_ns(self) -> int:
        """When the next reading is due; ``read`` before then returns None."""

    def read(self, now_ns: int) -> Reading | None:
        """The next reading that is due by ``now_ns``, oldest first; None if there is none."""

    def drive(self, mode: DriveMode) -> None:
        """Put the drives into ``mode``. Called on change; takes effect by the next reading."""

    def write(self, setpoint: Setpoint, now_ns: int) -> None:
        """Hand ``setpoint`` to the drives; at the rate of readings at least, or their watchdog holds them."""

    def motors(self) -> MotorState:
        """Slow facts of the motors."""

    def scene(self) -> SceneState | None:
        """The simulated world in full; None for a real robot."""

    def close(self) -> None:
        """Leave the robot standing still."""


def open_link(station: Station, spec: RobotSpec) -> RobotLink:
    """The link that ``spec`` names.

    Raises:
        StationError: there is no such link.
    """
    name = f"{__package__}.{spec.link}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise StationError(
            f"{spec.folder / 'robot.toml'}: no link is called {spec.link!r}; links are the files in "
            'teleop/agent/links, e.g. link = "simulated"'
        ) from None
    return cast(RobotLink, module.open_link(station, spec))
