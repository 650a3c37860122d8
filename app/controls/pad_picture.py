"""A gamepad as it is held."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from app.controls.device_picture import DevicePicture, Places
from app.theme import Theme

_BUTTONS = {
    "a": (152, 66, 13, 13),
    "b": (166, 53, 13, 13),
    "x": (138, 53, 13, 13),
    "y": (152, 40, 13, 13),
    "back": (84, 48, 14, 9),
    "start": (116, 48, 14, 9),
    "guide": (100, 34, 12, 12),
    "left_shoulder": (48, 22, 34, 9),
    "right_shoulder": (152, 22, 34, 9),
    "dpad_up": (72, 73, 9, 11),
    "dpad_down": (72, 93, 9, 11),
    "dpad_left": (62, 83, 11, 9),
    "dpad_right": (82, 83, 11, 9),
}
_PLACES = Places(
    buttons=_BUTTONS,
    sticks={"left": (48.0, 53.0), "right": (128.0, 83.0)},
    triggers={"left_trigger": (48.0, 9.0), "right_trigger": (152.0, 9.0)},
)


class PadPicture(DevicePicture):
    """Of any make: only what is printed on the buttons differs."""

    def __init__(self, theme: Theme) -> None:
        """At rest."""
        super().__init__(theme, _PLACES, "xbox")

    def body(self) -> QPainterPath:
        """Two horns and what lies between them."""
        body = QPainterPath(QPointF(40, 28))
        body.cubicTo(70, 22, 130, 22, 160, 28)
        body.cubicTo(186, 32, 194, 112, 184, 118)
        body.cubicTo(172, 124, 158, 104, 148, 100)
        body.lineTo(52, 100)
        body.cubicTo(42, 104, 28, 124, 16, 118)
        body.cubicTo(6, 112, 14, 32, 40, 28)
        return body
