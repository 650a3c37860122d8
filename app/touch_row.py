"""One hand's skin at a glance: a cell for each touch sensor, filled by its force, amber while what it feels slides."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.theme import Theme
from twin.wire.messages import RobotState

HEIGHT_PX = 27.0

_FULL_N = 20.0  # fills a cell; the force of a firm grasp on one fingertip
_SLIDES_M_S = 0.004  # slower is the creep of what is held
_FELT_N = 0.2  # a lighter touch is brushed in passing and slides by its nature
_GAP_PX = 3.0
_SUFFIX = "_touch"


@dataclass(frozen=True)
class Felt:
    """What one touch sensor says."""

    place: str  # e.g. "thumb"
    force_n: float
    slip_m_s: float

    @property
    def slides(self) -> bool:
        """Whether something that is pressed moves along the skin."""
        return self.slip_m_s >= _SLIDES_M_S and self.force_n >= _FELT_N

    @property
    def figure(self) -> str:
        """The force, or how fast it slides: what one should know first."""
        return f"{1000 * self.slip_m_s:.0f} mm/s" if self.slides else f"{self.force_n:.1f} N"


def felt_by(state: RobotState | None, names: tuple[str, ...], side: str) -> tuple[Felt, ...]:
    """What the sensors of one hand say, in the robot's order; none when nothing was heard or nothing feels there.

    Args:
        state: the newest state.
        names: of all touch sensors, as the robot's identity has them; ``SIDE_PLACE_touch``.
        side: left or right.
    """
    if state is None or state.touch_n.size != len(names):
        return ()
    slips = state.touch_slip_m_s if state.touch_slip_m_s.size == len(names) else [0.0] * len(names)
    return tuple(
        Felt(name.removeprefix(f"{side}_").removesuffix(_SUFFIX).replace("_", " "), float(force), float(slip))
        for name, force, slip in zip(names, state.touch_n, slips, strict=True)
        if name.startswith(f"{side}_")
    )


def paint_touch(painter: QPainter, rect: QRectF, hand: tuple[Felt, ...], theme: Theme) -> None:
    """Draw the cells of ``hand`` side by side over the width of ``rect``."""
    if not hand:
        return
    width = (rect.width() - _GAP_PX * (len(hand) - 1)) / len(hand)
    for number, felt in enumerate(hand):
        cell = QRectF(rect.left() + number * (width + _GAP_PX), rect.top(), width, rect.height())
        _paint_cell(painter, cell, felt, theme)


def _paint_cell(painter: QPainter, cell: QRectF, felt: Felt, theme: Theme) -> None:
    painter.fillRect(cell, theme.color("sunken"))
    share = min(1.0, max(0.0, felt.force_n / _FULL_N))
    filled = cell.adjusted(0, (1.0 - share) * cell.height(), 0, 0)
    painter.fillRect(filled, theme.color("measured", 90))
    if felt.slides:  # the whole edge, so that it shows while the force is small
        painter.fillRect(cell.adjusted(0, cell.height() - 3, 0, 0), theme.color("warning"))
    words = cell.adjusted(3, 0, -3, -1)
    upper, lower = (
        words.adjusted(0, 0, 0, -0.5 * words.height()),
        words.adjusted(0, 0.5 * words.height(), 0, -2),
    )
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("muted"))
    shown = painter.fontMetrics().elidedText(felt.place, Qt.TextElideMode.ElideRight, int(words.width()))
    painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, shown)
    painter.setFont(theme.font("small_number"))
    painter.setPen(theme.color("warning" if felt.slides else "text" if felt.force_n >= _FELT_N else "muted"))
    painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, felt.figure)
