"""The machine: processor, memory, priority, disk, and the addresses the station speaks on."""

import contextlib
import os
import platform
import socket
from pathlib import Path

import psutil

from app.doctor_checks.examination import Examination, Finding, Trouble
from app.doctor_checks.probe import ProbeFailed, ask
from app.settings import Settings, load_settings
from recordings.recorder.disk import GIB, SpaceLimits, free_bytes
from twin import places
from twin.errors import UnderstudyError
from twin.station import Station, default_folder
from twin.wire.topics import ROLES

_CHANNELS = ("say", "request", "command", "stop")
_ENOUGH_CORES = 2
_ENOUGH_MEMORY_BYTES = 4 * GIB


def _settings() -> Settings:
    """The user's settings, or the defaults where they cannot be read; another check tells of that."""
    try:
        return load_settings()
    except UnderstudyError:
        return Settings()


def _processor() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = f"{cores} cores, {platform.machine()}, {platform.system()} {platform.release()}"
    return Finding(found, "" if cores >= _ENOUGH_CORES else "few")


def _memory() -> Finding:
    memory = psutil.virtual_memory()
    found = f"{memory.total / GIB:.1f} GiB, {memory.available / GIB:.1f} GiB of it free"
    return Finding(found, "" if memory.available >= _ENOUGH_MEMORY_BYTES / 2 else "little")


def _priority() -> Finding:
    try:
        granted = ask("real_time")["granted"]
    except ProbeFailed as error:
        return Finding(str(error), "refused")
    return Finding(f"{granted} priority is granted", "" if granted == "real-time" else "refused")


def nearest_folder(path: Path) -> Path:
    """``path``, or the closest folder above it that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def judge_takes(folder: Path, free: int, limits: SpaceLimits) -> Finding:
    """Whether a take may begin in ``folder`` with ``free`` bytes left."""
    found = f"{free / GIB:.1f} GiB free under {folder}"
    if not os.access(nearest_folder(folder), os.W_OK):
        return Finding(f"{folder} may not be written", "not_writable")
    return Finding(found, "" if free >= limits.smallest_bytes else "full")


def _takes() -> Finding:
    folder = Path(_settings().takes_folder or places.data_folder() / "takes").expanduser()
    return judge_takes(folder, free_bytes(nearest_folder(folder)), SpaceLimits())


def busy_ports(base_port: int) -> list[int]:
    """Ports that a station with this ``base_port`` needs and somebody else has."""
    busy: list[int] = []
    for port in range(base_port, base_port + len(ROLES) * len(_CHANNELS)):
        with contextlib.closing(socket.socket()) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                busy.append(port)
    return busy


def _addresses() -> Finding:
    base_port, folder = _settings().base_port, default_folder()
    if base_port:
        busy = busy_ports(base_port)
        last = base_port + len(ROLES) * len(_CHANNELS) - 1
        if busy:
            return Finding(f"taken: {', '.join(str(port) for port in busy)}", "ports")
        return Finding(f"ports {base_port} to {last} on the loopback are free")
    return judge_sockets(folder)


def judge_sockets(folder: Path) -> Finding:
    """Whether the sockets of a station can be made in ``folder``."""
    station = Station(folder=str(folder), robot_folder="")
    try:
        for role in ROLES:
            station.endpoint(role, "request")
    except UnderstudyError:
        return Finding(f"{folder} ({len(os.fsencode(folder))} bytes)", "long")
    if not os.access(nearest_folder(folder), os.W_OK):
        return Finding(f"{folder} may not be written", "not_writable")
    return Finding(f"sockets in {folder}")


EXAMINATIONS = (
    Examination(
        "processor",
        "Processor",
        _processor,
        {
            "few": Trouble(
                "lack",
                "There is only one processor core",
                "Physics, cameras and window share it: the simulation runs slower than the clock, and says so.",
                "Use a machine with at least two cores, or give the container more than one.",
            )
        },
    ),
    Examination(
        "memory",
        "Memory",
        _memory,
        {
            "little": Trouble(
                "lack",
                "Less than 2 GiB of memory are free",
                "All roles together need about 1.5 GiB; the system may end one of them.",
                "Close other programs.",
            )
        },
    ),
    Examination(
        "real_time",
        "Real-time priority",
        _priority,
        {
            "refused": Trouble(
                "lack",
                "Real-time priority is refused",
                "Other programs can delay the control loop: deadlines are wider and the status says degraded. "
                "Enough for the simulation; a real robot should not be driven so.",
                "Put `@users - rtprio 20` into /etc/security/limits.d/understudy.conf and log in again.",
            )
        },
    ),
    Examination(
        "takes",
        "Disk for takes",
        _takes,
        {
            "full": Trouble(
                "lack",
                "Recording is refused: less than 5 GiB are free",
                "A take that fills the disk would end half-way, so none is begun. Driving works.",
                "Free some space, or choose another folder with the key `takes_folder` or with --takes.",
            ),
            "not_writable": Trouble(
                "lack",
                "The folder for takes may not be written",
                "No take can be recorded. Driving works.",
                "Choose another folder with the key `takes_folder` or with --takes.",
            ),
        },
    ),
    Examination(
        "addresses",
        "Sockets",
        _addresses,
        {
            "ports": Trouble(
                "fault",
                "A port is in use",
                "Another station or program listens where this station would.",
                "Close it, or choose another `base_port` in the settings; 0 uses no ports at all.",
            ),
            "long": Trouble(
                "fault",
                "The runtime folder's name is too long for sockets",
                "The kernel allows about 100 characters for a socket's path, so no role can start.",
                "Set XDG_RUNTIME_DIR to a short path, or give one with --station-dir.",
            ),
            "not_writable": Trouble(
                "fault",
                "The runtime folder may not be written",
                "The roles cannot make their sockets, so none can start.",
                "Set XDG_RUNTIME_DIR to a folder of your own, or give one with --station-dir.",
            ),
        },
    ),
)
