"""The functions of OpenXR that are called in every frame: into structures made once, past pyopenxr's own wrappers.

A frame calls some twenty; each wrapper makes a structure, and an exception object for every success.
"""

import ctypes
import math
import struct
from typing import Any

from teleop.inputs.xr.seen import Numbers

_ORIENTATION, _POSITION, _POSITION_TRACKED = 1, 2, 8  # bits of a location
_LOCATION = struct.Struct("<16xQ7f")  # XrSpaceLocation: flags, quaternion xyzw, x y z


class Calls:
    """Of one session, in the thread that opened it."""

    def __init__(self, xr: Any, instance: Any, session: Any) -> None:
        """Look the functions up."""
        self._xr, self._session = xr, session

        def function(name: str) -> Any:
            return ctypes.cast(xr.get_instance_proc_addr(instance, name), getattr(xr, f"PFN_{name}"))

        self._locate_space, self._sync_actions = function("xrLocateSpace"), function("xrSyncActions")
        self._of_pose, self._pose = function("xrGetActionStatePose"), xr.ActionStatePose()
        self._of_float, self._float = function("xrGetActionStateFloat"), xr.ActionStateFloat()
        self._of_boolean, self._boolean = function("xrGetActionStateBoolean"), xr.ActionStateBoolean()
        self._of_vector, self._vector = function("xrGetActionStateVector2f"), xr.ActionStateVector2f()
        self._location = xr.SpaceLocation()

    def check(self, code: int) -> None:
        """Raise what pyopenxr would have raised for the result ``code``."""
        if code:
            result = self._xr.check_result(self._xr.Result(code))
            if result.is_exception():
                raise result

    def sync(self, sync_info: Any) -> None:
        """Take over what the controllers did since the last call."""
        if code := self._sync_actions(self._session, sync_info):
            self.check(code)

    def pose(self, space: Any, base: Any, time: int) -> tuple[Numbers | None, bool]:
        """Position and quaternion xyzw, and whether the position is more than a guess; None if unknown."""
        if code := self._locate_space(space, base, time, self._location):
            self.check(code)
        flags, qx, qy, qz, qw, x, y, z = _LOCATION.unpack_from(self._location)
        if not flags & _ORIENTATION or not flags & _POSITION:
            return None, False
        pose = (x, y, z, qx, qy, qz, qw)
        return pose if math.isfinite(sum(pose)) else None, bool(flags & _POSITION_TRACKED)

    def is_held(self, asked: Any) -> bool:
        """Whether there is a controller behind the pose that is ``asked`` for."""
        if code := self._of_pose(self._session, asked, self._pose):
            self.check(code)
        return bool(self._pose.is_active)

    def number(self, asked: Any) -> float:
        """How far the trigger or grip that is ``asked`` for is pulled, 0..1."""
        if code := self._of_float(self._session, asked, self._float):
            self.check(code)
        return float(self._float.current_state)

    def is_pressed(self, asked: Any) -> bool:
        """Whether the button that is ``asked`` for is pressed."""
        if code := self._of_boolean(self._session, asked, self._boolean):
            self.check(code)
        return bool(self._boolean.current_state)

    def stick(self, asked: Any) -> tuple[float, float]:
        """Where the stick that is ``asked`` for is, right and up positive."""
        if code := self._of_vector(self._session, asked, self._vector):
            self.check(code)
        state = self._vector.current_state
        return state.x, state.y
