"""Furniture and machines as parts of a model: what stands still, and what moves about a hinge or along a slide."""

from itertools import combinations

import mujoco
import numpy as np

from twin.scenery.layout import Fixture, Layout, Motion
from twin.scenery.solids import add_solid

_JOINTS = {"hinge": mujoco.mjtJoint.mjJNT_HINGE, "slide": mujoco.mjtJoint.mjJNT_SLIDE}
_ARMATURE = 1e-4  # a light door on a stiff contact stays calm


def add_fixtures(tree: mujoco.MjSpec, layout: Layout) -> None:
    """All fixtures; a joint is called as the fixture it moves. Fixtures do not collide with each other."""
    made: dict[str, mujoco.MjsBody] = {}
    placed = {fixture.name: fixture for fixture in layout.fixtures}
    for fixture in layout.fixtures:
        parent = made[fixture.carried_by] if fixture.carried_by else tree.worldbody
        origin = np.array(placed[fixture.carried_by].position_m) if fixture.carried_by else np.zeros(3)
        offset_m = np.array(fixture.position_m) - origin
        body = parent.add_body(name=fixture.name, pos=offset_m.tolist())
        if fixture.motion:
            _add_joint(body, fixture, fixture.motion)
        add_solid(body, fixture.name, fixture.shape, fixture.size_m, fixture.material, fixture.mass_kg)
        made[fixture.name] = body
    names = [*made, *(tote.name for tote in layout.totes)]
    moving = {fixture.name for fixture in layout.fixtures if fixture.motion or fixture.carried_by}
    for one, other in combinations(names, 2):
        if one in moving or other in moving:
            tree.add_exclude(bodyname1=one, bodyname2=other)


def _add_joint(body: mujoco.MjsBody, fixture: Fixture, motion: Motion) -> None:
    anchor_m = (
        np.array(motion.anchor_m) - np.array(fixture.position_m) if motion.kind == "hinge" else np.zeros(3)
    )
    body.add_joint(
        name=fixture.name,
        type=_JOINTS[motion.kind],
        axis=list(motion.axis),
        pos=anchor_m.tolist(),
        range=list(motion.range),
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        frictionloss=motion.friction,
        damping=motion.damping,
        stiffness=motion.spring,
        armature=_ARMATURE,
    )
