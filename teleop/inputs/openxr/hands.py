"""The joints of bare hands from an OpenXR session, in the order of WebXR."""

import ctypes
import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teleop.inputs.openxr.calls import Calls
from teleop.inputs.openxr.runtime import HANDS
from teleop.inputs.xr.seen import SIDES

_JOINTS = 26  # OpenXR has the palm before the 25 joints of WebXR, which follow in the same order
_VALID = 0b11  # orientation and position
# XrHandJointLocationEXT as ten words of four bytes: flags (two), quaternion xyzw, x y z, radius.
_WORDS, _FLAGS, _POSE = 10, 0, np.array([6, 7, 8, 2, 3, 4, 5])

log = logging.getLogger(__name__)


class Hands:
    """Both hands of one session; without the extension, none is ever seen."""

    def __init__(
        self, xr: Any, instance: Any, session: Any, calls: Calls, extensions: frozenset[str]
    ) -> None:
        """Ask the runtime to track hands."""
        self._calls = calls
        self._trackers: dict[str, Any] = {}
        # Made once for each hand: what is asked for, what the runtime writes, and the joints in that as words.
        self._asked: dict[str, Any] = {}
        self._found: dict[str, Any] = {}
        self._words: dict[str, tuple[NDArray[np.uint32], NDArray[np.float32]]] = {}
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
            self._asked[side], self._found[side] = xr.HandJointsLocateInfoEXT(), (found, ctypes.byref(found))
            flags, floats = (np.frombuffer(joints, kind).reshape(_JOINTS, _WORDS) for kind in ("<u4", "<f4"))
            self._words[side] = flags[:, _FLAGS], floats[1:]
        if self._trackers:
            # pyopenxr's own call passes no room for the joints (1.1.6501), so the runtime's is called directly.
            address = xr.get_instance_proc_addr(instance, "xrLocateHandJointsEXT")
            self._locate = ctypes.cast(address, xr.PFN_xrLocateHandJointsEXT)

    def joints(self, side: str, base_space: Any, time: int) -> NDArray[np.float32] | None:
        """The joints of the hand ``side``, shape (25, 7), positions then quaternions xyzw; None if it is not seen."""
        if side not in self._trackers:
            return None
        asked, (found, room) = self._asked[side], self._found[side]
        flags, floats = self._words[side]
        asked.base_space, asked.time = base_space, time
        if code := self._locate(self._trackers[side], asked, room):
            self._calls.check(code)
        # "Active" alone is not enough: some runtimes keep a hand active whose joints are not known.
        if not found.is_active or any(flag & _VALID != _VALID for flag in set(flags.tolist())):
            return None
        return floats.take(_POSE, axis=1)
