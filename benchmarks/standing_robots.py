"""A robot on its feet on open ground, for trials of its balance: how it is set up, moved, loaded and stepped."""

import dataclasses
import functools
import tempfile
from collections.abc import Callable
from pathlib import Path

from twin.drafting.write import write_draft
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import LEGS, build_scene
from twin.scenery.layout import Fixture, Layout
from twin.scenery.reading import read_layout
from twin.simulation.legs import StandingRobot
from twin.simulation.sensors import SensorErrors
from twin.simulation.simulation import Simulation

STEP_S = 0.002
FOREIGN_MODEL = Path(__file__).resolve().parents[2] / "shared" / "robots" / "unitree_h1" / "h1.xml"
_FAR_M = 300.0


@functools.cache
def robot_spec() -> RobotSpec:
    """The robot in the box."""
    return load_robot(find_robot("optimus"))


@functools.cache
def foreign_spec() -> RobotSpec | None:
    """A robot that was not made for this program, by the folder drafted from its model; None where it is absent."""
    if not FOREIGN_MODEL.is_file():
        return None
    with tempfile.TemporaryDirectory() as folder:
        drafted = Path(folder) / "robot"
        write_draft(FOREIGN_MODEL, drafted)
        return load_robot(drafted)


def open_ground(fixtures: tuple[Fixture, ...] = ()) -> Layout:
    """The table scene with everything out of the way."""
    layout = read_layout("table")
    return dataclasses.replace(
        layout,
        name="open ground",
        fixtures=fixtures,
        totes=tuple(dataclasses.replace(tote, position_m=(_FAR_M, 0.0, 0.0)) for tote in layout.totes),
        objects=tuple(
            dataclasses.replace(free, position_m=(_FAR_M, 5.0 * (i + 1), free.size_m[2] / 2))
            for i, free in enumerate(layout.objects)
        ),
    )


def standing_robot(
    seed: int,
    is_noisy: bool = True,
    fixtures: tuple[Fixture, ...] = (),
    reads_truth: bool = False,
    spec: RobotSpec | None = None,
) -> StandingRobot:
    """A robot on its feet on open ground, that in the box if left out; ``seed`` also draws its sensors' errors."""
    spec = spec or robot_spec()
    scene = build_scene(spec, open_ground(fixtures), seed, LEGS)
    errors = SensorErrors() if is_noisy else None
    return StandingRobot(Simulation(spec, scene, errors), reads_truth=reads_truth)


def drive(robot: StandingRobot, seconds: float, before_step: Callable[[float], None]) -> bool:
    """Whether the robot stays up for so long; ``before_step`` is told the time and may command and disturb."""
    for index in range(round(seconds / STEP_S)):
        before_step(index * STEP_S)
        robot.step(0.0)
        if robot.fall:
            return False
    return True


def chest(robot: StandingRobot) -> int:
    """The body that carries the arms."""
    spec, model = robot.simulation.spec, robot.simulation.model
    shoulder = model.joint(spec.joint_names[spec.groups["left_arm"][0]])
    return int(model.body_parentid[model.jnt_bodyid[shoulder.id]])


def carry(robot: StandingRobot, mass_kg: float) -> None:
    """A weight in each hand that the balance does not know of."""
    for side in ("left", "right"):
        model = robot.simulation.model
        hand = int(model.site_bodyid[model.site(robot.simulation.spec.frames[f"{side}_hand"]).id])
        robot.simulation.data.xfrc_applied[hand, 2] = -9.81 * mass_kg
