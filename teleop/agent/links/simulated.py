"""The link to the simulated robot: physics in this process, its base held as the station says."""

from teleop.agent.links.carried import CarriedLink
from teleop.agent.links.physics import SimulatedRobot
from teleop.agent.links.standing import StandingLink
from twin.bases import GANTRY, LEGS
from twin.robot import RobotSpec
from twin.scene import Scene, load_scene
from twin.simulation.legs import StandingRobot
from twin.simulation.sensors import SensorErrors
from twin.simulation.simulation import Simulation
from twin.station import Station

__all__ = ["CarriedLink", "SimulatedRobot", "StandingLink", "open_link"]


def open_link(station: Station, spec: RobotSpec) -> SimulatedRobot:
    """The robot of ``station``'s scene."""

    def scene_on(base: str) -> Scene:
        return load_scene(spec, station.scene, station.seed, base, station.level, has_shells=False)

    bolted = None
    if station.base == GANTRY:  # bolted: six degrees of freedom less make a step of physics a third cheaper
        bolted = Simulation(spec, scene_on(GANTRY))
        if spec.bases == (GANTRY,):
            return SimulatedRobot(bolted, station.task)
    # What comes after the bolts is made now: making it takes a quarter of a second, in which no STOP is heard.
    free = Simulation(spec, scene_on(spec.bases[-1] if bolted else station.base), SensorErrors())
    if LEGS in spec.bases:
        return StandingLink(StandingRobot(free), station.task, station.base, bolted)
    return CarriedLink(free, station.task, station.base, bolted)
