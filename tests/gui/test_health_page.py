"""The page Health: what keeps from working stands first, and each stream is told with its figures."""

import pytest
from PySide6.QtWidgets import QLabel
from told_ear import Ear

from app.actions.registry import Actions
from app.feed import Feed
from app.panels import preflight as preflight_panel
from app.panels import streams as streams_panel
from app.panels.base import PanelContext
from app.preflight import Check
from app.theme import load_theme
from twin.robot import find_robot, load_robot
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import RobotState

pytestmark = pytest.mark.display


@pytest.fixture
def context() -> PanelContext:
    spec = load_robot(find_robot("optimus"))
    station = Station(folder="/nowhere", robot_folder=str(spec.folder))
    return PanelContext(station, spec, Actions(), load_theme("dark"))


def shown(panel, qtbot, width=520):
    widget = panel.widget()
    widget.resize(width, 600)
    widget.show()
    qtbot.addWidget(widget)
    qtbot.waitExposed(widget)
    return widget


def words(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_the_list_shows_what_to_do_and_forgets_what_is_over(qtbot, context):
    panel = preflight_panel.create(context)
    widget = shown(panel, qtbot)
    bad = Check("robot", "alarm", "no robot is heard", "start it <now>")
    panel.show_checks((bad, Check("recorder", "ok", "80 GB free")))
    said = words(widget)
    assert said[0] == "1 of 2 not ready"
    assert any("no robot is heard" in text and "start it &lt;now&gt;" in text for text in said)
    panel.show_checks((Check("recorder", "ok", "80 GB free"),))
    said = words(widget)
    assert said[0] == "ready"
    assert not any("no robot" in text for text in said)


def test_a_long_line_is_wrapped_and_not_cut(qtbot, context):
    panel = preflight_panel.create(context)
    widget = shown(panel, qtbot, width=330)
    panel.show_checks((Check("cameras", "warning", "no picture from " + "left_wrist " * 12, "look " * 20),))
    line = next(label for label in widget.findChildren(QLabel) if "left_wrist" in label.text())
    qtbot.waitUntil(lambda: line.height() >= line.heightForWidth(line.width()))


def test_the_list_is_found_by_looking_and_not_before(qtbot, context):
    panel, feed = preflight_panel.create(context), Feed(Ear())
    widget = shown(panel, qtbot)
    assert words(widget) == ["looking"]
    feed.drain(5 * NS_PER_S)
    panel.refresh(feed, 5 * NS_PER_S)
    assert "no robot is heard" in " ".join(words(widget))


def test_streams_are_told_with_rate_age_and_losses_in_their_colours(qtbot, context):
    panel, ear = streams_panel.create(context), Ear()
    feed, widget = Feed(ear), shown(panel, qtbot)
    ear.arrivals.lost["robot.state"] = 2
    ear.arrivals.duplicates["robot.state"] = 3
    ear.arrivals.reordered["robot.state"] = 4
    at_ns = 50 * NS_PER_S
    for step in range(61):
        at_ns += 50 * NS_PER_MS
        ear.waiting.append(Heard("robot.state", 1 + 25 * step, at_ns, at_ns, codec.encode(RobotState())))
        feed.drain(at_ns)
        panel.refresh(feed, at_ns)
    rows = dict(zip((row.name for row in streams_panel.streams_of(context.spec)), widget._rows, strict=True))
    assert rows["robot.state"] == ("advisory", ("4", "3", "2", "0 ms", "500", "500"))
    assert rows["camera.head"] == ("warning", ("0", "0", "0", "—", "30", "—"))
    assert rows["control.command"][0] == "muted"
    before = widget.grab().toImage()
    panel.set_theme(load_theme("light"))
    assert widget.grab().toImage() != before
