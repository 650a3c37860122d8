"""The joints of bare hands from an OpenXR session, in the order of WebXR."""

import ctypes
import logging
from typing import Any

import numpy as np

from teleop.inputs.openxr.calls import Calls
from teleop.inputs.openxr.runtime import HANDS
from teleop.inputs.xr.seen import SIDES, Numbers

_JOINTS = 26  # OpenXR has the palm before the 25 joints of WebXR, which follow in the same order
_VALID = 0b11  # orientation and position
_LAYOUT = np.dtype([("flags", "<u8"), ("orientation", "<f4", 4), ("position", "<f4", 3), ("radius", "<f4")])

log = logging.getLogger(__name__)


class Hands:
    """Both hands of one session; without the extension, none is ever seen."""

    def __init__(
        self, xr: Any, instance: Any, session: Any, calls: Calls, extensions: frozenset[str]
    ) -> None:
        """Ask the runtime to track hands."""
        self._xr, self._calls = xr, calls
        self._trackers: dict[str, Any] = {}
        self._found: dict[
            str, tuple[Any, Any, Any]
        ] = {}  # what the runtime writes, the joints in it, their view
        if HANDS not in extensions:
            return
        for side, which in zip(SIDES, (xr.HandEXT.LEFT, xr.HandEXT.RIGHT), strict=True):
            try:
                tracker = xr.create_hand_tracker_ext(session, xr.HandTrackerCreateInfoEXT(hand=which))
            except xr.exception.ErrorResult as error:  # this headset has no cameras for it
                log.info("no bare %s hand: %s", side, type(error).__name__)
                continue
            joints = (xr.HandJointLocationEXT * _JOINTS)()
            found = xr.HandJointLocationsEXT(joint_locations=joints)
            self._trackers[side] = tracker
            self._found[side] = found, joints, np.frombuffer(joints, _LAYOUT)
        if self._trackers:
            # pyopenxr's own call passes no room for the joints (1.1.6501), so the runtime's is called directly.
            address = xr.get_instance_proc_addr(instance, "xrLocateHandJointsEXT")
            self._locate = ctypes.cast(address, xr.PFN_xrLocateHandJointsEXT)

    def joints(self, side: str, base_space: Any, time: int) -> Numbers | None:
        """The joints of the hand ``side``, shape (25, 7), positions then quaternions xyzw; None if it is not seen."""
        if side not in self._trackers:
            return None
        found, _, joints = self._found[side]
        asked = self._xr.HandJointsLocateInfoEXT(base_space=base_space, time=time)
        self._calls.check(self._locate(self._trackers[side], asked, ctypes.byref(found)))
        # "Active" alone is not enough: some runtimes keep a hand active whose joints are not known.
        if not found.is_active or not ((joints["flags"] & _VALID) == _VALID).all():
            return None
        return np.concatenate((joints["position"][1:], joints["orientation"][1:]), axis=1)
