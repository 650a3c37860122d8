"""What a step of the simulated robot costs with both hands full, and how closely its arms follow a fast hand."""

import time
from collections.abc import Iterator

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks import grasp_trials as trials
from benchmarks.driven_robot import COMMAND_S, DrivenRobot
from benchmarks.figures import Figure
from benchmarks.standing_robots import open_ground
from teleop.cameras.backend import find_backend
from teleop.cameras.simulated import SimulatedCameras
from twin.ik.model import SIDES
from twin.robot import find_robot, load_robot
from twin.scene import build_scene, load_scene
from twin.simulation.simulation import Simulation
from twin.spatial import Pose

TITLE = "physics: 74 joints with both hands grasping on one core, and arms that follow a fast hand"

_STEPS_S = (0.001, 0.002, 0.004)
_REAL_TIME_BAR, _TRACKING_BAR_DEG = 10.0, 2.0
_HAND_SPEED_M_S, _CIRCLE_M, _WARM_UP_S = 1.0, 0.15, 1.0
_CENTRE_M = np.array([0.05, 0.10, 0.0])  # forward and outward of the ready pose
_WIDTH_PX, _HEIGHT_PX = 640, 480
Array = NDArray[np.float64]


def measure(quick: bool) -> list[Figure]:
    """Steps, then arms, then pictures."""
    return [
        *_steps(2.0 if quick else 8.0),
        *_tracking(2.0 if quick else 10.0),
        *_pictures(10 if quick else 60),
    ]


# --- steps --------------------------------------------------------------------------------------------


def _steps(seconds: float) -> Iterator[Figure]:
    full = trials.both_hands_full()
    peer = trials.both_hands_full()
    peer.simulation.model.opt.solver = mujoco.mjtSolver.mjSOL_CG
    for step_s in _STEPS_S:
        us, contacts = _step_us(full, step_s, seconds)
        cg_us, _ = _step_us(peer, step_s, seconds)
        yield Figure(
            f"step of {1000 * step_s:g} ms, both hands hold a cylinder, {contacts:.0f} contacts, mean", us, "us",
            round(seconds / step_s), peer="conjugate gradients", peer_value=cg_us,
        )  # fmt: skip
        yield Figure(
            f"simulated time against wall time, steps of {1000 * step_s:g} ms", step_s * 1e6 / us, "x",
            round(seconds / step_s), _REAL_TIME_BAR if step_s == 0.002 else None, at_least=True,
            peer="conjugate gradients", peer_value=step_s * 1e6 / cg_us,
        )  # fmt: skip


def _step_us(robot: DrivenRobot, step_s: float, seconds: float) -> tuple[float, float]:
    """Mean wall time of one whole step of the simulation while both arms swing, and how many contacts there were."""
    simulation, held_rad = robot.simulation, robot.setpoint_rad
    moment, spec = simulation.snapshot(), simulation.spec
    swings = np.array(
        [spec.joint_names.index(f"{side}_{name}") for side in SIDES for name in ("shoulder_pitch", "elbow")]
    )
    simulation.model.opt.timestep = simulation.step_s = step_s
    took_s, contacts = 0.0, []
    for tick in range(round(seconds / COMMAND_S)):
        wanted_rad = held_rad.copy()
        wanted_rad[swings] += 0.15 * np.sin(2 * np.pi * tick * COMMAND_S)
        simulation.command(wanted_rad, now_s=0.0)
        began = time.perf_counter()
        simulation.advance(COMMAND_S, now_s=0.0)
        took_s += time.perf_counter() - began
        contacts.append(simulation.data.ncon)
    steps = round(seconds / COMMAND_S) * int(COMMAND_S / step_s + 1e-6)
    simulation.model.opt.timestep = simulation.step_s = 0.002
    simulation.restore(moment)
    return 1e6 * took_s / steps, float(np.mean(contacts))


# --- arms ---------------------------------------------------------------------------------------------


def _tracking(seconds: float) -> Iterator[Figure]:
    """Both palms on upright circles, mirrored, at 1 m/s; through inverse kinematics and limiter."""
    spec = load_robot(find_robot("optimus"))
    simulation = Simulation(spec, build_scene(spec, open_ground()))
    robot = DrivenRobot(simulation)
    start = {side: robot.palm(side) for side in SIDES}
    arms = np.concatenate([np.array(spec.groups[f"{side}_arm"]) for side in SIDES])
    errors_rad, paths_m, off_m = [], [], []
    for tick in range(round((seconds + _WARM_UP_S) / COMMAND_S)):
        wanted = {side: _on_circle(start[side], side, tick * COMMAND_S) for side in SIDES}
        robot.command(wanted, {})
        if tick * COMMAND_S < _WARM_UP_S:
            continue
        errors_rad.append((simulation.measure().position_rad - robot.setpoint_rad)[arms])
        paths_m.append([robot.palm(side).position_m for side in SIDES])
        off_m.append(
            [np.linalg.norm(robot.palm(side).position_m - wanted[side].position_m) for side in SIDES]
        )
    speed_m_s = np.linalg.norm(np.diff(np.array(paths_m), axis=0), axis=-1).mean() / COMMAND_S
    error_deg = np.degrees(np.array(errors_rad))
    samples = error_deg.size
    yield Figure(
        "speed of the hands, mean",
        float(speed_m_s),
        "m/s",
        len(paths_m),
        0.95 * _HAND_SPEED_M_S,
        at_least=True,
    )
    yield Figure(
        "tracking error of the arms' joints at that speed, RMS", float(np.sqrt((error_deg**2).mean())), "deg",
        samples, _TRACKING_BAR_DEG,
    )  # fmt: skip
    worst = np.sqrt((error_deg**2).mean(0)).max()
    yield Figure("the same, worst joint", float(worst), "deg", samples, _TRACKING_BAR_DEG)
    yield Figure(
        "the palms against where they were wanted, RMS",
        float(1000 * np.sqrt((np.array(off_m) ** 2).mean())),
        "mm",
        2 * len(off_m),
    )


def _on_circle(start: Pose, side: str, time_s: float) -> Pose:
    """On an upright circle across the robot that both arms can follow, gathering speed for the first second."""
    eased = min(1.0, time_s / _WARM_UP_S)
    way_m = _HAND_SPEED_M_S * (time_s - 0.5 * _WARM_UP_S if eased == 1.0 else 0.5 * eased * time_s)
    angle = way_m / _CIRCLE_M
    outward = 1.0 if side == "left" else -1.0
    shift_m = eased * _CENTRE_M + _CIRCLE_M * np.array([0.0, np.sin(angle), 1.0 - np.cos(angle)])
    return Pose(start.position_m + shift_m * np.array([1.0, outward, 1.0]), start.rotation)


# --- pictures -----------------------------------------------------------------------------------------


def _pictures(rounds: int) -> Iterator[Figure]:
    spec = load_robot(find_robot("optimus"))
    for name in ("table", "kitting"):
        scene = load_scene(spec, name)
        names = {camera.name: camera.mjcf_camera for camera in spec.cameras}
        found = find_backend()
        cameras = SimulatedCameras(scene.model, names, found, _WIDTH_PX, _HEIGHT_PX)
        try:
            for camera in names:
                yield Figure(
                    f"picture {_WIDTH_PX}x{_HEIGHT_PX} of {camera} in {name}, p50, {found.renderer.split(' (')[0]}",
                    _picture_ms(cameras, camera, scene.initial_qpos, rounds), "ms", rounds,
                )  # fmt: skip
        finally:
            cameras.close()


def _picture_ms(cameras: SimulatedCameras, camera: str, qpos: Array, rounds: int) -> float:
    took_ms = []
    for number in range(rounds + 2):  # a software renderer compiles its shaders with the first pictures
        began = time.perf_counter()
        cameras.take_state(qpos)
        cameras.picture(camera)
        if number >= 2:
            took_ms.append(1000 * (time.perf_counter() - began))
    return float(np.median(took_ms))
