"""The link to the simulated robot: physics in this process, its base held as the station says."""

from teleop.agent.links.carried import CarriedLink
from teleop.agent.links.physics import SimulatedRobot
from teleop.agent.links.standing import StandingLink
from twin.bases import GANTRY, LEGS
from twin.robot import RobotSpec
from twin.scene import load_scene
from twin.simulation.legs import StandingRobot
from twin.simulation.sensors import SensorErrors
from twin.simulation.simulation import Simulation
from twin.station import Station

__all__ = ["CarriedLink", "SimulatedRobot", "StandingLink", "open_link"]


def open_link(station: Station, spec: RobotSpec) -> SimulatedRobot:
    """The robot of ``station``'s scene."""
    scene = load_scene(spec, station.scene, station.seed, station.base, station.level, has_shells=False)
    if station.base == GANTRY:  # bolted: six degrees of freedom less make a step of physics a third cheaper
        return SimulatedRobot(Simulation(spec, scene), station.task)
    simulation = Simulation(spec, scene, SensorErrors())
    if LEGS in spec.bases:
        return StandingLink(StandingRobot(simulation), station.task, station.base)
    return CarriedLink(simulation, station.task, station.base)
