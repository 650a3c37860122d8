"""A display to show the window on: the person's own, or a virtual one where there is none."""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from app.displays import why_no_display
from twin.errors import GraphicsError

_SCREEN = "1600x1000x24"
_PATIENCE_S = 10.0


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """Environment variables under which a window can be shown; a virtual display ends with the block.

    Raises:
        GraphicsError: there is no display and no Xvfb to make one.
    """
    if not why_no_display():
        yield {}
        return
    with virtual_display() as environment:
        yield environment


@contextmanager
def virtual_display() -> Iterator[dict[str, str]]:
    """A display of one's own in memory, whatever else there is; ends with the block.

    Raises:
        GraphicsError: there is no Xvfb to make one.
    """
    server = shutil.which("Xvfb")
    if server is None:
        raise GraphicsError(
            "there is no display here and no virtual one can be made: install Xvfb "
            "(apt-get install xvfb), or run `make demo`, which does"
        )
    # Xvfb chooses a free number itself and writes it to the pipe once it is ready.
    ready, told = os.pipe()
    process = subprocess.Popen(  # noqa: S603 - a fixed command
        [server, "-displayfd", str(told), "-screen", "0", _SCREEN, "-nolisten", "tcp"],
        pass_fds=(told,),
        stderr=subprocess.DEVNULL,
    )
    os.close(told)
    try:
        number = _read_line(ready)
        if not number:
            raise GraphicsError(f"Xvfb did not start within {_PATIENCE_S:g} s; try `Xvfb :99` to see why")
        # Without XAUTHORITY of another display in the way, a local client needs no cookie.
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        os.close(ready)
        process.terminate()
        process.wait()


def _read_line(descriptor: int) -> str:
    text = b""
    while select.select([descriptor], [], [], _PATIENCE_S)[0]:
        chunk = os.read(descriptor, 64)
        text += chunk
        if not chunk or text.endswith(b"\n"):
            break
    return text.decode().strip()
