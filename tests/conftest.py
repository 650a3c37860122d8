"""What all tests share: a short-lived station folder, and a display for each worker."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.demo.display import virtual_display
from twin.ik.compiled.library import LIBRARY

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to begin without what is compiled; give each parallel worker a display of its own.

    On a shared one, windows take the focus from each other.
    """
    if not LIBRARY.exists() or any(
        source.stat().st_mtime > LIBRARY.stat().st_mtime for source in LIBRARY.parent.glob("*.[ch]")
    ):
        pytest.exit(
            f"{LIBRARY} is missing or older than its source: run `make compiled`, "
            "or `python hatch_build.py` in your environment",
            4,
        )
    if hasattr(config, "workerinput") and os.environ.get("DISPLAY"):
        screen = ExitStack()
        os.environ["DISPLAY"] = screen.enter_context(virtual_display())["DISPLAY"]
        config.add_cleanup(screen.close)


@pytest.fixture(autouse=True, scope="session")
def localhost_has_an_address() -> Iterator[None]:
    """A bare root may lack /etc/hosts; browsers know ``localhost`` by themselves, Python asks."""
    asked = socket.getaddrinfo
    try:
        asked("localhost", 80)
    except socket.gaierror:

        def answered(host, *args, **kwargs):
            return asked("127.0.0.1" if host == "localhost" else host, *args, **kwargs)

        socket.getaddrinfo = answered
    yield
    socket.getaddrinfo = asked


@pytest.fixture
def station_folder() -> Iterator[Path]:
    """An empty folder with a path short enough for Unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
