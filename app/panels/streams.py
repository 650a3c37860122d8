"""What is said in the station: each topic with its rate, the rate it should have, its age, and what was lost."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.clock_words import clock_words
from app.feed import Feed
from app.panels.base import PanelContext
from app.stream_rates import StreamRates
from app.theme import Theme
from twin.robot import RobotSpec
from twin.wire.messages import ControlStatus
from twin.wire.topics import TOPICS, Topic, camera_topic

# From the right: title, width.
_COLUMNS = (("late", 42), ("twice", 44), ("lost", 46), ("age", 68), ("should", 56), ("Hz", 50))
_HEAD, _ROW, _MARGIN = 20.0, 20.0, 12.0
_SLOW = 0.8  # of the rate it should have
_WHILE_DRIVEN = ("control.command", "robot.applied")  # silence is no fault of theirs
_NOTHING = "\u2014"


def create(context: PanelContext) -> "StreamsPanel":
    """The panel for the robot of ``context``."""
    return StreamsPanel(context)


def streams_of(spec: RobotSpec) -> tuple[Topic, ...]:
    """The topics that are said all the time, fastest first: those of the table, and the robot's cameras."""
    steady = [row for row in TOPICS.values() if row.rate_hz > 0 and not row.name.endswith(".health")]
    return tuple(
        sorted(
            [*steady, *(camera_topic(camera.name) for camera in spec.cameras)], key=lambda row: -row.rate_hz
        )
    )


class StreamsPanel:
    """Counts twenty times a second; the figures are those of two seconds."""

    title = "Streams"
    rate_hz = 20.0
    always = True  # rates need two seconds

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._theme, self._topics = context.theme, streams_of(context.spec)
        self.rates = StreamRates(row.name for row in self._topics)
        self._looks = 0
        self._made: _Table | None = None

    def widget(self) -> QWidget:
        """One painted table."""
        if self._made is None:
            self._made = _Table(self._theme, self._topics)
        return self._made

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Count, and show with every tenth count."""
        self.rates.note(feed, now_ns)
        self._looks += 1
        if self._made is not None and self._looks % 10 == 1:
            clock = clock_words(feed.fresh("control.status", ControlStatus))
            self._made.show_rows([self._row(feed, row) for row in self._topics], clock)

    def _row(self, feed: Feed, row: Topic) -> "Row":
        hz, age_s, arrivals = self.rates.hz(row.name), feed.age_s(row.name), feed.arrivals
        counts = [each.get(row.name, 0) for each in (arrivals.reordered, arrivals.duplicates, arrivals.lost)]
        stale = feed.is_stale(row.name)
        figures = (
            *map(str, counts),
            _NOTHING
            if age_s is None
            else f"{max(0, round(1000 * age_s))} ms"
            if age_s < 10
            else f"{age_s:.0f} s",
            f"{row.rate_hz:.0f}",
            _NOTHING if hz is None or stale else f"{hz:.1f}" if hz < 20 else f"{hz:.0f}",
        )
        if stale:
            return "muted" if row.name in _WHILE_DRIVEN else "warning", figures
        is_slow = hz is not None and hz < _SLOW * row.rate_hz
        return "advisory" if any(counts) or is_slow else "text", figures

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._made is not None:
            self._made.theme = theme
            self._made.update()


Row = tuple[str, tuple[str, ...]]  # its colour, and the figures in the order of _COLUMNS


class _Table(QWidget):
    """Names on the left, figures in columns on the right; what is not as it should be has its colour."""

    def __init__(self, theme: Theme, topics: tuple[Topic, ...]) -> None:
        super().__init__()
        self.theme, self._topics = theme, topics
        self._rows: list[Row] = [("muted", (_NOTHING,) * len(_COLUMNS)) for _ in topics]
        self._clock = ""
        self.setToolTip(
            "What each part of the station says, over the last two seconds; lost, twice and late\n"
            "(after a newer one, and so left out) since the window was opened.\n"
            "Cameras give way first when the computer is busy: their pictures come slower, nothing else does."
        )

    def show_rows(self, rows: list[Row], clock: str) -> None:
        """Show these, one for each topic, and what is known of the robot's clock."""
        if (rows, clock) != (self._rows, self._clock):
            self._rows, self._clock = rows, clock
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Head and rows."""
        painter, theme = QPainter(self), self.theme
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        self._paint_line(painter, 0.0, _HEAD, "topic", [title for title, _ in _COLUMNS])
        for place, (row, (colour, figures)) in enumerate(zip(self._topics, self._rows, strict=True)):
            painter.setFont(theme.font("small_number"))
            painter.setPen(theme.color(colour))
            self._paint_line(painter, _HEAD + place * _ROW, _ROW, row.name, figures)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        below = QRectF(_MARGIN, _HEAD + len(self._topics) * _ROW, self.width() - 2 * _MARGIN, _ROW)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, self._clock)
        painter.end()

    def _paint_line(
        self, painter: QPainter, top: float, height: float, name: str, figures: "tuple[str, ...] | list[str]"
    ) -> None:
        middle, right = Qt.AlignmentFlag.AlignVCenter, self.width() - _MARGIN
        for (_, width), figure in zip(_COLUMNS, figures, strict=True):
            painter.drawText(
                QRectF(right - width, top, width, height), middle | Qt.AlignmentFlag.AlignRight, figure
            )
            right -= width
        painter.drawText(QRectF(_MARGIN, top, right - _MARGIN, height), middle, name)
