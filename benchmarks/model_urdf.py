"""A compiled model as URDF, for peers that read nothing else: its joints, and the frames of some of its sites."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np


def write_urdf(model: Any, path: Path, root: int, root_name: str, sites: Iterable[int]) -> None:
    """Write all that hangs from the body ``root`` of ``model`` (``mujoco.MjModel``) to ``path``, without masses.

    The root link is called ``root_name``; its frame is that of the body. A link ``frame_name`` stands for each site.
    """
    robot = ElementTree.Element("robot", name=root_name)
    ElementTree.SubElement(robot, "link", name=root_name)
    names = {root: root_name}
    for body in range(root + 1, model.nbody):
        if int(model.body_parentid[body]) not in names:
            continue
        parent = names[int(model.body_parentid[body])]
        own = model.body(body).name
        first, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
        origin = (model.body_pos[body], _rpy(model.body_quat[body]))
        for number in range(count):
            last = number == count - 1
            child = own if last else f"{own}_{number}"
            joint = first + number
            limits = tuple(float(limit) for limit in model.jnt_range[joint])
            parent = _joint(
                robot, model.joint(joint).name, parent, child, origin, model.jnt_axis[joint], limits
            )
            origin = (np.zeros(3), (0.0, 0.0, 0.0))
        if not count:
            parent = _joint(robot, f"{own}_fixed", parent, own, origin)
        names[body] = parent
    for site in sites:
        name, body = frame_name(model, int(site)), int(model.site_bodyid[site])
        origin = (model.site_pos[site], _rpy(model.site_quat[site]))
        _joint(robot, f"{name}_fixed", names[body], name, origin)
    ElementTree.ElementTree(robot).write(path)


def frame_name(model: Any, site: int) -> str:
    """The URDF link that stands for a site of the model."""
    return f"{model.site(site).name}_frame"


def _joint(
    robot: Any, name: str, parent: str, child: str, origin: Any, axis: Any = None, limits: Any = None
) -> str:
    link = ElementTree.SubElement(robot, "link", name=child)
    inertial = ElementTree.SubElement(link, "inertial")
    ElementTree.SubElement(inertial, "mass", value="0.01")
    moments = {"ixx": "1e-5", "iyy": "1e-5", "izz": "1e-5", "ixy": "0", "ixz": "0", "iyz": "0"}
    ElementTree.SubElement(inertial, "inertia", moments)
    joint = ElementTree.SubElement(robot, "joint", name=name, type="fixed" if axis is None else "revolute")
    position, turn = origin
    ElementTree.SubElement(joint, "origin", xyz=_text(position), rpy=_text(turn))
    ElementTree.SubElement(joint, "parent", link=parent)
    ElementTree.SubElement(joint, "child", link=child)
    if axis is not None:
        ElementTree.SubElement(joint, "axis", xyz=_text(axis))
        low, high = limits
        ElementTree.SubElement(joint, "limit", lower=repr(low), upper=repr(high), effort="1", velocity="20")
    return child


def _text(values: Any) -> str:
    return " ".join(repr(float(value)) for value in values)


def _rpy(wxyz: Any) -> tuple[float, float, float]:
    """Roll, pitch and yaw of a quaternion, as URDF has them."""
    w, x, y, z = (float(value) for value in wxyz)
    return (
        float(np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))),
        float(np.arcsin(np.clip(2 * (w * y - z * x), -1.0, 1.0))),
        float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))),
    )
