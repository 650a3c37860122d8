"""A robot's model as MuJoCo has it: its base held as the robot's folder says, its joints found by name."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin import mujoco_log
from twin.couplings import add_couplings
from twin.errors import RobotSpecError
from twin.model_changes import apply_changes
from twin.robot import RobotSpec

mujoco_log.to_role_log()

MARK = "mark:"  # "mark:REVISION:..." names a geom that only this revision shows, such as its lettering
FREE_BASE = "floating_base"  # the joint of a base that floats


def open_model(spec: RobotSpec, is_free: bool = False, is_coupled: bool = False) -> mujoco.MjSpec:
    """The robot alone, editable, without actuators, its base at home.

    Args:
        spec: the robot.
        is_free: its base floats, on six degrees of freedom; else it is fixed to the world.
        is_coupled: its coupled joints move, tied to their leaders; else they are cast as in the home pose.

    Raises:
        RobotSpecError: MuJoCo cannot read the model.
    """
    tree = read_tree(spec, is_coupled)
    for key in list(tree.keys):  # they hold positions of a model of another size
        tree.delete(key)
    for actuator in list(tree.actuators):  # the drives are the robot folder's to say
        tree.delete(actuator)
    for part in [*tree.sensors, *tree.joints]:
        if (part.objname if isinstance(part, mujoco.MjsSensor) else part.name) in spec.rigid_joints:
            tree.delete(part)
    if is_coupled:
        add_couplings(spec, tree)
    _hold_base(spec, tree, is_free)
    return tree


def read_tree(spec: RobotSpec, is_coupled: bool = False) -> mujoco.MjSpec:
    """The robot's model file with everything that its folder and its revision change in it.

    Raises:
        RobotSpecError: MuJoCo cannot read the model.
    """
    try:
        tree = mujoco.MjSpec.from_file(str(spec.model_path))
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise RobotSpecError(f"{spec.model_path}: the model cannot be used: {one_line(error)}") from error
    apply_changes(spec, tree, is_coupled)
    for geom in [geom for geom in tree.geoms if geom.name.startswith(MARK)]:
        if geom.name.split(":")[1] != spec.revision:
            tree.delete(geom)
    return tree


def compile_model(spec: RobotSpec, tree: mujoco.MjSpec) -> mujoco.MjModel:
    """The compiled model.

    Raises:
        RobotSpecError: MuJoCo refuses it; its reason is in the text.
    """
    try:
        return tree.compile()
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise RobotSpecError(f"{spec.model_path}: the model cannot be used: {one_line(error)}") from error


def joint_addresses(spec: RobotSpec, model: mujoco.MjModel) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the robot's joints are in ``qpos`` and in ``qvel``, each of shape (n,), in the robot's order."""
    ids = [mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name) for name in spec.joint_names]
    return model.jnt_qposadr[ids].astype(np.intp), model.jnt_dofadr[ids].astype(np.intp)


def one_line(error: Exception) -> str:
    """What MuJoCo said, on one line."""
    return " ".join(str(error).split()).removeprefix("Error: ")


def _hold_base(spec: RobotSpec, tree: mujoco.MjSpec, is_free: bool) -> None:
    base = tree.body(spec.base.body) if spec.base.body else None
    if base is None:
        return
    for joint in list(base.joints):
        if joint.type == mujoco.mjtJoint.mjJNT_FREE:
            tree.delete(joint)
    base.pos = list(spec.base.position_m)
    if is_free:
        base.add_freejoint(name=FREE_BASE)
        return
    # A body that is fixed to the world no longer counts as the parent of those it carries, and would collide with them.
    excluded = {frozenset((pair.bodyname1, pair.bodyname2)) for pair in tree.excludes}
    for carried in base.bodies:
        if frozenset((base.name, carried.name)) not in excluded:
            tree.add_exclude(bodyname1=base.name, bodyname2=carried.name)
