"""One reading in the strip: a small caption, a value beneath it, and if it has a limit, how much of it is used."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.frame.signs import draw_sign
from app.theme import Theme

_MARGIN = 10
_SIGN = 11


class Cell(QWidget):
    """A caption and a value that never move; what does not fit is elided."""

    def __init__(self, caption: str, width: int, theme: Theme, stretch: bool = False) -> None:
        """``width`` in pixels at least; ``stretch``: take more where there is more."""
        super().__init__()
        self._caption, self._theme, self._width = caption, theme, width
        self._shown: tuple[str, str, float | None, str] = ("\u2014", "", None, "")
        horizontal = QSizePolicy.Policy.Expanding if stretch else QSizePolicy.Policy.Preferred
        self.setSizePolicy(horizontal, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(width)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as asked for."""
        return QSize(self._width, 56)

    def say(self, value: str, severity: str = "", use: float | None = None, sign: str = "") -> None:
        """Show ``value``.

        Args:
            value: what stands beneath the caption; muted when it is a dash.
            severity: advisory, warning or alarm, which colours the value and puts its shape before it.
            use: share of a limit, 0..1, drawn as a bar; None for no bar.
            sign: "lamp" or "hollow lamp" before the value.
        """
        shown = (value, severity, use, sign)
        if shown != self._shown:
            self._shown = shown
            self.update()

    def caption(self, caption: str) -> None:
        """Change the small words above the value."""
        if caption != self._caption:
            self._caption = caption
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw caption, sign, value and bar."""
        value, severity, use, sign = self._shown
        theme, painter = self._theme, QPainter(self)
        left, width = float(_MARGIN), self.width() - 2.0 * _MARGIN
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        caption = painter.fontMetrics().elidedText(self._caption, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(left, 8, width, 14), Qt.AlignmentFlag.AlignLeft, caption)
        tone = severity or ("muted" if value == "\u2014" else "text")
        shape = severity or sign.removeprefix("hollow ")
        indent = 0.0
        if shape:
            color = theme.color("alarm") if sign == "lamp" else theme.color(tone if severity else "muted")
            draw_sign(painter, shape, QRectF(left, 28, _SIGN, _SIGN), color, not sign.startswith("hollow"))
            indent = _SIGN + 6.0
        painter.setFont(theme.font("strip"))
        painter.setPen(theme.color(tone))
        text = painter.fontMetrics().elidedText(value, Qt.TextElideMode.ElideRight, int(width - indent))
        painter.drawText(QRectF(left + indent, 24, width - indent, 20), Qt.AlignmentFlag.AlignLeft, text)
        if use is not None:
            self._paint_bar(painter, QRectF(left, 47, width, 3), use, severity)
        painter.end()

    def _paint_bar(self, painter: QPainter, rect: QRectF, use: float, severity: str) -> None:
        painter.fillRect(rect, self._theme.color("sunken"))
        filled = QRectF(rect)
        filled.setWidth(rect.width() * min(1.0, max(0.0, use)))
        painter.fillRect(filled, self._theme.color(severity or "measured"))
