"""The skin of a hand at a glance: what presses, and above all what begins to slide."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from app.theme import Theme, load_theme
from app.touch_row import HEIGHT_PX, Felt, felt_by, paint_touch
from twin.wire.messages import EMPTY, RobotState, vector

NAMES = ("left_thumb_touch", "left_index_touch", "right_thumb_touch", "right_palm_touch")


def state(force_n=(1.0, 0.0, 8.2, 0.0), slip_m_s=(0.0, 0.0, 0.012, 0.0)) -> RobotState:
    still = vector((0.0,))
    return RobotState(
        position_rad=still, velocity_rad_s=still, effort_nm=still,
        touch_n=vector(force_n), touch_slip_m_s=vector(slip_m_s) if slip_m_s else EMPTY,
    )  # fmt: skip


def test_each_hand_has_its_own_sensors_in_the_robots_order():
    assert [felt.place for felt in felt_by(state(), NAMES, "left")] == ["thumb", "index"]
    assert [felt.place for felt in felt_by(state(), NAMES, "right")] == ["thumb", "palm"]


def test_force_is_told_until_something_slides():
    held, slides = felt_by(state(), NAMES, "left")[0], felt_by(state(), NAMES, "right")[0]
    assert (held.slides, held.figure) == (False, "1.0 N")
    assert (slides.slides, slides.figure) == (True, "12 mm/s")


@pytest.mark.parametrize(("force_n", "slip_m_s"), [(5.0, 0.001), (0.05, 0.2)])
def test_creep_and_a_brush_in_passing_are_not_sliding(force_n: float, slip_m_s: float):
    assert not Felt("thumb", force_n, slip_m_s).slides


def test_nothing_is_shown_of_a_robot_that_feels_nothing_or_was_not_heard():
    assert felt_by(None, NAMES, "left") == ()
    assert felt_by(state((), ()), NAMES, "left") == ()
    assert felt_by(state((), ()), (), "left") == ()


def test_a_robot_that_feels_force_alone_shows_force():
    assert [felt.figure for felt in felt_by(state(slip_m_s=()), NAMES, "right")] == ["8.2 N", "0.0 N"]


def painted(hand: tuple[Felt, ...], theme: Theme) -> QImage:
    image = QImage(300, int(HEIGHT_PX), QImage.Format.Format_RGB32)
    image.fill(theme.color("panel"))
    painter = QPainter(image)
    paint_touch(painter, QRectF(0, 0, 300, HEIGHT_PX), hand, theme)
    painter.end()
    return image


def share(image: QImage, left: int, right: int, color: QColor) -> float:
    """How much of the picture between two columns has ``color``."""
    pixels = [image.pixel(x, y) for x in range(left, right) for y in range(image.height())]
    return pixels.count(color.rgb()) / len(pixels)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_only_the_finger_under_which_it_slides_is_amber_and_a_cell_fills_with_force(qapp, name: str):
    theme = load_theme(name)
    hand = (Felt("thumb", 15.0, 0.0), Felt("index", 15.0, 0.02), Felt("middle", 1.0, 0.0))
    image = painted(hand, theme)
    amber = theme.color("warning")
    assert share(image, 0, 98, amber) == 0.0
    assert share(image, 101, 199, amber) > 0.08
    assert share(image, 202, 300, amber) == 0.0
    empty = theme.color("sunken")
    assert share(image, 0, 98, empty) < 0.3 < 0.6 < share(image, 202, 300, empty)
