"""What is printed on the controls of the pad that is plugged in: Xbox letters, PlayStation shapes, Nintendo letters.

And what those of a headset's controllers are called.

Bindings and hints say Xbox names. On Nintendo's pads A, B, X and Y stay: a name means the printed letter.
"""

import re
from functools import lru_cache

_PLAYSTATION = ("playstation", "dualshock", "dualsense", "ps3", "ps4", "ps5", "sony", "wireless controller")
_NINTENDO = ("nintendo", "switch", "joy-con", "pro controller")
_XBOX = ("xbox", "x-box", "microsoft", "xinput")

_XBOX_GLYPHS = {
    "a": "A",
    "b": "B",
    "x": "X",
    "y": "Y",
    "back": "Back",
    "start": "Start",
    "guide": "Guide",
    "left_stick": "L3",
    "right_stick": "R3",
    "left_shoulder": "LB",
    "right_shoulder": "RB",
    "left_trigger": "LT",
    "right_trigger": "RT",
    "dpad_up": "D-pad \u2191",
    "dpad_down": "D-pad \u2193",
    "dpad_left": "D-pad \u2190",
    "dpad_right": "D-pad \u2192",
    "left_x": "Left stick \u2194",
    "left_y": "Left stick \u2195",
    "right_x": "Right stick \u2194",
    "right_y": "Right stick \u2195",
}
_GLYPHS = {
    "xbox": _XBOX_GLYPHS,
    "playstation": _XBOX_GLYPHS
    | {
        "a": "\u2715",
        "b": "\u25cb",
        "x": "\u25a1",
        "y": "\u25b3",
        "back": "Share",
        "start": "Options",
        "guide": "PS",
        "left_shoulder": "L1",
        "right_shoulder": "R1",
        "left_trigger": "L2",
        "right_trigger": "R2",
    },
    "nintendo": _XBOX_GLYPHS
    | {
        "back": "\u2212",
        "start": "+",
        "guide": "Home",
        "left_shoulder": "L",
        "right_shoulder": "R",
        "left_trigger": "ZL",
        "right_trigger": "ZR",
    },
    "headset": _XBOX_GLYPHS
    | {
        "grip": "Grip",
        "left_grip": "Grip",
        "right_grip": "Grip",
        "left_stick": "Left stick click",
        "right_stick": "Right stick click",
        "left_trigger": "Left trigger",
        "right_trigger": "Right trigger",
        **{
            f"{side}_stick_{way}": f"push {arrow}"
            for side in ("left", "right")
            for way, arrow in zip(("up", "down", "left", "right"), "\u2191\u2193\u2190\u2192", strict=True)
        },
    },
}


def family_of(device_name: str) -> str:
    """Whose controls a pad of this name has: "xbox" where its name does not tell."""
    name = device_name.lower()
    if any(word in name for word in _XBOX):
        return "xbox"
    for family, words in (("nintendo", _NINTENDO), ("playstation", _PLAYSTATION)):
        if any(word in name for word in words):
            return family
    return "xbox"


def glyph(control: str, family: str = "xbox") -> str:
    """What ``control`` is called on a pad of ``family``; a key's own name for a key."""
    known = _GLYPHS[family].get(control)
    if known is not None:
        return known
    return control.upper() if len(control) == 1 else control.replace("_", " ").capitalize()


def in_glyphs(controls: str, family: str) -> str:
    """The same for "dpad_up / dpad_down"."""
    return " / ".join(glyph(each, family) for each in controls.split(" / "))


_WORD = re.compile(r"\b(LB|RB|LT|RT|Start|Back|A|B|X|Y)\b")


@lru_cache(maxsize=64)
def printed(hints: tuple[str, ...], pad_name: str) -> tuple[str, ...]:
    """``hints`` ("control=meaning") with the controls named as on the pad whose maker calls it ``pad_name``."""
    here = _GLYPHS[family_of(pad_name)]
    words = {xbox: here[control] for control, xbox in _XBOX_GLYPHS.items()}
    found = []
    for hint in hints:
        control, equals, meaning = hint.partition("=")
        control = _WORD.sub(lambda match: words[match[0]], control)
        found.append(f"{control}{equals}{meaning}")
    return tuple(found)
