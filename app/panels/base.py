"""What a panel is: one file in this folder with ``create(context)``, found by its name.

The window builds panels one per idle slot after its first paint, so a panel imports what is heavy inside
``create`` or ``widget``. It calls ``refresh`` at the panel's own ``rate_hz``, always after the feed was drained
and only while the panel can be seen, except for panels whose ``always`` is true (they keep a history).
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, cast

from app.dragging import Dragging
from app.interventions import Interventions
from app.takes.shift_clock import ShiftClock
from app.twin_view.drawn_meter import DrawnMeter
from twin.robot import RobotSpec
from twin.station import Station

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.actions.registry import Actions
    from app.feed import Feed
    from app.theme import Theme


class Selection:
    """The joints a person is looking at, shared by all panels; compare ``version`` to see a change."""

    def __init__(self) -> None:
        self.joints: tuple[int, ...] = ()  # indices into the robot's joints, in the order chosen
        self.version = 0

    def choose(self, joints: tuple[int, ...]) -> None:
        """Look at ``joints`` from now on."""
        if joints != self.joints:
            self.joints, self.version = joints, self.version + 1

    def toggle(self, joint: int) -> None:
        """Look at ``joint`` too, or no longer."""
        rest = tuple(other for other in self.joints if other != joint)
        self.choose(rest if joint in self.joints else (*rest, joint))


@dataclass
class TakeDraft:
    """What is written or dragged in the window and not yet asked for."""

    task: str = ""  # of the next take; empty: the scene's own instruction
    part_s: tuple[float, float] = (0.0, 0.0)  # of the last take, between the handles of its bar


@dataclass(frozen=True)
class PanelContext:
    """What a panel may know when it is made."""

    station: Station
    spec: RobotSpec
    actions: "Actions"
    theme: "Theme"
    part: str = ""  # which one of several, e.g. the camera's name for a camera pane
    selection: Selection = field(default_factory=Selection)
    draft: TakeDraft = field(default_factory=TakeDraft)
    interventions: Interventions = field(default_factory=Interventions)  # observed by the window
    shift: ShiftClock = field(default_factory=ShiftClock)  # likewise
    drawn: DrawnMeter = field(default_factory=DrawnMeter)  # the twin tells it
    stop_confirmed: Callable[[], bool] = lambda: False  # the robot acknowledged a STOP of this session
    dragging: Dragging = field(default_factory=lambda: Dragging(lambda *_: None, lambda: False))
    is_live: bool = True  # a robot hears what a person does here; not where a take is looked at

    def for_part(self, part: str, theme: "Theme") -> "PanelContext":
        """The same for another part of the window."""
        return replace(self, part=part, theme=theme)


class Panel(Protocol):
    """One part of a workspace."""

    title: str
    rate_hz: float

    def widget(self) -> "QWidget":
        """The panel's widget, made at the first call."""
        ...

    def refresh(self, feed: "Feed", now_ns: int, /) -> None:
        """Show what ``feed`` knows; ``now_ns`` is the time of its newest drain."""
        ...

    def set_theme(self, theme: "Theme") -> None:
        """Take on other colours."""
        ...


def keeps_history(panel: Panel) -> bool:
    """Whether ``panel`` wants to be refreshed while it cannot be seen: it says so with ``always = True``."""
    return bool(getattr(panel, "always", False))


def has_own_title(panel: Panel) -> bool:
    """Whether ``panel`` shows its title itself and its frame shall not: it says so with ``own_title = True``."""
    return bool(getattr(panel, "own_title", False))


def is_absent(name: str, part: str, spec: RobotSpec) -> bool:
    """Whether the robot lacks what the panel ``name`` would show: the panel's file says so with ``lacks``."""
    module = importlib.import_module(f"app.panels.{name}")
    lacks = cast(Callable[[RobotSpec, str], bool] | None, getattr(module, "lacks", None))
    return lacks is not None and lacks(spec, part)


def panel_names() -> tuple[str, ...]:
    """The panels there are: the modules of this folder."""
    import app.panels

    names = (module.name for module in pkgutil.iter_modules(app.panels.__path__))
    return tuple(sorted(name for name in names if name != "base" and not name.startswith("_")))


def create_panel(name: str, context: PanelContext) -> Panel:
    """The panel of the file ``name``, made for ``context``."""
    module = importlib.import_module(f"app.panels.{name}")
    create = cast(Callable[[PanelContext], Panel], module.create)
    return create(context)
