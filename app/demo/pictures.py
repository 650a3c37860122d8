"""A picture of the twin as the scripted operator sees it, drawn without a window."""

from pathlib import Path

from app.demo.view import View

_STANDPOINT = "right"


def twin_picture(view: View, path: Path, width_px: int = 1280, height_px: int = 800) -> str:
    """Draw the scene to ``path`` and return OpenGL's name for what drew it.

    Raises:
        GraphicsError: there is no EGL here.
    """
    from twin.render.geometry import geometry_of
    from twin.render.offscreen import OffscreenTwin, write_png
    from twin.render.orbit import OrbitCamera
    from twin.render.palette import Palette
    from twin.render.standpoints import standpoints

    mirror = view.mirror
    model, data = view.scene.model, mirror.measured
    geometry = geometry_of(model, data, mirror.robot_root)
    palette = Palette(geometry)
    palette.pose_scene(data)
    camera = OrbitCamera(standpoints(view.spec, model, data)[_STANDPOINT])
    with OffscreenTwin(geometry, width_px, height_px) as twin:
        write_png(path, twin.image(camera.view(width_px / height_px), palette))
        return str(twin.gl_renderer)
