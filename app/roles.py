"""The roles of a station: which module each one is, how it is started, and where it leaves its last words."""

import sys
from pathlib import Path

MODULES = {
    "inputs": "teleop.run_inputs",
    "control": "teleop.run_control",
    "robot": "teleop.run_robot",
    "cameras": "teleop.run_cameras",
    "recorder": "recordings.run_recorder",
    "window": "app.run_window",
}

DELIBERATE_END = 2  # exit code when an UnderstudyError says why; starting again would not help


def executable() -> list[str]:
    """How this program is started: itself when frozen into a bundle, else through this interpreter."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "app.main"]


def last_words_file(station_folder: Path, role: str) -> Path:
    """The file in which a role that ends deliberately says why."""
    return station_folder / f"{role}.ended"
