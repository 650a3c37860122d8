"""The OpenXR runtime of this machine: whether there is one that we can use, and in words why not.

Needs the extra ``openxr`` (pyopenxr, which brings the loader). What is asked of a runtime: sessions without pictures
(XR_MND_headless) and the time of our own clock (XR_KHR_convert_timespec_time); SteamVR, Monado and WiVRn offer both.
"""

import os
from importlib import import_module
from typing import Any

from teleop.inputs.openxr.profiles import EXTENSIONS
from twin.errors import StationError

HEADLESS, CLOCK = "XR_MND_headless", "XR_KHR_convert_timespec_time"
HANDS, PRESENCE, FLOOR = "XR_EXT_hand_tracking", "XR_EXT_user_presence", "XR_EXT_local_floor"
_WANTED = (HEADLESS, CLOCK, HANDS, PRESENCE, FLOOR, *EXTENSIONS)

NO_EXTRA = "OpenXR is not installed: pip install 'understudy[openxr]'"
NO_RUNTIME = (
    "no OpenXR runtime answers: start SteamVR, Monado or WiVRn and set it as the active runtime, or name its manifest "
    "in XR_RUNTIME_JSON"
)


class UnusableRuntime(StationError):
    """This machine's OpenXR cannot be used as it is; waiting changes nothing."""


class AbsentHeadset(StationError):
    """There is no headset now; one may come."""


def load_library() -> Any:
    """The module ``xr``.

    Raises:
        UnusableRuntime: it is not installed, or does not fit this machine.
    """
    os.environ.setdefault("XR_LOADER_DEBUG", "none")  # it would write to our terminal at every try
    try:
        return import_module("xr")
    except ImportError as error:
        raise UnusableRuntime(NO_EXTRA) from error
    except OSError as error:
        raise UnusableRuntime(f"OpenXR's loader cannot be loaded: {error}") from error


def offered_extensions(xr: Any) -> frozenset[str]:
    """What the active runtime offers.

    Raises:
        AbsentHeadset: no runtime answers.
    """
    try:
        return frozenset(
            found.extension_name.decode() for found in xr.enumerate_instance_extension_properties()
        )
    except xr.exception.XrException as error:
        raise AbsentHeadset(NO_RUNTIME) from error


def open_instance(xr: Any) -> tuple[Any, frozenset[str], str]:
    """An instance, the extensions that are on, and the runtime's name.

    Raises:
        UnusableRuntime: the runtime lacks what we need.
        AbsentHeadset: no runtime answers.
    """
    offered = offered_extensions(xr)
    for needed, why in ((HEADLESS, "sessions without pictures"), (CLOCK, "the time of this machine's clock")):
        if needed not in offered:
            raise UnusableRuntime(
                f"the active OpenXR runtime does not offer {why} ({needed}): make SteamVR, Monado or WiVRn the active "
                "one, or link the headset's browser (`understudy headset link`)"
            )
    wanted = [name for name in _WANTED if name in offered]
    try:
        instance = xr.create_instance(
            xr.InstanceCreateInfo(
                application_info=xr.ApplicationInfo("Understudy", 1, "Understudy", 1, xr.Version(1, 0, 34)),
                enabled_extension_names=wanted,
            )
        )
        properties = xr.get_instance_properties(instance)
    except xr.exception.XrException as error:
        raise AbsentHeadset(f"{NO_RUNTIME} ({words(error)})") from error
    return instance, frozenset(wanted), properties.runtime_name.decode()


def words(error: Exception) -> str:
    """What pyopenxr says of an error, in one line."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
