"""Sliders for the chosen joints: each turns its joint only while it is held."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.feed import Feed
from app.joints.commanded import commanded_rad
from app.joints.slider import JointSlider
from app.panels.base import PanelContext
from app.theme import Theme
from twin.wire.clock import now_ns
from twin.wire.messages import RobotState

_MOST = 8


def create(context: PanelContext) -> "JointSlidersPanel":
    """The panel."""
    return JointSlidersPanel(context)


class JointSlidersPanel:
    """As many sliders as joints are chosen, the last chosen first."""

    title = "Drive joints"
    rate_hz = 30.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._spec, self._theme, self._selection = context.spec, context.theme, context.selection
        self._dragging = context.dragging
        self._seen_version = -1
        self._sliders: dict[int, JointSlider] = {}
        self._made: QWidget | None = None

    def widget(self) -> QWidget:
        """A column of sliders, or a sentence."""
        if self._made is None:
            self._made = QWidget()
            self._column = QVBoxLayout(self._made)
            self._column.setContentsMargins(0, 0, 0, 6)
            self._column.setSpacing(2)
            self._sentence = QLabel(
                "Choose joints in the list or in the twin. A slider turns its joint while it is held, and only then."
            )
            self._sentence.setObjectName("sentence")
            self._sentence.setWordWrap(True)
            self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._column.addWidget(self._sentence)
            self._column.addStretch(1)
        return self._made

    def refresh(self, feed: Feed, _now_ns: int) -> None:
        """Follow the choice and the robot."""
        if self._made is None:
            return
        if self._selection.version != self._seen_version and not self._dragging.held:
            self._seen_version = self._selection.version
            self._rebuild()
        count = len(self._spec.joints)
        state, commanded = feed.fresh("robot.state", RobotState), commanded_rad(feed, self._spec)
        for joint, slider in self._sliders.items():
            measured = state.position_rad[joint] if state and len(state.position_rad) == count else math.nan
            slider.show_angles(float(measured), float(commanded[joint]))
            if slider.is_held and not self._dragging.held:
                slider.let_go()

    def _rebuild(self) -> None:
        for slider in self._sliders.values():
            self._column.removeWidget(slider)
            slider.deleteLater()
        chosen = tuple(reversed(self._selection.joints))[:_MOST]
        self._sliders = {joint: self._slider(joint) for joint in chosen}
        for place, slider in enumerate(self._sliders.values()):
            self._column.insertWidget(place, slider)
        self._sentence.setVisible(not chosen)

    def _slider(self, joint: int) -> JointSlider:
        spec = self._spec.joints[joint]
        slider = JointSlider(spec, self._theme)
        slider.held.connect(lambda angle: self._dragging.joints({spec.name: angle}, now_ns()))
        slider.released.connect(lambda: self._dragging.release(now_ns()))
        return slider

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        for slider in self._sliders.values():
            slider.set_theme(theme)
