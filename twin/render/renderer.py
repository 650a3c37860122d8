"""Draws the twin: ground, scene, commanded and requested robot, each in one draw call, through VisPy's gloo.

It knows nothing of windows: whoever has made an OpenGL context current hands it a view, a palette and the size
of the picture. OpenGL 2.1 and GLSL 1.20 suffice.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo
from vispy.gloo import gl

from twin.render.contacts import CONTACT
from twin.render.geometry import Geometry
from twin.render.marks import MARK
from twin.render.palette import TEXELS, Palette
from twin.render.themes import DARK, RenderTheme, Rgb
from twin.render.views import View, look_at, parallel

_SHADERS = Path(__file__).parent / "shaders"
DEPTH_COMPONENT24 = 0x81A6  # VisPy's own "depth" is 16 bits
_SHADOW_SIZE_PX = 1536
_SHADOW_HALF_WIDTH_M = 1.5
_GROUND_REACH_M = 9.0
_GHOST_RECEDES_M = 0.003

# Lamps stand still relative to the viewer: x towards the viewer, y to the viewer's right, z up.
_LAMP, _BOX_WARM, _BOX_COOL = (0.62, -0.55, 0.95), (0.50, -0.62, 0.60), (-0.45, 0.80, 0.38)


@cache
def _source(*names: str) -> str:
    return "\n".join((_SHADERS / f"{name}.glsl").read_text() for name in names)


def gl_renderer() -> str:
    """OpenGL's own name for what draws, with a context current; e.g. "llvmpipe (LLVM 15.0.6, 256 bits)"."""
    return str(gl.glGetParameter(0x1F01))


class TwinRenderer:
    """Owns the programs and buffers of one geometry in one OpenGL context."""

    def __init__(self, geometry: Geometry, theme: RenderTheme = DARK, shadows: bool = False) -> None:
        """Compile and upload; a context must be current.

        Args:
            geometry: what can be drawn.
            theme: how the surroundings look.
            shadows: cast shadows; costs a second pass over all vertices.
        """
        rows = geometry.n + 2 * geometry.n_robot
        self._n = geometry.n
        self._vertices = gloo.VertexBuffer(geometry.vertices)
        self._all = gloo.IndexBuffer(geometry.triangles)
        self._ghost_links, self._requested_links = _Links(geometry), _Links(geometry)
        self._palette = gloo.Texture2D(
            np.zeros((rows, TEXELS, 4), np.float32), internalformat="rgba32f", interpolation="nearest"
        )
        self._surface = self._program("surface.vert", "shadow", "surface.frag")
        self._ghost = self._program("surface.vert", "ghost.frag")
        self._requested = self._program("surface.vert", "requested.frag")
        self._depth = self._program("depth.vert", "depth.frag")
        self._ground = gloo.Program(_source("ground.vert"), _source("shadow", "ground.frag"))
        self._ground["a_corner"] = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        self._ground["u_reach"] = _GROUND_REACH_M
        self._contact = gloo.Program(_source("contact.vert"), _source("contact.frag"))
        self._contact_buffer = gloo.VertexBuffer(np.zeros(1, CONTACT))
        self._mark = gloo.Program(_source("mark.vert"), _source("mark.frag"))
        self._mark_buffer = gloo.VertexBuffer(np.zeros(1, MARK))
        self._surface["u_first_row"], self._ghost["u_first_row"] = 0.0, float(geometry.n)
        self._surface["u_recede"], self._ghost["u_recede"] = 0.0, _GHOST_RECEDES_M
        self._requested_row = float(geometry.n + geometry.n_robot)
        self._requested["u_first_row"] = self._requested_row
        self._requested["u_recede"], self._requested["u_from"] = 0.0, (0.0, 0.0, 0.0)
        self._surface["u_from"] = (0.0, 0.0, 0.0)
        self._shadow_target: Any = self._make_shadows() if shadows else None
        if not shadows:
            self._no_shadows()
        self.use_theme(theme)

    def _program(self, vertex: str, *fragment: str) -> Any:
        program = gloo.Program(_source("palette", vertex), _source(*fragment))
        program.bind(self._vertices)
        program["u_palette"], program["u_rows"] = self._palette, float(self._palette.shape[0])
        return program

    def use_theme(self, theme: RenderTheme) -> None:
        """Change the look."""
        self._theme = theme
        self._ground["u_background"], self._ground["u_ground"] = theme.background, theme.ground
        self._ground["u_line"], self._ground["u_shade"] = theme.line, theme.shade
        self._surface["u_ambient"], self._surface["u_key"] = theme.ambient, theme.key
        self._surface["u_mark"] = _linear(theme.mark)
        self._ghost["u_ghost"] = (*theme.ghost, theme.ghost_strength)
        tones = (theme.measured, theme.contrast, theme.ghost, theme.force, theme.push)
        for name, tone in zip(("measured", "contrast", "planned", "force", "push"), tones, strict=True):
            self._mark[f"u_{name}"] = tone

    def draw(
        self,
        view: View,
        palette: Palette,
        size_px: tuple[int, int],
        contacts: NDArray[Any] | None = None,
        centre_m: tuple[float, float] = (0.0, 0.0),
        marks: NDArray[Any] | None = None,
    ) -> None:
        """Draw one picture into the framebuffer that is bound.

        Args:
            view: from where.
            palette: poses and colours.
            size_px: width and height of the framebuffer.
            contacts: soft patches under things, from ``contacts.patches``.
            centre_m: where the lit part of the ground is, world x and y.
            marks: lines, discs and arrows over the picture, from ``marks``.
        """
        self._palette.set_data(palette.rows)
        self._light(view, centre_m)
        gloo.set_viewport(0, 0, *size_px)
        gloo.set_state(
            depth_test=True, blend=False, cull_face=False, depth_mask=True, depth_func="less",
            clear_color=(*self._theme.background, 1.0),
        )  # fmt: skip
        gloo.clear(color=True, depth=True)
        clip = (view.projection @ view.view).T
        eye = view.eye_m.astype(np.float32)
        self._surface["u_view_projection"], self._surface["u_eye"] = clip, eye
        self._surface.draw("triangles", self._all)
        if eye[2] > 0:  # from below, the ground would hide the robot
            self._ground["u_view_projection"], self._ground["u_centre"] = clip, centre_m
            self._ground.draw("triangle_strip")
        if contacts is not None and len(contacts):
            self._draw_contacts(clip, contacts)
        if palette.ghost_is_visible:
            self._draw_ghost(clip, eye, self._ghost_links.chosen(palette.ghost_links))
        if (asked := palette.requested_links).any():
            self._draw_requested(clip, eye, self._requested_links.chosen(asked))
        if marks is not None and len(marks):
            self._draw_marks(clip, marks)

    def _draw_marks(self, clip: NDArray[np.float32], marks: NDArray[Any]) -> None:
        if self._mark_buffer.size == len(marks):
            self._mark_buffer.set_data(marks)
        else:
            self._mark_buffer = gloo.VertexBuffer(marks)
            self._mark.bind(self._mark_buffer)
        self._mark["u_view_projection"] = clip
        gloo.set_state(blend=True, blend_func=("src_alpha", "one_minus_src_alpha"))
        self._mark.draw("triangles")
        gloo.set_state(blend=False)

    def _draw_contacts(self, clip: NDArray[np.float32], contacts: NDArray[Any]) -> None:
        if self._contact_buffer.size == len(contacts):
            self._contact_buffer.set_data(contacts)
        else:  # a program remembers the size of the buffer it was bound to
            self._contact_buffer = gloo.VertexBuffer(contacts)
            self._contact.bind(self._contact_buffer)
        self._contact["u_view_projection"] = clip
        gloo.set_state(blend=True, blend_func=("src_alpha", "one_minus_src_alpha"), depth_mask=False)
        self._contact.draw("triangles")
        gloo.set_state(blend=False, depth_mask=True)

    def _draw_ghost(self, clip: NDArray[np.float32], eye: NDArray[np.float32], links: Any) -> None:
        """Depth first, so that only the nearest layer of the hologram is blended."""
        depth, ghost = self._depth, self._ghost
        depth["u_first_row"], depth["u_view_projection"] = float(self._n), clip
        depth["u_recede"], depth["u_from"], ghost["u_from"] = _GHOST_RECEDES_M, eye, eye
        ghost["u_view_projection"], ghost["u_eye"] = clip, eye
        gloo.set_color_mask(False, False, False, False)
        depth.draw("triangles", links)
        gloo.set_color_mask(True, True, True, True)
        gloo.set_state(blend=True, blend_func=("src_alpha", "one_minus_src_alpha"), depth_func="lequal")
        ghost.draw("triangles", links)
        gloo.set_state(blend=False, depth_func="less")

    def _draw_requested(self, clip: NDArray[np.float32], eye: NDArray[np.float32], links: Any) -> None:
        """Last and over everything: what was asked for is seen also where it lies within the robot or the table."""
        depth, requested = self._depth, self._requested
        depth["u_first_row"], depth["u_view_projection"] = self._requested_row, clip
        depth["u_recede"] = 0.0
        requested["u_view_projection"], requested["u_eye"] = clip, eye
        gloo.clear(color=False, depth=True)
        gloo.set_color_mask(False, False, False, False)
        depth.draw("triangles", links)
        gloo.set_color_mask(True, True, True, True)
        gloo.set_state(blend=True, blend_func=("src_alpha", "one_minus_src_alpha"), depth_func="lequal")
        requested.draw("triangles", links)
        gloo.set_state(blend=False, depth_func="less")

    def _light(self, view: View, centre_m: tuple[float, float]) -> None:
        """Set the lamps up round the viewer, and draw the shadow map if there is one."""
        back = view.view[2, :3]
        level = float(np.hypot(back[0], back[1]))
        c, s = (back[0] / level, back[1] / level) if level > 1e-3 else (1.0, 0.0)
        rig = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)
        for name, direction in (("lamp_direction", _LAMP), ("box_warm", _BOX_WARM), ("box_cool", _BOX_COOL)):
            turned = rig @ np.array(direction, np.float32)
            self._surface[f"u_{name}"] = turned / np.linalg.norm(turned)
        if self._shadow_target is not None:
            lamp = rig @ (np.array(_LAMP) / np.linalg.norm(_LAMP))
            self._draw_shadows(lamp, centre_m)

    def _draw_shadows(self, lamp: NDArray[np.float64], centre_m: tuple[float, float]) -> None:
        middle = np.array([*centre_m, 0.7])
        clip = parallel(_SHADOW_HALF_WIDTH_M, 0.1, 8.0) @ look_at(middle + 4.0 * lamp, middle)
        self._depth["u_first_row"], self._depth["u_view_projection"] = 0.0, clip.T
        self._depth["u_recede"], self._depth["u_from"] = 0.0, (0.0, 0.0, 0.0)
        self._surface["u_lamp"] = self._ground["u_lamp"] = clip.T
        with self._shadow_target:
            gloo.set_viewport(0, 0, _SHADOW_SIZE_PX, _SHADOW_SIZE_PX)
            gloo.set_state(depth_test=True, blend=False, cull_face=False, depth_mask=True, depth_func="less")
            gloo.clear(color=(1.0, 1.0, 1.0, 1.0), depth=True)
            self._depth.draw("triangles", self._all)

    def _make_shadows(self) -> Any:
        size = (_SHADOW_SIZE_PX, _SHADOW_SIZE_PX)
        shadow_map = gloo.Texture2D(
            (*size, 1), format="red", internalformat="r32f", interpolation="nearest", wrapping="clamp_to_edge"
        )
        for program in (self._surface, self._ground):
            program["u_shadow"], program["u_shadow_texel"] = shadow_map, 1.0 / _SHADOW_SIZE_PX
        return gloo.FrameBuffer(shadow_map, gloo.RenderBuffer(size, DEPTH_COMPONENT24))

    def _no_shadows(self) -> None:
        white = gloo.Texture2D(np.ones((1, 1, 1), np.float32), interpolation="nearest")
        for program in (self._surface, self._ground):
            program["u_shadow"], program["u_shadow_texel"] = white, 0.0
            program["u_lamp"] = np.eye(4, dtype=np.float32)


class _Links:
    """The index buffer of those links of a robot that are shown: mostly one arm out of a whole robot."""

    def __init__(self, geometry: Geometry) -> None:
        self._triangles = geometry.triangles[: geometry.robot_triangles]
        self._rows = geometry.vertices["a_geom"][self._triangles[:, 0]].astype(np.int64)
        self._held = b""  # which links the buffer holds
        self._buffer = gloo.IndexBuffer(self._triangles)

    def chosen(self, shown: NDArray[np.bool_]) -> Any:
        """The buffer with the links ``shown`` (n_robot,), at least one."""
        if (key := shown.tobytes()) != self._held:
            self._held = key
            self._buffer.set_data(self._triangles[shown[self._rows]])
        return self._buffer


def _linear(colour: Rgb) -> tuple[float, float, float]:
    red, green, blue = (channel**2.2 for channel in colour)
    return red, green, blue
