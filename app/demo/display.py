"""A display to show the window on: the person's own, or a virtual one where there is none."""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from app.displays import why_no_display
from twin.errors import GraphicsError

_OPTIONS = ("-screen", "0", "1600x1000x24", "-nolisten", "tcp")
_PATIENCE_S = 10.0
# Ends the server that it started as soon as nobody holds its standard input any more, however that came.
_UNTIL_NOBODY_WATCHES = '"$@" & exec >&-; read -r _; kill $!; wait $!'


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
    """A display of one's own in memory, whatever else there is; ends with the block, or with this process.

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
    watched = subprocess.Popen(  # noqa: S603 - a fixed command
        ["/bin/sh", "-c", _UNTIL_NOBODY_WATCHES, "sh", server, "-displayfd", "1", *_OPTIONS],
        stdin=subprocess.PIPE,
        stdout=told,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal would end the watcher before the server
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
        watched.communicate()


def _read_line(descriptor: int) -> str:
    text = b""
    while select.select([descriptor], [], [], _PATIENCE_S)[0]:
        chunk = os.read(descriptor, 64)
        text += chunk
        if not chunk or text.endswith(b"\n"):
            break
    return text.decode().strip()
