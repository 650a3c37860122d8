"""Numbers painted fast: every short text is shaped once and then only placed."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

_KEPT = 20_000


class NumberText:
    """Draws short texts in one font of equal digit width, each laid out once in its life."""

    def __init__(self, font: QFont) -> None:
        """Draw in ``font``."""
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._height = self._metrics.height()
        self._made: dict[str, tuple[QStaticText, float]] = {}

    def begin(self, painter: QPainter) -> None:
        """Set the font; the pen is the caller's."""
        painter.setFont(self._font)

    def right(self, painter: QPainter, right: float, top: float, row_height: float, text: str) -> None:
        """Draw ``text`` so that it ends at ``right``, in the middle of the row that begins at ``top``."""
        laid, width = self._laid(text)
        painter.drawStaticText(QPointF(right - width, top + (row_height - self._height) / 2), laid)

    def left(
        self, painter: QPainter, left: float, top: float, row_height: float, text: str, room: float = 1e6
    ) -> None:
        """Draw ``text`` from ``left`` on; what does not fit into ``room`` gives way to an ellipsis."""
        laid, width = self._laid(text)
        if width > room:
            laid, _ = self._laid(self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))
        painter.drawStaticText(QPointF(left, top + (row_height - self._height) / 2), laid)

    def _laid(self, text: str) -> tuple[QStaticText, float]:
        found = self._made.get(text)
        if found is None:
            if len(self._made) > _KEPT:
                self._made.clear()
            laid = QStaticText(text)
            laid.setTextFormat(Qt.TextFormat.PlainText)
            laid.prepare(font=self._font)
            found = self._made[text] = laid, laid.size().width()
        return found
