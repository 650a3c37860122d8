"""A virtual display is there while it is wanted, and no longer than the process that wanted it."""

import shutil
import signal
import subprocess
import sys

import psutil
import pytest

from app.demo.display import virtual_display

pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")

_WANTS_ONE = """
import time
from app.demo.display import virtual_display
with virtual_display() as environment:
    print(environment["DISPLAY"], flush=True)
    time.sleep(600)
"""


def servers_of(process: psutil.Process) -> set[psutil.Process]:
    return {child for child in process.children(recursive=True) if child.name() == "Xvfb"}


def test_a_display_ends_with_its_block():
    before = servers_of(psutil.Process())  # the tests themselves may have one
    with virtual_display():
        (server,) = servers_of(psutil.Process()) - before
        assert server.is_running()
    assert not server.is_running()


@pytest.mark.parametrize("cut_by", [signal.SIGTERM, signal.SIGKILL])
def test_a_display_ends_with_a_process_that_was_cut_short(cut_by):
    with subprocess.Popen([sys.executable, "-c", _WANTS_ONE], stdout=subprocess.PIPE) as wants:
        assert wants.stdout.readline().startswith(b":")
        (server,) = servers_of(psutil.Process(wants.pid))
        wants.send_signal(cut_by)
    server.wait(timeout=30)
