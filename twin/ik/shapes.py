"""Which conservative shapes must keep apart: the robot's own, and the furniture that stands still around it.

Made from the same MJCF as the simulation. Everything that only looks or weighs is left out; what collides gets one
contact row (condim 1) per near pair, so that MuJoCo itself delivers each pair's distance and its Jacobian.
"""

from collections.abc import Iterator
from typing import Any

import mujoco
import numpy as np

from twin.errors import RobotSpecError
from twin.robot import RobotSpec
from twin.robot_model import read_tree
from twin.scenery.layout import Layout
from twin.scenery.solids import add_solid

SIDES = ("left", "right")
SCENE = "scene:"  # what the names of bodies and shapes begin with that are not the robot's

# Which shapes may meet which: bits of contype. Shapes with equal bits never meet each other.
_LOWER, _TRUNK, _LEFT_UPPER, _LEFT_LOWER, _RIGHT_UPPER, _RIGHT_LOWER, _SCENE = (1 << n for n in range(7))
_LEFT, _RIGHT = _LEFT_UPPER | _LEFT_LOWER, _RIGHT_UPPER | _RIGHT_LOWER
_MEETS = {
    _LOWER: _TRUNK | _LEFT | _RIGHT,  # pelvis and legs
    _TRUNK: _LOWER | _LEFT | _RIGHT | _SCENE,  # torso and head
    _LEFT_UPPER: _LOWER | _TRUNK | _LEFT_LOWER | _RIGHT | _SCENE,
    _LEFT_LOWER: _LOWER | _TRUNK | _LEFT_UPPER | _RIGHT | _SCENE,
    _RIGHT_UPPER: _LOWER | _TRUNK | _RIGHT_LOWER | _LEFT | _SCENE,
    _RIGHT_LOWER: _LOWER | _TRUNK | _RIGHT_UPPER | _LEFT | _SCENE,
    _SCENE: _TRUNK | _LEFT | _RIGHT,
}


def kinematic_description(
    spec: RobotSpec, near_m: float = 0.05, margin_m: float = 0.01, surroundings: Layout | None = None
) -> Any:
    """The editable description (``mujoco.MjSpec``) of which inverse kinematics compiles its model.

    Args:
        spec: the robot.
        near_m: from this distance on a pair of shapes is watched.
        margin_m: shapes of the robot nearer than this in the ready pose are neighbours by construction.
        surroundings: the scene whose furniture is in the way; what hands work in, totes and objects, is not.
    """
    draft = _draft(spec, near_m)
    # Before the furniture: a table that is near the hands in the ready pose must be watched all the same.
    for low, high in _neighbours(spec, draft.compile(), margin_m):
        draft.add_exclude(bodyname1=low, bodyname2=high)
    if surroundings is not None:
        _add_furniture(spec, draft, surroundings, near_m)
    return draft


def arm_of(spec: RobotSpec, side: str) -> tuple[int, ...]:
    """The joints of an arm, from the shoulder outwards.

    Raises:
        RobotSpecError: the robot has no such group.
    """
    joints = spec.groups.get(f"{side}_arm", ())
    if not joints:
        raise RobotSpecError(
            f"{spec.folder / 'robot.toml'}: there is no group '{side}_arm'; list the arm's joints there, "
            "from the shoulder outwards, so that a hand can be moved"
        )
    return joints


def _draft(spec: RobotSpec, near_m: float) -> Any:
    """The MJCF without looks, motors and sensors, its shapes sorted into arms, trunk and legs."""
    draft = read_tree(spec)
    for part in [*draft.sensors, *draft.actuators, *draft.keys, *draft.tendons, *draft.equalities]:
        draft.delete(part)
    for joint in list(draft.joints):
        if joint.type == mujoco.mjtJoint.mjJNT_FREE:
            draft.delete(joint)
    draft.compiler.boundmass, draft.compiler.boundinertia = 1e-3, 1e-6
    bits = {name: bit for bit, names in _parts(spec, draft) for name in names}
    names: set[str] = set()
    for number, body in enumerate(draft.bodies):
        body.name = body.name or f"body_{number}"
        for geom in list(body.geoms):
            if geom.contype == 0 and geom.conaffinity == 0:
                draft.delete(geom)
                continue
            geom.name = geom.name or f"{body.name}_shape_{len(names)}"
            names.add(geom.name)
            _watch(geom, bits.get(body.name, _LOWER), near_m)
    used = {geom.meshname for geom in draft.geoms if geom.meshname}
    for mesh in list(draft.meshes):
        if mesh.name not in used:
            draft.delete(mesh)
    return draft


def _watch(geom: Any, bit: int, near_m: float) -> None:
    """Let ``geom`` report the distance to whatever it may meet, from ``near_m`` on."""
    geom.contype, geom.conaffinity = bit, _MEETS[bit]
    geom.condim, geom.margin, geom.gap = 1, near_m / 2, 0.0


def _parts(spec: RobotSpec, draft: Any) -> Iterator[tuple[int, set[str]]]:
    """Names of the bodies of trunk and of each arm's two halves, with their bits; a lower half includes the hand."""
    above = (*spec.groups.get("torso", ()), *spec.groups.get("neck", ()))
    if above:
        yield _TRUNK, _subtree(draft, spec.joint_names[above[0]])
    for side, upper_bit, lower_bit in (
        ("left", _LEFT_UPPER, _LEFT_LOWER),
        ("right", _RIGHT_UPPER, _RIGHT_LOWER),
    ):
        joints = arm_of(spec, side)
        lower = _subtree(draft, spec.joint_names[joints[len(joints) // 2]])
        yield upper_bit, _subtree(draft, spec.joint_names[joints[0]])
        yield lower_bit, lower


def _subtree(draft: Any, joint: str) -> set[str]:
    """Names of the body that ``joint`` moves and of all bodies it carries."""
    found = next((item for item in draft.joints if item.name == joint), None)
    if found is None:
        raise RobotSpecError(f"the model has no joint {joint!r}, which robot.toml names")
    body = found.parent
    return {body.name, *(child.name for child in body.find_all(mujoco.mjtObj.mjOBJ_BODY))}


def _neighbours(spec: RobotSpec, model: Any, margin_m: float) -> set[tuple[str, str]]:
    """Pairs of bodies that are two joints apart, or nearer than ``margin_m`` in the ready pose."""
    pairs: set[tuple[int, int]] = set()
    for body in range(1, model.nbody):
        parent = int(model.body_parentid[body])
        for above in (parent, int(model.body_parentid[parent])):
            pairs.add((min(above, body), max(above, body)))
    data = mujoco.MjData(model)
    for joint in spec.joints:
        data.qpos[model.joint(joint.name).qposadr[0]] = joint.home_rad
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    mujoco.mj_collision(model, data)
    for contact in range(data.ncon):
        if data.contact.dist[contact] < margin_m:
            bodies = model.geom_bodyid[data.contact.geom[contact]]
            pairs.add((int(bodies.min()), int(bodies.max())))
    return {(model.body(low).name, model.body(high).name) for low, high in pairs if low > 0}


def _add_furniture(spec: RobotSpec, draft: Any, layout: Layout, near_m: float) -> None:
    """What stands still in ``layout``: tops, legs, walls. What moves, or is carried by it, is where nobody knows.

    Totes and pockets are left out: hands reach into them, and with a clearance about each wall there would be no way.
    """
    base = draft.body(spec.base.body) if spec.base.body else None
    # The scene hangs the robot where its folder says; here it hangs where its model does.
    shift_m = np.zeros(3) if base is None else np.array(base.pos) - np.array(spec.base.position_m)
    before = len(draft.geoms)
    for fixture in layout.fixtures:
        if fixture.motion or fixture.carried_by:
            continue
        body = draft.worldbody.add_body(
            name=f"{SCENE}{fixture.name}", pos=(shift_m + fixture.position_m).tolist()
        )
        add_solid(body, fixture.name, fixture.shape, fixture.size_m, "")
    for geom in list(draft.geoms)[before:]:
        geom.name, geom.material = f"{SCENE}{geom.name}", ""
        _watch(geom, _SCENE, near_m)
