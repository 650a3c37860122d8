"""The strip that is always in sight: whose robot, what state, who drives, how late, how far, recorded or not."""

from collections.abc import Container
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.conditions import balance_severity, disk_minutes, joint_severity, latency_severity
from app.countdown import seconds_until_it_follows
from app.feed import Feed
from app.frame.cell import Cell
from app.frame.mode import Mode, mode_of
from app.frame.signs import hatch
from app.frame.strip_words import HEIGHT, Identity, StateWord
from app.theme import Theme
from twin.station import Station
from twin.wire.messages import AgentStatus, ControlStatus, RecorderStatus, RobotIdentity
from twin.wire.topics import TOPICS

NOTHING = "\u2014"


class Strip(QWidget):
    """All of it, 56 pixels high, the same in every workspace."""

    def __init__(self, theme: Theme, station: Station) -> None:
        super().__init__()
        self._theme, self._operator, self._simulated = theme, station.operator, False
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._identity = Identity(theme, Path(station.robot_folder).name.upper())
        self._state = StateWord(theme)
        self._drives = Cell("drives", 140, theme, stretch=True)
        self._latency = Cell("hand to motor", 116, theme)
        self._worst = Cell("worst joint", 150, theme)
        self._margin = Cell("margin", 118, theme)
        self._margin.setVisible(False)  # until the robot stands on its own feet
        self._recording = Cell("recording", 164, theme, stretch=True)
        self._disk = Cell("disk", 78, theme)
        self._latency.setToolTip(
            "From the reading of the device to the setpoint at the motors:\n"
            "half of all / 95 of 100 in the last two seconds are faster than this"
        )
        self._worst.setToolTip("The joint that is closest to one of its limits, by the robot's own account")
        self._margin.setToolTip(
            "How far the point over which the robot would come to rest (DCM) lies inside its support;\n"
            "negative: it has to take a step"
        )
        self._disk.setToolTip("How long the disk lasts at the rate of the newest take")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget, stretch in (
            (self._identity, 0),
            (self._state, 4),
            (self._drives, 3),
            (self._latency, 1),
            (self._worst, 2),
            (self._margin, 1),
            (self._recording, 3),
            (self._disk, 1),
        ):
            layout.addWidget(widget, stretch)

    def refresh(self, feed: Feed, fingers: Container[int], now_ns: int) -> Mode:
        """Show what the roles say; returns the robot's mode. ``fingers`` are the joints of the hands."""
        status = feed.fresh("robot.status", AgentStatus)
        mode = mode_of(status, seconds_until_it_follows(feed.fresh("control.status", ControlStatus)))
        self._state.say(mode, now_ns)
        identity = feed.message("robot.identity", RobotIdentity)
        if identity:
            self._identity.say(identity[0].name.upper(), identity[0].simulated)
            if identity[0].simulated != self._simulated:
                self._simulated = identity[0].simulated
                self.update()
        self._refresh_driver(feed)
        self._refresh_latency(feed)
        self._refresh_worst(status, identity[0].joint_names if identity else (), fingers)
        self._refresh_margin(feed)
        self._refresh_recording(feed)
        return mode

    def _refresh_driver(self, feed: Feed) -> None:
        control = feed.fresh("control.status", ControlStatus)
        if control is None or not control.device:
            self._drives.caption("drives")
            self._drives.say(NOTHING)
            return
        words = [self._operator or "operator", control.layer, control.scale]
        self._drives.caption(" · ".join(word for word in words if word))
        self._drives.say(control.device_name or control.device)

    def _refresh_latency(self, feed: Feed) -> None:
        lost = sum(
            count for name, count in feed.arrivals.lost.items() if name in TOPICS and TOPICS[name].joint
        )
        self._latency.caption(f"hand to motor · {lost} lost" if lost else "hand to motor")
        latency = feed.latency
        if latency is None:
            self._latency.say(NOTHING)
            return
        self._latency.say(f"{latency.p50_ms:.0f} / {latency.p95_ms:.0f} ms", latency_severity(latency.p95_ms))

    def _refresh_worst(
        self, status: AgentStatus | None, names: tuple[str, ...], fingers: Container[int]
    ) -> None:
        if status is None or not 0 <= status.worst_joint < len(names) or not status.worst_joint_limit:
            self._worst.caption("worst joint")
            self._worst.say(NOTHING)
            return
        use, severity = status.worst_joint_use, joint_severity(status, fingers)
        self._worst.caption(names[status.worst_joint].replace("_", " "))
        self._worst.say(f"{use:.0%} {status.worst_joint_limit}", severity, use)

    def _refresh_margin(self, feed: Feed) -> None:
        balance = feed.balance
        self._margin.setVisible(balance is not None)
        if balance is None:
            return
        self._margin.caption(f"margin · {balance.phase}" if balance.phase else "margin")
        self._margin.say(f"{100 * balance.margin_m:+.1f} cm", balance_severity(balance))

    def _refresh_recording(self, feed: Feed) -> None:
        recorder = feed.fresh("recorder.status", RecorderStatus)
        if recorder is None:
            self._recording.caption("recording")
            self._recording.say(NOTHING)
            self._disk.say(NOTHING)
            return
        self._recording.caption(recorder.task or "recording")
        if recorder.phase == "recording":
            minutes, seconds = divmod(int(recorder.seconds), 60)
            self._recording.say(f"REC {minutes:02d}:{seconds:02d} · {recorder.lost} lost", sign="lamp")
        else:
            word = {"idle": "REC off", "saving": "saving", "refused": "refused"}.get(recorder.phase, NOTHING)
            severity = "warning" if recorder.phase == "refused" else ""
            self._recording.say(word, severity, sign="" if severity else "hollow lamp")
        self._disk.say(*_disk_words(recorder))

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        for cell in (self._drives, self._latency, self._worst, self._margin, self._recording, self._disk):
            cell.set_theme(theme)
        self._identity.set_theme(theme)
        self._state.set_theme(theme)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Plain ground for a real robot, stripes for a simulated one."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        if self._simulated:
            painter.fillRect(self.rect(), hatch(self._theme.color("line", 70), 12))
        painter.end()


def _disk_words(recorder: RecorderStatus) -> tuple[str, str]:
    minutes = disk_minutes(recorder)
    if minutes is None:
        return (f"{recorder.bytes_free / 1e9:.0f} GB" if recorder.bytes_free else NOTHING), ""
    severity = "alarm" if minutes < 3 else ("warning" if minutes < 15 else "")
    return (f"{minutes:.0f} min" if minutes < 180 else f"{minutes / 60:.0f} h"), severity
