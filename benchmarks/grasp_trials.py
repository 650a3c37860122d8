"""Single trials of the hand: one thing picked up from a table, shaken, and held; says how well."""

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks.driven_robot import COMMAND_S, DrivenRobot
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import Scene, build_scene
from twin.scenery.layout import PUT, FreeObject, Goal, Layout, Level
from twin.scenery.reading import read_layout
from twin.shaping import quintic
from twin.simulation.simulation import Simulation
from twin.spatial import Pose, vector_from_rotation

SHAKE_M_S2, SHAKE_HZ, SHAKE_S = 5.0, 2.0, 10.0
_UP = np.array([0.0, 0.0, 1.0])
_SIDE = "right"
MIRROR = {"left": np.array([1.0, -1.0, 1.0]), "right": np.array([1.0, 1.0, 1.0])}
_TABLE_M = 0.93
_SETTLE_S = 0.5
_FEEL_N, _SMOOTHED, _GENTLY_S = (
    1.0,
    0.2,
    4.0,
)  # felt by a fingertip; share of a new reading; of a whole closure
_GENTLY_FROM = np.array(
    [-0.018, -0.045, 0.036]
)  # further round the thing, so that thumb and fingers meet about its middle
_FINGERS = ("index", "middle", "ring", "little")
_EASE_S = 0.5  # in which each direction of the shake swells and ebbs
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Thing:
    """Something to be held."""

    shape: str  # box | cylinder | sphere
    size_m: tuple[float, float, float]  # full lengths
    mass_kg: float


@dataclass(frozen=True)
class Hold:
    """How a thing was held through the shake."""

    slip_mm: float  # farthest the thing was from where it lay in the palm when the shake began
    turn_deg: float
    penetration_mm: float  # deepest contact
    shake_m_s2: float  # peak acceleration of the palm that was really reached, without gravity
    squeeze_n: float  # largest normal force on the thing at any one contact, since the fingers touched it


@functools.cache
def robot_spec(revision: str = "") -> RobotSpec:
    """The robot in the box."""
    return load_robot(find_robot("optimus"), revision)


def table_with(thing: Thing, sides: tuple[str, ...] = (_SIDE,)) -> Layout:
    """The table scene with nothing on it but ``thing`` in front of each hand of ``sides``, called as the side is."""
    layout = read_layout("table")
    height_m = _TABLE_M + 0.5 * thing.size_m[2]
    things = tuple(
        FreeObject(
            side, thing.shape, thing.size_m, thing.mass_kg, (0.40, -0.22 * MIRROR[side][1], height_m),
            (0.0, 0.0), 0.0, "red",
        )
        for side in sides
    )  # fmt: skip
    goal = Goal(PUT, "the thing is in the tote", object=sides[0], into="tote")
    return dataclasses.replace(
        layout,
        task=dataclasses.replace(layout.task, goals=(goal,)),
        levels=(Level("alone", 1.0, (), ()),),
        objects=things,
    )


def both_hands_full() -> DrivenRobot:
    """The robot with a cylinder of 0.3 kg in each hand, lifted off the table."""
    spec, thing = robot_spec(), Thing("cylinder", (0.06, 0.06, 0.10), 0.3)
    sides = ("left", "right")
    scene = build_scene(spec, table_with(thing, sides), has_shells=False)  # as the robot role has it
    robot = DrivenRobot(Simulation(spec, scene))
    start = {side: robot.palm(side) for side in sides}
    at_thing = {
        side: robot.simulation.data.body(side).xpos + grip_from(thing) * MIRROR[side] for side in sides
    }
    palms = {side: start[side].position_m for side in sides}
    closure = 0.0
    for above_m, closed, seconds in ((0.12, 0.0, 1.5), (0.0, 0.0, 1.0), (0.0, 1.0, 1.2), (0.15, 1.0, 1.5)):
        begin, opened = dict(palms), closure
        for tick in range(1, round(seconds / COMMAND_S) + 1):
            share = quintic(tick * COMMAND_S / seconds)
            closure = opened + (closed - opened) * share
            palms = {
                side: begin[side] + (at_thing[side] + above_m * _UP - begin[side]) * share for side in sides
            }
            robot.command(
                {side: Pose(palms[side], start[side].rotation) for side in sides},
                {side: robot.hands[side].angles("power", closure) for side in sides},
            )
    return robot


class Trial:
    """One attempt."""

    def __init__(self, thing: Thing, spec: RobotSpec, soften: Callable[[Scene], None] | None = None) -> None:
        """``soften`` may change the compiled scene's contacts before anything moves."""
        scene = build_scene(spec, table_with(thing))
        if soften:
            soften(scene)
        self.simulation = Simulation(spec, scene)
        self.robot = DrivenRobot(self.simulation)
        self._hand = self.robot.hand(_SIDE)
        self._body = scene.model.body(_SIDE).id
        self._start = self.robot.palm(_SIDE)
        self._pose = self._start
        self.closure, self.grasp = 0.0, "power"
        self.squeeze_n = self.penetration_mm = 0.0

    def thing_m(self) -> Array:
        """Centre of the thing in the world."""
        return np.asarray(self.simulation.data.xpos[self._body].copy())

    def in_palm(self) -> Pose:
        """The thing as the palm sees it."""
        palm = self.robot.palm(_SIDE)
        data = self.simulation.data
        turn = palm.rotation.T @ data.xmat[self._body].reshape(3, 3)
        return Pose(palm.rotation.T @ (data.xpos[self._body] - palm.position_m), turn)

    def go(self, palm_m: Array, seconds: float, closure: float | None = None) -> None:
        """Move the palm in a straight line, and close the fingers meanwhile."""
        begin_m, opened = self._pose.position_m, self.closure
        ticks = round(seconds / COMMAND_S)
        for tick in range(1, ticks + 1):
            share = quintic(tick / ticks)
            if closure is not None:
                self.closure = opened + (closure - opened) * share
            self.tick(begin_m + (palm_m - begin_m) * share)

    def tick(self, palm_m: Array) -> None:
        """One command."""
        self._pose = Pose(palm_m, self._start.rotation)
        self.robot.command({_SIDE: self._pose}, {_SIDE: self._hand.angles(self.grasp, self.closure)})
        self._feel()

    def _feel(self) -> None:
        data, force = self.simulation.data, np.zeros(6)
        for number in range(data.ncon):
            contact = data.contact[number]
            bodies = self.simulation.model.geom_bodyid[contact.geom]
            if self._body in bodies and 0 not in bodies:
                mujoco.mj_contactForce(self.simulation.model, data, number, force)
                self.squeeze_n = max(self.squeeze_n, float(force[0]))
                self.penetration_mm = max(self.penetration_mm, -1000.0 * float(contact.dist))

    def shake(self) -> Hold:
        """Shake the palm along x, y and z, a third of the time each, and see how far the thing gets in it."""
        centre_m, first = self._pose.position_m, self.in_palm()
        swing_m = SHAKE_M_S2 / (2 * np.pi * SHAKE_HZ) ** 2
        slip_mm, turn_deg = 0.0, 0.0
        speeds, ticks = [], round(SHAKE_S / COMMAND_S)
        site = self.simulation.model.site(self.simulation.spec.frames[f"{_SIDE}_hand"]).id
        velocity = np.zeros(6)
        for tick in range(ticks):
            axis, since_s = np.eye(3)[3 * tick // ticks], (tick * COMMAND_S) % (SHAKE_S / 3)
            ease = quintic(min(since_s, SHAKE_S / 3 - since_s) / _EASE_S)
            self.tick(centre_m + axis * (ease * swing_m * np.sin(2 * np.pi * SHAKE_HZ * since_s)))
            mujoco.mj_objectVelocity(
                self.simulation.model, self.simulation.data, mujoco.mjtObj.mjOBJ_SITE, site, velocity, 0
            )
            speeds.append(velocity[3:].copy())
            now = self.in_palm()
            slip_mm = max(slip_mm, 1000.0 * float(np.linalg.norm(now.position_m - first.position_m)))
            turned = vector_from_rotation(now.rotation @ first.rotation.T)
            turn_deg = max(turn_deg, float(np.degrees(np.linalg.norm(turned))))
        reached = np.linalg.norm(np.gradient(np.array(speeds), COMMAND_S, axis=0), axis=1)
        return Hold(slip_mm, turn_deg, self.penetration_mm, float(np.percentile(reached, 98)), self.squeeze_n)


def holds(thing: Thing, spec: RobotSpec | None = None, soften: Callable[[Scene], None] | None = None) -> Hold:
    """Pick ``thing`` up from above with the power grasp, lift it, and shake it."""
    trial = Trial(thing, spec or robot_spec(), soften)
    at_thing = trial.thing_m() + grip_from(thing)
    trial.go(at_thing + 0.12 * _UP, 1.5)
    trial.go(at_thing, 1.0)
    trial.go(at_thing, 1.2, closure=1.0)
    trial.go(at_thing, 0.5)
    trial.go(at_thing + 0.15 * _UP, 1.2)
    trial.go(at_thing + 0.15 * _UP, _SETTLE_S)
    return trial.shake()


def grip_from(thing: Thing) -> Array:
    """Where the palm frame is when the fingers close, seen from the thing's centre."""
    return np.array([-0.013, -0.025, 0.030 + max(0.0, 0.5 * thing.size_m[2] - 0.035)])


def holds_gently(
    thing: Thing, spec: RobotSpec | None = None, soften: Callable[[Scene], None] | None = None
) -> Hold:
    """As ``holds``, but the fingers close only until thumb and a finger feel the thing, as with an egg."""
    trial = Trial(thing, spec or robot_spec(), soften)
    trial.grasp = "tripod"
    at_thing = trial.thing_m() + _GENTLY_FROM
    trial.go(at_thing + 0.12 * _UP, 1.5)
    trial.go(at_thing, 1.0)
    names = list(trial.simulation.spec.touch_sensors)
    thumb = names.index(f"{_SIDE}_thumb_touch")
    fingers = [names.index(f"{_SIDE}_{finger}_touch") for finger in _FINGERS]
    felt_n = np.zeros(len(names))
    while trial.closure < 1.0 and (felt_n[thumb] < _FEEL_N or felt_n[fingers].max() < _FEEL_N):
        trial.closure = min(1.0, trial.closure + COMMAND_S / _GENTLY_S)
        trial.tick(at_thing)
        felt_n += _SMOOTHED * (trial.simulation.measure().touch_n - felt_n)
    trial.go(at_thing + 0.15 * _UP, 1.5)
    trial.go(at_thing + 0.15 * _UP, _SETTLE_S)
    return trial.shake()
