"""Single trials of the balance: one seed, one robot on open ground, one question. Each says how it ended."""

import time

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks.standing_robots import (
    STEP_S,
    carry,
    chest,
    drive,
    foreign_spec,
    standing_robot,
)
from benchmarks.waving_arms import Arms
from twin.balance.stride import Stride
from twin.scenery.layout import Fixture
from twin.simulation.legs import StandingRobot

PUSH_S = 0.1
# The right hand hangs beside the foot of a body that is bent as far as it can be, rad.
_REACHING = {
    "torso_pitch": 0.9,
    "right_shoulder_pitch": -1.45,
    "right_shoulder_roll": -0.12,
    "right_shoulder_yaw": 0.0,
    "right_elbow": 0.0,
    "right_wrist_yaw": 0.0,
    "right_wrist_pitch": 0.0,
}
Array = NDArray[np.float64]


def stands(seed: int, seconds: float) -> bool:
    """Stands while the arms move at full teleop speed."""
    robot = standing_robot(seed)
    arms = Arms(robot, seed)
    return drive(robot, seconds, lambda _: arms.advance(robot))


def foreign_stands(seed: int, seconds: float, impulse_n_s: float) -> bool:
    """The foreign robot stands while its arms move, and takes a push from the front, the back and the side."""
    robot = standing_robot(seed, spec=foreign_spec())
    arms = Arms(robot, seed)
    data, pushed = robot.simulation.data, chest(robot)
    late_s = float(np.random.default_rng((seed, 7)).uniform(0.0, 1.0))
    ways = np.array([(-1.0, 0.0), (1.0, 0.0), (0.0, 1.0 if seed % 2 else -1.0)])

    def before_step(now_s: float) -> None:
        arms.advance(robot)
        data.xfrc_applied[pushed, :2] = 0.0
        for index, way in enumerate(ways):
            at_s = 0.25 * seconds * (index + 1) + late_s
            if at_s <= now_s < at_s + PUSH_S:
                data.xfrc_applied[pushed, :2] = way * impulse_n_s / PUSH_S

    return drive(robot, seconds, before_step)


def foreign_squats(seed: int) -> bool:
    """Five squats of 20 cm of the foreign robot, the body really going down and up."""
    return _goes_down_and_up(standing_robot(seed, spec=foreign_spec()), seed)


def foreign_walks(seed: int, forward_m_s: float) -> bool:
    """The foreign robot walks for 10 s, and goes at least half as far as it was asked."""
    robot = standing_robot(seed, spec=foreign_spec())
    is_up = drive(robot, 11.0, lambda now_s: _walk(robot, now_s, forward_m_s))
    return is_up and float(robot.true_base().position_m[0]) > 5.0 * forward_m_s


def takes_push(seed: int, impulse_n_s: tuple[float, float], forward_m_s: float) -> bool:
    """Stays up for 5 s after an impulse at the chest, at a random moment of standing or walking."""
    robot = standing_robot(seed)
    data = robot.simulation.data
    torso = chest(robot)
    at_s = (3.0 if forward_m_s else 1.0) + float(np.random.default_rng((seed, 2)).uniform(0.0, 1.1))

    def before_step(now_s: float) -> None:
        robot.stride = Stride(forward_m_s) if now_s > 0.5 else Stride()
        is_pushed = at_s <= now_s < at_s + PUSH_S
        data.xfrc_applied[torso, :2] = np.array(impulse_n_s) / PUSH_S if is_pushed else 0.0

    return drive(robot, at_s + 5.0, before_step)


def follows_joystick(seed: int, seconds: float) -> bool:
    """Walks by random commands, a new one every 2 s, arms waving, with 0, 1 or 2 kg in each hand."""
    robot = standing_robot(seed)
    arms = Arms(robot, seed, speed=0.3)
    carry(robot, seed % 3)
    random = np.random.default_rng((seed, 3))
    lower, upper = np.array([-0.3, -0.2, -0.6]), np.array([0.6, 0.2, 0.6])
    commands = random.uniform(lower, upper, (int(seconds / 2) + 2, 3))

    def before_step(now_s: float) -> None:
        arms.advance(robot)
        robot.stride = Stride(*commands[int(now_s / 2)].tolist()) if now_s > 1.0 else Stride()

    return drive(robot, seconds, before_step)


def squats(seed: int) -> bool:
    """Five squats of 20 cm at 0.3 m/s with 2 kg in each hand, the body really going down and up."""
    robot = standing_robot(seed)
    carry(robot, 2.0)
    return _goes_down_and_up(robot, seed)


def _goes_down_and_up(robot: StandingRobot, seed: int) -> bool:
    heights: list[float] = []
    phase_s = float(np.random.default_rng((seed, 4)).uniform(0.0, 0.5))

    def before_step(now_s: float) -> None:
        is_down = now_s > 1.0 + phase_s and int((now_s - 1.0 - phase_s) / 1.5) % 2 == 0
        robot.stride = Stride(height_m=-0.22 if is_down else 0.0)
        heights.append(float(robot.true_base().position_m[2]))

    return drive(robot, 17.0, before_step) and max(heights[500:]) - min(heights) > 0.17


def carries(seed: int, mass_kg: float) -> bool:
    """Takes up a weight in each hand, arms moving at a third of teleop speed, and holds it for 20 s."""
    robot = standing_robot(seed)
    arms = Arms(robot, seed, speed=0.3)

    def before_step(now_s: float) -> None:
        arms.advance(robot)
        carry(robot, mass_kg * min(1.0, max(0.0, now_s - 1.0)))

    return drive(robot, 22.0, before_step)


def reaches_floor(seed: int, above_floor_m: float) -> bool:
    """Squats, bends and puts the right palm beside the right foot, ``above_floor_m`` or lower, and rises again."""
    robot = standing_robot(seed)
    spec, model, data = robot.simulation.spec, robot.simulation.model, robot.simulation.data
    hand, foot = (model.site(spec.frames[f"right_{part}"]).id for part in ("hand", "foot"))
    home_rad, low_rad = spec.home_rad, spec.home_rad.copy()
    low_rad[[spec.joint_names.index(name) for name in _REACHING]] = list(_REACHING.values())
    begins_s = 1.0 + float(np.random.default_rng((seed, 8)).uniform(0.0, 0.5))
    lowest_m, away_m = [np.inf], [np.inf]

    def before_step(now_s: float) -> None:
        share = min(1.0, max(0.0, min(now_s - begins_s, begins_s + 9.0 - now_s) / 3.0))
        smooth = share**3 * (10.0 - 15.0 * share + 6.0 * share * share)
        robot.posture_rad[:] = home_rad + smooth * (low_rad - home_rad)
        robot.stride = Stride(height_m=-0.25 * smooth, lean_rad=0.85 * smooth)
        if data.site_xpos[hand][2] < lowest_m[0]:
            lowest_m[0] = float(data.site_xpos[hand][2])
            away_m[0] = float(np.linalg.norm((data.site_xpos[hand] - data.site_xpos[foot])[:2]))

    return drive(robot, begins_s + 11.0, before_step) and lowest_m[0] < above_floor_m and away_m[0] < 0.45


def crosses_edges(seed: int) -> bool:
    """Walks at 0.3 m/s up a step of 3 cm, along it and down again."""
    start = 0.8 + float(np.random.default_rng((seed, 5)).uniform(0.0, 0.3))
    ledge = Fixture("ledge", "box", (1.2, 6.0, 0.03), (start + 0.6, 0.0, 0.015), "steel")
    robot = standing_robot(seed, fixtures=(ledge,))
    robot_stays = drive(robot, 14.0, lambda now_s: _walk(robot, now_s, 0.3))
    return robot_stays and float(robot.true_base().position_m[0]) > start + 1.5


def walks_slope(seed: int, degrees: float) -> bool:
    """Walks at 0.3 m/s on a plane tilted about a random horizontal axis."""
    robot = standing_robot(seed)
    heading = float(np.random.default_rng((seed, 6)).uniform(0.0, 2 * np.pi))
    half = np.radians(degrees) / 2
    model = robot.simulation.model
    floor = model.geom("floor").id
    model.geom_quat[floor] = [
        np.cos(half),
        np.sin(half) * np.cos(heading),
        np.sin(half) * np.sin(heading),
        0.0,
    ]
    model.geom_pos[floor, 2] = -0.01  # the outer edges of the soles shall be above it at the start
    return drive(robot, 12.0, lambda now_s: _walk(robot, now_s, 0.3))


def walks_slippery(seed: int, friction: float) -> bool:
    """Walks at 0.3 m/s on ground of low friction, which the balance does not know of."""
    robot = standing_robot(seed)
    model = robot.simulation.model
    for side in ("left", "right"):
        model.geom_friction[model.geom(f"{side}_foot").id, 0] = friction
    return drive(robot, 12.0, lambda now_s: _walk(robot, now_s, 0.3))


def mean_speed(seed: int, asked_m_s: float, way_m: float) -> tuple[float, float]:
    """Mean speed forwards between 1 m and ``way_m``, and the largest drift to the side on the way; nan after a fall."""
    robot = standing_robot(seed)
    places: list[Array] = []
    up = drive(robot, 3.0 + 1.15 * way_m / asked_m_s, lambda now_s: _note(robot, now_s, asked_m_s, places))
    way = np.array(places)
    if not up or way[-1, 0] < way_m:
        return float("nan"), float("nan")
    first, last = (int(np.argmax(way[:, 0] > x)) for x in (1.0, way_m))
    speed = (way[last, 0] - way[first, 0]) / ((last - first) * STEP_S)
    return float(speed), float(np.abs(way[:last, 1]).max())


def _note(robot: StandingRobot, now_s: float, asked_m_s: float, places: list[Array]) -> None:
    _walk(robot, now_s, asked_m_s)
    places.append(robot.true_base().position_m[:2])


def _walk(robot: StandingRobot, now_s: float, forward_m_s: float) -> None:
    robot.stride = Stride(forward_m_s) if now_s > 1.0 else Stride()


def is_replayed_exactly(seed: int) -> bool:
    """A run from a snapshot in the middle of a step repeats itself to the last bit."""
    robot = standing_robot(seed)
    drive(robot, 3.0, lambda now_s: _walk(robot, now_s, 0.4))
    moment = robot.snapshot()
    ends = []
    for _ in range(2):
        robot.restore(moment)
        drive(robot, 2.0, lambda _: None)
        ends.append(robot.simulation.data.qpos.tobytes())
    return ends[0] == ends[1] and not robot.fall


def share_of_core(seconds: float) -> tuple[float, float]:
    """Processor time over simulated time of a walking robot, in percent: of all, and of MuJoCo's step alone.

    All is physics, sensors, estimator and balance. How fast a machine is at the moment shows in both alike, if nothing
    else runs on it: MuJoCo's timer is of the wall's clock.
    """
    robot = standing_robot(1)
    drive(robot, 3.0, lambda now_s: _walk(robot, now_s, 0.4))
    physics = robot.simulation.data.timer[mujoco.mjtTimer.mjTIMER_STEP]
    stepped_s, began = physics.duration, time.process_time()
    for _ in range(round(seconds / STEP_S)):
        robot.step(0.0)
        robot.measure()
    shares = time.process_time() - began, physics.duration - stepped_s
    return 100.0 * shares[0] / seconds, 100.0 * shares[1] / seconds


def mujoco_version() -> str:
    """Of the physics these trials ran in."""
    return str(mujoco.__version__)
