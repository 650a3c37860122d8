"""A simulated robot driven as the station drives it, without its processes.

Arms by inverse kinematics at 100 Hz, fingers by synergies, every setpoint through the limiter at 500 Hz.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from teleop.agent.limiter import Limiter, Target
from teleop.agent.limits import JointLimits
from twin.hands import Hand, load_hands
from twin.ik.goals import Goals
from twin.ik.model import load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.simulation.simulation import Simulation
from twin.spatial import Pose

COMMAND_S = 0.01
Array = NDArray[np.float64]


class DrivenRobot:
    """Both arms and both hands of one simulation. Poses are of the hand frames, in the world."""

    def __init__(self, simulation: Simulation) -> None:
        """At rest in the home pose."""
        spec = simulation.spec
        self.simulation, self.hands = simulation, load_hands(spec)
        self.solver = BodySolver(load_kinematics(spec), Settings())
        self._limiter = Limiter(JointLimits.of(spec), spec.home_rad)
        self._wanted_rad = spec.home_rad.copy()
        self._steps = round(COMMAND_S / simulation.step_s)

    def hand(self, side: str) -> Hand:
        """The joints and grasps of one hand."""
        return self.hands[side]

    def palm(self, side: str) -> Pose:
        """Where the hand frame of ``side`` is measured to be."""
        site = self.simulation.data.site(self.simulation.spec.frames[f"{side}_hand"])
        return Pose(site.xpos.copy(), site.xmat.reshape(3, 3).copy())

    def command(self, palms: Mapping[str, Pose], fingers: Mapping[str, Array]) -> None:
        """One command of 10 ms: hands to ``palms``, fingers to angles of shape (h,) by side; the physics follows."""
        simulation, solver = self.simulation, self.solver
        before_rad = self._wanted_rad
        if palms:
            solver.step(Goals(palms), COMMAND_S)
        for side, angles_rad in fingers.items():
            solver.carry(self.hands[side].joints, angles_rad, COMMAND_S)
        wanted_rad = solver.position_rad
        slope_rad_s = (wanted_rad - before_rad) / COMMAND_S
        for step in range(1, self._steps + 1):
            target_rad = before_rad + (wanted_rad - before_rad) * (step / self._steps)
            self._limiter.follow(
                Target(target_rad, slope_rad_s, np.zeros_like(target_rad)), simulation.step_s
            )
            self._drive()
        self._wanted_rad = wanted_rad

    @property
    def setpoint_rad(self) -> Array:
        """What the drives were last told, shape (n,)."""
        return self._limiter.position_rad

    def _drive(self) -> None:
        limiter, simulation = self._limiter, self.simulation
        torque_nm = limiter.torque_ff_nm + simulation.inertia_torque_nm(limiter.acceleration_rad_s2)
        simulation.command(limiter.position_rad, limiter.velocity_rad_s, torque_nm, simulation.time_s)
        simulation.advance(simulation.step_s, simulation.time_s)
