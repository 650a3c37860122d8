"""A robot in its surroundings, as one model: what is simulated, drawn and judged."""

from dataclasses import dataclass, replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.balance.body import can_stand, load_body
from twin.bases import BASES, GANTRY, LEGS, WHEELS
from twin.couplings import NO_FOLLOWERS, Followers, followers_of
from twin.errors import SceneError
from twin.robot import RobotSpec, require_base
from twin.robot_model import FREE_BASE, joint_addresses, one_line, open_model
from twin.scenery.build import add_surroundings
from twin.scenery.drives import add_drives
from twin.scenery.feet import add_feet
from twin.scenery.judge import Judge, make_judge
from twin.scenery.layout import Layout
from twin.scenery.reading import list_scenes, read_layout
from twin.scenery.start import level_of, objects_at, start_poses

__all__ = [
    "BASES",
    "GANTRY",
    "LEGS",
    "WHEELS",
    "Scene",
    "build_scene",
    "list_scenes",
    "load_scene",
    "shown_scene",
]


@dataclass(frozen=True)
class Scene:
    """One attempt at a task, before it begins. The same robot, name and seed give the same model and start.

    Geoms of group 0 are the surroundings, of group 2 the robot's shells, of group 3 collision only.
    """

    name: str
    seed: int
    instruction: str
    layout: Layout
    model: mujoco.MjModel
    initial_qpos: NDArray[np.float64]  # (nq,) robot in its home pose, objects where the seed put them
    objects: tuple[str, ...]  # names of the free bodies; also the names of their joints and geoms
    joint_qpos_address: NDArray[np.intp]  # (n,) of the robot's joints, in the robot's order
    joint_dof_address: NDArray[np.intp]  # (n,)
    judge: Judge  # (model, data) -> (succeeded, one sentence)
    base: str = GANTRY  # how the robot's base is held
    level: int = 1  # how hard it is; the model depends on it, and not on the seed
    followers: Followers = NO_FOLLOWERS  # joints of the robot that a tendon ties to others

    def robot_coordinates(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which of ``qpos`` (nq,) and of ``qvel`` (nv,) are the robot's, its base included."""
        model = self.model
        surroundings = {thing.name for thing in self.layout.things}
        qpos, dof = np.ones(model.nq, bool), np.ones(model.nv, bool)
        for joint in range(model.njnt):
            if model.joint(joint).name in surroundings:
                wide, free = (7, 6) if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_FREE else (1, 1)
                qpos[model.jnt_qposadr[joint] : model.jnt_qposadr[joint] + wide] = False
                dof[model.jnt_dofadr[joint] : model.jnt_dofadr[joint] + free] = False
        return qpos, dof

    def start_qpos(self, seed: int) -> NDArray[np.float64]:
        """``initial_qpos`` (nq,) as another seed has it.

        Raises:
            SceneError: no places were found at which the objects do not touch.
        """
        qpos = self.initial_qpos.copy()
        poses = start_poses(self.layout, level_of(self.layout, self.level), seed)
        for name, pose in poses.items():
            start = self.model.jnt_qposadr[self.model.joint(name).id]
            qpos[start : start + 7] = pose
        return qpos


def load_scene(
    spec: RobotSpec,
    name: str,
    seed: int = 0,
    base: str = GANTRY,
    level: int = 1,
    *,
    has_shells: bool = True,
    floats: bool = False,
) -> Scene:
    """Build the scene called ``name`` around the robot.

    Args:
        spec: the robot.
        name: a file in ``assets/scenes``.
        seed: draws where the objects start.
        base: one of ``BASES``: whether the robot hangs by its base, rolls or stands. All but a gantry give the base
            six degrees of freedom.
        level: how hard the seed makes it, counted from 1; says which objects are there.
        has_shells: with what one only sees of the robot. Physics is the same without, and a step a little shorter.
        floats: the base has six degrees of freedom on a gantry too: for those who show a robot that may come off it
            (``shown_scene``).

    Raises:
        SceneError: no such scene or level, or its file cannot be used.
        RobotSpecError: the robot's model cannot be used, or it does not offer ``base``.
    """
    return build_scene(spec, read_layout(name), seed, base, level, has_shells=has_shells, floats=floats)


def shown_scene(spec: RobotSpec, name: str, seed: int, base: str, level: int) -> Scene:
    """The scene for those who only show the robot: one that may come off its gantry has a base that floats there too.

    What is said of a robot that hangs fits it by ``twin.base_coordinates.with_base``. Arguments and errors are those
    of ``load_scene``.
    """
    return load_scene(spec, name, seed, base, level, floats=spec.bases != (GANTRY,))


def build_scene(
    spec: RobotSpec,
    layout: Layout,
    seed: int = 0,
    base: str = GANTRY,
    level: int = 1,
    *,
    has_shells: bool = True,
    floats: bool = False,
) -> Scene:
    """Build ``layout`` around the robot; else like ``load_scene``."""
    name = layout.name
    require_base(spec, base)
    is_free, has_feet = floats or base != GANTRY, base != GANTRY and can_stand(spec)
    objects = objects_at(layout, level_of(layout, level))
    tree = open_model(spec, is_free=is_free, is_coupled=True)
    tree.compiler.discardvisual = not has_shells
    if has_feet:
        add_feet(spec, tree)
    add_drives(spec, tree)
    add_surroundings(tree, layout, objects, has_feet)
    try:
        model = tree.compile()
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise SceneError(f"scene {name!r} cannot be built around {spec.name}: {one_line(error)}") from error
    qpos_address, dof_address = joint_addresses(spec, model)
    initial = model.qpos0.copy()
    initial[qpos_address] = spec.home_rad
    if has_feet:
        initial[model.jnt_qposadr[model.joint(FREE_BASE).id] + 2] = load_body(spec).home_height_m
    followers = followers_of(spec, model)
    followers.place(initial)
    scene = Scene(
        name=name,
        seed=seed,
        instruction=layout.task.instruction,
        layout=layout,
        model=model,
        initial_qpos=initial,
        objects=tuple(free.name for free in objects),
        joint_qpos_address=qpos_address,
        joint_dof_address=dof_address,
        judge=make_judge(layout, model),
        base=base,
        level=level,
        followers=followers,
    )
    return replace(scene, initial_qpos=scene.start_qpos(seed))
