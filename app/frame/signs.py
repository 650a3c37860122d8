"""Shapes that mean something beside their colour: alarm hexagon, warning triangle, advisory circle, and others."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF


def _polygon(rect: QRectF, corners: int, first_degrees: float) -> QPainterPath:
    center, radius = rect.center(), min(rect.width(), rect.height()) / 2
    points = [
        QPointF(
            center.x() + radius * math.cos(math.radians(first_degrees + 360 * corner / corners)),
            center.y() + radius * math.sin(math.radians(first_degrees + 360 * corner / corners)),
        )
        for corner in range(corners)
    ]
    path = QPainterPath()
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def sign_path(sign: str, rect: QRectF) -> QPainterPath:
    """The outline of ``sign`` inside ``rect``.

    Signs: alarm (hexagon), warning (triangle), advisory (circle), stop (octagon), skill (diamond), sound (a
    loudspeaker); anything else is an empty path.
    """
    path = QPainterPath()
    match sign:
        case "alarm":
            return _polygon(rect, 6, 0)
        case "warning":
            path.addPolygon(
                QPolygonF(
                    [QPointF(rect.center().x(), rect.top()), rect.bottomRight(), rect.bottomLeft()],
                )
            )
            path.closeSubpath()
        case "advisory" | "lamp":
            path.addEllipse(rect)
        case "stop":
            return _polygon(rect, 8, 22.5)
        case "skill":
            return _polygon(rect, 4, 0)
        case "sound":
            third = rect.height() / 3
            path.addRect(QRectF(rect.left(), rect.top() + third, third, third))
            horn = [
                QPointF(rect.left() + third, rect.top() + third),
                QPointF(rect.left() + 2 * third, rect.top()),
                QPointF(rect.left() + 2 * third, rect.bottom()),
                QPointF(rect.left() + third, rect.bottom() - third),
            ]
            path.addPolygon(QPolygonF(horn))
            path.addRect(QRectF(rect.right() - third / 2, rect.top() + third * 0.7, 1.5, third * 1.6))
    return path


def draw_sign(painter: QPainter, sign: str, rect: QRectF, color: QColor, filled: bool = True) -> None:
    """Draw ``sign`` in ``color``; hollow if not ``filled``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if filled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPath(sign_path(sign, rect))
    else:
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(sign_path(sign, rect.adjusted(0.75, 0.75, -0.75, -0.75)))
    painter.restore()


def hatch(color: QColor, spacing_px: int = 10) -> QBrush:
    """Diagonal stripes on clear ground: simulated, not real."""
    tile = QPixmap(spacing_px, spacing_px)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, spacing_px * 0.28))
    for shift in (-spacing_px, 0, spacing_px):
        painter.drawLine(shift - 1, spacing_px + 1, shift + spacing_px + 1, -1)
    painter.end()
    return QBrush(tile)
