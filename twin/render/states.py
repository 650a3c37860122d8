"""OpenGL's drawing state. Between drawings: depth tested and written, nothing blended, all colours written."""

from collections.abc import Iterator
from contextlib import contextmanager

from vispy import gloo
from vispy.gloo import gl

from twin.render.themes import Rgb


@contextmanager
def plain() -> Iterator[None]:
    """Call OpenGL directly in here, after what VisPy was told before (to bind a framebuffer) and before what follows.

    Raises:
        RuntimeError: OpenGL refused one of the calls.
    """
    gloo.get_current_canvas().context.flush_commands()
    yield
    gl.glUseProgram(0)
    gl.glBindBuffer(gl.GL_ARRAY_BUFFER, 0)
    gl.glBindBuffer(gl.GL_ELEMENT_ARRAY_BUFFER, 0)
    gl.glActiveTexture(gl.GL_TEXTURE0)
    gl.check_error("the picture of the twin")


def begin(size_px: tuple[int, int], background: Rgb) -> None:
    """A cleared picture of this width and height, and the state as it is between drawings."""
    gl.glViewport(0, 0, *size_px)
    gl.glEnable(gl.GL_DEPTH_TEST)
    gl.glDisable(gl.GL_BLEND)
    gl.glDisable(gl.GL_CULL_FACE)
    gl.glDepthMask(True)
    gl.glDepthFunc(gl.GL_LESS)
    gl.glColorMask(True, True, True, True)
    gl.glBlendFunc(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA)
    gl.glClearColor(*background, 1.0)
    gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)


def forget_depth() -> None:
    """What is drawn next is in front of everything drawn so far."""
    gl.glClear(gl.GL_DEPTH_BUFFER_BIT)


@contextmanager
def depth_alone() -> Iterator[None]:
    """Draw depths and no colours."""
    gl.glColorMask(False, False, False, False)
    yield
    gl.glColorMask(True, True, True, True)


@contextmanager
def blended(writes_depth: bool = True, onto_equal_depth: bool = False) -> Iterator[None]:
    """Draw translucently.

    Args:
        writes_depth: hide what is drawn later behind it.
        onto_equal_depth: draw also where exactly this depth has been drawn before.
    """
    gl.glEnable(gl.GL_BLEND)
    gl.glDepthMask(writes_depth)
    gl.glDepthFunc(gl.GL_LEQUAL if onto_equal_depth else gl.GL_LESS)
    yield
    gl.glDisable(gl.GL_BLEND)
    gl.glDepthMask(True)
    gl.glDepthFunc(gl.GL_LESS)
