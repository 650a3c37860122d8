"""A headset's two controllers as they are held."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from app.controls.device_picture import WIDE, DevicePicture, Places
from app.theme import Theme

_LEFT: Mapping[str, tuple[float, float, float, float]] = {
    "x": (75, 58, 13, 13),
    "y": (81, 40, 13, 13),
    "left_grip": (70, 86, 24, 13),
}
_ON_THE_LEFT_ALONE = {"menu": (60, 70.5, 22, 9)}
_RIGHT_OF = {"x": "a", "y": "b", "left_grip": "right_grip"}
_MIRRORED = {_RIGHT_OF[name]: (WIDE - x, y, width, height) for name, (x, y, width, height) in _LEFT.items()}
_PLACES = Places(
    buttons={**_LEFT, **_ON_THE_LEFT_ALONE, **_MIRRORED},
    sticks={"left": (52.0, 45.0), "right": (WIDE - 52.0, 45.0)},
    triggers={"left_trigger": (60.0, 9.0), "right_trigger": (WIDE - 60.0, 9.0)},
)
# Controls that are a place of another one, or several at once.
_SHOWN_AS = {
    "grip": ("left_grip", "right_grip"),
    "both_sticks": ("left_stick", "right_stick"),
    **{
        f"{side}_stick_{way}": (f"{side}_stick",)
        for side in ("left", "right")
        for way in ("up", "down", "left", "right")
    },
}


class ControllersPicture(DevicePicture):
    """The right one is the left one's mirror image."""

    def __init__(self, theme: Theme) -> None:
        """At rest."""
        super().__init__(theme, _PLACES, "headset")

    def mark(self, controls: frozenset[str]) -> None:
        """Mark the controls of the row that is looked at."""
        super().mark(frozenset(each for name in controls for each in _SHOWN_AS.get(name, (name,))))

    def body(self) -> QPainterPath:
        """A round head for thumb and finger, and a handle, on each side."""
        body = QPainterPath()
        for mirrored in (False, True):

            def at(x: float, y: float, mirrored: bool = mirrored) -> QPointF:
                return QPointF(WIDE - x if mirrored else x, y)

            body.moveTo(at(30, 46))
            body.cubicTo(at(30, 12), at(96, 10), at(97, 46))
            body.cubicTo(at(97, 62), at(88, 70), at(86, 84))
            body.cubicTo(at(85, 100), at(84, 114), at(76, 119))
            body.cubicTo(at(68, 123), at(56, 122), at(52, 114))
            body.cubicTo(at(50, 100), at(52, 84), at(46, 74))
            body.cubicTo(at(38, 66), at(30, 60), at(30, 46))
            body.closeSubpath()
        return body
