"""The mouse upon the twin: turn, shift, zoom, point and choose, and push a simulated robot.

Left turns, right, middle or left with Shift shifts, the wheel zooms, left with Ctrl on a link pushes it.

Qt's own events are used, not VisPy's: those leave out moves that follow one another within 10 ms, and a drag
would end where the last one that was let through had been.
"""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from app.twin_view.model import Joints, TwinModel
from app.twin_view.push import TwinPush
from app.twin_view.view import TwinView
from twin.render.picking import Picked

_CLICK_PX = 4  # a press that moved less is a click, not a drag
_PUSHES = Qt.KeyboardModifier.ControlModifier
_ANGLE_PER_STEP = 120  # of a wheel, in eighths of a degree


class TwinMouse(QObject):
    """An event filter on the canvas."""

    chosen = Signal(tuple, bool)  # joints that were clicked, and whether they are added to the choice

    def __init__(self, canvas: TwinView, model: TwinModel, push: TwinPush) -> None:
        """Listen to ``canvas``, which draws ``model``; what is pushed is pushed through ``push``."""
        super().__init__(canvas.native)
        self._push = push
        self._canvas, self._model = canvas, model
        self._pressed_at: QPointF | None = None  # until it has moved far enough to be a drag
        self._dragged_from: QPointF | None = None
        self.hovered: Joints = ()
        canvas.native.setMouseTracking(True)
        canvas.native.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """True for what the mouse did: it means nothing to anybody else."""
        if isinstance(event, QWheelEvent):
            self._zoom(event)
        elif isinstance(event, QMouseEvent):
            match event.type():
                case QEvent.Type.MouseButtonPress:
                    self._press(event)
                case QEvent.Type.MouseMove:
                    self._move(event)
                case QEvent.Type.MouseButtonRelease:
                    self._release(event)
                case QEvent.Type.MouseButtonDblClick:
                    self._look_at(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._hover(())
            return False
        else:
            return False
        return True

    def _press(self, event: QMouseEvent) -> None:
        here = event.position()
        self._pressed_at = self._dragged_from = here
        if event.button() == Qt.MouseButton.LeftButton and event.modifiers() & _PUSHES:
            picked = self._picked(here)
            if picked is not None:
                self._push.grab(picked)

    def _move(self, event: QMouseEvent) -> None:
        here, before = event.position(), self._dragged_from
        if before is None or event.buttons() == Qt.MouseButton.NoButton:
            self._hover(self._model.joints_at(self._picked(here)))
            return
        if self._pressed_at is not None and (here - self._pressed_at).manhattanLength() < _CLICK_PX:
            return
        self._pressed_at, self._dragged_from = None, here
        if self._push.is_held:
            self._push.pull(self._canvas.view(), *self._share(here))
            return
        height = max(self._canvas.native.height(), 1)
        shifts = not event.buttons() & Qt.MouseButton.LeftButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        camera = self._canvas.camera
        move = camera.pan if shifts else camera.orbit
        move((here.x() - before.x()) / height, (here.y() - before.y()) / height)
        self._canvas.changed = True

    def _release(self, event: QMouseEvent) -> None:
        clicked = self._pressed_at is not None and event.button() == Qt.MouseButton.LeftButton
        self._pressed_at = self._dragged_from = None
        self._push.release()
        if clicked:
            joints = self._model.joints_at(self._picked(event.position()))
            self.chosen.emit(joints, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def _zoom(self, event: QWheelEvent) -> None:
        picked = self._picked(event.position())
        steps = event.angleDelta().y() / _ANGLE_PER_STEP
        self._canvas.camera.zoom(steps, None if picked is None else picked.point_m)
        self._canvas.changed = True

    def _look_at(self, here: QPointF) -> None:
        picked = self._picked(here)
        if picked is not None:
            self._canvas.camera.look_towards(picked.point_m)

    def _hover(self, joints: Joints) -> None:
        if joints != self.hovered:
            self.hovered, self._canvas.changed = joints, True

    def joints_at(self, here: QPointF) -> Joints:
        """The joints that move what is seen there; none beside the robot."""
        return self._model.joints_at(self._picked(here))

    def _picked(self, here: QPointF) -> Picked | None:
        return self._model.pick(self._canvas.view(), *self._share(here))

    def _share(self, here: QPointF) -> tuple[float, float]:
        native = self._canvas.native
        return here.x() / max(native.width(), 1), here.y() / max(native.height(), 1)
