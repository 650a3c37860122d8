"""What all tests share: a short-lived station folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def station_folder() -> Iterator[Path]:
    """An empty folder with a path short enough for Unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
