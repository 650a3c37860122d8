"""Draws what the cameras of a simulated robot see, with MuJoCo's own renderer.

Settings are chosen for speed on a processor: no multisampling, no shadows, no reflections,
collision shapes hidden; light, textures and haze are kept.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import mujoco
import numpy as np
from numpy.typing import ArrayLike, NDArray

from teleop.cameras.backend import Probe, open_context
from twin.base_coordinates import with_base
from twin.errors import SceneError
from twin.render.drivers import is_software

Image = NDArray[np.uint8]

_SHOWN_GROUPS = (1, 0, 1, 0, 0, 0)  # 0 scene, 2 robot shells; 3 is collision only
_HIDDEN_GROUP = 5
_MOST_GEOMS = 4000
_SLICES, _STACKS = 16, 10  # facets of round shapes: half of MuJoCo's own, and half its time per vertex


class SimulatedCameras:
    """One OpenGL context that draws any camera of one model. Close it when done."""

    def __init__(self, model: Any, cameras: Mapping[str, str], found: Probe, width: int, height: int) -> None:
        """Open the context and upload the model.

        Args:
            model: MuJoCo model; its quality settings are overwritten.
            cameras: the model's camera behind each name.
            found: what draws, from ``backend.find_backend``.
            width: of the pictures, pixels; even, as the encoder wants it.
            height: of the pictures, pixels; even.

        Raises:
            SceneError: the model has no such camera.
        """
        self._model, self._data = model, mujoco.MjData(model)
        self._ids = {name: _camera_id(model, name, camera) for name, camera in cameras.items()}
        quality = model.vis.quality
        quality.offsamples = quality.shadowsize = 0
        quality.numslices, quality.numstacks, quality.numquads = _SLICES, _STACKS, 1
        model.vis.global_.offwidth, model.vis.global_.offheight = width, height
        self._gl = open_context(found.backend, width, height)
        self._gl.make_current()
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        if is_software(found.renderer):
            _filter_textures_cheaply(self._context)
        self._scene = mujoco.MjvScene(model, _MOST_GEOMS)
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        self._scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = _SHOWN_GROUPS
        self._option.sitegroup[:] = 0
        self._groups = np.array(model.geom_group)
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._camera.fixedcamid = next(iter(self._ids.values()), 0)
        self._rectangle = mujoco.MjrRect(0, 0, width, height)
        self._pixels: Image = np.empty((height, width, 3), np.uint8)

    def take_state(self, qpos: ArrayLike) -> None:
        """Put the world into the state ``qpos``; all pictures show it until the next one.

        Args:
            qpos: (nq,), or without the base's seven while it is bolted.

        Raises:
            SceneError: the state is not one of this model.
        """
        values = with_base(self._model, np.asarray(qpos, np.float64))
        if values.shape != (self._model.nq,):
            raise SceneError(
                f"the robot's scene has {values.size} coordinates, this one {self._model.nq}: the robot and "
                "the cameras were started with different robots or scenes; restart the station"
            )
        self._data.qpos[:] = values
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)  # cameras and lights that track a body look at its centre
        mujoco.mj_camlight(self._model, self._data)

    def picture(self, name: str) -> Image:
        """What the camera ``name`` sees, (height, width, 3) sRGB, **last row on top**, as OpenGL has it.

        The array is overwritten by the next picture.
        """
        model, data = self._model, self._data
        self._camera.fixedcamid = self._ids[name]
        unseen = outside_view(model, data, self._ids[name], self._rectangle.width / self._rectangle.height)
        model.geom_group[:] = np.where(unseen, _HIDDEN_GROUP, self._groups)
        mujoco.mjv_updateScene(
            model, data, self._option, None, self._camera, mujoco.mjtCatBit.mjCAT_ALL, self._scene
        )
        mujoco.mjr_render(self._rectangle, self._scene, self._context)
        mujoco.mjr_readPixels(self._pixels, None, self._rectangle, self._context)
        return self._pixels

    def close(self) -> None:
        """Give the context back."""
        self._context.free()
        self._gl.free()


def outside_view(model: Any, data: Any, camera: int, aspect: float) -> NDArray[np.bool_]:
    """Which geoms (ngeom,) lie wholly outside a perspective camera's field of view; planes never do.

    MuJoCo draws them all the same, and most of a robot is behind its own head and wrists.
    """
    to_camera = data.cam_xmat[camera].reshape(3, 3)
    places = (data.geom_xpos - data.cam_xpos[camera]) @ to_camera  # x right, y up, z backward
    radius = np.asarray(model.geom_rbound)
    half_up = np.radians(model.cam_fovy[camera]) / 2
    half_side = np.arctan(np.tan(half_up) * aspect)
    outside = places[:, 2] > radius
    for axis, half in ((0, half_side), (1, half_up)):
        # Distance outward from the border plane of this side; |.| takes both sides at once.
        beyond = np.abs(places[:, axis]) * np.cos(half) + places[:, 2] * np.sin(half)
        outside |= beyond > radius
    unseen: NDArray[np.bool_] = outside & (radius > 0)
    return unseen


def _filter_textures_cheaply(context: Any) -> None:
    """Read each texture at one level of detail instead of blending two: 2 ms less per picture in software."""
    gl = import_module("OpenGL.GL")  # chosen by ``open_context``, so it may not be imported before
    for index in range(context.ntexture):
        flat = context.textureType[index] == mujoco.mjtTexture.mjTEXTURE_2D
        target = gl.GL_TEXTURE_2D if flat else gl.GL_TEXTURE_CUBE_MAP
        gl.glBindTexture(target, int(context.texture[index]))
        gl.glTexParameteri(target, gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR_MIPMAP_NEAREST)
        gl.glBindTexture(target, 0)


def _camera_id(model: Any, name: str, camera: str) -> int:
    found = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, camera)
    if found < 0:
        raise SceneError(
            f"the robot's camera {name!r} should be {camera!r} in the model, which has no such camera; "
            "check [cameras] in the robot's robot.toml"
        )
    return int(found)
