"""Questions that may end the process that asks them, or change it; so a child asks, under a time limit.

Drivers of graphics and devices crash, Qt aborts where it finds no display, and a scheduling class would stay.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from app.roles import executable

PATIENCE_S = 30.0  # the first start of a software renderer compiles its shaders


class ProbeFailed(Exception):
    """The child said why not, crashed, or did not answer in time; the text is one line."""


def ask(name: str, **environment: str) -> dict[str, Any]:
    """What the child that was asked ``name`` (a key of ``PROBES``) found.

    Args:
        name: which question.
        environment: variables to set for the child.

    Raises:
        ProbeFailed: there is no answer; the text says why, as far as the child did.
    """
    if getattr(sys, "frozen", False):
        command = [*executable(), "doctor", "--probe", name]
    else:
        command = [sys.executable, "-m", __name__, name]
    try:
        child = subprocess.run(  # noqa: S603 - our own executable
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            env={**os.environ, **environment},
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise ProbeFailed(f"no answer within {PATIENCE_S:g} s") from None
    except OSError as error:
        raise ProbeFailed(str(error)) from error
    if child.returncode != 0:
        said = [line for line in child.stderr.splitlines() if line.strip()]
        raise ProbeFailed(_ending(child.returncode, said))
    answer: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return answer


def _ending(code: int, said: list[str]) -> str:
    """Why a child failed, on one line: an exception is told last, what led to a crash is told first."""
    if not said:
        said = ["it said nothing"]
    return f"it crashed with signal {-code} ({said[0].strip()})" if code < 0 else said[-1].strip()


def _window() -> dict[str, Any]:
    """Open a GL context the way the window does."""
    gui: Any = import_module("PySide6.QtGui")
    application = gui.QGuiApplication(["understudy"])
    context = gui.QOpenGLContext()
    if not context.create():
        raise SystemExit("Qt cannot make an OpenGL context on this display")
    surface = gui.QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        raise SystemExit("the OpenGL context cannot be used on this display")
    functions = context.functions()
    renderer, version = (functions.glGetString(name) for name in (0x1F01, 0x1F02))  # GL_RENDERER, GL_VERSION
    context.doneCurrent()
    return {"renderer": str(renderer), "version": str(version), "platform": application.platformName()}


def _sdl() -> dict[str, Any]:
    """What SDL sees, and whether it takes a virtual pad."""
    from teleop.inputs import sdl
    from teleop.inputs.gamepad import Gamepads
    from teleop.inputs.virtual_pad import VirtualPad
    from twin.errors import StationError
    from twin.station import Station

    gamepads = Gamepads(Station(folder="", robot_folder=""))
    gamepads.poll(0)
    devices = [{"name": each.name, "known": each.bound, "note": each.note} for each in gamepads.devices()]
    try:
        VirtualPad().unplug()
        virtual = True
    except (StationError, AttributeError):  # SDL before 2.24 lacks the function
        virtual = False
    gamepads.close()
    return {"version": sdl.version(), "devices": devices, "virtual": virtual}


def _real_time() -> dict[str, Any]:
    """Whether the kernel lets this user have real-time priority."""
    from twin.role import be_urgent

    return {"granted": be_urgent(-10)}


def _openxr() -> dict[str, Any]:
    """What the active OpenXR runtime offers; its library is loaded for it."""
    from teleop.inputs.openxr import runtime

    try:
        xr = runtime.load_library()
    except runtime.UnusableRuntime as error:
        return {"found": str(error), "trouble": "no_extra"}
    version = f"pyopenxr {xr.__version__}"
    try:
        offered = runtime.offered_extensions(xr)
    except runtime.AbsentHeadset:
        return {"found": f"no runtime answers ({version})", "trouble": "no_runtime"}
    needed = [name for name in (runtime.HEADLESS, runtime.CLOCK) if name not in offered]
    if needed:
        return {"found": f"the runtime lacks {', '.join(needed)} ({version})", "trouble": "no_headless"}
    hands = "with" if runtime.HANDS in offered else "without"
    return {"found": f"a runtime answers, {hands} bare hands ({version})", "trouble": ""}


def _webcam() -> dict[str, Any]:
    """Whether hands before a webcam can be seen; the networks are loaded for it, no camera is opened."""
    from pathlib import Path

    from teleop.inputs.webcam import networks

    if missing := networks.lack():
        return {"found": missing, "trouble": "no_extra" if missing == networks.NO_EXTRA else "no_networks"}
    try:
        networks.open_networks()
    except networks.NoHandTracker as error:
        return {"found": str(error), "trouble": "broken"}
    cameras = sorted(str(path) for path in Path("/dev").glob("video*"))
    if not cameras:
        return {"found": "the hand tracker works, no camera is plugged in", "trouble": "no_camera"}
    return {"found": f"the hand tracker works, cameras {', '.join(cameras)}", "trouble": ""}


PROBES: dict[str, Callable[[], dict[str, Any]]] = {
    "window": _window,
    "sdl": _sdl,
    "openxr": _openxr,
    "webcam": _webcam,
    "real_time": _real_time,
}


def answer(name: str) -> int:
    """Answer one question on standard output; runs in the child."""
    found = PROBES[name]()
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(answer(sys.argv[1]))
