"""What is printed on the buttons of the pad that is plugged in: bindings say Xbox names, a hand sees its own."""

import re

_PLAYSTATION = {
    "A": "✕",
    "B": "○",
    "X": "□",
    "Y": "△",
    "LB": "L1",
    "RB": "R1",
    "LT": "L2",
    "RT": "R2",
    "Start": "Options",
    "Back": "Share",
}
# A name in the bindings means the printed letter, so A, B, X and Y stay where they are printed.
_NINTENDO = {"LB": "L", "RB": "R", "LT": "ZL", "RT": "ZR", "Start": "+", "Back": "−"}  # noqa: RUF001 - as printed
_MAKERS = (
    (("playstation", "dualshock", "dualsense", "ps3", "ps4", "ps5", "sony"), _PLAYSTATION),
    (("switch", "nintendo", "joy-con", "joycon"), _NINTENDO),
)
_WORD = re.compile(r"\b(LB|RB|LT|RT|Start|Back|A|B|X|Y)\b")


def printed(hints: tuple[str, ...], pad_name: str) -> tuple[str, ...]:
    """``hints`` ("control=meaning") with the controls named as on the pad whose maker calls it ``pad_name``."""
    name = pad_name.lower()
    words = next((words for makers, words in _MAKERS if any(maker in name for maker in makers)), None)
    if words is None:
        return hints
    found = []
    for hint in hints:
        control, equals, meaning = hint.partition("=")
        control = _WORD.sub(lambda match: words.get(match[0], match[0]), control)
        found.append(f"{control}{equals}{meaning}")
    return tuple(found)
