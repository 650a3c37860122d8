"""Draws the twin: ground, scene, commanded and requested robot, each in one draw call.

It knows nothing of windows: whoever has made an OpenGL context current hands it a view, a palette and the size
of the picture. OpenGL 2.1 and GLSL 1.20 suffice.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import gl

from twin.render import states
from twin.render.aim import aim
from twin.render.contacts import CONTACT
from twin.render.geometry import Geometry
from twin.render.gl_memory import ShadowMap, Table, Triangles, Vertices
from twin.render.gl_program import Program
from twin.render.marks import MARK
from twin.render.palette import TEXELS, Palette
from twin.render.themes import DARK, RenderTheme, Rgb
from twin.render.views import View

_SHADERS = Path(__file__).parent / "shaders"
_SHADOW_SIZE_PX = 1536
_GROUND_REACH_M = 9.0
_GHOST_RECEDES_M = 0.003

# Uniforms, and the fields of ``Aim`` that they follow.
_CLIP, _CENTRE, _LAMPS = {"u_view_projection": "clip"}, {"u_centre": "centre_m"}, {"u_lamps": "lamps"}
_EYE, _LIT, _FROM_LAMP = (
    _CLIP | {"u_eye": "eye_m"},
    {"u_lamp": "lamp_clip"},
    {"u_view_projection": "lamp_clip"},
)


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
        self._vertices, self._all = Vertices(geometry.vertices), Triangles(geometry.triangles)
        self._ghost_links, self._requested_links = _Links(geometry), _Links(geometry)
        self._rows = geometry.n + 2 * geometry.n_robot
        self._palette = Table(self._rows, TEXELS)
        lit = _LIT if shadows else {}
        ghost_row, asked_row = geometry.n, geometry.n + geometry.n_robot
        self._surface = self._program("surface.vert", ("shadow", "surface.frag"), _EYE | lit | _LAMPS)
        self._ghost = self._program("surface.vert", ("ghost.frag",), _EYE, ghost_row, _GHOST_RECEDES_M)
        self._ghost_depth = self._program("depth.vert", ("depth.frag",), _EYE, ghost_row, _GHOST_RECEDES_M)
        self._requested = self._program("surface.vert", ("requested.frag",), _EYE, asked_row)
        self._requested_depth = self._program("depth.vert", ("depth.frag",), _EYE, asked_row)
        square = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], np.float32).view([("a_corner", "f4", 2)])
        self._ground = Program(
            _source("ground.vert"),
            _source("shadow", "ground.frag"),
            Vertices(square[:, 0]),
            _CLIP | lit | _CENTRE,
        )
        self._ground["u_reach"] = _GROUND_REACH_M
        self._contacts, self._marks = Vertices(np.zeros(1, CONTACT)), Vertices(np.zeros(1, MARK))
        self._contact = Program(_source("contact.vert"), _source("contact.frag"), self._contacts, _CLIP)
        self._mark = Program(_source("mark.vert"), _source("mark.frag"), self._marks, _CLIP)
        for program in (self._surface, self._ground):
            program["u_shadow_texel"] = 1.0 / _SHADOW_SIZE_PX if shadows else 0.0
        self._shadows = self._shadow_pass() if shadows else None
        self._seen: tuple[bytes, bytes, tuple[float, float]] | None = None  # what ``_aim`` was made of
        self.use_theme(theme)

    def _program(
        self,
        vertex: str,
        fragment: Sequence[str],
        follows: Mapping[str, str],
        first_row: int = 0,
        recede_m: float = 0.0,
    ) -> Program:
        """A program over the geometry: poses from ``first_row`` of the palette on, moved back by ``recede_m``."""
        palette = {"u_palette": self._palette}
        program = Program(_source("palette", vertex), _source(*fragment), self._vertices, follows, palette)
        program["u_rows"], program["u_first_row"] = self._rows, first_row
        program["u_recede"] = recede_m
        return program

    def _shadow_pass(self) -> tuple[ShadowMap, Program]:
        shadow_map = ShadowMap(_SHADOW_SIZE_PX)
        for program in (self._surface, self._ground):
            program.look_up("u_shadow", shadow_map.table)
        return shadow_map, self._program("depth.vert", ("depth.frag",), _FROM_LAMP)

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
        if (seen := (view.view.tobytes(), view.projection.tobytes(), centre_m)) != self._seen:
            self._seen, self._aim = seen, aim(view, centre_m, self._shadows is not None)
        with states.plain():
            self._palette.fill(palette.rows)
            if self._shadows is not None:
                shadow_map, depth = self._shadows
                with shadow_map.bound():
                    states.begin((_SHADOW_SIZE_PX, _SHADOW_SIZE_PX), (1.0, 1.0, 1.0))
                    depth.draw(self._aim, self._all)
            states.begin(size_px, self._theme.background)
            self._surface.draw(self._aim, self._all)
            if view.eye_m[2] > 0:  # from below, the ground would hide the robot
                self._ground.draw(self._aim, mode=gl.GL_TRIANGLE_STRIP)
            if contacts is not None and len(contacts):
                self._contacts.fill(contacts)
                with states.blended(writes_depth=False):
                    self._contact.draw(self._aim)
            if palette.ghost_is_visible:
                links = self._ghost_links.chosen(palette.ghost_links)
                self._draw_nearest(self._ghost_depth, self._ghost, links)
            if (asked := palette.requested_links).any():
                # Last and over everything: what was asked for is seen also within the robot or the table.
                states.forget_depth()
                links = self._requested_links.chosen(asked)
                self._draw_nearest(self._requested_depth, self._requested, links)
            if marks is not None and len(marks):
                self._marks.fill(marks)
                with states.blended():
                    self._mark.draw(self._aim)

    def _draw_nearest(self, depth: Program, surface: Program, links: Triangles) -> None:
        """Depth first, so that only the nearest layer of a hologram is blended."""
        with states.depth_alone():
            depth.draw(self._aim, links)
        with states.blended(onto_equal_depth=True):
            surface.draw(self._aim, links)


class _Links:
    """The index buffer of those links of a robot that are shown: mostly one arm out of a whole robot."""

    def __init__(self, geometry: Geometry) -> None:
        self._triangles = geometry.triangles[: geometry.robot_triangles]
        self._rows = geometry.vertices["a_geom"][self._triangles[:, 0]].astype(np.int64)
        self._held = b""  # which links the buffer holds
        self._buffer = Triangles(self._triangles)

    def chosen(self, shown: NDArray[np.bool_]) -> Triangles:
        """The buffer with the links ``shown`` (n_robot,), at least one."""
        if (key := shown.tobytes()) != self._held:
            self._held = key
            self._buffer.fill(self._triangles[shown[self._rows]])
        return self._buffer


def _linear(colour: Rgb) -> tuple[float, float, float]:
    red, green, blue = (channel**2.2 for channel in colour)
    return red, green, blue
