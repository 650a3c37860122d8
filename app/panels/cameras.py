"""What the robot's cameras see: one of them where ``part`` names it, else all, the head's largest."""

from PySide6.QtWidgets import QGridLayout, QWidget

from app.cameras.pane import CameraPane
from app.cameras.watch import CameraWatch
from app.feed import Feed
from app.panels.base import PanelContext
from app.theme import Theme
from twin.robot import RobotSpec


def create(context: PanelContext) -> "CamerasPanel":
    """The camera ``context.part``, or all cameras of the robot."""
    return CamerasPanel(context)


def camera_title(name: str) -> str:
    """A camera's name as a person says it."""
    return f"{name.replace('_', ' ').capitalize()} camera"


def lacks(spec: RobotSpec, part: str) -> bool:
    """Whether the robot has no such camera."""
    return part not in [camera.name for camera in spec.cameras] if part else not spec.cameras


class CamerasPanel:
    """One pane for each camera."""

    own_title = True  # each pane has one
    rate_hz = 1000.0  # every frame of the window: a picture that is skipped breaks those after it

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._theme = context.theme
        names = [camera.name for camera in context.spec.cameras]
        self._names = [context.part] if context.part else sorted(names, key=lambda name: name != "head")
        self.title = camera_title(context.part) if context.part else "Cameras"
        self._watches = {name: CameraWatch(name) for name in self._names}
        self._panes: dict[str, CameraPane] = {}
        self._made: QWidget | None = None

    def widget(self) -> QWidget:
        """The panes: the first over the whole width, the others below it side by side."""
        if self._made is None:
            self._made = QWidget()
            layout = QGridLayout(self._made)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(4)
            for place, name in enumerate(self._names):
                pane = self._panes[name] = CameraPane(camera_title(name), self._theme)
                pane.setObjectName(f"camera_{name}")
                if place == 0:
                    layout.addWidget(pane, 0, 0, 1, max(1, len(self._names) - 1))
                else:
                    layout.addWidget(pane, 1, place - 1)
            layout.setRowStretch(0, 2)
            if len(self._names) > 1:
                layout.setRowStretch(1, 1)
        return self._made

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Show what arrived in this frame."""
        for name, pane in self._panes.items():
            picture = self._watches[name].look(feed, now_ns)
            if picture is not None:
                pane.show_picture(picture)
            pane.show_condition(self._watches[name].condition(feed, now_ns))

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        for pane in self._panes.values():
            pane.set_theme(theme)
