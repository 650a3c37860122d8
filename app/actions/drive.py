"""What is asked of control while driving: layer, scale, hand, grasp, what is held still."""

from collections.abc import Callable, Iterator

from app.actions.registry import Action
from app.feed import Feed
from app.requests import Requests
from teleop.bindings.words import FREEZABLE
from twin.wire.messages import ControlStatus

GRASPS = ("open", "power", "pinch", "tripod", "lateral", "point")


def control_here(feed: Feed) -> str | None:
    """Control is heard."""
    return None if feed.fresh("control.status", ControlStatus) else "control is not heard"


def driven_side(feed: Feed) -> str:
    """The hand that is driven now; "right" where none is."""
    found = feed.message("control.status", ControlStatus)
    driven = [hand.side for hand in found[0].hands if hand.driven] if found else []
    return driven[0] if driven else "right"


def drive_actions(requests: Requests, feed: Feed) -> Iterator[Action]:
    """Acts that change how the robot follows; none of them moves it."""

    def ask(action: str, title: str, **values: object) -> Callable[[], None]:
        return lambda: requests.post("control", action, title, **values)

    yield Action(
        "layer.next", "Next layer", ask("layer.next", "Next layer"), "Ctrl+L", "Robot", control_here, "mode"
    )
    yield Action(
        "scale.next", "Next scale", ask("scale.next", "Next scale"), "Ctrl+E", "Robot", control_here, "speed"
    )
    yield Action(
        "side.swap",
        "Drive the other hand",
        lambda: requests.post(
            "control", "side.set", "Other hand", side="left" if driven_side(feed) == "right" else "right"
        ),
        "Ctrl+J",
        "Robot",
        control_here,
        "swap side left right",
    )
    yield Action(
        "mirror",
        "Both arms, mirrored, or one alone",
        ask("mirror", "Mirror"),
        "Ctrl+Shift+M",
        "Robot",
        control_here,
        "symmetric both hands",
    )
    yield Action(
        "mirror_me",
        "Mirror me: a headset's hands are where mine are, or go by their ways",
        ask("mirror_me", "Mirror me"),
        "Ctrl+Alt+M",
        "Robot",
        control_here,
        "absolute l-pose calibrate headset vr",
    )
    yield Action(
        "wrists",
        "Take the wrists as my hands in the headset are turned",
        ask("wrists", "Take the wrists"),
        "Ctrl+Alt+J",
        "Robot",
        control_here,
        "recalibrate re-anchor twist hand vr",
    )
    yield Action(
        "hand_size.keep",
        "Keep the size of my hand, as the headset sees it",
        ask("hand_size", "Keep the size of my hand", keep="true"),
        "Ctrl+Alt+H",
        "Robot",
        control_here,
        "measure calibrate fingers length profile operator headset vr",
    )
    for number, part in enumerate(FREEZABLE, start=1):
        named = part.replace("_", " ")
        yield Action(
            f"freeze.{part}",
            f"Hold the {named} still, or let it go",
            ask(f"freeze.{part}", f"Hold the {named} still"),
            f"Ctrl+Alt+{number}",
            allowed_when=control_here,
            words="freeze lock",
        )
    for number, preset in enumerate(GRASPS, start=1):
        act = _grasp(requests, feed, preset)
        yield Action(f"grasp.{preset}", f"Grasp: {preset}", act, f"Ctrl+{number}", "", control_here)


def _grasp(requests: Requests, feed: Feed, preset: str) -> Callable[[], None]:
    return lambda: requests.post(
        "control", "grasp.set", f"Grasp {preset}", side=driven_side(feed), preset=preset
    )
