"""A world small enough to know every pixel of: a red robot of two links, a green box beside it, hidden shapes."""

from typing import Any

import mujoco

from twin.render.geometry import Geometry, geometry_of

XML = """
<mujoco>
  <asset>
    <material name="steel" rgba="0.2 0.3 0.4 1" metallic="1" roughness="0.3"/>
    <mesh name="wedge" vertex="0 0 0  0.1 0 0  0 0.1 0  0 0 0.1"/>
  </asset>
  <worldbody>
    <geom name="floor" type="plane" size="0 0 1"/>
    <geom name="green" type="box" size="0.1 0.1 0.1" pos="0 1 0.5" rgba="0.1 0.9 0.1 1"/>
    <body name="base" pos="0 0 0.5">
      <geom name="trunk" type="box" size="0.1 0.1 0.1" rgba="0.9 0.1 0.1 1" group="2"/>
      <geom name="hull" type="sphere" size="0.4" group="3"/>
      <body name="arm" pos="0 0 0.2">
        <joint name="shoulder" axis="1 0 0"/>
        <geom name="forearm" type="capsule" size="0.03" fromto="0 0 0 0 0 0.3" material="steel" group="2"/>
        <geom name="tip" type="mesh" mesh="wedge" pos="0 0 0.35" rgba="0.9 0.9 0.1 1" group="2"/>
      </body>
    </body>
    <body name="ball" pos="0 -1 0.5"><freejoint/>
      <geom name="ball" type="ellipsoid" size="0.1 0.05 0.08" rgba="0.1 0.1 0.9 1"/></body>
  </worldbody>
</mujoco>
"""


def build() -> tuple[Any, Any, Geometry]:
    """The model, its state at rest, and its geometry."""
    model = mujoco.MjModel.from_xml_string(XML)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    return model, data, geometry_of(model, data, model.body("base").id)


def posed(model: Any, shoulder_rad: float) -> Any:
    """A state with the arm turned."""
    data = mujoco.MjData(model)
    data.qpos[model.jnt_qposadr[model.joint("shoulder").id]] = shoulder_rad
    mujoco.mj_kinematics(model, data)
    return data
