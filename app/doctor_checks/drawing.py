"""What can draw here: the window's twin, the simulated cameras, and the display for both."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from app.doctor_checks.examination import Examination, Finding, Trouble
from app.doctor_checks.probe import ProbeFailed, ask
from teleop.cameras.backend import probe

_SOFTWARE = re.compile(r"llvmpipe|softpipe|swrast|software", re.IGNORECASE)


def has_display() -> bool:
    """Whether a window could be opened here, as far as the environment says."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_libraries(ldd_output: str) -> list[str]:
    """The libraries that ``ldd`` could not find, in the order it names them."""
    return [line.split("=>")[0].strip() for line in ldd_output.splitlines() if "not found" in line]


def _qt_platform() -> Finding:
    if sys.platform != "linux":
        return Finding("not needed on this system")
    package = importlib.util.find_spec("PySide6")
    if package is None or package.origin is None:
        return Finding("PySide6 is not installed", "libraries")
    plugin = Path(package.origin).parent / "Qt/plugins/platforms/libqxcb.so"
    if not plugin.exists():
        return Finding(f"{plugin} is missing", "libraries")
    ldd = shutil.which("ldd")
    if ldd is None:
        return Finding("there is no `ldd` here to ask", "unknown")
    asked = subprocess.run(  # noqa: S603 - the system's ldd on Qt's own plugin
        [ldd, str(plugin)], capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL
    )
    missing = missing_libraries(asked.stdout)
    if missing:
        return Finding(f"missing: {', '.join(missing)}", "libraries")
    return Finding("complete")


def _window() -> Finding:
    if not has_display():
        return Finding("no display (neither DISPLAY nor WAYLAND_DISPLAY is set)", "no_display")
    try:
        found = ask("window")
    except ProbeFailed as error:
        return Finding(str(error), "no_opengl")
    renderer = f"{found['renderer']}, OpenGL {found['version']}, {found['platform']}"
    return Finding(renderer, "software" if _SOFTWARE.search(found["renderer"]) else "")


def _offscreen() -> Finding:
    ways = [probe("egl"), probe("osmesa")]
    texts = [f"{way.backend.upper()}: {way.renderer if way.works else way.problem}" for way in ways]
    egl_works, osmesa_works = (way.works for way in ways)
    if egl_works:
        return Finding("; ".join(texts))
    return Finding("; ".join(texts), "no_egl" if osmesa_works else "nothing")


def _xvfb() -> Finding:
    path = shutil.which("Xvfb")
    if path is not None:
        return Finding(path)
    return Finding("not installed", "missing_with_display" if has_display() else "missing")


EXAMINATIONS = (
    Examination(
        "qt_platform",
        "Qt on X11",
        _qt_platform,
        {
            "libraries": Trouble(
                "fault",
                'Qt says it "could not load the Qt platform plugin xcb"',
                "System libraries that Qt needs on X11 are missing, so no window opens. Qt's own message names "
                "libxcb-cursor0 even when it is another one.",
                "Run `packaging/install-system-packages`, or install on Debian `libxcb-cursor0 libxcb-icccm4 "
                "libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1`.",
            ),
            "unknown": Trouble(
                "lack",
                "It is not known whether Qt has its libraries",
                "The tool that could tell is missing; a window may or may not open.",
                "Start `understudy` and see, or install `libc-bin`.",
            ),
        },
    ),
    Examination(
        "window",
        "Window and OpenGL",
        _window,
        {
            "no_display": Trouble(
                "lack",
                "There is no display",
                "The station's window cannot be opened here. `understudy demo` and everything else works.",
                "Start it from a desktop session, or see the window's pictures that `understudy demo` makes.",
            ),
            "no_opengl": Trouble(
                "fault",
                "The window opens without the robot in it, or not at all: no OpenGL",
                "The twin is drawn with OpenGL 2.1 or newer, and this display offers none.",
                "Install a graphics driver, or on Debian `libgl1 libegl1` for the software renderer.",
            ),
            "software": Trouble(
                "lack",
                "The window is slow: OpenGL is done in software",
                "There is no graphics driver, so the processor draws: the twin keeps to 30 pictures a second "
                "and takes time from physics and cameras.",
                "Install the driver of the graphics card, or make the window smaller.",
            ),
        },
    ),
    Examination(
        "offscreen",
        "Cameras and pictures without a window",
        _offscreen,
        {
            "no_egl": Trouble(
                "lack",
                "EGL does not work, OSMesa does",
                "The simulated cameras are drawn by the processor through OSMesa; their rate is lower.",
                "Install a graphics driver with EGL, on Debian `libegl1 libgl1`.",
            ),
            "nothing": Trouble(
                "fault",
                "The cameras show nothing: neither EGL nor OSMesa works",
                "The simulated cameras cannot be drawn, so takes and datasets have no video; driving works.",
                "Install on Debian `libegl1 libgl1`, or `libosmesa6`.",
            ),
        },
    ),
    Examination(
        "xvfb",
        "Xvfb",
        _xvfb,
        {
            "missing": Trouble(
                "fault",
                "`understudy demo` finds neither a display nor Xvfb",
                "Without a display the demo and the tests draw the window on a virtual one, and it is missing.",
                "Install on Debian `xvfb xauth`.",
            ),
            "missing_with_display": Trouble(
                "lack",
                "Xvfb is missing",
                "The station and the demo use this display; only the tests want a virtual one.",
                "Install on Debian `xvfb xauth`, if the tests are to run.",
            ),
        },
    ),
)
