"""The hands of the twin dragged by mouse: a gizmo on each, whose pressed button is the hold-to-run."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent

from app.dragging import Dragging
from app.theme import Theme
from app.twin_view.gizmo import AXES, SIZE_SHARE, Gizmo, Handle, Taken
from app.twin_view.gizmo_overlay import GizmoOverlay
from app.twin_view.model import TwinModel
from app.twin_view.view import TwinView
from twin.spatial import Pose, vector_from_rotation
from twin.wire.clock import now_ns

SIDES = ("left", "right")
FRAMES = ("world", "hand")
_WAKES_WITHIN = 1.6  # arrow lengths; farther away only the knob is left


class TwinGizmo(QObject):
    """An event filter on the canvas, ahead of the one that turns the camera."""

    def __init__(self, canvas: TwinView, model: TwinModel, dragging: Dragging, theme: Theme) -> None:
        """Show nothing before ``is_on``."""
        super().__init__(canvas.native)
        self._canvas, self._model, self._dragging = canvas, model, dragging
        self.overlay = GizmoOverlay(canvas.native, theme)
        self._sites = {
            side: model.scene.model.site(model.spec.frames[f"{side}_hand"]).id
            for side in SIDES
            if f"{side}_hand" in model.spec.frames
        }
        self.is_on = False
        self.frame = FRAMES[0]
        self._hot: tuple[str, Handle] | None = None
        self._awake = ""  # the side whose handles are all shown: two at once hide each other
        self._taken: Taken | None = None
        self._began = Pose(np.zeros(3), np.eye(3))  # the hand, when its handle was taken
        self._moved = Pose(np.zeros(3), np.eye(3))  # since then, in the world
        canvas.native.installEventFilter(self)

    def refresh(self, at_ns: int) -> None:
        """Follow the hands and the camera."""
        if self._taken is not None and not self._dragging.held:
            self._let_go(at_ns)  # the button came up outside, or the window went to the back
        gizmos = tuple(self._gizmo(side) for side in self._sites) if self.is_on else ()
        hot = None
        if self._hot is not None and gizmos:
            hot = (tuple(self._sites).index(self._hot[0]), self._hot[1])
        self.overlay.show_gizmos(gizmos, hot, self._words() if self._taken else "")

    def _gizmo(self, side: str) -> Gizmo:
        pose = self._hand(side)
        if self._taken is not None and self._hot is not None and self._hot[0] == side:
            pose = Pose(
                self._began.position_m + self._moved.position_m, self._moved.rotation @ self._began.rotation
            )
        axes = np.eye(3) if self.frame == "world" else pose.rotation
        native = self._canvas.native
        return Gizmo(
            pose.position_m,
            axes,
            self._canvas.view(),
            float(max(native.width(), 1)),
            float(max(native.height(), 1)),
            asleep=side != self._awake,
        )

    def _hand(self, side: str) -> Pose:
        """Where the hand is told to be, in the world; where it is, while nothing is told."""
        mirror = self._model.mirror
        data = mirror.commanded if mirror.has_command(now_ns()) else mirror.measured
        site = self._sites[side]
        return Pose(data.site_xpos[site].copy(), data.site_xmat[site].reshape(3, 3).copy())

    # --- the mouse ----------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """True for what was done to a handle; the camera and the links get the rest."""
        if not self.is_on:
            return False
        if self._taken is not None and event.type() == QEvent.Type.Wheel:
            return True  # the handle lies where the camera saw it when it was taken
        if not isinstance(event, QMouseEvent):
            return False
        match event.type():
            case QEvent.Type.MouseMove if self._taken is not None:
                self._drag(event)
                return True
            case QEvent.Type.MouseMove if event.buttons() == Qt.MouseButton.NoButton:
                self._hot = self._at(event)
                return self._hot is not None
            case QEvent.Type.MouseButtonPress if event.button() == Qt.MouseButton.LeftButton:
                return self._take(event)
            case QEvent.Type.MouseButtonRelease if self._taken is not None:
                if event.button() == Qt.MouseButton.LeftButton:
                    self._let_go(now_ns())
                return True
        return self._taken is not None

    def _at(self, event: QMouseEvent) -> tuple[str, Handle] | None:
        x, y = event.position().x(), event.position().y()
        for side in sorted(self._sites, key=lambda each: each != self._awake):
            handle = self._gizmo(side).handle_at(x, y)
            if handle is not None:
                self._awake = side
                return side, handle
        if self._awake and self._is_far(self._gizmo(self._awake), x, y):
            self._awake = ""
        return None

    @staticmethod
    def _is_far(gizmo: Gizmo, x: float, y: float) -> bool:
        middle = gizmo.pixel(gizmo.position_m)
        return middle is None or math.dist(middle, (x, y)) > _WAKES_WITHIN * SIZE_SHARE * gizmo.height_px

    def _take(self, event: QMouseEvent) -> bool:
        self._hot = self._at(event)
        if self._hot is None:
            return False
        side, handle = self._hot
        self._began, self._moved = self._hand(side), Pose(np.zeros(3), np.eye(3))
        self._taken = self._gizmo(side).take(handle, event.position().x(), event.position().y())
        self._tell()
        return True

    def _drag(self, event: QMouseEvent) -> None:
        assert self._taken is not None
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        moved = self._taken.to(event.position().x(), event.position().y(), fine)
        if moved is not None:
            self._moved = moved
            self._tell()

    def _let_go(self, at_ns: int) -> None:
        self._taken = None
        self._dragging.release(at_ns)

    def _tell(self) -> None:
        assert self._hot is not None
        began, moved = self._began, self._moved
        if self.frame == "world":
            wanted = Pose(began.position_m + moved.position_m, moved.rotation @ began.rotation)
        else:
            turn = began.rotation.T
            wanted = Pose(turn @ moved.position_m, turn @ moved.rotation @ began.rotation)
        self._dragging.hand(self._hot[0], self.frame, wanted, now_ns())

    def _words(self) -> str:
        """How far the handle was dragged."""
        assert self._hot is not None
        side, handle = self._hot
        axes = np.eye(3) if self.frame == "world" else self._began.rotation
        if handle.kind == "turn":
            angle = float(vector_from_rotation(self._moved.rotation) @ axes[:, handle.axis])
            return f"{side} hand {AXES[handle.axis]} {math.degrees(angle):+.1f}°"
        shift_mm = 1000 * (axes.T @ self._moved.position_m)
        if handle.kind == "move":
            return f"{side} hand {AXES[handle.axis]} {shift_mm[handle.axis]:+.0f} mm"
        return f"{side} hand {shift_mm[0]:+.0f} {shift_mm[1]:+.0f} {shift_mm[2]:+.0f} mm"
