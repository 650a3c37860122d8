"""What the mouse may do in the twin, as actions: drag hands, and look at what is chosen."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.actions import Action
from app.feed import Feed

if TYPE_CHECKING:
    from app.panels.twin import TwinPanel

# What a right click on a link offers, in this order.
OF_A_LINK = ("joint.plot", "joint.look", "joint.drive", "limb.freeze")


def drag_actions(panel: "TwinPanel") -> Iterator[Action]:
    """The acts on the twin that are not views."""

    def chosen(_feed: Feed) -> str | None:
        return None if panel.selection.joints else "choose a joint in the twin or in the list first"

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
        "Alt+H",
        "Twin",
        words="gizmo frame local",
    )
    yield Action(
        "joint.look",
        "Look at the chosen joint",
        panel.look_at_chosen,
        "Alt+L",
        "Twin",
        chosen,
        "camera centre",
    )
