"""Everything that is written upon the twin, each in its place."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.theme import Theme
from app.twin_view.overlay import StaleHatch, TwinNote
from twin.mirror import STATE, Mirror

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_TOP, _BOTTOM = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
_MIDDLE = Qt.AlignmentFlag.AlignHCenter


class TwinNotes:
    """The plates and stripes upon one canvas."""

    def __init__(self, canvas: QWidget, theme: Theme) -> None:
        """Lie upon ``canvas``; nothing is said yet."""
        self._canvas = canvas
        self.hatch = StaleHatch(canvas, theme)
        self.name = TwinNote(canvas, theme, _LEFT | _BOTTOM)
        self.pushing = TwinNote(canvas, theme, _RIGHT | _BOTTOM)
        self.stale = TwinNote(canvas, theme, _MIDDLE | _TOP, "warning")
        self.why = TwinNote(canvas, theme, _LEFT | _TOP)
        self._count = TwinNote(canvas, theme, _MIDDLE | Qt.AlignmentFlag.AlignVCenter, font="state")

    def count(self, seconds: str) -> None:
        """Say in how many seconds the robot follows; empty for no count."""
        self._count.say(f"follows in {seconds}" if seconds else "")

    def age(self, mirror: Mirror, now_ns: int) -> None:
        """Say how old the picture is where that is too old, and lay stripes over it."""
        age_s, is_stale = mirror.age_s(STATE, now_ns), mirror.is_stale(now_ns)
        if mirror.fault:
            self.stale.say(mirror.fault)
        elif not is_stale:
            self.stale.say("")
        elif age_s > 3600:
            self.stale.say("no robot is heard")
        else:
            self.stale.say(f"STALE {age_s:.1f} s")
        self.hatch.setVisible(is_stale)
        if is_stale:
            self.hatch.setGeometry(self._canvas.rect())

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        for part in (self.hatch, self.name, self.pushing, self.stale, self.why, self._count):
            part.set_theme(theme)
