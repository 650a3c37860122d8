"""What a mirror shows, made ready to be drawn: geometry, palette, contact patches and views, in one place.

The window and the offscreen picture use it alike; it needs no OpenGL.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.mirror import Mirror
from twin.render.contacts import ContactPatches
from twin.render.geometry import geometry_of
from twin.render.orbit import OrbitCamera
from twin.render.palette import Palette
from twin.render.standpoints import standpoints

_TOUCHING_FRAMES = ("left_hand", "right_hand", "left_foot", "right_foot")


class Subject:
    """A mirror's robot and scene, ready for ``TwinRenderer.draw``."""

    def __init__(self, mirror: Mirror) -> None:
        """Merge the geometry; takes some tens of milliseconds."""
        self.mirror = mirror
        model, spec = mirror.scene.model, mirror.spec
        self.geometry = geometry_of(model, mirror.measured, mirror.robot_root)
        self.palette = Palette(self.geometry)
        sites = [spec.frames[frame] for frame in _TOUCHING_FRAMES if frame in spec.frames]
        bodies = [int(model.site_bodyid[model.site(site).id]) for site in sites]
        bodies += [int(model.body(name).id) for name in mirror.scene.objects]
        self._patches = ContactPatches(model, bodies)
        self.palette.pose_scene(mirror.measured)

    def camera(self) -> OrbitCamera:
        """An orbit camera at the view "home", with all named views as presets."""
        mirror = self.mirror
        presets = standpoints(mirror.spec, mirror.scene.model, mirror.measured)
        return OrbitCamera(presets["home"], presets)

    def pose(self, now_ns: int) -> None:
        """Bring the palette up to what the mirror has heard."""
        self.mirror.pose(self.palette, now_ns)

    def contacts(self) -> NDArray[Any]:
        """Soft patches under hands, feet and things, as they are posed now."""
        return self._patches.patches(self.mirror.measured)

    def rows_of_joint(self, joint: str) -> NDArray[np.int64]:
        """Palette rows of the link that the joint moves."""
        model = self.mirror.scene.model
        body = int(model.jnt_bodyid[model.joint(joint).id])
        return self.geometry.rows_of_body(self.geometry.body_names[body])
