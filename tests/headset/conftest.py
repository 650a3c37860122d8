"""One worn headset for all stories: it is the start of the browser and of the robot that costs."""

import asyncio
import inspect
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from worn_station import WornStation

from benchmarks.emulated_headset import missing


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="session")
def station(runner: asyncio.Runner) -> Iterator[WornStation]:
    if missing():
        pytest.skip(missing())
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    worn = WornStation(folder)
    try:
        runner.run(worn.start())
        yield worn
    finally:
        runner.run(worn.close())
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A story is told in the event loop in which the headset lives."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    runner: asyncio.Runner = pyfuncitem._request.getfixturevalue("runner")
    runner.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True
