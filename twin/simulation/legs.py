"""A simulated robot on its own feet: physics, and its balance every other step."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.balance.balance import TICK_S, Balance, Effort, Memory
from twin.balance.body import BASE, Body, load_body
from twin.balance.estimator import Estimator
from twin.balance.motion import BaseState
from twin.balance.stride import Stride
from twin.robot_model import FREE_BASE
from twin.simulation.measured import Array, Measured
from twin.simulation.simulation import Simulation
from twin.simulation.snapshot import Snapshot

_LIMP_ARMS = 0.15  # share of their stiffness with which arms are drawn in during a fall


@dataclass(frozen=True)
class Moment:
    """A moment to come back to."""

    physics: Snapshot
    balance: Memory
    estimator: dict[str, Any]
    posture_rad: Array
    posture_rad_s: Array
    stride: Stride
    effort: Effort | None
    steps: int


class StandingRobot:
    """Steps a simulation and keeps its robot upright."""

    def __init__(self, simulation: Simulation, body: Body | None = None, reads_truth: bool = False) -> None:
        """``reads_truth`` gives the balance the simulator's own knowledge, to measure what estimating costs."""
        self.simulation = simulation
        self._reads_truth = reads_truth
        self.body = body or load_body(simulation.spec)
        self.balance = Balance(self.body)
        self.estimator = Estimator(self.body, TICK_S)
        self._ticks_every = round(TICK_S / simulation.step_s)
        base = simulation.model.joint(FREE_BASE).id
        self._qpos = int(simulation.model.jnt_qposadr[base])
        self._dof = int(simulation.model.jnt_dofadr[base])
        self.reset()

    def reset(self) -> None:
        """Upright at the start of the attempt."""
        self.simulation.reset()
        self._begin()

    def take_over(self) -> None:
        """Begin to balance where the robot is now, at rest, with its soles on the ground."""
        self.simulation.release_torque()
        self._begin()

    def _begin(self) -> None:
        self.balance.reset()
        self.estimator.reset()
        self.stride = Stride()
        self.posture_rad = self.simulation.spec.home_rad.copy()
        self.posture_rad_s = np.zeros_like(self.posture_rad)
        self.effort: Effort | None = None
        self.base = self.true_base()  # as known to the balance
        self._steps = 0
        self._is_limp = False
        self._measured: Measured | None = None

    def snapshot(self) -> "Moment":
        """This moment of physics and balance, to the last bit."""
        return Moment(
            self.simulation.snapshot(),
            self.balance.save(),
            self.estimator.save(),
            self.posture_rad.copy(),
            self.posture_rad_s.copy(),
            self.stride,
            self.effort,
            self._steps,
        )

    def restore(self, moment: "Moment") -> None:
        """Be again as at ``moment``; what follows is what followed then, bit by bit, if commanded alike."""
        self.simulation.restore(moment.physics)
        self._measured = None
        self.balance.load(moment.balance)
        self.estimator.load(moment.estimator)
        self.posture_rad = moment.posture_rad.copy()
        self.posture_rad_s = moment.posture_rad_s.copy()
        self.stride, self.effort, self._steps = moment.stride, moment.effort, moment.steps

    def stand_up(self) -> None:
        """Upright again where the attempt began, the surroundings as they are."""
        simulation = self.simulation
        qpos, dof = simulation.scene.robot_coordinates()
        simulation.data.qpos[qpos] = simulation.scene.initial_qpos[qpos]
        simulation.data.qvel[dof] = 0.0
        simulation.data.qacc_warmstart[:] = 0.0
        simulation.limp = False
        simulation.release_torque()
        simulation.command(simulation.spec.home_rad)
        self._begin()

    @property
    def fall(self) -> str:
        """Why it fell; empty while upright."""
        return self.effort.fall if self.effort else ""

    def go_limp(self) -> None:
        """All motors to damping, whatever comes of it."""
        self.simulation.release_torque()
        self.simulation.limp = self._is_limp = True

    def hold_again(self) -> None:
        """End of ``go_limp``: keep the balance again, if it is not lost."""
        self.simulation.limp = self._is_limp = False
        if self.fall:
            self._give_way()

    def follow(self, position_rad: Array, velocity_rad_s: Array) -> None:
        """Let arms, torso and neck follow; what the legs are asked is their rest only. Shapes (n,)."""
        legs = self.body.joints[self.body.legs]
        self.posture_rad, self.posture_rad_s = position_rad.copy(), velocity_rad_s.copy()
        self.posture_rad[legs] = self.simulation.spec.home_rad[legs]
        self.posture_rad_s[legs] = 0.0

    def true_base(self) -> BaseState:
        """The simulator's own knowledge of the base."""
        data, q, v = self.simulation.data, self._qpos, self._dof
        return BaseState(
            data.qpos[q : q + 3].copy(),
            data.qpos[q + 3 : q + 7].copy(),
            data.qvel[v : v + 3].copy(),
            data.qvel[v + 3 : v + BASE].copy(),
        )

    def measure(self) -> Measured:
        """What the sensors say now: balance and listeners share one reading a step."""
        if self._measured is None:
            self._measured = self.simulation.measure()
        return self._measured

    def step(self, now_s: float | None = None) -> None:
        """One physics step; the balance thinks before every second one."""
        if self._steps % self._ticks_every == 0 and not self._is_limp:
            self._think(self.measure())
        self._measured = None
        self.simulation.advance(self.simulation.step_s, now_s)
        self._steps += 1

    def _think(self, measured: Measured) -> None:
        was_upright = not self.fall
        if self._reads_truth:
            base, position_rad, velocity_rad_s = (
                self.true_base(),
                measured.position_rad,
                measured.velocity_rad_s,
            )
        else:
            base = self._estimate(measured)
            joints = self.estimator.joints
            position_rad, velocity_rad_s = joints.position_rad, joints.velocity_rad_s
        self.base = base
        self.effort = self.balance.tick(
            base,
            position_rad,
            velocity_rad_s,
            self.posture_rad,
            self.posture_rad_s,
            self.stride,
        )
        if not self.effort.fall:
            self.simulation.drive_by_torque(self.body.joints, self.effort.torque_nm)
        elif was_upright:
            self._give_way()

    def _estimate(self, measured: Measured) -> BaseState:
        return self.estimator.update(
            measured.position_rad,
            measured.velocity_rad_s,
            measured.imu_angular_velocity_rad_s,
            measured.imu_acceleration_m_s2,
            measured.foot_n,
            self.balance.standing_sides,
        )

    def _give_way(self) -> None:
        """Legs to damping, arms drawn in softly."""
        simulation = self.simulation
        simulation.release_torque()
        stiffness = np.full(len(simulation.spec.joints), _LIMP_ARMS)
        stiffness[self.body.joints[self.body.legs]] = 0.0
        simulation.soften(stiffness)
        simulation.command(simulation.spec.home_rad)
