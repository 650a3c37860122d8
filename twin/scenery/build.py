"""Builds a layout around a robot: floor, light, furniture, totes and objects, as parts of one model."""

from collections.abc import Sequence

import mujoco

from twin.scenery.fixtures import add_fixtures
from twin.scenery.layout import FreeObject, Layout
from twin.scenery.solids import FRICTION, add_free_object, add_tote, add_zone
from twin.scenery.surfaces import add_material

# Of the solver, whose contacts know the drives' stiffness and damping with the integrator `discrete`: a step with both
# hands full ends as near to a converged one (4e-5 rad/s in the mean) as `implicitfast` does with 1e-8.
_TOLERANCE = 1e-6


def add_surroundings(
    tree: mujoco.MjSpec, layout: Layout, objects: Sequence[FreeObject], on_feet: bool = False
) -> None:
    """Everything of ``layout``, and ``objects``, into ``tree``: after the robot, whose addresses do not move.

    A robot ``on_feet`` may stand, and its balance is tuned on the integrator that it then has.
    """
    if tree.compiler.inertiafromgeom == mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_FALSE:
        tree.compiler.inertiafromgeom = (
            mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_AUTO
        )  # objects say only a mass
    _set_physics(tree, on_feet)
    _add_light(tree)
    _add_floor(tree)
    for material in layout.materials:
        add_material(tree, material)
    add_fixtures(tree, layout)
    for tote in layout.totes:
        add_tote(tree.worldbody, tote)
    for zone in layout.zones:
        add_zone(tree.worldbody, zone)
    for free in objects:
        add_free_object(tree.worldbody, free)


def _set_physics(tree: mujoco.MjSpec, on_feet: bool) -> None:
    option = tree.option
    option.timestep = 0.002
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC  # pyramidal cones and impratio 1 drop boxes
    # m; round things against round fingers: a third less time than 1e-6, the same grasps
    option.ccd_tolerance = 1e-4
    # impratio: friction is so much stiffer than the normal force, and what is held creeps less (bench grasp).
    if on_feet:
        option.integrator, option.impratio = mujoco.mjtIntegrator.mjINT_IMPLICITFAST, 20.0
    else:
        option.integrator, option.impratio = mujoco.mjtIntegrator.mjINT_DISCRETE, 40.0
        option.tolerance = _TOLERANCE
        option.disableflags |= mujoco.mjtDisableBit.mjDSBL_ISLAND  # finding them costs more than it saves


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
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[6, 6, 0.1], material="floor", friction=FRICTION
    )
