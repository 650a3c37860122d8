"""What pictures of devices share: sticks and triggers where they are, buttons that are down filled, one marked."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme
from teleop.bindings.glyphs import glyph
from teleop.inputs.base import AXES

WIDE, HIGH = 200.0, 124.0  # of every drawing, in units of its own
_STICK_RADIUS, _KNOB_RADIUS = 15.0, 8.0


@dataclass(frozen=True)
class Places:
    """Where the controls of a device are drawn: the middle, and the size of what is no stick."""

    buttons: Mapping[str, tuple[float, float, float, float]]
    sticks: Mapping[str, tuple[float, float]]  # by side
    triggers: Mapping[str, tuple[float, float]]


class DevicePicture(QWidget):
    """Shows a sample; signals a click on a control."""

    chosen = Signal(str)  # the control's name

    def __init__(self, theme: Theme, places: Places, family: str) -> None:
        """At rest."""
        super().__init__()
        self._theme, self._places, self._family = theme, places, family
        self._axes = dict.fromkeys(AXES, 0.0)
        self._down: frozenset[str] = frozenset()
        self._marked: frozenset[str] = frozenset()
        self._is_there = False
        self.setMinimumSize(300, 190)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Large enough to be read at arm's length."""
        return QSize(420, 260)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def show_sample(self, axes: tuple[float, ...], down: frozenset[str], family: str, is_there: bool) -> None:
        """Show what the hands do; greyed while there is none."""
        known = dict(zip(AXES, axes, strict=True)) if len(axes) == len(AXES) else dict.fromkeys(AXES, 0.0)
        if (known, down, family, is_there) != (self._axes, self._down, self._family, self._is_there):
            self._axes, self._down, self._family, self._is_there = known, down, family, is_there
            self.update()

    def mark(self, controls: frozenset[str]) -> None:
        """Mark the controls of the row that is looked at."""
        if controls != self._marked:
            self._marked = controls
            self.update()

    # --- places -------------------------------------------------------------------------------------------

    def _scale(self) -> float:
        return min(self.width() / WIDE, self.height() / HIGH)

    def _origin(self) -> QPointF:
        scale = self._scale()
        return QPointF((self.width() - WIDE * scale) / 2, (self.height() - HIGH * scale) / 2)

    def place_of(self, control: str) -> QPointF:
        """The pixel in the middle of ``control``.

        Raises:
            KeyError: the device has no such control.
        """
        if control in self._places.buttons:
            x, y = self._places.buttons[control][:2]
        elif control in self._places.triggers:
            x, y = self._places.triggers[control]
        else:
            x, y = self._places.sticks[control.split("_")[0]]
        return self._origin() + QPointF(x, y) * self._scale()

    def control_at(self, pixel: QPointF) -> str:
        """The control there; a stick's click in its middle, its axes at its rim; empty beside all."""
        place = (pixel - self._origin()) / self._scale()
        for name, (x, y, width, height) in self._places.buttons.items():
            if abs(place.x() - x) <= width / 2 + 1 and abs(place.y() - y) <= height / 2 + 1:
                return name
        for name, (x, y) in self._places.triggers.items():
            if abs(place.x() - x) <= 17 and abs(place.y() - y) <= 5:
                return name
        for side, (x, y) in self._places.sticks.items():
            away = place - QPointF(x, y)
            if away.manhattanLength() <= _KNOB_RADIUS:
                return f"{side}_stick"
            if abs(away.x()) <= _STICK_RADIUS and abs(away.y()) <= _STICK_RADIUS:
                return f"{side}_x" if abs(away.x()) > abs(away.y()) else f"{side}_y"
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose a control."""
        control = self.control_at(event.position())
        if control and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(control)

    # --- painting -----------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Body, triggers, sticks, buttons."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self._origin())
        painter.scale(self._scale(), self._scale())
        if not self._is_there:
            painter.setOpacity(0.45)
        self._paint_body(painter)
        for name, (x, y) in self._places.triggers.items():
            self._paint_trigger(painter, name, QRectF(x - 17, y - 5, 34, 10))
        for side, (x, y) in self._places.sticks.items():
            self._paint_stick(painter, side, QPointF(x, y))
        for name, (x, y, width, height) in self._places.buttons.items():
            self._paint_button(painter, name, QRectF(x - width / 2, y - height / 2, width, height))
        painter.end()

    @abstractmethod
    def body(self) -> QPainterPath:
        """The outline of the device, in units of the drawing."""

    def _paint_body(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._theme.color("line"), 1.2))
        painter.setBrush(self._theme.color("raised"))
        painter.drawPath(self.body())

    def _pen(self, *controls: str) -> QPen:
        marked = bool(self._marked & set(controls))
        return QPen(self._theme.color("commanded" if marked else "muted"), 1.8 if marked else 0.8)

    def _paint_trigger(self, painter: QPainter, name: str, rect: QRectF) -> None:
        painter.setPen(self._pen(name))
        painter.setBrush(self._theme.color("sunken"))
        painter.drawRoundedRect(rect, 4, 4)
        pulled = min(1.0, max(0.0, self._axes[name]))
        text = glyph(name, self._family)
        self._write(painter, rect, text, on=False)
        if pulled > 0:
            painter.save()
            painter.setClipRect(QRectF(rect.left(), rect.top(), rect.width() * pulled, rect.height()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("measured"))
            painter.drawRoundedRect(rect, 4, 4)
            self._write(painter, rect, text, on=True)
            painter.restore()

    def _paint_stick(self, painter: QPainter, side: str, middle: QPointF) -> None:
        theme = self._theme
        painter.setPen(self._pen(f"{side}_x", f"{side}_y"))
        painter.setBrush(theme.color("sunken"))
        painter.drawEllipse(middle, _STICK_RADIUS, _STICK_RADIUS)
        # Left and up are positive on the wire, the other way round on a screen.
        x, y = self._axes[f"{side}_x"], self._axes[f"{side}_y"]
        knob = middle + QPointF(-x, -y) * (_STICK_RADIUS - _KNOB_RADIUS + 3)
        painter.setPen(self._pen(f"{side}_stick"))
        painter.setBrush(theme.color("measured" if f"{side}_stick" in self._down else "raised"))
        painter.drawEllipse(knob, _KNOB_RADIUS, _KNOB_RADIUS)

    def _paint_button(self, painter: QPainter, name: str, rect: QRectF) -> None:
        down = name in self._down
        painter.setPen(self._pen(name))
        painter.setBrush(self._theme.color("measured" if down else "sunken"))
        if abs(rect.width() - rect.height()) < 0.1:
            painter.drawEllipse(rect)
        else:
            painter.drawRoundedRect(rect, 3, 3)
        text = glyph(name, self._family)
        self._write(painter, rect, text[-1] if name.startswith("dpad") else text, on=down)

    def _write(self, painter: QPainter, rect: QRectF, text: str, on: bool) -> None:
        font = self._theme.font("small")
        font.setPixelSize({1: 7, 2: 7, 5: 4}.get(len(text), 5))
        painter.setFont(font)
        painter.setPen(self._theme.color("background" if on else "text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
