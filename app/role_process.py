"""How the process of a role is started, and how a station's window is before anything else is read or started."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from app.roles import executable
from twin.station import Station, claim


def start_role(role: str, station: Station, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a supervised role of ``station``; closing its standard input tells it that nobody watches any more."""
    return subprocess.Popen(  # noqa: S603 - our own executable
        [*executable(), "role", role, "--station-dir", station.folder, "--supervised"],
        stdin=subprocess.PIPE,
        # Threads of BLAS only wait for each other over matrices as small as a robot's.
        env={"OPENBLAS_NUM_THREADS": "1", **os.environ, **environment},
        start_new_session=True,  # Ctrl-C in the terminal is the supervisor's to handle, in order
    )


@dataclass
class Opening:
    """A station that is claimed, and perhaps its window's process."""

    lock: IO[str]
    window: subprocess.Popen[bytes] | None = None

    def take_window(self) -> subprocess.Popen[bytes] | None:
        """Hand the window over to whoever watches it from now on."""
        taken, self.window = self.window, None
        return taken


def claimed(station: Station) -> Opening:
    """Write ``station`` down and claim it.

    Raises:
        StationError: it runs already.
    """
    station.save()
    return Opening(claim(station.path, "supervisor"))


@contextmanager
def window_first(station: Station) -> Iterator[Opening]:
    """Claim ``station`` and start its window; it is ended again if the block fails before anyone took it.

    Raises:
        StationError: it runs already.
    """
    opening = claimed(station)
    opening.window = start_role("window", station, {})
    try:
        yield opening
    finally:
        if (left := opening.take_window()) is not None:
            with left:  # waits for its end
                left.terminate()
        opening.lock.close()
