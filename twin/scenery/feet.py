"""Feet that stand: stiff contact under both soles, and a force sensor in each."""

import mujoco

from twin.balance.body import SIDES
from twin.robot import RobotSpec

_STIFF_CONTACT = [0.008, 1.0]  # four steps of 2 ms: softer ground makes a standing robot sway


def add_feet(spec: RobotSpec, tree: mujoco.MjSpec) -> None:
    """Prepare the feet of ``spec``; the force sensors are called ``left_sole`` and ``right_sole``."""
    for side in SIDES:
        foot = tree.site(spec.frames[f"{side}_foot"]).parent
        for geom in foot.geoms:
            if geom.contype or geom.conaffinity:
                geom.solref = _STIFF_CONTACT
                geom.priority = 1
        foot.add_site(
            name=f"{side}_sole",
            type=mujoco.mjtGeom.mjGEOM_SPHERE,
            size=[0.5, 0.0, 0.0],  # all that touches the foot
            group=5,
        )
        tree.add_sensor(
            name=f"{side}_sole",
            type=mujoco.mjtSensor.mjSENS_TOUCH,
            objtype=mujoco.mjtObj.mjOBJ_SITE,
            objname=f"{side}_sole",
        )
