"""Takes looked through by keys and mouse: played, stepped, trimmed, marked, one after the other; STOP is live."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.main import main, parser
from recordings.take import load_manifest, manifest_path
from twin.station import Station, claim
from twin.wire.clock import now_ns
from twin.wire.direct import StopReceiver
from twin.wire.messages import RobotState, StopAcknowledged

pytestmark = pytest.mark.display

Key = Qt.Key


def test_every_panel_shows_the_take_and_a_key_plays_it(review):
    assert {frame.name: frame.failed for frame in review.view.frames if frame.failed} == {}
    assert review.place_s == 0.0
    review.strike(Key.Key_K)
    review.until(lambda: review.place_s > 0.5)
    review.strike(Key.Key_K)
    stood_s = review.place_s
    review.qtbot.wait(200)
    assert review.place_s == stood_s
    cameras = [frame.panel for frame in review.view.frames if frame.name == "cameras"]
    for panel in cameras:
        (pane,) = panel._panes.values()
        assert pane.picture_rect() is not None
        assert not pane.condition.stale, "a take that stands is as it was then"


def test_it_is_stepped_from_picture_to_picture_and_back(review):
    shown_s = review.view.tape.pictures_s("head")
    review.strike(Key.Key_Period)
    review.strike(Key.Key_Period)
    second_s = review.place_s
    assert second_s == pytest.approx(shown_s[1 if shown_s[0] > 0 else 2], abs=1e-6)
    review.strike(Key.Key_Comma)
    assert review.place_s < second_s
    review.strike(Key.Key_L)
    review.strike(Key.Key_J)
    review.strike(Key.Key_End)
    assert review.place_s == review.view.tape.seconds
    review.strike(Key.Key_Home)
    assert review.place_s == 0.0


def test_keys_say_which_part_counts_and_what_it_is_worth(review, takes):
    review.strike(Key.Key_L)
    review.strike(Key.Key_I)
    review.until(lambda: load_manifest(takes[0]).part is not None)
    assert load_manifest(takes[0]).part.from_s == pytest.approx(1.0, abs=0.01)
    review.until(lambda: "done" in review.said())
    review.strike(Key.Key_W)
    review.until(lambda: load_manifest(takes[0]).part is None)
    review.until(lambda: "done" in review.said())
    review.strike(Key.Key_G)
    review.until(lambda: load_manifest(takes[0]).rating == "good")
    assert takes[0].stat().st_size > 0


def test_the_end_of_the_part_is_dragged_and_the_pictures_go_along(review, takes):
    timeline = review.view.timeline
    end, wanted = timeline._x(review.view.tape.seconds), timeline._x(3.0)
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(end), 36))
    QTest.mouseMove(timeline, QPoint(round(wanted), 36))
    review.until(lambda: review.place_s == pytest.approx(3.0, abs=0.02))
    assert load_manifest(takes[0]).part is None, "asked for when it is let go"
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(wanted), 36))
    review.until(lambda: load_manifest(takes[0]).part is not None)
    assert load_manifest(takes[0]).part.to_s == pytest.approx(3.0, abs=0.02)


def test_a_press_on_the_timeline_goes_there(review, optimus):
    timeline = review.view.timeline
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(timeline._x(2.0)), 60))
    review.until(lambda: review.place_s == pytest.approx(2.0, abs=0.02))
    state, _age = review.view.playback.feed.message("robot.state", RobotState)
    elbow = optimus.joint_names.index("left_elbow")
    assert state.position_rad[elbow] - optimus.home_rad[elbow] == pytest.approx(-0.2, abs=0.005)


def test_the_next_take_takes_its_place_and_behind_the_last_there_is_none(review, takes):
    review.strike(Key.Key_N)
    review.until(lambda: review.view is not None and review.view.tape.path == takes[1])
    review.until_built()
    review.strike(Key.Key_N)
    assert "last take" in review.said()
    review.strike(Key.Key_P)
    review.until(lambda: review.view is not None and review.view.tape.path == takes[0])


def test_nothing_here_drives(review):
    """No drag of a hand, no slider, no push: what would move a robot in the station's window is absent."""
    actions = {action.id for action in review.view.table}
    assert not {
        each for each in actions if each.startswith(("robot.", "twin.drag", "joint.drive", "record."))
    }
    twin = next(frame for frame in review.view.frames if frame.name == "twin").panel
    review.until(lambda: twin.canvas is not None)
    assert twin._push._station is None
    assert all(action.title and action.shortcut for action in review.view.table)


def test_a_take_that_cannot_be_shown_is_told_and_the_next_one_offered(opened, takes):
    manifest_path(takes[0]).unlink()
    review = opened(takes[0])
    review.until(lambda: "no manifest" in review.window.sentence.text())
    review.window.open_neighbour(1)
    review.until(lambda: review.view is not None and review.view.tape.path == takes[1])


def test_stop_reaches_the_robot_of_a_running_station_from_here(opened, takes, tmp_path, optimus):
    folder = tmp_path / "s"
    station = Station(folder=str(folder), robot_folder=str(optimus.folder))
    station.save()
    robot = StopReceiver(station)
    with claim(folder, "robot"):
        review = opened(takes[0], folder)
        review.until_built()
        heard = []

        def acknowledge() -> bool:
            for client, stop in robot.drain():
                heard.append(stop)
                robot.acknowledge(
                    client, StopAcknowledged(stop_id=stop.stop_id, level=stop.level, latched_ns=now_ns())
                )
            return bool(heard)

        review.strike(Key.Key_Space)
        review.until(acknowledge)
        assert (heard[0].level, heard[0].source) == ("HOLD", "review")
        review.until(lambda: "acknowledged" in review.said())
    robot.close()


def test_without_a_station_space_is_a_space_and_escape_closes_the_palette(review):
    review.strike(Key.Key_Space)
    review.strike(Key.Key_Escape)
    assert review.said() == ""
    review.strike(Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert review.view.palette_box.isVisible()
    for key in (Key.Key_T, Key.Key_H, Key.Key_E, Key.Key_Space):
        review.strike(key)
    assert review.view.palette_box._field.text() == "the "
    assert review.view.playback.position_s == 0.0
    review.strike(Key.Key_Escape)
    assert not review.view.palette_box.isVisible()


def test_what_the_stations_window_starts_is_a_command_that_there_is():
    from app.actions.review import review_command

    station = Station(folder="/run/station", robot_folder="/robots/optimus", takes_folder="/takes")
    words = review_command(station, "01ABC")
    args = parser("review").parse_args(words[words.index("review") :])
    assert (args.take, str(args.takes), str(args.station_dir)) == ("01ABC", "/takes", "/run/station")


def test_without_a_display_the_command_says_so(takes, monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["review", str(takes[0])]) == 2
    assert "no display" in capsys.readouterr().err
