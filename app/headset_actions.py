"""Acts on headsets that this PC drives itself."""

from collections.abc import Callable, Iterator

from app.actions import Action
from app.feed import Feed
from app.requests import Requests
from twin.wire.messages import InputDevices


def inputs_here(feed: Feed) -> str | None:
    """The inputs role is heard."""
    return None if feed.fresh("inputs.devices", InputDevices) else "the inputs are not heard"


def headset_actions(requests: Requests) -> Iterator[Action]:
    """Acts on headsets."""
    for switch, shortcut in (("on", "Ctrl+Alt+X"), ("off", "Alt+X")):
        yield Action(
            f"headset.openxr.{switch}",
            f"Switch the PC's headset (OpenXR) {switch}",
            _switch_openxr(requests, switch),
            shortcut,
            "Robot",
            inputs_here,
            "vr steamvr monado wivrn",
        )


def _switch_openxr(requests: Requests, switch: str) -> Callable[[], None]:
    return lambda: requests.post("inputs", "headset.openxr", f"OpenXR {switch}", switch=switch)
