"""The acts on what is chosen in twin or list: plot it, look at it, hold its limb still, turn the joint by itself."""

from collections.abc import Iterator

from app.actions.registry import Action, Actions
from app.feed import Feed
from app.panels.base import Selection
from app.requests import Requests
from teleop.bindings.words import FREEZABLE
from twin.robot import RobotSpec
from twin.wire.messages import ControlStatus

_PART_OF_GROUP = {"torso": "waist"}


def part_of(spec: RobotSpec, joint: int) -> str:
    """The part that can be held still and that ``joint`` belongs to; empty for one that cannot."""
    group = spec.joints[joint].group
    part = _PART_OF_GROUP.get(group, group)
    return part if part in FREEZABLE else ""


def joint_actions(
    spec: RobotSpec, selection: Selection, requests: Requests, actions: Actions
) -> Iterator[Action]:
    """What can be done with the joint that was chosen last."""

    def chosen(_feed: Feed) -> str | None:
        return None if selection.joints else "choose a joint in the twin or in the list first"

    def control_and_chosen(feed: Feed) -> str | None:
        if feed.fresh("control.status", ControlStatus) is None:
            return "control is not heard"
        return chosen(feed)

    def may_freeze(feed: Feed) -> str | None:
        reason = control_and_chosen(feed)
        if reason is None and not part_of(spec, selection.joints[-1]):
            return f"{_named(spec, selection)} belongs to no limb that can be held still"
        return reason

    def freeze() -> None:
        part = part_of(spec, selection.joints[-1])
        requests.post("control", f"freeze.{part}", f"Hold {part.replace('_', ' ')} still")

    def drive() -> None:
        name = spec.joints[selection.joints[-1]].name
        requests.post("control", "joint.choose", f"Turn {_named(spec, selection)}", joint=name)
        actions["workspace.inspect"].run()

    yield Action(
        "joint.plot",
        "Plot the chosen joint",
        lambda: actions["workspace.inspect"].run(),
        "Alt+P",
        "Twin",
        chosen,
        "curve inspect graph",
    )
    yield Action(
        "joint.drive", "Drive the chosen joint", drive, "Alt+J", "Twin", control_and_chosen, "turn single"
    )
    yield Action(
        "limb.freeze", "Hold its limb still, or let it go", freeze, "Alt+K", "Twin", may_freeze, "freeze arm"
    )


def _named(spec: RobotSpec, selection: Selection) -> str:
    return spec.joints[selection.joints[-1]].name.replace("_", " ")
