"""What all tests share: a short-lived station folder, and one display for one window at a time."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests with windows in one worker: on a shared display two windows take the focus from each other."""
    for item in items:
        if item.get_closest_marker("display"):
            item.add_marker(pytest.mark.xdist_group("display"))


@pytest.fixture
def station_folder() -> Iterator[Path]:
    """An empty folder with a path short enough for Unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
