"""One camera on the screen: its newest picture, how old it is, and one sentence where there is none.

An old picture must never pass for a live one: after half a second it loses its colour under hatching and says so.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.cameras.video_decoder import Picture
from app.frame.signs import draw_sign, hatch
from app.theme import Theme

CAPTION_PX = 22
_MARGIN = 8


@dataclass(frozen=True)
class CameraCondition:
    """What stands beside the picture."""

    age_ms: float | None = None  # of the picture; None: there is none
    rate_hz: float | None = None  # pictures that arrived in each of the last seconds; None: not yet known
    stale: bool = False
    sentence: str = ""  # why there is no picture; empty if there is one


def letterbox(picture: QSize, room: QRect) -> QRect:
    """The largest rectangle of the picture's shape in the middle of ``room``."""
    fitted = picture.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRect(
        room.x() + (room.width() - fitted.width()) // 2,
        room.y() + (room.height() - fitted.height()) // 2,
        fitted.width(),
        fitted.height(),
    )


class CameraPane(QWidget):
    """Paints what it is handed."""

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        """An empty pane called ``title``."""
        super().__init__(parent)
        self._title, self._theme = title, theme
        self._picture: Picture | None = None
        self._image: QImage | None = None
        self._condition = CameraCondition()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90 + CAPTION_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A quarter of a usual picture, below its caption."""
        return QSize(320, 240 + CAPTION_PX)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def show_picture(self, picture: Picture) -> None:
        """Show ``picture`` from now on."""
        self._picture = picture  # owns the memory that the image looks at
        self._image = QImage(
            picture.pixels, picture.width, picture.height, picture.bytes_per_line, QImage.Format.Format_RGB32
        )
        self.update()

    def show_condition(self, condition: CameraCondition) -> None:
        """Show ``condition`` beside the picture."""
        if condition != self._condition:
            self._condition = condition
            self.update()

    @property
    def condition(self) -> CameraCondition:
        """What is shown beside the picture."""
        return self._condition

    def picture_rect(self) -> QRect | None:
        """Where the picture is in the pane, in logical pixels; None without one."""
        if self._image is None or self._condition.sentence:
            return None
        return letterbox(self._image.size(), self.rect().adjusted(0, CAPTION_PX, 0, 0))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Caption, picture, and what is to be said about it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("sunken"))
        where = self.picture_rect()
        if where is not None and self._image is not None:
            self._paint_picture(painter, self._image, where)
        elif self._condition.sentence:
            self._paint_sentence(painter, self._condition.sentence)
        self._paint_caption(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter, image: QImage, where: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._condition.stale:
            painter.drawImage(where, image)
            return
        painter.drawImage(where, image.convertToFormat(QImage.Format.Format_Grayscale8))
        painter.fillRect(where, self._theme.color("sunken", 110))
        painter.setBrushOrigin(where.topLeft())
        painter.fillRect(where, hatch(self._theme.color("warning", 90), 16))
        self._paint_stale_note(painter, where)

    def _paint_stale_note(self, painter: QPainter, where: QRect) -> None:
        age_s = (self._condition.age_ms or 0) / 1000
        text = f"STALE {age_s:.1f} s" if age_s < 100 else "STALE"
        painter.setFont(self._theme.font("strip"))
        width = painter.fontMetrics().horizontalAdvance(text) + 40
        box = QRectF(where.center().x() - width / 2, where.center().y() - 15, width, 30)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("panel"))
        painter.drawRoundedRect(box, 4, 4)
        draw_sign(
            painter, "warning", QRectF(box.left() + 10, box.top() + 9, 12, 12), self._theme.color("warning")
        )
        painter.setPen(self._theme.color("text"))
        painter.drawText(box.adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_sentence(self, painter: QPainter, sentence: str) -> None:
        painter.setFont(self._theme.font("text"))
        painter.setPen(self._theme.color("muted"))
        room = self.rect().adjusted(16, CAPTION_PX + 8, -16, -8)
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, wrapped, f"no picture: {sentence}")

    def _paint_caption(self, painter: QPainter) -> None:
        bar = QRect(0, 0, self.width(), CAPTION_PX)
        painter.fillRect(bar, self._theme.color("panel"))
        inner = bar.adjusted(_MARGIN, 0, -_MARGIN, 0)
        painter.setFont(self._theme.font("small_number"))
        painter.setPen(self._tone())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        figures = self._figures()
        painter.drawText(inner, right, figures)
        taken = painter.fontMetrics().horizontalAdvance(figures) + _MARGIN
        painter.setFont(self._theme.font("title"))
        painter.setPen(self._theme.color("muted"))
        title = painter.fontMetrics().elidedText(
            self._title, Qt.TextElideMode.ElideRight, max(0, inner.width() - taken)
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, title)

    def _tone(self) -> QColor:
        return self._theme.color("warning" if self._condition.stale else "muted")

    def _figures(self) -> str:
        found = self._condition
        if found.sentence or found.age_ms is None:
            return ""
        rate = "" if found.rate_hz is None else f"{found.rate_hz:.0f} Hz"
        age = f"{found.age_ms:.0f} ms" if found.age_ms < 1000 else f"{found.age_ms / 1000:.1f} s"
        return f"{rate}  {age}"
