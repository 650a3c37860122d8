"""Draws what the cameras of a simulated robot see, with MuJoCo's own renderer.

Settings are chosen for speed on a processor (docs/benchmarks.md): no multisampling, no shadows, no reflections,
collision shapes hidden; light, textures and haze are kept.
"""

from collections.abc import Mapping
from typing import Any

import mujoco
import numpy as np
from numpy.typing import ArrayLike, NDArray

from teleop.cameras.backend import open_context
from twin.errors import SceneError

Image = NDArray[np.uint8]

_SHOWN_GROUPS = (1, 0, 1, 0, 0, 0)  # 0 scene, 2 robot shells; 3 is collision only
_MOST_GEOMS = 4000


class SimulatedCameras:
    """One OpenGL context that draws any camera of one model. Close it when done."""

    def __init__(self, model: Any, cameras: Mapping[str, str], backend: str, width: int, height: int) -> None:
        """Open the context and upload the model.

        Args:
            model: MuJoCo model; its quality settings are overwritten.
            cameras: the model's camera behind each name.
            backend: as found by ``backend.find_backend``.
            width: of the pictures, pixels; even, as the encoder wants it.
            height: of the pictures, pixels; even.

        Raises:
            SceneError: the model has no such camera.
        """
        self._model, self._data = model, mujoco.MjData(model)
        self._ids = {name: _camera_id(model, name, camera) for name, camera in cameras.items()}
        model.vis.quality.offsamples = 0
        model.vis.quality.shadowsize = 0
        model.vis.global_.offwidth, model.vis.global_.offheight = width, height
        self._gl = open_context(backend, width, height)
        self._gl.make_current()
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self._scene = mujoco.MjvScene(model, _MOST_GEOMS)
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        self._scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = _SHOWN_GROUPS
        self._option.sitegroup[:] = 0
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._rectangle = mujoco.MjrRect(0, 0, width, height)
        self._pixels: Image = np.empty((height, width, 3), np.uint8)

    def take_state(self, qpos: ArrayLike) -> None:
        """Put the world into the state ``qpos`` (nq,); all pictures show it until the next one.

        Raises:
            SceneError: the state is not one of this model.
        """
        values = np.asarray(qpos, np.float64)
        if values.shape != (self._model.nq,):
            raise SceneError(
                f"the robot's scene has {values.size} coordinates, this one {self._model.nq}: the robot and "
                "the cameras were started with different robots or scenes; restart the station"
            )
        self._data.qpos[:] = values
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)  # cameras and lights that track a body look at its centre
        mujoco.mj_camlight(self._model, self._data)
        mujoco.mjv_updateScene(
            self._model, self._data, self._option, None, self._camera,
            mujoco.mjtCatBit.mjCAT_ALL, self._scene,
        )  # fmt: skip

    def picture(self, name: str) -> Image:
        """What the camera ``name`` sees, (height, width, 3) sRGB, **last row on top**, as OpenGL has it.

        The array is overwritten by the next picture.
        """
        self._camera.fixedcamid = self._ids[name]
        mujoco.mjv_updateCamera(self._model, self._data, self._camera, self._scene)
        mujoco.mjr_render(self._rectangle, self._scene, self._context)
        mujoco.mjr_readPixels(self._pixels, None, self._rectangle, self._context)
        return self._pixels

    def close(self) -> None:
        """Give the context back."""
        self._context.free()
        self._gl.free()


def _camera_id(model: Any, name: str, camera: str) -> int:
    found = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, camera)
    if found < 0:
        raise SceneError(
            f"the robot's camera {name!r} should be {camera!r} in the model, which has no such camera; "
            "check [cameras] in the robot's robot.toml"
        )
    return int(found)
