"""The robot as it is, solid, as it was told to be, as a ghost, and as it was asked to be, in outline; in its scene."""

import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QPointF, Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.actions.twin import OF_A_LINK, twin_actions
from app.countdown import seconds_until_it_follows
from app.feed import Feed
from app.interventions import severity_of
from app.panels.base import PanelContext
from app.theme import Theme
from app.twin_view.notes import TwinNotes
from app.twin_view.opengl import offered_opengl
from app.twin_view.pace import TwinPace
from app.twin_view.view import TwinView, advance, render_theme
from twin.errors import UnderstudyError
from twin.mirror import STATE
from twin.render.standpoints import NAMES
from twin.render.themes import rgb
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.clock import now_ns as clock_ns
from twin.wire.messages import ControlStatus

if TYPE_CHECKING:
    from app.twin_view.model import Joints, Looks, TwinModel

log = logging.getLogger(__name__)

_VISIBLE_M = 5e-4  # a camera that goes along with a robot that stands would never rest
_STILL_NS = NS_PER_S // 4  # a picture that has stood so long is drawn once more with smooth edges


def create(context: PanelContext) -> "TwinPanel":
    """The twin of ``context``'s robot."""
    return TwinPanel(context)


class TwinPanel(QObject):
    """The canvas, once the model is there; a sentence until then, or instead."""

    title = "Twin"
    rate_hz = 1000.0  # every frame of the window; ``TwinPace`` decides which of them are drawn

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        super().__init__()
        self._context, self._theme = context, context.theme
        self.selection, self._seen_version = context.selection, -1
        self._interventions, self.is_live = context.interventions, context.is_live
        self._made: QWidget | None = None
        self._loading: Future[TwinModel] | None = None
        self._model: TwinModel | None = None
        self.canvas: TwinView | None = None
        self._last_ns = 0
        self._coarse_since_ns: int | None = None  # when the picture was last drawn in haste
        self._hovered: Joints = ()
        self._follows, self._was_at_m = True, (0.0, 0.0)
        self._shows_balance = True
        self._feed: Feed | None = None
        self._shown_ns = 0  # when the state that is being drawn came in
        self._drags, self._drag_frame = False, "world"
        self._add_actions()

    def _add_actions(self) -> None:
        if f"twin.view.{NAMES[0]}" not in self._context.actions:
            self._context.actions.add(*twin_actions(self))

    # --- what it is made of -------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        """The place of the canvas; the model is loaded beside the window's thread.

        Raises:
            GraphicsError: this display has no OpenGL that would do.
        """
        if self._made is None:
            self._pace = TwinPace(offered_opengl().is_software)
            from app.twin_view.model import load_in_background

            self._made = QWidget()
            layout = QVBoxLayout(self._made)
            layout.setContentsMargins(0, 0, 0, 0)
            self._sentence = QLabel("Building the twin …")
            self._sentence.setObjectName("sentence")
            self._sentence.setWordWrap(True)
            self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(self._sentence)
            self._loading = load_in_background(self._context.spec, self._context.station)
        return self._made

    def _finish_loading(self) -> None:
        assert self._loading is not None
        if not self._loading.done():
            return
        loading, self._loading = self._loading, None
        try:
            self._model = loading.result()
        except UnderstudyError as error:
            self._sentence.setText(str(error))
            return
        self._show_canvas(self._model)

    def _show_canvas(self, model: "TwinModel") -> None:
        from app.twin_view.hand_gizmos import TwinGizmo
        from app.twin_view.link_menu import TwinMenu
        from app.twin_view.mouse import TwinMouse
        from app.twin_view.push import TwinPush

        assert self._made is not None
        canvas = self._make_view(model)
        canvas.drew, canvas.failed = self._first_drew, self._give_up
        self._push = TwinPush(model, self._context.station if self.is_live else None)
        self._mouse = TwinMouse(canvas, model, self._push)
        self._was_at_m, model.shows_balance = model.middle_m, self._shows_balance
        self._mouse.chosen.connect(self._choose)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.close)
        self._gizmo = TwinGizmo(canvas, model, self._context.dragging, self._theme)
        self._gizmo.is_on, self._gizmo.frame = self._drags, self._drag_frame
        self._menu = TwinMenu(canvas)
        self._menu.clicked.connect(self._offer)
        native = canvas.native
        native.setMinimumSize(160, 120)
        native.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys drive the robot; the twin wants none
        self._notes = TwinNotes(native, self._theme)
        self._sentence.hide()
        layout = self._made.layout()
        assert layout is not None
        layout.addWidget(native)
        self.canvas = canvas

    def _first_drew(self, cost_ns: int) -> None:
        """The first picture compiles shaders; it says nothing about those to come."""
        assert self.canvas is not None
        opengl = offered_opengl()
        log.info("first picture of the twin by %s: %.0f ms", opengl.renderer, cost_ns / NS_PER_MS)
        self.canvas.drew = self._drew

    def _drew(self, cost_ns: int) -> None:
        self._pace.drew(cost_ns)
        if self._shown_ns:
            self._context.drawn.note(self._shown_ns, clock_ns())

    def _make_view(self, model: "TwinModel") -> TwinView:
        if offered_opengl().is_software:
            from app.twin_view.picture import TwinPicture

            return TwinPicture(model, render_theme(self._theme))
        from app.twin_view.canvas import TwinCanvas

        canvas: TwinView = TwinCanvas(model, render_theme(self._theme))
        return canvas

    def _give_up(self, sentence: str) -> None:
        """Called while Qt is painting; what changes the widgets waits until it is done."""
        QTimer.singleShot(0, self, lambda: self._show_sentence(sentence))

    def _show_sentence(self, sentence: str) -> None:
        if self.canvas is not None:
            self.canvas.native.hide()
        self._sentence.setText(sentence)
        self._sentence.show()

    # --- what a person does -------------------------------------------------------------------------------

    def look_from(self, name: str) -> None:
        """Glide to the named view."""
        if self.canvas is not None:
            self.canvas.camera.go_to(name)

    def toggle_balance(self) -> None:
        """Draw how the robot keeps its balance, or do not."""
        self._shows_balance = not self._shows_balance
        if self._model is not None:
            self._model.shows_balance = self._shows_balance

    def toggle_following(self) -> None:
        """Let the camera go where the robot goes, or stay where it is."""
        self._follows = not self._follows

    def _go_along(self, canvas: TwinView, model: "TwinModel") -> None:
        x, y = model.middle_m
        shift_m = np.array([x - self._was_at_m[0], y - self._was_at_m[1], 0.0])
        self._was_at_m = (x, y)
        if self._follows and np.any(shift_m):
            canvas.camera.go_along(shift_m)
            canvas.changed |= float(np.abs(shift_m).max()) > _VISIBLE_M

    def drag_hands(self) -> None:
        """Show handles on the hands, or take them away."""
        self._drags = not self._drags
        if self.canvas is not None:
            self._gizmo.is_on = self._drags

    def change_drag_frame(self) -> None:
        """Let the handles lie along the world's axes, or along the hand's own."""
        self._drag_frame = "hand" if self._drag_frame == "world" else "world"
        if self.canvas is not None:
            self._gizmo.frame = self._drag_frame

    def look_at_chosen(self) -> None:
        """Glide until the link of the joint that was chosen last is in the middle."""
        if self.canvas is not None and self._model is not None:
            self.canvas.camera.look_towards(self._model.place_of(self.selection.joints[-1]))

    def _offer(self, at: QPointF) -> None:
        """The menu of the link at ``at``; it is chosen first, so that the acts are about it."""
        if self._feed is None or not (joints := self._mouse.joints_at(at)):
            return
        self.selection.choose(joints)
        name = self._context.spec.joints[joints[-1]].name.replace("_", " ")
        offered = tuple(each for each in OF_A_LINK if each in self._context.actions)
        self._menu.open(name, offered, self._context.actions, self._feed, at)

    def _choose(self, joints: "Joints", added: bool) -> None:
        if not added:
            self.selection.choose(joints)
            return
        for joint in joints:
            self.selection.toggle(joint)

    # --- what is shown ------------------------------------------------------------------------------------

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Draw the newest, if it is time, if it can be seen, and if it looks different."""
        if self._loading is not None:
            self._finish_loading()
        self._feed = feed
        canvas, model = self.canvas, self._model
        if canvas is None or model is None or canvas.broken or not canvas.native.isVisible():
            return
        if not self._pace.is_due(now_ns):
            return
        dt_s = min((now_ns - self._last_ns) / NS_PER_S, 0.1)
        self._last_ns = now_ns
        self._mark(model, self._mouse.hovered)
        self._push.tick(now_ns)
        looks_different = model.follow(feed, now_ns, self._looks())
        self._go_along(canvas, model)
        self._notes.pushing.say(self._push.words)
        self._notes.count(seconds_until_it_follows(feed.fresh("control.status", ControlStatus)))
        self._notes.age(model.mirror, now_ns)
        self._gizmo.refresh(now_ns)
        if advance(canvas, dt_s) or looks_different:
            model.place_contacts()
            self._shown_ns = newest.received_ns if (newest := feed.newest(STATE)) else 0
            canvas.redraw()
            self._coarse_since_ns = now_ns
        elif self._coarse_since_ns is not None and now_ns - self._coarse_since_ns > _STILL_NS:
            canvas.redraw(fine=True)
            self._coarse_since_ns = None

    def _looks(self) -> "Looks":
        from app.twin_view.model import Looks

        theme = self._theme
        concerns = {
            each.subject: rgb(theme.hex(severity_of(each))) for each in reversed(self._interventions.standing)
        }
        said = self._interventions.said
        self._notes.why.say(said.sentence if said else "", severity_of(said) if said else "")
        return Looks(rgb(theme.hex("muted")), rgb(theme.hex("text")), concerns)

    def _mark(self, model: "TwinModel", hovered: "Joints") -> None:
        if (self.selection.version, hovered) != (self._seen_version, self._hovered):
            self._seen_version, self._hovered = self.selection.version, hovered
            model.mark(self.selection.joints, hovered)
            named = hovered or self.selection.joints
            names = [self._context.spec.joints[joint].name.replace("_", " ") for joint in named[:3]]
            self._notes.name.say(" · ".join(names))

    def close(self) -> None:
        """Let go of what is pushed, and hang up."""
        if self.canvas is not None:
            self._push.close()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self.canvas is not None:
            self.canvas.set_theme(render_theme(theme))
            self._notes.set_theme(theme)
            self._gizmo.overlay.set_theme(theme)
