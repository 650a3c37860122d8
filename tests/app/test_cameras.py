"""An operator sees the newest picture, how old it is, or why there is none; an old one never looks alive."""

import pytest
from grey_film import HEIGHT, WIDTH, film
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor

from app.actions.registry import Actions
from app.cameras.pane import CAPTION_PX, CameraPane, letterbox
from app.feed import Feed
from app.panels.base import PanelContext
from app.panels.cameras import CamerasPanel, create
from app.theme import load_theme
from twin.station import Station
from twin.wire.messages import CamerasStatus, CameraStatus

S, MS = 1_000_000_000, 1_000_000
GREY = 8 * 9


@pytest.fixture
def panel(qtbot, grid_spec) -> CamerasPanel:
    station = Station(folder="/nowhere", robot_folder="/nowhere")
    made = create(PanelContext(station, grid_spec, Actions(), load_theme("dark")))
    shown = made.widget()
    qtbot.addWidget(shown)
    shown.resize(800, 700)
    shown.show()
    return made


def pane_of(panel: CamerasPanel, name: str = "head") -> CameraPane:
    found = panel.widget().findChild(CameraPane, f"camera_{name}")
    assert found is not None
    return found


def show_film(panel: CamerasPanel, ear, feed: Feed, pictures: int = 10) -> int:
    """Play ``pictures`` of the grey film to the head's pane at 30 Hz; the time of the last."""
    now_ns = S
    for heard in film(pictures):
        now_ns += 33 * MS
        ear.say_bytes("camera.head", heard.payload, now_ns)
        feed.drain(now_ns + 20 * MS)
        panel.refresh(feed, now_ns + 20 * MS)
    return now_ns


def color_at_middle(pane: CameraPane, right: int = 0) -> QColor:
    where = pane.picture_rect() or pane.rect()
    return pane.grab().toImage().pixelColor(where.center().x() + right, where.center().y() - 40)


def test_a_picture_keeps_its_shape_in_any_room():
    assert letterbox(QSize(640, 480), QRect(0, 22, 1000, 480)) == QRect(180, 22, 640, 480)
    assert letterbox(QSize(640, 480), QRect(0, 0, 320, 900)) == QRect(0, 330, 320, 240)


def test_the_newest_picture_is_painted_between_dark_borders(panel, ear):
    show_film(panel, ear, Feed(ear))
    pane = pane_of(panel)
    where = pane.picture_rect()
    assert where.width() * HEIGHT == pytest.approx(where.height() * WIDTH, rel=0.01)
    assert abs(color_at_middle(pane).red() - GREY) < 4
    image = pane.grab().toImage()
    assert image.pixelColor(2, CAPTION_PX + 40) == load_theme("dark").color("sunken")


def test_the_head_is_larger_than_the_wrists(panel):
    head, wrist = pane_of(panel), pane_of(panel, "left_wrist")
    assert head.width() * head.height() > 3 * wrist.width() * wrist.height()


def test_one_camera_may_have_a_panel_of_its_own(qtbot, grid_spec):
    station = Station(folder="/nowhere", robot_folder="/nowhere")
    made = create(PanelContext(station, grid_spec, Actions(), load_theme("dark"), part="left_wrist"))
    qtbot.addWidget(made.widget())
    assert made.title == "Left wrist camera"
    assert len(made.widget().findChildren(CameraPane)) == 1


def test_age_and_rate_stand_beside_the_picture(panel, ear):
    show_film(panel, ear, Feed(ear), pictures=70)
    condition = pane_of(panel).condition
    assert condition.age_ms == pytest.approx(20, abs=1)
    assert condition.rate_hz == pytest.approx(30, abs=2)
    assert not condition.stale


def test_after_half_a_second_the_picture_is_hatched_and_called_stale(panel, ear):
    feed = Feed(ear)
    last_ns = show_film(panel, ear, feed)
    pane = pane_of(panel)
    for age_ms, stale in ((400, False), (700, True)):
        feed.drain(last_ns + age_ms * MS)
        panel.refresh(feed, last_ns + age_ms * MS)
        assert pane.condition.stale is stale
    where, image = pane.picture_rect(), pane.grab().toImage()
    row = {image.pixel(x, where.top() + 20) for x in range(where.left() + 10, where.right() - 10)}
    assert len(row) > 3, "no hatching"


def test_a_new_picture_ends_the_staleness(panel, ear):
    feed = Feed(ear)
    last_ns = show_film(panel, ear, feed) + S
    feed.drain(last_ns)
    panel.refresh(feed, last_ns)
    assert pane_of(panel).condition.stale
    ear.say_bytes("camera.head", film(11)[10].payload, last_ns + 5 * MS)
    feed.drain(last_ns + 10 * MS)
    panel.refresh(feed, last_ns + 10 * MS)
    assert not pane_of(panel).condition.stale


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (None, "the cameras process says nothing"),
        (CamerasStatus(note="no EGL on this machine: run `understudy doctor`"), "no EGL on this machine"),
        (CamerasStatus(), "the cameras process does not know head"),
        (CamerasStatus(cameras=(CameraStatus(name="head"),)), "waiting for the first one"),
    ],
)
def test_without_a_picture_there_is_the_reason(panel, ear, status, sentence):
    feed = Feed(ear)
    if status is not None:
        ear.say("cameras.status", status, S)
    feed.drain(S)
    panel.refresh(feed, S)
    pane = pane_of(panel)
    assert pane.condition.sentence.startswith(sentence)
    assert pane.picture_rect() is None
    ground = load_theme("dark").color("sunken").rgb()
    image = pane.grab().toImage()
    middle = range(image.height() // 2 - 10, image.height() // 2 + 30)
    assert any(image.pixel(x, y) != ground for y in middle for x in range(image.width()))


def test_a_lost_picture_freezes_the_view_until_a_whole_one_comes(panel, ear):
    feed = Feed(ear)
    show_film(panel, ear, feed, pictures=5)
    ear.skip("camera.head")
    shown = film(12)
    for number in range(6, 12):
        now_ns = 2 * S + number * 33 * MS
        ear.say_bytes("camera.head", shown[number].payload, now_ns)
        feed.drain(now_ns)
        panel.refresh(feed, now_ns)
        expected = 8 * 4 if number < 10 else 8 * number
        if not pane_of(panel).condition.stale:
            assert abs(color_at_middle(pane_of(panel)).red() - expected) < 4
    assert not pane_of(panel).condition.stale


def test_both_themes_have_their_own_ground(panel):
    light = load_theme("light")
    panel.set_theme(light)
    image = pane_of(panel).grab().toImage()
    assert image.pixelColor(2, CAPTION_PX + 5) == light.color("sunken")
