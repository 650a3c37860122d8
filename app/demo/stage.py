"""A whole station started for a script: real processes, a virtual pad, and everything that is said while it plays."""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psutil

from app.demo.display import display
from app.demo.pad import Pad
from app.demo.script import TURN_S, DemoError, Script
from app.demo.view import TOPICS, View
from app.supervisor import STATION_ROLES, Supervisor
from twin.robot import load_robot
from twin.scene import load_scene
from twin.station import Station
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import AgentStatus, CamerasStatus, RoleHealth

_START_PATIENCE_S = 90.0


@dataclass
class Noted:
    """What was noted while the script played."""

    real_time_factors: list[float] = field(default_factory=list)
    control_period_ms: deque[float] = field(default_factory=lambda: deque(maxlen=1000))
    camera_fps: dict[str, float] = field(default_factory=dict)
    cameras_note: str = ""
    cpu_share: dict[str, float] = field(default_factory=dict)


class Stage:
    """A running station with a script's eyes and hands."""

    def __init__(self, supervisor: Supervisor, view: View, pad: Pad) -> None:
        """Hold what ``open_stage`` made."""
        self.station, self.view, self.pad = supervisor.station, view, pad
        self._supervisor = supervisor
        self._listener = Listener(self.station, (*TOPICS, *(f"{role}.health" for role in STATION_ROLES)))
        self.noted = Noted()
        self.after_end: list[Callable[[], None]] = []  # called when the stage closes

    def play(self, script: Script) -> None:
        """Play ``script`` to its end, one turn every ``TURN_S``.

        Raises:
            DemoError: the script did not get through, or a role is gone for good.
        """
        next_turn_ns = now_ns()
        for positions in script:
            self.pad.hold(positions)
            next_turn_ns += int(TURN_S * NS_PER_S)
            self.watch(next_turn_ns)
            # A turn that was missed is not made up for: the script steers by what it sees.
            next_turn_ns = max(next_turn_ns, now_ns() - int(TURN_S * NS_PER_S))

    def watch(self, until_ns: int) -> None:
        """Let the station run until ``until_ns``, hearing what it says."""
        while True:
            self._supervisor.tick(until_ns)
            for heard in self._listener.drain():
                self.view.hear(heard)
                self._note(heard)
            self.view.look()
            if gone := self._supervisor.given_up():
                raise DemoError("; ".join(f"{role} has ended: {why}" for role, why in gone.items()))
            if now_ns() >= until_ns:
                return

    def wait_until_running(self) -> None:
        """Wait for all roles.

        Raises:
            DemoError: they do not all run after a while.
        """
        deadline_ns = now_ns() + int(_START_PATIENCE_S * NS_PER_S)
        while not self._supervisor.running():
            if now_ns() > deadline_ns:
                missing = [row.role for row in self._supervisor.rows() if row.state != "running"]
                raise DemoError(
                    f"after {_START_PATIENCE_S:.0f} s these roles do not run: {', '.join(missing)}"
                )
            self.watch(now_ns() + NS_PER_S // 10)

    def _note(self, heard: Heard) -> None:
        if heard.topic == "robot.status":
            self.noted.real_time_factors.append(heard.read(AgentStatus).real_time_factor)
        elif heard.topic == "cameras.status":
            status = heard.read(CamerasStatus)
            self.noted.camera_fps = {camera.name: round(camera.fps, 1) for camera in status.cameras}
            self.noted.cameras_note = status.note
        elif heard.topic.endswith(".health"):
            health = heard.read(RoleHealth)
            self.noted.cpu_share[health.role] = round(health.cpu_share, 3)
            if health.role == "control":
                self.noted.control_period_ms.append(health.period_ms_p50)

    def close(self) -> None:
        """Stop hearing and let go of the pad."""
        for call in self.after_end:
            call()
        self.pad.close()
        self._listener.close()


@contextmanager
def open_stage(station: Station, roles: Sequence[str] = STATION_ROLES) -> Iterator[Stage]:
    """Run ``station`` with a virtual pad for the length of the block.

    Args:
        station: its ``folder`` is replaced by a temporary one.
        roles: which to run; a display is made only for a window.

    Raises:
        UnderstudyError: it does not come up; the text says why.
    """
    spec = load_robot(Path(station.robot_folder), station.revision)
    view = View(spec, load_scene(spec, station.scene, station.seed, station.base, station.level))
    screen: AbstractContextManager[dict[str, str]] = display() if "window" in roles else nullcontext({})
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder, screen as environment:
        staged = msgspec.structs.replace(station, folder=folder, virtual_pad=True)
        with Supervisor(staged, roles, environment) as supervisor:
            pad = Pad(staged)
            stage = Stage(supervisor, view, pad)
            try:
                stage.wait_until_running()
                pad.plug()
                yield stage
            finally:
                stage.close()


def left_running() -> list[str]:
    """Processes of ours that still run although everything was ended; empty when all is well."""
    survivors = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.wait(0.5)
        with suppress(psutil.NoSuchProcess):
            if child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
                survivors.append(f"{child.pid} {' '.join(child.cmdline()[-3:])}")
    return survivors
