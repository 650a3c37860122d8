"""What is written upon the twin: the link under the pointer, and that the robot has not been heard for a while."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.frame.signs import draw_sign, hatch
from app.theme import Theme

_MARGIN = 8
_HEIGHT = 24


class TwinNote(QWidget):
    """A small plate with a few words, at a corner of the canvas; hidden while there is nothing to say."""

    def __init__(
        self, canvas: QWidget, theme: Theme, at: Qt.AlignmentFlag, sign: str = "", font: str = "small"
    ) -> None:
        """Lie upon ``canvas`` at ``at``, with ``sign`` before the words, which are written in ``font`` of the theme."""
        super().__init__(canvas)
        self._canvas = canvas
        self._theme, self._at, self._sign, self._font = theme, at, sign, font
        self._words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    @property
    def words(self) -> str:
        """What is said."""
        return self._words

    def say(self, words: str, sign: str | None = None) -> None:
        """Show ``words`` behind ``sign``, or behind the one it was made with; no words hide the plate."""
        sign = self._sign if sign is None else sign
        if (words, sign) == (self._words, self._sign):
            return
        self._words, self._sign = words, sign
        self.setVisible(bool(words))
        self._place()
        self.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep to the corner."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        if not self._words:
            return
        self.setFont(self._theme.font(self._font))
        width = self.fontMetrics().horizontalAdvance(self._words) + 18 + (16 if self._sign else 0)
        height = max(_HEIGHT, self.fontMetrics().height() + 12)
        room = self._canvas.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        self.setGeometry(_aligned(QSize(width, height), room, self._at))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A plate and its words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        left = 9
        if self._sign:
            draw_sign(painter, self._sign, QRectF(left, 7, 10, 10), self._theme.color(self._sign))
            left += 16
        painter.setFont(self._theme.font(self._font))
        painter.setPen(self._theme.color("text"))
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._words)
        painter.end()


class StaleHatch(QWidget):
    """Thin stripes over the whole canvas while what it shows may not be so any more."""

    def __init__(self, canvas: QWidget, theme: Theme) -> None:
        """Cover ``canvas`` when shown."""
        super().__init__(canvas)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep covering the canvas."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Stripes."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), hatch(self._theme.color("warning", 46), 18))
        painter.end()


def _aligned(size: QSize, room: QRect, at: Qt.AlignmentFlag) -> QRect:
    left, top = room.left(), room.top()
    if at & Qt.AlignmentFlag.AlignRight:
        left = room.right() - size.width()
    elif at & Qt.AlignmentFlag.AlignHCenter:
        left = room.center().x() - size.width() // 2
    if at & Qt.AlignmentFlag.AlignBottom:
        top = room.bottom() - size.height()
    elif at & Qt.AlignmentFlag.AlignVCenter:
        top = room.center().y() - size.height() // 2
    return QRect(left, top, size.width(), size.height())
