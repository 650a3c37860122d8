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

from twin.render import states
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
        self._vertices = gloo.VertexBuffer(geometry.vertices)
        self._all = gloo.IndexBuffer(geometry.triangles)
        self._ghost_links, self._requested_links = _Links(geometry), _Links(geometry)
        self._palette = gloo.Texture2D(
            np.zeros((rows, TEXELS, 4), np.float32), internalformat="rgba32f", interpolation="nearest"
        )
        self._surface = self._program("surface.vert", "shadow", "surface.frag")
        self._ghost = self._program(
            "surface.vert", "ghost.frag", first_row=geometry.n, recede_m=_GHOST_RECEDES_M
        )
        self._ghost_depth = self._program(
            "depth.vert", "depth.frag", first_row=geometry.n, recede_m=_GHOST_RECEDES_M
        )
        asked_row = geometry.n + geometry.n_robot
        self._requested = self._program("surface.vert", "requested.frag", first_row=asked_row)
        self._requested_depth = self._program("depth.vert", "depth.frag", first_row=asked_row)
        self._ground = gloo.Program(_source("ground.vert"), _source("shadow", "ground.frag"))
        self._ground["a_corner"] = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        self._ground["u_reach"] = _GROUND_REACH_M
        self._contact = gloo.Program(_source("contact.vert"), _source("contact.frag"))
        self._contact_buffer = gloo.VertexBuffer(np.zeros(1, CONTACT))
        self._mark = gloo.Program(_source("mark.vert"), _source("mark.frag"))
        self._mark_buffer = gloo.VertexBuffer(np.zeros(1, MARK))
        self._aimed: tuple[bytes, bytes, tuple[float, float]] | None = None
        self._shadow_depth: Any = self._program("depth.vert", "depth.frag") if shadows else None
        self._shadow_target: Any = self._make_shadows() if shadows else None
        if not shadows:
            self._no_shadows()
        self.use_theme(theme)

    def _program(self, vertex: str, *fragment: str, first_row: int = 0, recede_m: float = 0.0) -> Any:
        """A program over the geometry: poses from ``first_row`` of the palette on, moved back by ``recede_m``."""
        program = gloo.Program(_source("palette", vertex), _source(*fragment))
        program.bind(self._vertices)
        program["u_palette"], program["u_rows"] = self._palette, float(self._palette.shape[0])
        program["u_first_row"], program["u_recede"] = float(first_row), recede_m
        program["u_from"] = (0.0, 0.0, 0.0)
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
        self._aim(view, centre_m)
        states.take_over()
        if self._shadow_target is not None:
            self._draw_shadows()
        states.begin(size_px, self._theme.background)
        self._surface.draw("triangles", self._all)
        if view.eye_m[2] > 0:  # from below, the ground would hide the robot
            self._ground.draw("triangle_strip")
        if contacts is not None and len(contacts):
            self._contact_buffer = self._filled(self._contact, self._contact_buffer, contacts)
            with states.blended(writes_depth=False):
                self._contact.draw("triangles")
        if palette.ghost_is_visible:
            links = self._ghost_links.chosen(palette.ghost_links)
            self._draw_nearest(self._ghost_depth, self._ghost, links)
        if (asked := palette.requested_links).any():
            # Last and over everything: what was asked for is seen also where it lies within the robot or the table.
            states.forget_depth()
            links = self._requested_links.chosen(asked)
            self._draw_nearest(self._requested_depth, self._requested, links)
        if marks is not None and len(marks):
            self._mark_buffer = self._filled(self._mark, self._mark_buffer, marks)
            with states.blended():
                self._mark.draw("triangles")

    @staticmethod
    def _filled(program: Any, buffer: Any, vertices: NDArray[Any]) -> Any:
        """The buffer that ``program`` draws from, with ``vertices`` in it."""
        if buffer.size == len(vertices):
            buffer.set_data(vertices)
            return buffer
        buffer = gloo.VertexBuffer(vertices)  # a program remembers the size of the buffer it was bound to
        program.bind(buffer)
        return buffer

    @staticmethod
    def _draw_nearest(depth: Any, surface: Any, links: Any) -> None:
        """Depth first, so that only the nearest layer of a hologram is blended."""
        with states.depth_alone():
            depth.draw("triangles", links)
        with states.blended(onto_equal_depth=True):
            surface.draw("triangles", links)

    def _aim(self, view: View, centre_m: tuple[float, float]) -> None:
        """Tell all programs where the eye, the lamps and the lit ground are, if that changed."""
        if (aim := (view.view.tobytes(), view.projection.tobytes(), centre_m)) == self._aimed:
            return
        self._aimed = aim
        clip, eye = (view.projection @ view.view).T, view.eye_m.astype(np.float32)
        for program in (self._surface, self._ground, self._contact, self._mark):
            program["u_view_projection"] = clip
        for program in (self._ghost, self._ghost_depth, self._requested, self._requested_depth):
            program["u_view_projection"] = clip
        for program in (self._ghost, self._ghost_depth):
            program["u_from"] = eye
        for program in (self._surface, self._ghost, self._requested):
            program["u_eye"] = eye
        self._ground["u_centre"] = centre_m
        self._light(view, centre_m)

    def _light(self, view: View, centre_m: tuple[float, float]) -> None:
        """Set the lamps up round the viewer."""
        back = view.view[2, :3]
        level = float(np.hypot(back[0], back[1]))
        c, s = (back[0] / level, back[1] / level) if level > 1e-3 else (1.0, 0.0)
        rig = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)
        for name, direction in (("lamp_direction", _LAMP), ("box_warm", _BOX_WARM), ("box_cool", _BOX_COOL)):
            turned = rig @ np.array(direction, np.float32)
            self._surface[f"u_{name}"] = turned / np.linalg.norm(turned)
        if self._shadow_depth is not None:
            lamp = rig @ (np.array(_LAMP) / np.linalg.norm(_LAMP))
            middle = np.array([*centre_m, 0.7])
            clip = parallel(_SHADOW_HALF_WIDTH_M, 0.1, 8.0) @ look_at(middle + 4.0 * lamp, middle)
            for program, name in (
                (self._shadow_depth, "u_view_projection"), (self._surface, "u_lamp"), (self._ground, "u_lamp"),
            ):  # fmt: skip
                program[name] = clip.T

    def _draw_shadows(self) -> None:
        with self._shadow_target:
            states.take_over()
            states.begin((_SHADOW_SIZE_PX, _SHADOW_SIZE_PX), (1.0, 1.0, 1.0))
            self._shadow_depth.draw("triangles", self._all)
        states.take_over()

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
