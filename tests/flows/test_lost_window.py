"""A window that dies or hangs takes hold-to-run along. By itself: two stations at once are too much for two cores."""

import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from live_station import (
    HOLD_TO_RUN,
    STOPS_WITHIN_MS,
    LiveStation,
    held_input_does_not_resume_but_a_new_press_does,
    station_in,
)

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]


def test_a_window_that_is_killed_or_hangs_stops_the_robot_and_killed_cameras_do_not():
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    roles = ("robot", "control", "inputs", "cameras", "window")
    # Neither draws here: this is about their lives, and drawing in software would take the machine.
    nothing_drawn = {
        "QT_QPA_PLATFORM": "offscreen",
        "DISPLAY": "",  # or Qt's offscreen platform asks X for OpenGL and dies of the answer
        "LIBGL_DRIVERS_PATH": "/nonexistent",
        "GALLIUM_DRIVER": "none",
    }
    with LiveStation(station_in(folder), roles, nothing_drawn) as station:
        station.ready()
        station.drive()
        station.pad.hold(HOLD_TO_RUN)
        station.kill("cameras")
        station.go_on(0.5)
        assert station.agent.state == "TELEOP"
        killed_ns = station.kill("window")
        assert (
            station.stopped_after_ms(killed_ns) < 100 + STOPS_WITHIN_MS
        )  # the supervisor looks every 100 ms
        station.until(lambda: "the window is gone" in station.control.reason, "the loss is told")
        station.returns("window")
        held_input_does_not_resume_but_a_new_press_does(station)

        station.signal("window", signal.SIGSTOP)
        station.until(lambda: station.agent.state == "HOLD", "a hung window lets go", 10)
        assert "the window has not moved for" in station.control.reason
        station.signal("window", signal.SIGCONT)
        held_input_does_not_resume_but_a_new_press_does(station)
    shutil.rmtree(folder)
