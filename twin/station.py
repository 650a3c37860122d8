"""One running station: which robot and scene, where its sockets and takes are. All its roles read the same file.

The file ``station.json`` lies in the station's folder, which only its user may enter (mode 0700): on one
machine that folder is what keeps strangers away from the robot, because all sockets are Unix sockets in it.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Literal

import msgspec

from twin import places
from twin.errors import StationError

_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes with its terminator; leave room for "<role>.<channel>"


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """What every role of a station must agree on."""

    folder: str  # sockets, locks, logs
    robot_folder: str  # a folder with robot.toml
    revision: str = ""  # "" is the folder's default
    scene: str = "table"
    base: Literal["gantry", "wheels", "legs"] = "gantry"  # the robot hangs, rolls, or stands on its own feet
    seed: int = 0
    takes_folder: str = ""
    bindings: str = "default"
    operator: str = ""
    task: str = ""  # overrides the scene's instruction
    camera_fps: float = 30.0
    camera_width: int = 640
    camera_height: int = 480
    virtual_pad: bool = False  # inputs plugs a virtual pad into its SDL and lets a script hold it
    base_port: int = 0  # 0: Unix sockets in ``folder``; else TCP on the loopback from this port on
    free_disk_gib: float = 5.0  # no take begins with less than this free
    level: int = 1  # of the scene's difficulty
    demonstration: bool = False  # a person is recorded; there is no robot, and nothing moves

    @property
    def path(self) -> Path:
        """The station's folder."""
        return Path(self.folder)

    def endpoint(self, role: str, channel: str) -> str:
        """Address of a role's channel: "say", "request", "command", "stop" or "stills".

        Raises:
            StationError: the station's folder is too deep for a Unix socket.
        """
        if self.base_port:
            return f"tcp://127.0.0.1:{self.base_port + _port_offset(role, channel)}"
        path = self.path / f"{role}.{channel}"
        if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
            raise StationError(
                f"{path}: this folder's name is too long for a socket; choose one shorter than "
                f"{_LONGEST_SOCKET_PATH - 20} characters with --station-dir"
            )
        return f"ipc://{path}"

    def save(self) -> None:
        """Write ``station.json`` into the station's folder, which is made for this user alone."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.chmod(0o700)
        unfinished = self.path / "station.json.part"
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2))
        unfinished.replace(self.path / "station.json")

    @classmethod
    def load(cls, folder: Path) -> "Station":
        """The station whose folder this is.

        Raises:
            StationError: there is none, or its file cannot be read.
        """
        path = folder / "station.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError:
            raise StationError(
                f"no station in {folder}: start one with `understudy`, or name its folder with --station-dir"
            ) from None
        except msgspec.MsgspecError as error:
            raise StationError(
                f"{path} cannot be read ({error}); delete it and start the station again"
            ) from error


def default_folder(name: str = "default") -> Path:
    """The folder of the station called ``name``."""
    return places.runtime_folder() / name


def _port_offset(role: str, channel: str) -> int:
    from twin.wire.topics import ROLES

    if channel == "stills":
        return 4 * len(ROLES) + ROLES.index(role)
    return ROLES.index(role) * 4 + ("say", "request", "command", "stop").index(channel)


def claim(folder: Path, what: str) -> IO[str]:
    """Hold ``<folder>/<what>.lock`` for as long as the returned file is open.

    The kernel drops the lock when the process ends, however it ends.

    Raises:
        StationError: another living process holds it; the text names it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / f"{what}.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise StationError(
            f"the {what} of the station in {folder} is already running ({holder}); "
            "close it first, or start another station with --station NAME"
        ) from None
    file.truncate(0)
    file.write(f"process {os.getpid()}")
    file.flush()
    return file


def is_anyone_in(folder: Path) -> bool:
    """Whether a living process has claimed anything in the station's ``folder``."""
    for path in folder.glob("*.lock"):
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False
