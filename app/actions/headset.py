"""What a person can do about headsets from the window."""

from collections.abc import Callable, Iterator

from app.actions.registry import Action
from app.feed import Feed
from app.headset.words import nobody_asks
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
    for action, what, word, key, words in (
        ("headset.openxr", "the PC's headset (OpenXR)", "OpenXR", "X", "vr steamvr monado wivrn"),
        ("headset.webcam", "the webcam that sees hands", "Webcam", "C", "camera bare hands fingers track"),
    ):
        for switch, shortcut in (("on", f"Ctrl+Alt+{key}"), ("off", f"Alt+{key}")):
            yield Action(
                f"{action}.{switch}",
                f"Switch {what} {switch}",
                _asking(requests, action, f"{word} {switch}", switch=switch),
                shortcut,
                "Robot",
                inputs_here,
                words,
            )


def _asking(requests: Requests, action: str, title: str, **values: str) -> Callable[[], None]:
    return lambda: requests.post("inputs", action, title, **values)
