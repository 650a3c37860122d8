"""A robot in its surroundings, as one model: what is simulated, drawn and judged."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.balance.body import load_body
from twin.errors import SceneError
from twin.robot import RobotSpec
from twin.robot_model import FREE_BASE, joint_addresses, one_line, open_model
from twin.scenery.build import add_surroundings, start_pose
from twin.scenery.drives import add_drives
from twin.scenery.feet import add_feet
from twin.scenery.judge import Judge, make_judge
from twin.scenery.layout import Layout, list_scenes, read_layout

__all__ = ["BASES", "GANTRY", "LEGS", "Scene", "build_scene", "list_scenes", "load_scene"]


GANTRY, LEGS = "gantry", "legs"  # the pelvis hangs; the robot stands on its own feet
BASES = (GANTRY, LEGS)


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


def load_scene(spec: RobotSpec, name: str, seed: int = 0, base: str = GANTRY) -> Scene:
    """Build the scene called ``name`` around the robot.

    Args:
        spec: the robot.
        name: a file in ``assets/scenes``.
        seed: draws where the objects start.
        base: one of ``BASES``: whether the robot hangs by its base or stands.

    Raises:
        SceneError: no such scene, or its file cannot be used.
        RobotSpecError: the robot's model cannot be used, or it has no legs to stand on.
    """
    return build_scene(spec, read_layout(name), seed, base)


def build_scene(spec: RobotSpec, layout: Layout, seed: int = 0, base: str = GANTRY) -> Scene:
    """Build ``layout`` around the robot; else like ``load_scene``."""
    name = layout.name
    tree = open_model(spec, is_free=base == LEGS)
    if base == LEGS:
        add_feet(spec, tree)
    add_drives(spec, tree)
    add_surroundings(tree, layout)
    try:
        model = tree.compile()
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise SceneError(f"scene {name!r} cannot be built around {spec.name}: {one_line(error)}") from error
    qpos_address, dof_address = joint_addresses(spec, model)
    initial = model.qpos0.copy()
    initial[qpos_address] = spec.home_rad
    if base == LEGS:
        initial[model.jnt_qposadr[model.joint(FREE_BASE).id] + 2] = load_body(spec).home_height_m
    random = np.random.default_rng(seed)
    for free in layout.objects:
        start = model.jnt_qposadr[model.joint(free.name).id]
        initial[start : start + 7] = start_pose(free, random)
    return Scene(
        name=name,
        seed=seed,
        instruction=layout.task.instruction,
        layout=layout,
        model=model,
        initial_qpos=initial,
        objects=tuple(free.name for free in layout.objects),
        joint_qpos_address=qpos_address,
        joint_dof_address=dof_address,
        judge=make_judge(layout, model),
        base=base,
    )
