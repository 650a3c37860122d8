"""The robot as a small model for the headset: boxes on its links, and where the links are.

The boxes are the robot's own collision shapes, which every robot has and which are few. The page is told of them once;
what goes down later are the poses of the links, measured and as sent to the drives.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import mujoco
import numpy as np
from numpy.typing import NDArray

from teleop.inputs.webxr.words import fresh
from twin.robot import RobotSpec
from twin.robot_model import compile_model, joint_addresses, open_model
from twin.wire.bus import Heard
from twin.wire.messages import AppliedCommand, RobotState, Vector

_COLLISION_GROUP = 3
_LEAST_M = 0.004  # half size, so that nothing is thinner than it can be seen


class Figure:
    """One robot. ``description`` is for the page; ``poses`` says how it stands now."""

    def __init__(self, spec: RobotSpec) -> None:
        """Read the robot's model; takes a few tenths of a second.

        Raises:
            RobotSpecError: the model cannot be read.
        """
        tree = open_model(spec)
        for geom in list(tree.geoms):
            if geom.group != _COLLISION_GROUP:
                tree.delete(geom)
        for mesh in list(tree.meshes):  # most of the time would go into shells that are not drawn
            if not any(geom.meshname == mesh.name for geom in tree.geoms):
                tree.delete(mesh)
        self._model = compile_model(spec, tree)
        self._data = mujoco.MjData(self._model)
        self._addresses, _ = joint_addresses(spec, self._model)
        root = int(self._model.body_rootid[self._model.jnt_bodyid[self._model.joint(spec.joint_names[0]).id]])
        geoms = [
            geom
            for geom in range(self._model.ngeom)
            if self._model.geom_group[geom] == _COLLISION_GROUP
            and self._model.body_rootid[self._model.geom_bodyid[geom]] == root
        ]
        self._bodies = sorted({int(self._model.geom_bodyid[geom]) for geom in geoms})
        self._root = root
        self.description = msgspec.json.encode(
            {
                "type": "figure",
                "links": len(self._bodies),
                "boxes": [self._box(geom) for geom in geoms],
                "hands": {side: found for side in ("left", "right") if (found := self._hand(spec, side))},
            }
        ).decode()

    def _box(self, geom: int) -> dict[str, object]:
        model = self._model
        body = int(model.geom_bodyid[geom])
        half_m = np.maximum(_half_sizes(model, geom), _LEAST_M)
        name = model.body(body).name
        side = next((each for each in ("left", "right") if name.startswith(each) and _is_hand(name)), "")
        return {
            "link": self._bodies.index(body),
            "side": side,
            "at": _columns(model.geom_quat[geom], half_m, model.geom_pos[geom]),
        }

    def _hand(self, spec: RobotSpec, side: str) -> dict[str, object]:
        """The frame of a hand in its link; nothing for a robot without that hand, or whose palm has no shape."""
        model, name = self._model, spec.frames.get(f"{side}_hand", "")
        site = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, name) if name else -1
        if site < 0 or int(model.site_bodyid[site]) not in self._bodies:
            return {}
        return {
            "link": self._bodies.index(int(model.site_bodyid[site])),
            "at": _columns(model.site_quat[site], np.ones(3), model.site_pos[site]),
        }

    def poses(self, heard: Mapping[str, Heard], at_ns: int) -> bytes:
        """Position and quaternion xyzw of each link, float32, measured and then commanded; empty if not known now.

        They are about the robot's root, which stands still at the origin: what a robot walks is not shown.
        """
        found = fresh(heard, "robot.state", at_ns)
        if found is None:
            return b""
        measured = found.read(RobotState).position_rad
        if len(measured) != len(self._addresses):
            return b""
        applied = fresh(heard, "robot.applied", at_ns)
        commanded = applied.read(AppliedCommand).position_rad if applied is not None else measured
        if len(commanded) != len(measured):
            commanded = measured
        return self._placed(measured) + self._placed(commanded)

    def _placed(self, position_rad: Vector) -> bytes:
        data = self._data
        data.qpos[self._addresses] = position_rad
        mujoco.mj_kinematics(self._model, data)
        rows: NDArray[np.float32] = np.empty((len(self._bodies), 7), np.float32)
        rows[:, :3] = data.xpos[self._bodies] - data.xpos[self._root]
        rows[:, 3:6] = data.xquat[self._bodies][:, 1:]
        rows[:, 6] = data.xquat[self._bodies][:, 0]
        return rows.tobytes()


def _columns(quaternion: Any, stretch: Any, position_m: Any) -> list[float]:
    """A place as 16 numbers, column by column: stretched along its own axes, turned, moved."""
    rotation, place = np.empty(9), np.eye(4)
    mujoco.mju_quat2Mat(rotation, quaternion)
    place[:3, :3] = rotation.reshape(3, 3) * stretch
    place[:3, 3] = position_m
    return [round(float(value), 5) for value in place.T.ravel()]


def _is_hand(name: str) -> bool:
    return any(part in name for part in ("palm", "thumb", "index", "middle", "ring", "little", "hand"))


def _half_sizes(model: Any, geom: int) -> NDArray[np.float64]:
    """Half sizes of the box around a shape, in its own axes, shape (3,)."""
    kind, size = model.geom_type[geom], model.geom_size[geom]
    shape = mujoco.mjtGeom
    if kind == shape.mjGEOM_SPHERE:
        return np.full(3, size[0])
    if kind == shape.mjGEOM_CAPSULE:
        return np.array([size[0], size[0], size[1] + size[0]])
    if kind == shape.mjGEOM_CYLINDER:
        return np.array([size[0], size[0], size[1]])
    if kind == shape.mjGEOM_MESH:
        return np.asarray(model.geom_aabb[geom][3:])
    return np.asarray(size)


def figure_of(robot_folder: str, revision: str) -> Figure:
    """The figure of the robot in ``robot_folder``.

    Raises:
        RobotSpecError: it cannot be read.
    """
    from twin.robot import load_robot

    return Figure(load_robot(Path(robot_folder), revision))
