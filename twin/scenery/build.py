"""Builds a layout around a robot: floor, light, furniture, totes and objects, as parts of one model."""

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.scenery.layout import FreeObject, Layout, Material, Tote

_SHAPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
}
# Contacts settle within 2.5 steps of 2 ms: softer ones let spheres squeeze out of a hand and boxes slide.
_STIFF_CONTACT = [0.005, 1.0]
_STIFF_IMPEDANCE = [0.95, 0.99, 0.001, 0.5, 2.0]
_FRICTION = [1.0, 0.01, 0.0002]
_WOOD_PIXELS = 256


def add_surroundings(tree: mujoco.MjSpec, layout: Layout) -> None:
    """Everything of ``layout`` into ``tree``, objects last, so that the robot's addresses do not move."""
    if tree.compiler.inertiafromgeom == mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_FALSE:
        tree.compiler.inertiafromgeom = (
            mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_AUTO
        )  # objects say only a mass
    _set_physics(tree)
    _add_light(tree)
    _add_floor(tree)
    for material in layout.materials:
        _add_material(tree, material)
    world = tree.worldbody
    for fixture in layout.fixtures:
        body = world.add_body(name=fixture.name, pos=list(fixture.position_m))
        _add_solid(body, fixture.name, fixture.shape, fixture.size_m, fixture.material)
    for tote in layout.totes:
        _add_tote(world, tote)
    for free in layout.objects:
        body = world.add_body(name=free.name, pos=list(free.position_m))
        body.add_freejoint(name=free.name)
        _add_solid(body, free.name, free.shape, free.size_m, free.material, mass=free.mass_kg)


def start_pose(free: FreeObject, random: np.random.Generator) -> NDArray[np.float64]:
    """Position and quaternion (7,) of an object at the start of an attempt; draws three numbers from ``random``."""
    along_x, along_y, turn = random.uniform(-1.0, 1.0, 3)
    x, y, z = free.position_m
    half_yaw = 0.5 * turn * free.yaw_jitter_rad
    return np.array(
        [
            x + along_x * free.jitter_m[0],
            y + along_y * free.jitter_m[1],
            z,
            math.cos(half_yaw),
            0.0,
            0.0,
            math.sin(half_yaw),
        ]
    )


def _set_physics(tree: mujoco.MjSpec) -> None:
    option = tree.option
    option.timestep = 0.002
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC  # pyramidal cones and impratio 1 drop boxes
    option.impratio = 10.0


def _add_light(tree: mujoco.MjSpec) -> None:
    tree.visual.headlight.ambient = [0.30, 0.30, 0.32]
    tree.visual.headlight.diffuse = [0.16, 0.16, 0.16]
    tree.visual.headlight.specular = [0.10, 0.10, 0.10]
    tree.visual.quality.numslices = 20  # round enough at 640 x 480, at half the triangles
    tree.visual.quality.numstacks = 10
    tree.visual.map.znear = 0.01
    tree.visual.map.zfar = 30.0
    tree.stat.extent = 2.0
    tree.stat.center = [0.2, 0.0, 0.9]
    directional = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    tree.worldbody.add_light(
        name="key",
        type=directional,
        pos=[1.2, 1.0, 3.0],
        dir=[-0.42, -0.38, -1.0],
        diffuse=[0.58, 0.56, 0.52],
        specular=[0.35, 0.35, 0.35],
        castshadow=False,
    )
    tree.worldbody.add_light(
        name="fill",
        type=directional,
        pos=[1.5, -2.0, 2.6],
        dir=[-0.5, 0.8, -0.9],
        diffuse=[0.22, 0.25, 0.30],
        specular=[0.1, 0.1, 0.1],
        castshadow=False,
    )


def _add_floor(tree: mujoco.MjSpec) -> None:
    tree.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.78, 0.84, 0.90],
        rgb2=[0.42, 0.48, 0.56],
        width=256,
        height=256,
    )
    tree.add_texture(
        name="tiles",
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
        mark=mujoco.mjtMark.mjMARK_EDGE,
        rgb1=[0.62, 0.64, 0.66],
        rgb2=[0.57, 0.595, 0.62],
        markrgb=[0.48, 0.50, 0.53],
        width=256,
        height=256,
    )
    floor = tree.add_material(name="floor", texrepeat=[1.2, 1.2], texuniform=True, rgba=[1, 1, 1, 1])
    floor.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = "tiles"
    tree.worldbody.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[6, 6, 0.1], material="floor", friction=_FRICTION
    )


def _add_material(tree: mujoco.MjSpec, material: Material) -> None:
    made = tree.add_material(
        name=material.name, rgba=list(material.rgba), shininess=material.shininess, specular=0.3
    )
    if material.texture == "wood":
        _add_wood(tree, f"{material.name}_grain", material)
        made.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = f"{material.name}_grain"
        made.rgba = [1.0, 1.0, 1.0, 1.0]


def _add_wood(tree: mujoco.MjSpec, name: str, material: Material) -> None:
    """A cube texture of planks with grain along x, always the same."""
    random = np.random.default_rng(7)
    across = np.arange(_WOOD_PIXELS)
    plank = across * 6 // _WOOD_PIXELS
    tone = random.uniform(0.90, 1.06, 6)[plank]
    streaks = np.interp(across, np.arange(0, _WOOD_PIXELS, 2), random.uniform(0.93, 1.05, _WOOD_PIXELS // 2))
    seam = np.where(np.diff(plank, prepend=plank[0]) > 0, 0.62, 1.0)
    along = 1.0 + 0.02 * np.sin(np.linspace(0, 9 * math.pi, _WOOD_PIXELS))[None, :]
    shade = (tone * streaks * seam)[:, None] * along
    face = np.clip(shade[..., None] * np.array(material.rgba[:3]) * 255.0, 0, 255).astype(np.uint8)
    texture = tree.add_texture(
        name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, width=_WOOD_PIXELS, height=_WOOD_PIXELS, nchannel=3
    )
    texture.data = face.tobytes()


def _add_solid(
    body: mujoco.MjsBody,
    name: str,
    shape: str,
    size_m: tuple[float, ...],
    material: str,
    mass: float = 0.0,
) -> None:
    half = [0.5 * length for length in size_m]
    size = {"box": half, "cylinder": [half[0], half[2], 0.0], "sphere": [half[0], 0.0, 0.0]}[shape]
    body.add_geom(
        name=name,
        type=_SHAPES[shape],
        size=size,
        material=material,
        mass=mass,
        condim=4 if shape != "sphere" else 6,
        friction=_FRICTION,
        solref=_STIFF_CONTACT,
        solimp=_STIFF_IMPEDANCE,
    )


def _add_tote(world: mujoco.MjsBody, tote: Tote) -> None:
    length, width, depth = tote.inner_size_m
    wall = tote.wall_m
    body = world.add_body(name=tote.name, pos=list(tote.position_m))
    middle = wall + 0.5 * depth
    parts = {
        "floor": ((0.0, 0.0, 0.5 * wall), (length + 2 * wall, width + 2 * wall, wall)),
        "front": ((0.5 * (length + wall), 0.0, middle), (wall, width + 2 * wall, depth)),
        "back": ((-0.5 * (length + wall), 0.0, middle), (wall, width + 2 * wall, depth)),
        "left": ((0.0, 0.5 * (width + wall), middle), (length, wall, depth)),
        "right": ((0.0, -0.5 * (width + wall), middle), (length, wall, depth)),
    }
    for part, (centre, size) in parts.items():
        body.add_geom(
            name=f"{tote.name}_{part}",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=list(centre),
            size=[0.5 * edge for edge in size],
            mass=0.0,
            material=tote.material,
            friction=_FRICTION,
            solref=_STIFF_CONTACT,
        )
