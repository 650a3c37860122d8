"""The strip that is always in sight: whose robot, what state, who drives, how late, how far, recorded or not."""

from collections.abc import Container
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.cell import Cell
from app.conditions import disk_minutes, joint_severity, latency_severity
from app.feed import Feed
from app.mode import AMBER, LIVE, OFFLINE, RED, Mode, mode_of
from app.signs import draw_sign, hatch
from app.theme import Theme
from twin.station import Station
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AgentStatus, ControlStatus, RecorderStatus, RobotIdentity
from twin.wire.topics import TOPICS

HEIGHT = 56
NOTHING = "\u2014"

_LOOK_TOKEN = {LIVE: "live", AMBER: "warning", RED: "alarm"}


class StateWord(QWidget):
    """The robot's state in one large word, and why in a small one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._mode, self._now_ns = theme, OFFLINE, 0
        self.setMinimumWidth(190)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for a reason."""
        return QSize(250, HEIGHT)

    def say(self, mode: Mode, now_ns: int) -> None:
        """Show ``mode``."""
        if mode != self._mode or mode.progress:
            self._mode, self._now_ns = mode, now_ns
            self.setToolTip(mode.detail)
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Grey is drawn as plain text; every other look fills the field."""
        theme, mode, painter = self._theme, self._mode, QPainter(self)
        token = _LOOK_TOKEN.get(mode.look)
        if token:
            painter.fillRect(self.rect(), theme.color(token))
        strong = theme.color("on_signal" if token else "text")
        quiet = strong if token else theme.color("muted")
        left, width = 14.0, self.width() - 24.0
        if mode.sign:
            draw_sign(painter, mode.sign, QRectF(left, 11, 15, 15), strong)
            left, width = left + 22, width - 22
        painter.setFont(theme.font("state"))
        painter.setPen(strong)
        painter.drawText(QRectF(left, 5, width, 28), Qt.AlignmentFlag.AlignVCenter, mode.word)
        painter.setFont(theme.font("small"))
        painter.setPen(quiet)
        detail = painter.fontMetrics().elidedText(mode.detail, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(left, 33, width, 16), Qt.AlignmentFlag.AlignVCenter, detail)
        if mode.progress:
            self._paint_progress(painter, strong)
        painter.end()

    def _paint_progress(self, painter: QPainter, color: QColor) -> None:
        share = (self._now_ns % (2 * NS_PER_S)) / (2 * NS_PER_S)
        run = self.width() * 0.25
        painter.fillRect(QRectF(-run + share * (self.width() + run), HEIGHT - 3, run, 3), color)


class Identity(QWidget):
    """Which robot this is; a simulated one is hatched and says SIM."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._name, self._simulated = theme, name, False
        self.setMinimumWidth(128)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a name of a dozen letters."""
        return QSize(150, HEIGHT)

    def say(self, name: str, simulated: bool) -> None:
        """Show the robot's own name."""
        if (name, simulated) != (self._name, self._simulated):
            self._name, self._simulated = name, simulated
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw SIM over stripes, or ROBOT, and the name beneath."""
        theme, painter = self._theme, QPainter(self)
        left, width = 14.0, self.width() - 20.0
        if self._simulated:
            painter.setFont(theme.font("title"))
            chip = QRectF(left, 8, painter.fontMetrics().horizontalAdvance("SIM") + 20.0, 18)
            painter.fillRect(chip, theme.color("panel"))
            painter.fillRect(chip, hatch(theme.color("muted", 110), 8))
            painter.setPen(theme.color("muted"))
            painter.drawRect(chip)
            inner = chip.adjusted(7, 2, -7, -2)
            painter.fillRect(inner, theme.color("panel"))
            painter.setPen(theme.color("text"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, "SIM")
        else:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(left, 8, width, 16), Qt.AlignmentFlag.AlignLeft, "robot")
        painter.setFont(theme.font("strip"))
        painter.setPen(theme.color("text"))
        name = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(left, 29, width, 20), Qt.AlignmentFlag.AlignLeft, name)
        painter.end()


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
        self._recording = Cell("recording", 164, theme, stretch=True)
        self._disk = Cell("disk", 78, theme)
        self._latency.setToolTip(
            "From the reading of the device to the setpoint at the motors:\n"
            "half of all / 95 of 100 in the last two seconds are faster than this"
        )
        self._worst.setToolTip("The joint that is closest to one of its limits, by the robot's own account")
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
            (self._recording, 3),
            (self._disk, 1),
        ):
            layout.addWidget(widget, stretch)

    def refresh(self, feed: Feed, fingers: Container[int], now_ns: int) -> Mode:
        """Show what the roles say; returns the robot's mode. ``fingers`` are the joints of the hands."""
        status = feed.fresh("robot.status", AgentStatus)
        mode = mode_of(status)
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
        lost = sum(count for name, count in feed.lost.items() if name in TOPICS and TOPICS[name].joint)
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
        for cell in (self._drives, self._latency, self._worst, self._recording, self._disk):
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
