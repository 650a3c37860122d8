"""Finds what can draw without a window: EGL or OSMesa, each tried in a process of its own.

A broken driver may end the process that asks it, so the question is asked by a child.
Run as ``python -m teleop.cameras.backend egl`` to ask by hand.
"""

import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from twin.errors import GraphicsError

# In the order in which they are tried; with the module that opens a context, and what to install.
_MODULES = {"egl": "mujoco.egl", "osmesa": "mujoco.osmesa"}
_PACKAGES = {"egl": "libegl1 libgl1", "osmesa": "libosmesa6"}
BACKENDS = tuple(_MODULES)

_PATIENCE_S = 30.0  # the first start of a software renderer compiles its shaders


@dataclass(frozen=True)
class Probe:
    """What came of trying one way to draw."""

    backend: str
    works: bool
    renderer: str = ""  # OpenGL's own name for what draws
    problem: str = ""  # why it does not work, and what to do


def open_context(backend: str, width: int, height: int) -> Any:
    """An OpenGL context of ``backend``, not yet current; close it with its ``free()``."""
    # PyOpenGL binds to one platform when first imported; mujoco's modules set it, unless it is set wrongly.
    os.environ["PYOPENGL_PLATFORM"] = backend
    logging.getLogger("OpenGL").setLevel(logging.WARNING)  # it tells every start which extras it lacks
    return import_module(_MODULES[backend]).GLContext(width, height)


def probe(backend: str) -> Probe:
    """Try ``backend`` in a child process."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    environment.pop("MUJOCO_GL", None)
    try:
        child = subprocess.run(  # noqa: S603 - our own executable
            [sys.executable, "-m", "teleop.cameras.backend", backend],
            capture_output=True, text=True, timeout=_PATIENCE_S, env=environment, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Probe(backend, works=False, problem=f"it did not answer within {_PATIENCE_S:g} s")
    if child.returncode == 0:
        return Probe(backend, works=True, renderer=child.stdout.strip())
    return Probe(backend, works=False, problem=_problem(child.stderr, child.returncode))


def _problem(said: str, code: int) -> str:
    """What a failed child said last, without the exception's name and the advice that follows; else how it ended."""
    if code < 0:
        return f"its driver crashed with {signal.Signals(-code).name}"
    if not said.strip():
        return f"its process ended with code {code}"
    return said.strip().splitlines()[-1].split(": ", 1)[-1].split(". ")[0].rstrip(".")


def find_backend() -> Probe:
    """The first way to draw that works here; the environment's MUJOCO_GL, if it names one, is tried first.

    Raises:
        GraphicsError: none does.
    """
    preferred = os.environ.get("MUJOCO_GL", "").lower()
    order = sorted(BACKENDS, key=lambda name: name != preferred)
    failed = []
    for backend in order:
        found = probe(backend)
        if found.works:
            return found
        failed.append(found)
    tried = "; ".join(f"{found.backend}: {found.problem}" for found in failed)
    packages = " or ".join(f"`{_PACKAGES[found.backend]}`" for found in failed)
    raise GraphicsError(
        f"the robot's cameras show nothing, because this machine cannot draw without a window: install the "
        f"packages {packages} and start again ({tried})"
    )


def _answer(backend: str) -> str:
    """Open a context and return OpenGL's name for what draws; runs in the child."""
    context = open_context(backend, 64, 64)
    context.make_current()
    gl = import_module("OpenGL.GL")
    renderer = gl.glGetString(gl.GL_RENDERER)
    context.free()
    return renderer.decode() if renderer else ""


if __name__ == "__main__":
    sys.stdout.write(_answer(sys.argv[1]))
