"""The controllers of an OpenXR session, as the xr-standard mapping of WebXR numbers their buttons."""

import ctypes
import logging
from typing import Any

from teleop.inputs.openxr.calls import Calls
from teleop.inputs.openxr.profiles import PROFILES, Profile, profile_at
from teleop.inputs.xr.seen import SIDES, Numbers

_TRIGGER, _SQUEEZE, _STICK, _LOWER, _UPPER, _BUTTONS = 0, 1, 3, 4, 5, 8
_MENU = 7  # browsers keep it to themselves, and number nothing so
_PRESSED = (("stick_click", _STICK), ("a", _LOWER), ("b", _UPPER), ("menu", _MENU))
_NS_PER_S = 1e9

log = logging.getLogger(__name__)


class Controllers:
    """Both controllers of one session."""

    def __init__(
        self, xr: Any, instance: Any, session: Any, calls: Calls, extensions: frozenset[str]
    ) -> None:
        """Tell the runtime what is wanted, for every kind of controller it knows."""
        self._xr, self._instance, self._session, self._calls = xr, instance, session, calls
        self._paths = {side: xr.string_to_path(instance, f"/user/hand/{side}") for side in SIDES}
        self._set = xr.create_action_set(
            instance,
            xr.ActionSetCreateInfo(
                action_set_name="teleoperation", localized_action_set_name="Teleoperation"
            ),
        )
        kinds = xr.ActionType
        self._actions = {
            name: self._action(name, kind)
            for name, kind in (
                ("grip", kinds.POSE_INPUT),
                ("aim", kinds.POSE_INPUT),
                ("trigger", kinds.FLOAT_INPUT),
                ("squeeze", kinds.FLOAT_INPUT),
                ("stick", kinds.VECTOR2F_INPUT),
                ("stick_click", kinds.BOOLEAN_INPUT),
                ("a", kinds.BOOLEAN_INPUT),
                ("b", kinds.BOOLEAN_INPUT),
                ("menu", kinds.BOOLEAN_INPUT),
                ("haptic", kinds.VIBRATION_OUTPUT),
            )
        }
        for profile in PROFILES:
            if not profile.extension or profile.extension in extensions:
                self._suggest(profile)
        xr.attach_session_action_sets(session, xr.SessionActionSetsAttachInfo(action_sets=[self._set]))
        self.spaces = {
            (name, side): xr.create_action_space(
                session,
                xr.ActionSpaceCreateInfo(
                    action=self._actions[name],
                    subaction_path=self._paths[side],
                    pose_in_action_space=xr.Posef(),
                ),
            )
            for name in ("grip", "aim")
            for side in SIDES
        }
        self._asked = {
            (name, side): xr.ActionStateGetInfo(action=action, subaction_path=self._paths[side])
            for name, action in self._actions.items()
            for side in SIDES
        }
        self._sync = xr.ActionsSyncInfo(active_action_sets=[xr.ActiveActionSet(self._set, xr.NULL_PATH)])
        self._profiles: dict[str, Profile | None] = dict.fromkeys(SIDES)

    def _action(self, name: str, kind: Any) -> Any:
        return self._xr.create_action(
            self._set,
            self._xr.ActionCreateInfo(
                action_type=kind,
                action_name=name,
                localized_action_name=name.replace("_", " ").capitalize(),
                count_subaction_paths=len(SIDES),
                subaction_paths=list(self._paths.values()),
            ),
        )

    def _suggest(self, profile: Profile) -> None:
        xr, instance = self._xr, self._instance
        bindings = []
        for place, side in enumerate(SIDES):
            parts = {"grip": "input/grip/pose", "aim": "input/aim/pose", "haptic": "output/haptic"}
            for name, part in profile.parts.items():
                if own := part if isinstance(part, str) else part[place]:
                    parts[name] = f"input/{own}"
            bindings += [
                xr.ActionSuggestedBinding(
                    self._actions[name], xr.string_to_path(instance, f"/user/hand/{side}/{part}")
                )
                for name, part in parts.items()
            ]
        try:
            xr.suggest_interaction_profile_bindings(
                instance,
                xr.InteractionProfileSuggestedBinding(
                    interaction_profile=xr.string_to_path(instance, profile.path), suggested_bindings=bindings
                ),
            )
        except xr.exception.ErrorResult as error:
            # Runtimes refuse kinds that they have never heard of, although they offer the extension.
            log.info("the runtime takes no %s: %s", profile.path.rpartition("/")[2], type(error).__name__)

    def read_profiles(self) -> str:
        """Look up which controllers are held now; says so in words."""
        said = []
        for side in SIDES:
            path = self._xr.get_current_interaction_profile(
                self._session, self._paths[side]
            ).interaction_profile
            name = self._xr.path_to_string(self._instance, path) if path else ""
            self._profiles[side] = profile_at(name)
            said.append(f"{side} {name.removeprefix('/interaction_profiles/') or 'none'}")
        return ", ".join(said)

    def sync(self) -> None:
        """Take over what the controllers did since the last call."""
        self._calls.sync(self._sync)

    def buttons(self, side: str) -> tuple[Numbers | None, Numbers]:
        """Eight buttons and four axes of the controller in the hand ``side``; None if it holds none."""
        axes, calls, asked = [0.0] * 4, self._calls, self._asked
        profile = self._profiles[side]
        if profile is None or not calls.is_held(asked["grip", side]):
            return None, tuple(axes)
        buttons = [0.0] * _BUTTONS
        buttons[_TRIGGER] = calls.number(asked["trigger", side])
        buttons[_SQUEEZE] = calls.number(asked["squeeze", side])
        for name, number in _PRESSED:
            if name in profile.parts:
                buttons[number] = float(calls.is_pressed(asked[name, side]))
        if "stick" in profile.parts:
            right, up = calls.stick(asked["stick", side])
            axes[2], axes[3] = right, -up  # OpenXR counts up as positive, WebXR down
        return tuple(buttons), tuple(axes)

    def pulse(self, side: str, strength: float, seconds: float) -> None:
        """Let the controller in the hand ``side`` be felt, with ``strength`` 0..1."""
        xr = self._xr
        vibration = xr.HapticVibration(
            duration=int(seconds * _NS_PER_S), frequency=xr.FREQUENCY_UNSPECIFIED, amplitude=strength
        )
        xr.apply_haptic_feedback(
            self._session,
            xr.HapticActionInfo(action=self._actions["haptic"], subaction_path=self._paths[side]),
            ctypes.cast(ctypes.byref(vibration), ctypes.POINTER(xr.HapticBaseHeader)).contents,
        )
