"""Whether a window can be shown here: asked of the display itself, before Qt is, which would end the process."""

import ctypes
import os
import socket
import sys
from pathlib import Path

_INSTEAD = "Run `understudy demo`, which needs none, or start this in a desktop session"


def why_no_display() -> str:
    """Why no window can be shown here, as a sentence; empty if nothing speaks against it."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    x11, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if not x11 and not wayland:
        return f"there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). {_INSTEAD}"
    if wayland and _is_wayland(wayland):
        return ""
    return _why_no_x11(x11) if x11 else f"nobody answers on the display WAYLAND_DISPLAY={wayland}. {_INSTEAD}"


def _is_wayland(name: str) -> bool:
    """Whether a compositor listens on the socket ``name``, which is relative to the runtime folder."""
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(str(path))
        except OSError:
            return False
    return True


def _why_no_x11(name: str) -> str:
    """Ask through the library that Qt itself uses, so that its word on permissions is the same as Qt's."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as error:
        missing = str(error).split(":")[0]
        return (
            f"Qt cannot open a window, because the library {missing} is missing: run `make system` in the "
            "source folder, or install the packages libxcb1 and libxcb-cursor0"
        )
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return (
        f"the display DISPLAY={name} cannot be opened (is it there, and may you?). {_INSTEAD}"
        if failed
        else ""
    )
