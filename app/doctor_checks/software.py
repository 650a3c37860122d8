"""Python, the libraries, the settings and the robot: what was installed, and whether it fits together."""

import importlib.metadata
import operator
import platform
import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from app.doctor_checks.examination import Examination, Finding, Trouble
from app.settings import load_settings, settings_path
from twin.errors import UnderstudyError
from twin.places import runtime_folder

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*([^;]*)(;.*)?")
_CLAUSE = re.compile(r"(>=|<=|==|!=|>|<)\s*([0-9.]+)")


def version_number(text: str) -> tuple[int, ...]:
    """The leading numbers of a version without trailing zeros: "6.11.0rc1" -> (6, 11)."""
    match = re.match(r"[0-9]+(?:\.[0-9]+)*", text)
    numbers = [int(part) for part in match.group().split(".")] if match else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def unmet(requirement: str, installed: Callable[[str], str]) -> str:
    """Why ``requirement`` (e.g. "numpy>=2.0") is not met, or an empty text.

    Args:
        requirement: as in a distribution's metadata; one for an extra or another platform is met.
        installed: gives the version of a distribution, or raises ``PackageNotFoundError``.
    """
    match = _REQUIREMENT.fullmatch(requirement)
    if match is None or match.group(3):
        return ""
    name, clauses = match.group(1), match.group(2)
    try:
        version = installed(name)
    except importlib.metadata.PackageNotFoundError:
        return f"{name} is missing"
    for symbol, bound in _CLAUSE.findall(clauses):
        if not _OPERATORS[symbol](version_number(version), version_number(bound)):
            return f"{name} is {version}, needed is {clauses.strip()}"
    return ""


def _python() -> Finding:
    found = f"{platform.python_version()} ({sys.executable})"
    supported = (3, 11) <= sys.version_info[:2] <= (3, 12)
    return Finding(found, "" if supported else "version")


def _libraries() -> Finding:
    requirements = importlib.metadata.requires("understudy") or []
    problems = [text for each in requirements if (text := unmet(each, importlib.metadata.version))]
    if problems:
        return Finding("; ".join(problems), "unmet")
    named = ("numpy", "mujoco-core", "pyzmq", "protobuf", "vispy", "pygame", "av")
    return Finding(", ".join(f"{name} {importlib.metadata.version(name)}" for name in named))


def judge_qt(version: str, python: tuple[int, int]) -> str:
    """Which trouble this Qt has on this Python, or an empty text."""
    number = version_number(version)
    if number[:2] == (6, 12) and python <= (3, 11):
        return "drops_none"
    if number[:2] == (6, 11) and number < (6, 11, 2):
        return "docks"
    return ""


def _qt() -> Finding:
    try:
        version = importlib.metadata.version("PySide6-Essentials")
    except importlib.metadata.PackageNotFoundError:
        return Finding("PySide6-Essentials is not installed", "missing")
    return Finding(f"PySide6 {version}", judge_qt(version, sys.version_info[:2]))


def _video() -> Finding:
    codec: Any = import_module("av.codec")
    version = importlib.metadata.version("av")
    try:
        codec.Codec("libx264", "w")
    except ValueError:
        return Finding(f"PyAV {version} without libx264", "no_encoder")
    return Finding(f"libx264 through PyAV {version}")


def _settings() -> Finding:
    path = settings_path()
    try:
        settings = load_settings()
    except UnderstudyError as error:
        return Finding(str(error), "unusable")
    try:
        settings.to_station(runtime_folder() / "default")
    except UnderstudyError as error:
        return Finding(str(error), "robot")
    return Finding(f"{path if path.exists() else 'defaults'}, robot {settings.robot}")


_REINSTALL = "Run `make env` in a source checkout, or reinstall Understudy."

EXAMINATIONS = (
    Examination(
        "python",
        "Python",
        _python,
        {
            "version": Trouble(
                "fault",
                "Understudy does not start on this Python",
                "It is made for Python 3.11 and 3.12; with others its libraries do not fit together.",
                "Install Python 3.11 or 3.12 and make the environment with it (`make env`).",
            )
        },
    ),
    Examination(
        "libraries",
        "Libraries",
        _libraries,
        {
            "unmet": Trouble(
                "fault",
                "A library is missing or has the wrong version",
                "Parts of the station will fail to start, or fail later.",
                _REINSTALL,
            )
        },
    ),
    Examination(
        "qt",
        "Qt",
        _qt,
        {
            "missing": Trouble("fault", "PySide6 is missing", "The window cannot be opened.", _REINSTALL),
            "drops_none": Trouble(
                "fault",
                "The window ends by itself after some seconds (PySide6 6.12 on Python 3.11)",
                "PySide6 6.12.0 gives back a reference to `None` too many per call on Python 3.10 and 3.11, "
                "and the process aborts.",
                "Install `PySide6-Essentials>=6.11.2,<6.12` (`make env` does), or use Python 3.12.",
            ),
            "docks": Trouble(
                "lack",
                "Panels cannot be docked (PySide6 6.11.0 or 6.11.1)",
                "These two versions break dragging and docking panels.",
                "Install `PySide6-Essentials>=6.11.2,<6.12` (`make env` does).",
            ),
        },
    ),
    Examination(
        "video",
        "Video",
        _video,
        {
            "no_encoder": Trouble(
                "fault",
                "Camera pictures cannot be encoded",
                "The installed PyAV was built without the H.264 encoder libx264: there are no camera pictures, "
                "and takes and datasets have no video.",
                "Install PyAV from its wheel: `pip install --force-reinstall --only-binary av av`.",
            )
        },
    ),
    Examination(
        "settings",
        "Settings",
        _settings,
        {
            "unusable": Trouble(
                "fault",
                "The settings file is refused",
                "Nothing starts until it is mended, so that a misspelt key is not obeyed in silence.",
                "Mend the key that is named, or delete the file to use the defaults.",
            ),
            "robot": Trouble(
                "fault",
                "The robot in the settings is not found",
                "There is no robot to simulate or to speak to.",
                "Choose one from `understudy robots list` with the key `robot` in the settings, or with --robot.",
            ),
        },
    ),
)
