"""What lies in a graphics card's memory: vertices, triangles, tables of numbers, a shadow map.

Each lives as long as its OpenGL context, which must be current whenever one is made or used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import gl

from twin.errors import GraphicsError

# Formats inside the card and outside; numbers are for names that OpenGL ES 2 lacks.
_RGBA: tuple[int, int] = (0x8814, gl.GL_RGBA)  # GL_RGBA32F
_RED: tuple[int, int] = (0x822E, 0x1903)  # GL_R32F, GL_RED
DEPTH_COMPONENT24 = 0x81A6  # VisPy's own "depth" is 16 bits


class _Buffer:
    """Memory of one kind, filled anew as often as wanted."""

    def __init__(self, kind: int, data: NDArray[Any]) -> None:
        self.handle, self._kind, self._bytes = gl.glCreateBuffer(), kind, -1
        self.count = 0
        self.fill(data)

    def fill(self, data: NDArray[Any]) -> None:
        """Hold ``data`` from now on."""
        self.count = data.size
        gl.glBindBuffer(self._kind, self.handle)
        if data.nbytes == self._bytes:
            gl.glBufferSubData(self._kind, 0, data)
        else:
            gl.glBufferData(self._kind, data, gl.GL_DYNAMIC_DRAW)
            self._bytes = data.nbytes
        gl.glBindBuffer(self._kind, 0)


class Vertices(_Buffer):
    """Rows of a structured float32 type; each field is an attribute of the programs that draw from it."""

    def __init__(self, data: NDArray[Any]) -> None:
        """Begin with ``data`` (n,)."""
        super().__init__(gl.GL_ARRAY_BUFFER, data)
        fields: Any = data.dtype.fields or {}
        self.stride = data.dtype.itemsize
        # Name of each attribute: how many numbers, and how many bytes into a row.
        self.layout = {name: (dtype.itemsize // 4, offset) for name, (dtype, offset, *_) in fields.items()}


class Triangles(_Buffer):
    """Numbers of vertices, three a triangle."""

    def __init__(self, data: NDArray[np.uint32]) -> None:
        """Begin with ``data`` (n, 3)."""
        super().__init__(gl.GL_ELEMENT_ARRAY_BUFFER, data)


class Table:
    """Float32 numbers that a shader looks up by row and column: a texture without filtering."""

    def __init__(self, rows: int, columns: int, channels: int = 4) -> None:
        """All of it unset; ``channels`` is 4 or 1."""
        self.handle = gl.glCreateTexture()
        inside, self._format = _RGBA if channels == 4 else _RED
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.handle)
        for name in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, name, gl.GL_NEAREST)
        for name in (gl.GL_TEXTURE_WRAP_S, gl.GL_TEXTURE_WRAP_T):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, name, gl.GL_CLAMP_TO_EDGE)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, inside, self._format, gl.GL_FLOAT, (rows, columns))
        gl.glBindTexture(gl.GL_TEXTURE_2D, 0)

    def fill(self, values: NDArray[np.float32]) -> None:
        """Hold ``values``, (rows, columns, channels) of the table's size, from now on."""
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.handle)
        gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, self._format, gl.GL_FLOAT, values)


class ShadowMap:
    """How far the lamp's light gets: a square picture of depths."""

    def __init__(self, size_px: int) -> None:
        """A map of ``size_px`` x ``size_px``.

        Raises:
            GraphicsError: the driver cannot draw into such a map.
        """
        self.size_px, self.table = size_px, Table(size_px, size_px, channels=1)
        self._handle, depth = gl.glCreateFramebuffer(), gl.glCreateRenderbuffer()
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, depth)
        gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, DEPTH_COMPONENT24, size_px, size_px)
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, 0)
        with self.bound():
            target, texture = gl.GL_FRAMEBUFFER, self.table.handle
            gl.glFramebufferTexture2D(target, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, texture, 0)
            gl.glFramebufferRenderbuffer(target, gl.GL_DEPTH_ATTACHMENT, gl.GL_RENDERBUFFER, depth)
            if gl.glCheckFramebufferStatus(target) != gl.GL_FRAMEBUFFER_COMPLETE:
                raise GraphicsError("the graphics driver cannot draw into floating-point pictures; update it")

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Draw into the map; afterwards into what was drawn into before."""
        before = int(gl.glGetParameter(gl.GL_FRAMEBUFFER_BINDING))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._handle)
        try:
            yield
        finally:
            gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, before)
