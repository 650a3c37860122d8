"""A moment of the simulation, to come back to."""

from dataclasses import dataclass

from twin.scenery.judge import Progress
from twin.simulation.drives import DriveState
from twin.simulation.heat import Warmth
from twin.simulation.measured import Array
from twin.simulation.push import Push
from twin.simulation.sensors import SensorState


@dataclass(frozen=True)
class Snapshot:
    """Everything that the next step depends on."""

    state: Array
    drives: DriveState
    warmth: Warmth
    sensor_data: Array  # of the step before, which physics does not compute again
    sensors: SensorState | None
    seed: int
    progress: Progress
    push: Push | None
