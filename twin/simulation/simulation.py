"""The simulated robot and its world: physics, drives, sensors; advanced by the time it is told."""

import time

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.errors import SceneError
from twin.robot import RobotSpec
from twin.scene import Scene
from twin.scenery.judge import Progress
from twin.simulation.drives import Drives
from twin.simulation.heat import Windings
from twin.simulation.measured import Measured
from twin.simulation.push import Push, press
from twin.simulation.senses import Senses
from twin.simulation.sensors import SensorErrors, SensorModel
from twin.simulation.snapshot import Snapshot
from twin.wire.messages import MotorState, SceneState, vector

Array = NDArray[np.float64]

# What a snapshot holds: everything the next step depends on, so that a resumed run is the same to the last bit.
_WHOLE_STATE = mujoco.mjtState.mjSTATE_INTEGRATION
_UNSTABLE = slice(int(mujoco.mjtWarning.mjWARN_BADQPOS), int(mujoco.mjtWarning.mjWARN_BADQACC) + 1)


class Simulation:
    """MuJoCo physics of one scene. Not thread-safe; keeps no clock of its own but the drive watchdog's.

    The drives are torque-limited servos that carry the robot's own weight: gravity and Coriolis torque of the robot's
    model is added to what is asked for. A grasped object is not in that model and shows as following error.
    """

    def __init__(self, spec: RobotSpec, scene: Scene, errors: SensorErrors | None = None) -> None:
        """Sensors are perfect unless ``errors`` says otherwise."""
        self.spec = spec
        self.scene = scene
        self.model = scene.model
        self.data = mujoco.MjData(scene.model)
        self.step_s = float(scene.model.opt.timestep)
        self.last_step_us = 0.0  # wall time of one physics step, mean over the last advance
        self._dof = scene.joint_dof_address
        self._drives = Drives(spec, scene, self.data)
        self._windings = Windings(spec, self._dof)
        self._unstable = self.data.warning.number[_UNSTABLE]  # a view
        self._senses = Senses(spec, scene, self.data)
        self._errors = SensorModel(errors, len(spec.joints), self.step_s, scene.seed) if errors else None
        self.seed = scene.seed  # of the surroundings as they are set up now
        self._progress = Progress()
        self._push: Push | None = None
        self.reset()

    def reset(self) -> None:
        """Back to the start of the attempt, motors cold, drives holding the home pose."""
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[:] = self.scene.initial_qpos
        self.seed, self._progress = self.scene.seed, Progress()
        self._drives.reset()
        self._windings.cool()
        self._push = None
        if self._errors:
            self._errors.reset()
        mujoco.mj_forward(self.model, self.data)
        self._drives.weigh()

    @property
    def limp(self) -> bool:
        """Whether the drives give no torque, only their damping."""
        return self._drives.limp

    @limp.setter
    def limp(self, limp: bool) -> None:
        self._drives.limp = limp

    @property
    def time_s(self) -> float:
        """Simulated time since the start of the attempt."""
        return float(self.data.time)

    def command(
        self,
        position_rad: Array,
        velocity_rad_s: Array | None = None,
        torque_ff_nm: Array | None = None,
        now_s: float | None = None,
    ) -> None:
        """Give the drives new setpoints, each of shape (n,); velocity and torque are zero when left out.

        Args:
            position_rad: wanted angles.
            velocity_rad_s: wanted speeds.
            torque_ff_nm: torque on top of the servo's and of what carries the robot's weight.
            now_s: time of the drives' watchdog; ``time.monotonic()`` when left out.
        """
        now_s = time.monotonic() if now_s is None else now_s
        self._drives.command(position_rad, velocity_rad_s, torque_ff_nm, now_s)

    def drive_by_torque(self, joints: NDArray[np.intp], torque_nm: Array) -> None:
        """From now on these joints' drives give just this torque, within their limits, until told otherwise."""
        self._drives.drive_by_torque(joints, torque_nm)

    def release_torque(self) -> None:
        """All drives are servos again, with the setpoints they have."""
        self._drives.release_torque()

    def soften(self, share: Array) -> None:
        """Servos keep their ``share`` (n,) of their stiffness, until torque is driven or released."""
        self._drives.soften(share)

    def push(self, push: Push | None) -> None:
        """Push a body until the push's time is over; it takes the place of one that goes on, None ends it."""
        self._push = push
        press(self.model, self.data, push)

    def inertia_torque_nm(self, acceleration_rad_s2: Array) -> Array:
        """The torque that accelerates the robot's joints so from its pose now: M(q) a, shape (n,)."""
        whole = np.zeros(self.model.nv)
        whole[self._dof] = acceleration_rad_s2
        torque = np.empty(self.model.nv)
        mujoco.mj_mulM(self.model, self.data, torque, whole)
        return np.asarray(torque[self._dof])

    def advance(self, dt_s: float, now_s: float | None = None) -> int:
        """Step physics by the whole steps in ``dt_s`` (at least none), and return their number.

        Before it, the drives' watchdog looks at the clock: without a command for 20 ms they hold the last
        position with zero velocity and no extra torque, whoever has died above them.

        Raises:
            SceneError: the physics has become unstable; the attempt must be reset.
        """
        now_s = time.monotonic() if now_s is None else now_s
        self._drives.watch(now_s)
        steps = int(dt_s / self.step_s + 1e-6)
        began = time.perf_counter()
        for _ in range(steps):
            self._step()
        if steps:
            self.last_step_us = (time.perf_counter() - began) / steps * 1e6
            self._judge_stability()
        return steps

    def measure(self) -> Measured:
        """What the sensors say now."""
        return self._senses.read(self._errors)

    def motor_state(self) -> MotorState:
        """Temperatures and currents of the motors."""
        return MotorState(
            temperature_c=vector(self.temperature_c),
            current_a=vector(self._windings.current_a(self.data.qfrc_actuator)),
        )

    @property
    def temperature_c(self) -> Array:
        """Of each motor's winding, shape (n,)."""
        return self._windings.temperature_c

    def scene_state(self) -> SceneState:
        """The whole world's positions, and how the task stands."""
        judgement = self.scene.judge.look(self.data, self._progress)
        self._progress = judgement.progress
        return SceneState(
            time_s=float(self.data.time),
            qpos=vector(self.data.qpos),
            task=self.scene.instruction,
            task_succeeded=judgement.succeeded,
            task_note=judgement.note,
            task_failed=judgement.failed,
            subgoals_done=judgement.done,
            subgoals_total=judgement.total,
            seed=self.seed,
            level=self.scene.level,
            push_at_m=vector(self._push.place_m(self.data) if self._push else ()),
            push_n=vector(self._push.force_n if self._push else ()),
        )

    def rearrange(self, seed: int) -> str:
        """Set the surroundings up anew as ``seed`` has them; the robot stays as it is, and time goes on.

        Returns:
            Why not, in one sentence; empty if it is done.

        Raises:
            SceneError: no places were found at which the objects do not touch.
        """
        own_qpos, own_dof = self.scene.robot_coordinates()
        trial = mujoco.MjData(self.model)
        trial.qpos[:] = self.scene.start_qpos(seed)
        trial.qpos[own_qpos] = self.data.qpos[own_qpos]
        mujoco.mj_fwdPosition(self.model, trial)
        if blocked := self.scene.judge.touched_by_robot(trial):
            return f"the robot is where the {blocked} shall stand: move it away first"
        self.data.qpos[:] = trial.qpos
        self.data.qvel[~own_dof] = 0.0
        self.data.qacc_warmstart[:] = 0.0
        mujoco.mj_forward(self.model, self.data)
        self.seed, self._progress = seed, Progress()
        return ""

    def snapshot(self) -> Snapshot:
        """This moment, to the last bit."""
        state = np.empty(mujoco.mj_stateSize(self.model, _WHOLE_STATE))
        mujoco.mj_getState(self.model, self.data, state, _WHOLE_STATE)
        return Snapshot(
            state=state,
            drives=self._drives.save(),
            warmth=self._windings.save(),
            sensor_data=self.data.sensordata.copy(),
            sensors=self._errors.save() if self._errors else None,
            seed=self.seed,
            progress=self._progress,
            push=self._push,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Be again as at ``snapshot``; what follows is what followed then, bit by bit, if commanded alike."""
        mujoco.mj_setState(self.model, self.data, snapshot.state, _WHOLE_STATE)
        mujoco.mj_forward(self.model, self.data)
        # Looking forward moved the solver's warm start, which is part of the state.
        mujoco.mj_setState(self.model, self.data, snapshot.state, _WHOLE_STATE)
        self._drives.load(snapshot.drives)
        self._windings.load(snapshot.warmth)
        self.data.sensordata[:] = snapshot.sensor_data
        self.seed, self._progress = snapshot.seed, snapshot.progress
        self._push = snapshot.push
        if self._errors and snapshot.sensors:
            self._errors.load(snapshot.sensors)

    def _step(self) -> None:
        data = self.data
        self._drives.act()
        if self._push:
            self._push = self._push if data.time < self._push.until_s else None
            press(self.model, data, self._push)
        mujoco.mj_step(self.model, data)
        if self._errors:
            self._errors.advance()
        self._drives.weigh()
        self._windings.work(data.qfrc_actuator, self.step_s)

    def _judge_stability(self) -> None:
        if any(self._unstable.tolist()):
            raise SceneError(
                f"scene {self.scene.name!r}: the physics became unstable at {self.data.time:.3f} s; "
                "reset the attempt"
            )
