"""What a person may do with the twin: look at it from here or there, show this or that, drag its hands."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.actions.registry import Action
from app.feed import Feed
from twin.render.standpoints import NAMES

if TYPE_CHECKING:
    from app.panels.twin import TwinPanel

# What a right click on a link offers, in this order.
OF_A_LINK = ("joint.plot", "joint.look", "joint.drive", "limb.freeze")


def twin_actions(panel: "TwinPanel") -> Iterator[Action]:
    """All acts on the twin of ``panel``."""
    yield Action(
        "twin.balance",
        "Show or hide the balance in the twin",
        panel.toggle_balance,
        "Alt+B",
        "View",
        words="com dcm cop support polygon footsteps forces margin marks",
    )
    yield Action(
        "twin.follow",
        "Let the twin's camera go along with the robot, or not",
        panel.toggle_following,
        "Alt+F",
        "View",
        words="follow camera walk",
    )
    for number, name in enumerate(NAMES, start=1):
        yield Action(
            f"twin.view.{name}",
            f"Look at the twin: {name}",
            _looking(panel, name),
            f"Alt+{number}",
            "View",
            words="camera view",
        )
    if panel.is_live:
        yield from _drag_actions(panel)

    def chosen(_feed: Feed) -> str | None:
        return None if panel.selection.joints else "choose a joint in the twin or in the list first"

    yield Action(
        "joint.look",
        "Look at the chosen joint",
        panel.look_at_chosen,
        "Alt+L",
        "Twin",
        chosen,
        "camera centre",
    )


def _looking(panel: "TwinPanel", name: str) -> Callable[[], None]:
    return lambda: panel.look_from(name)


def _drag_actions(panel: "TwinPanel") -> Iterator[Action]:
    yield Action(
        "twin.drag",
        "Drag the hands with the mouse, or not",
        panel.drag_hands,
        "Alt+G",
        "Twin",
        words="gizmo handle target move rotate",
    )
    yield Action(
        "twin.drag.frame",
        "Drag along the world's axes or the hand's",
        panel.change_drag_frame,
        "Alt+O",
        "Twin",
        words="gizmo frame local",
    )
