"""What each kind of controller calls its parts: OpenXR asks an application to name them for every kind it knows.

Paths are those of the OpenXR specification, chapter "Semantic paths for interaction profiles". All are suggested,
because a runtime may ignore the simple one as soon as another fits (pyopenxr_examples issue 11).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Profile:
    """One interaction profile. A part is a path below ``/user/hand/<side>/input``; a pair is for left and right.

    One that is empty is not on that side.
    """

    path: str
    parts: dict[str, str | tuple[str, str]] = field(default_factory=dict)
    extension: str = ""  # without which a runtime does not know it


_Parts = dict[str, str | tuple[str, str]]

_FACE: _Parts = {"a": ("x/click", "a/click"), "b": ("y/click", "b/click")}
_STICK: _Parts = {"stick": "thumbstick", "stick_click": "thumbstick/click"}
# Where both hands have it, the left one's counts: the right one's is near the thumb of whoever works.
_MENU: _Parts = {"menu": ("menu/click", "")}
_TOUCH: _Parts = {"trigger": "trigger/value", "squeeze": "squeeze/value", **_STICK, **_FACE, **_MENU}

PROFILES = (
    # It has one button: holding it is the grip. A hand is closed by another device.
    Profile("/interaction_profiles/khr/simple_controller", {"squeeze": "select/click", **_MENU}),
    Profile("/interaction_profiles/oculus/touch_controller", _TOUCH),
    Profile(
        "/interaction_profiles/valve/index_controller",
        {"trigger": "trigger/value", "squeeze": "squeeze/value", **_STICK, "a": "a/click", "b": "b/click"},
    ),
    Profile(
        "/interaction_profiles/htc/vive_controller",
        {
            "trigger": "trigger/value",
            "squeeze": "squeeze/click",
            "stick": "trackpad",
            "stick_click": "trackpad/click",
            **_MENU,
        },
    ),
    Profile(
        "/interaction_profiles/microsoft/motion_controller",
        {"trigger": "trigger/value", "squeeze": "squeeze/click", **_STICK, **_MENU},
    ),
    Profile(
        "/interaction_profiles/bytedance/pico4_controller", _TOUCH, extension="XR_BD_controller_interaction"
    ),
    Profile(
        "/interaction_profiles/meta/touch_controller_plus", _TOUCH, extension="XR_META_touch_controller_plus"
    ),
    Profile(
        "/interaction_profiles/facebook/touch_controller_pro", _TOUCH, extension="XR_FB_touch_controller_pro"
    ),
)
EXTENSIONS = tuple(profile.extension for profile in PROFILES if profile.extension)


def profile_at(path: str) -> Profile | None:
    """The profile called ``path``; None for one that we did not suggest."""
    return next((profile for profile in PROFILES if profile.path == path), None)
