"""A shader program, called without a queue between.

VisPy keeps the contexts and lends OpenGL's functions. Its own programs write each call into a queue and interpret
that, which for the forty calls of one picture costs 0.9 ms on a slow core, three times what the driver takes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from vispy.gloo import gl

from twin.errors import GraphicsError
from twin.render.aim import Aim
from twin.render.gl_memory import Table, Triangles, Vertices

_VERSION = "#version 120\n"
_SETTERS: Mapping[int, Callable[[int, Any], None]] = {
    gl.GL_FLOAT: lambda place, value: gl.glUniform1f(place, float(value)),
    gl.GL_FLOAT_VEC2: lambda place, value: gl.glUniform2f(place, *map(float, value)),
    gl.GL_FLOAT_VEC3: lambda place, value: gl.glUniform3f(place, *map(float, value)),
    gl.GL_FLOAT_VEC4: lambda place, value: gl.glUniform4f(place, *map(float, value)),
    gl.GL_FLOAT_MAT3: lambda place, value: gl.glUniformMatrix3fv(place, 1, False, value),
    gl.GL_FLOAT_MAT4: lambda place, value: gl.glUniformMatrix4fv(place, 1, False, value),
}


class Program:
    """Vertex and fragment shader, where they draw from, and the values they were given last.

    It lives as long as its OpenGL context, which must be current when it is made and when it draws.
    """

    def __init__(
        self,
        vertex: str,
        fragment: str,
        vertices: Vertices,
        follows: Mapping[str, str],
        tables: Mapping[str, Table] | None = None,
    ) -> None:
        """Compile and link.

        Args:
            vertex: source in GLSL 1.20.
            fragment: likewise.
            vertices: what it draws from.
            follows: uniforms that are fields of ``Aim``, by name of the uniform.
            tables: what its samplers look things up in.

        Raises:
            GraphicsError: the driver does not take it.
        """
        self._handle = _linked(vertex, fragment)
        self._source = vertex + fragment
        self._vertices, self._follows = vertices, tuple(follows.items())
        self._tables = dict(tables or {})
        self._aimed: Aim | None = None
        self._uniforms = _uniforms(self._handle)
        places = {name: gl.glGetAttribLocation(self._handle, name) for name in vertices.layout}
        self._attributes = [(place, *vertices.layout[name]) for name, place in places.items() if place >= 0]
        self._waiting: dict[str, Any] = {name: unit for unit, name in enumerate(self._tables)}

    def __setitem__(self, uniform: str, value: Any) -> None:
        """Give a uniform a value from the next drawing on: a number, a few, or a float32 matrix for row vectors.

        Raises:
            KeyError: the shaders have no such uniform.
        """
        if uniform not in self._source:
            raise KeyError(uniform)
        self._waiting[uniform] = value

    def look_up(self, sampler: str, table: Table) -> None:
        """Let a sampler look things up in ``table`` from the next drawing on."""
        self._tables[sampler] = table
        self._waiting |= {name: unit for unit, name in enumerate(self._tables)}

    def draw(self, aimed: Aim, triangles: Triangles | None = None, mode: int = gl.GL_TRIANGLES) -> None:
        """Draw into the bound framebuffer: ``triangles``, else all vertices in their order."""
        gl.glUseProgram(self._handle)
        if aimed is not self._aimed:
            self._waiting |= {uniform: getattr(aimed, field) for uniform, field in self._follows}
            self._aimed = aimed
        if self._waiting:
            self._tell()
        for unit, table in enumerate(self._tables.values()):
            gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
            gl.glBindTexture(gl.GL_TEXTURE_2D, table.handle)
        vertices = self._vertices
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, vertices.handle)
        for place, numbers, offset in self._attributes:
            gl.glEnableVertexAttribArray(place)
            gl.glVertexAttribPointer(place, numbers, gl.GL_FLOAT, False, vertices.stride, offset)
        if triangles is None:
            gl.glDrawArrays(mode, 0, vertices.count)
        else:
            gl.glBindBuffer(gl.GL_ELEMENT_ARRAY_BUFFER, triangles.handle)
            gl.glDrawElements(mode, triangles.count, gl.GL_UNSIGNED_INT, None)
        for place, _, _ in self._attributes:  # the next program's buffer may be shorter
            gl.glDisableVertexAttribArray(place)

    def _tell(self) -> None:
        for name, value in self._waiting.items():
            if name in self._uniforms:  # else the driver saw that nothing depends on it
                place, put = self._uniforms[name]
                put(place, value)
        self._waiting.clear()


def _uniforms(handle: int) -> dict[str, tuple[int, Callable[[int, Any], None]]]:
    """Of each uniform that the linked program uses: where it is, and how it is set."""
    found = {}
    for number in range(gl.glGetProgramParameter(handle, gl.GL_ACTIVE_UNIFORMS)):
        name, _, kind = gl.glGetActiveUniform(handle, number)
        found[name] = (gl.glGetUniformLocation(handle, name), _SETTERS.get(kind, gl.glUniform1i))
    return found


def _linked(vertex: str, fragment: str) -> int:
    handle = int(gl.glCreateProgram())
    for kind, source in ((gl.GL_VERTEX_SHADER, vertex), (gl.GL_FRAGMENT_SHADER, fragment)):
        shader = gl.glCreateShader(kind)
        gl.glShaderSource(shader, _VERSION + source)
        gl.glCompileShader(shader)
        if not gl.glGetShaderParameter(shader, gl.GL_COMPILE_STATUS):
            raise _refused(gl.glGetShaderInfoLog(shader))
        gl.glAttachShader(handle, shader)
        gl.glDeleteShader(shader)  # once the program goes
    gl.glLinkProgram(handle)
    if not gl.glGetProgramParameter(handle, gl.GL_LINK_STATUS):
        raise _refused(gl.glGetProgramInfoLog(handle))
    return handle


def _refused(said: Any) -> GraphicsError:
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return GraphicsError(
        f"the graphics driver does not take the twin's shaders ({text.strip()}); update the driver"
    )
