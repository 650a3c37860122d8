"""A simulated robot whose base is bolted to the world: physics in this process, stepped by the wall clock."""

import numpy as np
from msgspec.structs import replace

from teleop.agent.limits import Array
from teleop.agent.links.base import Capabilities, DriveMode, Reading, Setpoint
from teleop.agent.links.pace import Pace
from twin.errors import SceneError
from twin.simulation.measured import Measured
from twin.simulation.push import Push, is_part_of_robot
from twin.simulation.simulation import Simulation
from twin.wire.clock import NS_PER_S
from twin.wire.messages import MotorState, RobotState, SceneState, vector


class SimulatedRobot:
    """A robot of MuJoCo's. Every reading is one physics step; the drives keep their 20 ms watchdog below us."""

    def __init__(self, simulation: Simulation, task: str = "") -> None:
        """``task`` replaces the scene's own instruction."""
        self._simulation, self._task = simulation, task
        self._pace = Pace(round(simulation.step_s * NS_PER_S), 0)
        self._mode = DriveMode.PARKED
        self._fault = ""

    @property
    def capabilities(self) -> Capabilities:
        """What it brings along; its pelvis hangs from a gantry, so it stays upright."""
        return Capabilities(simulated=True, has_balance=True, period_ns=self._pace.period_ns)

    @property
    def real_time_factor(self) -> float:
        """Simulated time against wall time over the last second."""
        return self._pace.real_time_factor

    def connect(self, now_ns: int) -> Reading:
        """Start the clock of the physics."""
        self._pace = Pace(self._pace.period_ns, now_ns)
        self.drive(DriveMode.PARKED)
        return self._reading(now_ns)

    def due_ns(self) -> int:
        """When the next physics step is due."""
        return self._pace.due_ns

    def read(self, now_ns: int) -> Reading | None:
        """Step the physics once if that is due."""
        sampled_ns = self._pace.step(now_ns)
        if sampled_ns is None:
            return None
        if not self._fault:
            try:
                self._step(sampled_ns / NS_PER_S)
            except SceneError as error:
                self._fault = str(error)
        return self._reading(sampled_ns)

    def drive(self, mode: DriveMode) -> None:
        """Change the drives' mode. Brakes are drives that hold the position at which they closed."""
        self._simulation.limp = mode is DriveMode.LIMP
        if mode is DriveMode.PARKED:
            self._simulation.command(self._simulation.measure().position_rad)
        self._mode = mode

    def write(self, setpoint: Setpoint, now_ns: int) -> None:
        """Hand over ``setpoint``; it counts only while the drives are powered."""
        if self._mode is not DriveMode.POWERED:
            return
        simulation, torque_nm = self._simulation, setpoint.torque_ff_nm
        if setpoint.acceleration_rad_s2.any():
            torque_nm = torque_nm + simulation.inertia_torque_nm(setpoint.acceleration_rad_s2)
        simulation.command(setpoint.position_rad, setpoint.velocity_rad_s, torque_nm, now_ns / NS_PER_S)

    def motors(self) -> MotorState:
        """Temperatures and currents."""
        return self._simulation.motor_state()

    def scene(self) -> SceneState:
        """The world in full."""
        scene = self._simulation.scene_state()
        if not self._task:
            return scene
        return replace(scene, task=self._task)

    def rearrange(self, seed: int) -> str:
        """Set the surroundings up anew; says why not, or nothing when it is done."""
        return self._simulation.rearrange(seed)

    def push(self, body: str, point_m: Array, force_n: Array, seconds: float) -> str:
        """Push a body of the robot from outside; says why not, or nothing when it is done."""
        simulation = self._simulation
        if not is_part_of_robot(simulation.spec, simulation.model, body):
            return f"the robot has no part called {body!r}"
        until_s = simulation.time_s + seconds
        simulation.push(Push(simulation.model.body(body).id, point_m, force_n, until_s))
        return ""

    def close(self) -> None:
        """Nothing moves once nobody steps it."""

    def _step(self, now_s: float) -> None:
        self._simulation.advance(self._simulation.step_s, now_s)

    def _measure(self) -> Measured:
        return self._simulation.measure()

    def _reading(self, sampled_ns: int) -> Reading:
        measured = self._measure()
        velocity = measured.velocity_rad_s
        if not self._fault and not np.isfinite(velocity).all():
            self._fault = "the simulated robot's state is not a number; restart the station"
        state = RobotState(
            position_rad=vector(measured.position_rad),
            velocity_rad_s=vector(velocity),
            effort_nm=vector(measured.effort_nm),
            base_position_m=vector(measured.base_position_m),
            base_orientation_wxyz=vector(measured.base_orientation_wxyz),
            imu_angular_velocity_rad_s=vector(measured.imu_angular_velocity_rad_s),
            imu_acceleration_m_s2=vector(measured.imu_acceleration_m_s2),
            touch_n=vector(measured.touch_n),
            touch_slip_m_s=vector(measured.touch_slip_m_s),
        )
        return Reading(sampled_ns, state, self._mode is DriveMode.POWERED, self._fault)
