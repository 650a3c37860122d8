"""The bar of the last take: its handles say what counts, and the recorder has the last word."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.actions.trim import part_after
from app.takes.trim_bar import TrimBar
from app.theme import load_theme
from twin.wire.messages import RecorderStatus

TAKE = RecorderStatus(rated_take="A", rated_seconds=10.0, part_to_s=10.0, driven_from_s=3.0, driven_to_s=7.0)


@pytest.fixture
def bar(qtbot):
    made = TrimBar(load_theme("dark"))
    qtbot.addWidget(made)
    made.resize(600, 24)
    made.show_take(TAKE)
    made.show()
    made.asked = []
    made.trimmed.connect(lambda *part: made.asked.append(part))
    return made


def at(bar, seconds):
    return QPoint(round(bar._x(seconds)), 12)


def drag(bar, from_s, to_s):
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=at(bar, from_s))
    QTest.mouseMove(bar, at(bar, to_s))
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=at(bar, to_s))


def test_there_is_no_bar_before_there_is_a_take(bar):
    bar.show_take(RecorderStatus())
    assert not bar.isVisible()
    bar.show_take(None)
    assert not bar.isVisible()


def test_a_dragged_handle_asks_once_when_it_is_let_go(bar):
    assert bar.words == "all 10.0 s"
    drag(bar, 0.0, 2.5)
    assert bar.asked == [(pytest.approx(2.5, abs=0.1), 10.0)]
    assert bar.words.startswith("2.5 \u2013 10.0 of 10.0")
    drag(bar, 10.0, 8.0)
    assert bar.asked[-1] == (pytest.approx(2.5, abs=0.1), pytest.approx(8.0, abs=0.1))


def test_a_press_beside_the_handles_moves_nothing(bar):
    drag(bar, 5.0, 6.0)
    assert bar.asked == []


def test_handles_do_not_pass_each_other_nor_leave_the_take(bar):
    drag(bar, 0.0, 14.0)
    assert bar.asked[-1][0] == pytest.approx(9.5)
    drag(bar, 9.5, -5.0)
    assert bar.asked[-1][0] == 0.0


def test_what_the_recorder_says_counts_and_a_double_click_gives_all_back(bar):
    drag(bar, 0.0, 2.0)
    bar.show_take(RecorderStatus(rated_take="A", rated_seconds=10.0, part_from_s=1.0, part_to_s=9.0))
    assert bar.words.startswith("1.0 \u2013 9.0")
    given = []
    bar.given_back.connect(lambda: given.append(True))
    QTest.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=at(bar, 5.0))
    assert given == [True]


def test_half_a_second_more_or_less_stays_within_the_take():
    assert part_after(TAKE, 0.5, 0.0) == (0.5, 10.0)
    assert part_after(TAKE, -0.5, 0.5) == (0.0, 10.0)
