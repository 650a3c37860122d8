"""A test that speaks as the inputs role, beside real robot and control processes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from twin.errors import RequestRefused
from twin.robot import find_robot
from twin.station import Station
from twin.wire.ask import Asker, named
from twin.wire.bus import Heard, Listener, Speaker, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import AgentStatus, ControlStatus, InputSample, Message, Reply, vector

AT_REST = (0.0,) * 6
TOPICS = (
    "robot.state",
    "robot.status",
    "robot.applied",
    "control.status",
    "control.command",
    "recorder.status",
    "robot.identity",
)


class Cockpit:
    """Speaks samples every 10 ms, hears everything, and starts the other roles."""

    def __init__(self, folder: Path, roles: tuple[str, ...] = ("robot", "control")) -> None:
        self.station = Station(
            folder=str(folder), robot_folder=str(find_robot("optimus")), takes_folder=str(folder / "t")
        )
        self.station.save()
        self.speaker = Speaker(self.station, "inputs")
        self.listener = Listener(self.station, TOPICS)
        self.control = Asker(self.station, "control", "test")
        self.robot = Asker(self.station, "robot", "test")
        self.newest: dict[str, Heard] = {}
        self.axes: tuple[float, ...] = AT_REST
        self.buttons: tuple[str, ...] = ()
        self.device, self.kind = "gamepad:1", "gamepad"
        self.plugged = True
        self.spoken_seq = 0
        self._processes = {role: self._start(role) for role in roles}
        self._waiter = Waiter()
        self._waiter.add(self.listener.socket)

    def _start(self, role: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "app.main", "role", role, "--station-dir", self.station.folder]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def start(self, role: str) -> None:
        """Start a role that was left out, as the station is described now."""
        self._processes[role] = self._start(role)

    def kill_and_restart(self, role: str) -> None:
        """End a role without warning, and start it again."""
        self._processes[role].kill()
        self._processes[role].wait(10)
        self._processes[role] = self._start(role)

    def __enter__(self) -> "Cockpit":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(10)
        for part in (self.speaker, self.listener, self.control, self.robot):
            part.close()

    def read(self, topic: str, kind: type[Message]) -> Message | None:
        heard = self.newest.get(topic)
        return heard.read(kind) if heard else None

    @property
    def agent(self) -> AgentStatus:
        heard = self.newest.get("robot.status")
        return heard.read(AgentStatus) if heard else AgentStatus()

    @property
    def status(self) -> ControlStatus:
        heard = self.newest.get("control.status")
        return heard.read(ControlStatus) if heard else ControlStatus()

    def say(self) -> None:
        sample = InputSample(
            device=self.device,
            kind=self.kind,
            name="Test pad",
            connected=True,
            axes=vector(self.axes),
            buttons=self.buttons,
            device_sampled_ns=now_ns(),
        )
        self.spoken_seq = self.speaker.say("operator.input", sample, now_ns())

    def unplug(self) -> None:
        gone = InputSample(device=self.device, kind=self.kind, name="Test pad", connected=False)
        self.speaker.say("operator.input", gone, now_ns())
        self.plugged = False

    def until(self, true: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
        """Go on speaking and hearing until ``true()``."""
        end_ns = now_ns() + int(seconds * NS_PER_S)
        due_ns = now_ns()
        while now_ns() < end_ns:
            if now_ns() >= due_ns:
                due_ns = now_ns() + 10 * NS_PER_MS
                if self.plugged:
                    self.say()
            self._waiter.wait(due_ns)
            self.newest.update(self.listener.newest())
            if true():
                return
        raise AssertionError(f"not within {seconds} s: {what}; agent {self.agent}; control {self.status}")

    def go_on(self, seconds: float) -> None:
        """Speak and hear for a while."""
        end_ns = now_ns() + int(seconds * NS_PER_S)
        self.until(lambda: now_ns() >= end_ns, "time", seconds + 5)

    def ask(self, action: str, **values: object) -> dict[str, str]:
        """Ask control, and go on speaking while it answers."""
        number = self.control.post(action, **values)
        found: list[Reply] = []

        def is_answered() -> bool:
            found.extend(reply for given, reply in self.control.replies() if given == number)
            return bool(found)

        self.until(is_answered, f"an answer to {action}")
        if not found[0].accepted:
            raise RequestRefused(found[0].reason)
        return {"reason": found[0].reason, **named(found[0].results)}

    def until_up(self) -> None:
        """Until robot and control are there, and control hears the robot, to which it may connect later than we."""
        self.until(
            lambda: self.agent.state == "STANDBY" and bool(self.status.phase), "robot and control are up", 30
        )
        self.until(lambda: self.ask("why")["broken"] != "robot", "control hears the robot", 30)

    def arm(self) -> None:
        """Bring the robot to HOLD by the request that the window uses."""
        self.until_up()
        self.ask("arm")
        self.until(lambda: self.agent.state == "HOLD" and self.status.reason == "", "armed")

    def engage(self) -> None:
        """Press hold-to-run until the robot follows; again if this process itself was kept waiting too long."""
        for _ in range(8):
            self.buttons = ("left_shoulder",) if self.kind == "gamepad" else ("shift",)
            self.until(lambda: self.status.phase in ("engaged", "inhibited"), "engaged or refused")
            if self.status.phase == "engaged":
                return
            refused = self.status.reason
            self.buttons = ()
            self.until(
                lambda: self.status.phase == "ready" and self.status.reason == "", f"ready after {refused}"
            )
        raise AssertionError(f"never engaged: {self.status}")

    def drive(self, axes: tuple[float, ...], true: Callable[[], bool], what: str) -> None:
        """Deflect the controls until ``true()``; take hold again if this process was kept waiting too long."""
        for _ in range(8):
            self.axes = axes
            self.until(lambda: true() or self.status.phase != "engaged", what)
            if true():
                return
            self.axes = AT_REST
            self.engage()
        raise AssertionError(f"never reached: {what}")
