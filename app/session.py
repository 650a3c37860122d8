"""All that the window says and hears: its feed, its requests, its STOP, its keys, the alarms it has seen."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.alarms import Alarms, Condition
from app.conditions import conditions, events
from app.dragging import Dragging
from app.feed import Feed, open_feed
from app.frame.mode import Mode, mode_of
from app.interventions import Interventions, observe, severity_of
from app.keyboard.keys import HeldKeys
from app.requests import Requests
from app.stop.presses import NOT_ACKNOWLEDGED, Stop
from app.takes.shift_clock import ShiftClock
from app.twin_view.drawn_meter import DrawnMeter
from twin.role import RoleLife
from twin.station import Station
from twin.wire.ask import Answerer
from twin.wire.direct import StopSender
from twin.wire.messages import (
    AgentStatus,
    ControlStatus,
    DragSample,
    KeyState,
    RecorderStatus,
    SceneState,
)

_NOT_ACKNOWLEDGED = Condition(
    "stop.unheard",
    "alarm",
    "the robot has not acknowledged STOP",
    "use the hardware stop",
    at_once=True,
)


def mouse_is_down() -> bool:
    """Whether the left button is down and the window in front, so that a drag may go on."""
    is_down = bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton)
    return is_down and QGuiApplication.focusWindow() is not None


class Session:
    """The window's side of the wire. Call ``tick`` once per frame; nothing here ever waits."""

    def __init__(self, life: RoleLife) -> None:
        """Connect to all roles of ``life``'s station and listen for requests.

        Raises:
            StationError: a socket of the window is taken.
        """
        self.life = life
        self.station: Station = life.station
        self.feed: Feed = open_feed(self.station)
        self.requests = Requests(self.station, "window")
        self.answerer = Answerer(self.station, "window")
        self._stop_sender = StopSender(self.station, "window")
        self.stop = Stop(self._stop_sender)
        self.held = HeldKeys(self._say_keys)
        self.dragging = Dragging(self._say_drag, mouse_is_down)
        self.alarms = Alarms()
        self.interventions = Interventions()
        self.shift = ShiftClock()
        self.drawn = DrawnMeter()  # the twin tells it
        self.fingers: frozenset[int] = frozenset()  # joints of the hands, once the robot's folder is read

    def _say_keys(self, state: KeyState, at_ns: int) -> None:
        self.life.speaker.say("window.keys", state, at_ns)

    def _say_drag(self, sample: DragSample, at_ns: int) -> None:
        self.life.speaker.say("window.drag", sample, at_ns)

    def tick(self, now_ns: int) -> None:
        """Hear, answer for what was asked, repeat STOP."""
        self.feed.drain(now_ns)
        status = self.feed.newest("robot.status")
        if status is not None:
            self.stop.hear(status.read(AgentStatus), status.sampled_ns)
        self.stop.tick(now_ns)
        self.dragging.tick(now_ns)
        self.requests.tick(now_ns)
        observe(self.feed, self.interventions, self.fingers)
        self._count_shift(now_ns)
        for condition in events(self.feed):
            self.alarms.happened(condition, now_ns)
        self.life.ticked(now_ns)

    def _count_shift(self, now_ns: int) -> None:
        recorder = self.feed.fresh("recorder.status", RecorderStatus)
        self.shift.look(
            self.mode.live,
            bool(recorder and recorder.phase == "recording"),
            recorder.takes_saved if recorder else None,
            (recorder.rated_take, recorder.rating) if recorder else ("", ""),
            now_ns,
            recorder.hand_jerk_m_s3 if recorder else 0.0,
        )

    def observe(self, now_ns: int) -> None:
        """Look for what is wrong; a few times a second is enough."""
        wrong = list(conditions(self.feed, self.fingers))
        if self.stop.view(now_ns).state == NOT_ACKNOWLEDGED and self.mode.connected:
            wrong.append(_NOT_ACKNOWLEDGED)
        self.alarms.observe(wrong, now_ns)

    def tell_drawn(self, now_ns: int) -> None:
        """Say how old the state is in the pictures of the twin, while any are drawn; 5 times a second is enough."""
        if self.drawn.is_fresh(now_ns) and (stage := self.drawn.read(now_ns)):
            self.life.speaker.say("window.drawn", stage, now_ns)

    @property
    def mode(self) -> Mode:
        """The robot's state as it was last heard."""
        return mode_of(self.feed.fresh("robot.status", AgentStatus))

    @property
    def reason(self) -> str:
        """Why the robot does not follow, in control's words, or what holds it back; else what there is to do."""
        control = self.feed.fresh("control.status", ControlStatus)
        if control and control.reason:
            return control.reason
        balance = self.feed.balance
        if balance and balance.reasons:
            return "; ".join(balance.reasons)
        if self.interventions.said:
            return self.interventions.said.sentence
        scene = self.feed.fresh("robot.scene", SceneState)
        if scene is None or not scene.task:
            return ""
        return f"{scene.task} · done" if scene.task_succeeded else scene.task

    @property
    def reason_severity(self) -> str:
        """Of ``reason``: warning or advisory while something is held back, else empty."""
        said = self.interventions.said
        return severity_of(said) if said and self.reason == said.sentence else ""

    def shift_cuts(self) -> bool:
        """Whether Shift may mean CUT: not while it is, or may be, the hold-to-run of a driving keyboard."""
        control = self.feed.fresh("control.status", ControlStatus)
        return control is not None and not control.device.startswith("keyboard")

    def may_acknowledge(self, feed: Feed) -> str | None:
        """There is an alarm that nobody has acknowledged, or the robot waits for it."""
        status = feed.fresh("robot.status", AgentStatus)
        waits = status is not None and status.state == "PROTECTIVE_HOLD"
        return None if waits or self.alarms.top else "there is nothing to acknowledge"

    def acknowledge(self) -> None:
        """The person has seen the alarm; the robot is told where it waits for that."""
        self.alarms.acknowledge()
        status = self.feed.fresh("robot.status", AgentStatus)
        if status and status.state == "PROTECTIVE_HOLD":
            self.requests.post("control", "acknowledge", "Acknowledge")

    def close(self) -> None:
        """Hang up."""
        self.answerer.close()
        self.requests.close()
        self._stop_sender.close()
        self.feed.close()
