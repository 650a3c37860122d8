"""A window on a take, on a real display."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "app" / "review"))  # the take is made there
sys.path.append(str(Path(__file__).parents[2] / "recordings"))

from bending_take import said, take_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.review.window import ReviewWindow
from app.theme import load_theme
from twin.robot import find_robot, load_robot
from twin.wire.clock import NS_PER_S, now_ns


@pytest.fixture(scope="session")
def optimus():
    return load_robot(find_robot("optimus"))


@pytest.fixture(scope="session")
def messages(optimus):
    return said(optimus)


@pytest.fixture
def takes(tmp_path, optimus, messages) -> list[Path]:
    """Two takes of four seconds."""
    return [take_of(optimus, tmp_path / "takes", messages, take=f"0{number}") for number in (1, 2)]


class Review:
    """The window, and a person's hands."""

    def __init__(self, qtbot, path: Path, station_folder: Path) -> None:
        self.qtbot = qtbot
        self.window = ReviewWindow(path, load_theme("dark"), station_folder)
        self.window.resize(1280, 800)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    @property
    def view(self):
        return self.window.view

    @property
    def place_s(self) -> float:
        return self.view.playback.position_s

    def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        """Let the window run until ``true`` is."""
        until_ns = now_ns() + int(seconds * NS_PER_S)
        while not true():
            assert now_ns() < until_ns, "it did not happen"
            self.qtbot.wait(5)

    def until_built(self) -> None:
        """The take is read, and every panel is there."""
        self.until(lambda: self.view is not None)
        self.until(lambda: all(frame.panel or frame.failed for frame in self.view.frames))
        self.qtbot.wait(50)

    def strike(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifiers)
        self.qtbot.wait(40)

    def said(self) -> str:
        return self.view._headline.said.text()


@pytest.fixture
def review(qtbot, takes, tmp_path) -> Iterator[Review]:
    """The first of two takes, with all panels; no station runs."""
    made = Review(qtbot, takes[0], tmp_path / "no station")
    made.until_built()
    yield made
    made.window.close()


@pytest.fixture
def opened(qtbot, tmp_path) -> Iterator[Callable[..., Review]]:
    """Opens a window on a take; closed at the end."""
    made: list[Review] = []

    def open_on(path: Path, station_folder: Path | None = None) -> Review:
        made.append(Review(qtbot, path, station_folder or tmp_path / "no station"))
        return made[-1]

    yield open_on
    for each in made:
        each.window.close()
