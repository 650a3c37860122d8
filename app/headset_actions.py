"""What a person can do about headsets from the window."""

from collections.abc import Callable, Iterator

from app.actions import Action
from app.feed import Feed
from app.headset_words import nobody_asks
from app.requests import Requests
from twin.wire.messages import InputDevices


def inputs_here(feed: Feed) -> str | None:
    """The inputs role is heard."""
    return None if feed.fresh("inputs.devices", InputDevices) else "the inputs are not heard"


def headset_actions(requests: Requests, toggle_link: Callable[[], None]) -> Iterator[Action]:
    """Acts on headsets; ``toggle_link`` opens and closes the panel of the link."""
    yield Action(
        "headset.link", "Headset link", toggle_link, "Alt+H", "Station", words="vr xr quest pico pair qr"
    )
    for answer, title, key in (
        ("allow", "Let the headset in", "Alt+Y"),
        ("deny", "Turn the headset away", "Alt+N"),
    ):
        yield Action(
            f"headset.{answer}",
            title,
            _asking(requests, f"headset.{answer}", title),
            key,
            "Station",
            nobody_asks,
            "vr pair door refuse",
        )
    yield Action(
        "headset.measure",
        "Measure me: two poses",
        lambda: requests.post("control", "measure", "Measure me", begin="true"),
        "Alt+M",
        "Robot",
        inputs_here,
        "arm length shoulder calibrate vr operator profile",
    )
    for switch, shortcut in (("on", "Ctrl+Alt+X"), ("off", "Alt+X")):
        yield Action(
            f"headset.openxr.{switch}",
            f"Switch the PC's headset (OpenXR) {switch}",
            _asking(requests, "headset.openxr", f"OpenXR {switch}", switch=switch),
            shortcut,
            "Robot",
            inputs_here,
            "vr steamvr monado wivrn",
        )
    for switch, shortcut in (("on", "Ctrl+Alt+C"), ("off", "Alt+C")):
        yield Action(
            f"headset.webcam.{switch}",
            f"Switch the webcam that sees hands {switch}",
            _asking(requests, "headset.webcam", f"Webcam {switch}", switch=switch),
            shortcut,
            "Robot",
            inputs_here,
            "camera bare hands fingers track",
        )


def _asking(requests: Requests, action: str, title: str, **values: str) -> Callable[[], None]:
    return lambda: requests.post("inputs", action, title, **values)
