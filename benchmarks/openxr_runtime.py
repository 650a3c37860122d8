"""An OpenXR runtime made for measuring and testing: it shows a ``World`` to whoever connects through the real loader.

Only what a session without pictures needs.

    python -m benchmarks.openxr_runtime WORLD_FILE role inputs --station-dir DIR

runs ``understudy role inputs`` on it.
"""

import ctypes as c
import math
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.openxr_loader import I64, TEXT, U32, U64, P, PythonRuntime, serves
from benchmarks.openxr_world import (
    CONTROLLERS_CHANGED,
    EXITING,
    FOCUSED,
    IDLE,
    PROFILES,
    PUT_ON,
    READY,
    RECENTRED,
    SYNCHRONIZED,
    TAKEN_OFF,
    VISIBLE,
    World,
)

# XR_ERROR_FORM_FACTOR_UNAVAILABLE, XR_ERROR_INSTANCE_LOST, XR_EVENT_UNAVAILABLE, XR_SESSION_NOT_FOCUSED
_ABSENT, _LOST, _NO_EVENT, _NOT_FOCUSED = -35, -13, 4, 8


class MadeRuntime(PythonRuntime):
    """Shows ``world``."""

    extensions = (
        ("XR_MND_headless", 2),
        ("XR_EXT_hand_tracking", 4),
        ("XR_KHR_convert_timespec_time", 1),
        ("XR_EXT_local_floor", 1),
        ("XR_EXT_user_presence", 1),
    )

    def __init__(self, world: World, folder: Path) -> None:
        """Make this the active runtime of this process; what the loader needs goes to ``folder``."""
        self.world = world
        self._next, self._things, self._paths = 0x1000, dict[int, Any](), dict[str, int]()
        self._told = self._state = 0
        self._queue: list[int] = []
        super().__init__(folder)

    def before(self, name: str) -> int:
        """Hang, or be lost, if the world says so."""
        if self.world.row["hangs_s"]:
            time.sleep(float(self.world.row["hangs_s"]))
        return _LOST if self.world.row["lost"] and name != "EnumerateInstanceExtensionProperties" else 0

    def _new(self, out: int, thing: Any = None) -> None:
        self._next += 16
        self._things[self._next] = thing
        U64.from_address(out).value = self._next

    def _side(self, path: int) -> str:
        return next(name for name, number in self._paths.items() if number == path).rpartition("/")[2]

    def _fill(self, out: Any, pose: Any, tremor: float) -> None:
        at, turn = out.position, out.orientation
        at.x, at.y, at.z, turn.x, turn.y, turn.z, turn.w = (float(value) for value in pose)
        at.x += tremor

    def _tremor(self, at_ns: int) -> float:
        return 1e-4 * math.sin(at_ns * 1e-8) if self.world.row["trembles"] else 0.0

    # --- instance, session, events --------------------------------------------------------------------

    @serves("GetInstanceProcAddr", P, TEXT, P)
    def _get_instance_proc_addr(self, instance: int, name: bytes, out: int) -> int:
        return self._asked(instance, name, out)

    @serves("EnumerateInstanceExtensionProperties", P, U32, P, P)
    def _enumerate_instance_extension_properties(self, _layer: int, room: int, count: int, out: int) -> None:
        rows = (self.xr.ExtensionProperties * len(self.extensions)).from_address(out) if room else ()
        U32.from_address(count).value = len(self.extensions)
        for row, (name, version) in zip(rows, self.extensions, strict=False):
            row.extension_name, row.extension_version = name.encode(), version

    @serves("CreateInstance", P, P)
    def _create_instance(self, _info: int, out: int) -> None:
        self.world.row["instances"] += 1
        self._told, self._queue, self._state = int(self.world.row["event_count"]), [], 0
        self._new(out)

    @serves("DestroyInstance", P)
    def _destroy_instance(self, _instance: int) -> None: ...

    @serves("GetInstanceProperties", P, P)
    def _get_instance_properties(self, _instance: int, out: int) -> None:
        row = self.xr.InstanceProperties.from_address(out)
        row.runtime_name, row.runtime_version = b"Made runtime", 1 << 48

    @serves("GetSystem", P, P, P)
    def _get_system(self, _instance: int, _info: int, out: int) -> int:
        U64.from_address(out).value = 1
        return _ABSENT if self.world.row["absent"] else 0

    @serves("GetSystemProperties", P, U64, P)
    def _get_system_properties(self, _instance: int, _system: int, out: int) -> None:
        self.xr.SystemProperties.from_address(out).system_name = b"Made headset"

    @serves("CreateSession", P, P, P)
    def _create_session(self, _instance: int, _info: int, out: int) -> None:
        self._new(out)
        self._queue += [IDLE, READY]

    @serves("DestroySession", P)
    def _destroy_session(self, _session: int) -> None: ...
    @serves("BeginSession", P, P)
    def _begin_session(self, _session: int, _info: int) -> None:
        self._queue += [SYNCHRONIZED, VISIBLE, FOCUSED, CONTROLLERS_CHANGED]

    @serves("EndSession", P)
    def _end_session(self, _session: int) -> None:
        self._queue += [IDLE, EXITING]

    @serves("PollEvent", P, P)
    def _poll_event(self, _instance: int, out: int) -> int:
        row = self.world.row
        while self._told < int(row["event_count"]):
            self._queue.append(int(row["events"][self._told % len(row["events"])]))
            self._told += 1
        if not self._queue:
            return _NO_EVENT
        code, kinds = self._queue.pop(0), self.xr.StructureType
        kind = U32.from_address(out)
        if code == RECENTRED:
            kind.value = kinds.EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING.value
        elif code == CONTROLLERS_CHANGED:
            kind.value = kinds.EVENT_DATA_INTERACTION_PROFILE_CHANGED.value
        elif code in (TAKEN_OFF, PUT_ON):
            kind.value = kinds.EVENT_DATA_USER_PRESENCE_CHANGED_EXT.value
            self.xr.EventDataUserPresenceChangedEXT.from_address(out).is_user_present = code == PUT_ON
        else:
            kind.value = kinds.EVENT_DATA_SESSION_STATE_CHANGED.value
            self._state = self.xr.EventDataSessionStateChanged.from_address(out)._state = code
        return 0

    # --- actions --------------------------------------------------------------------------------------

    @serves("StringToPath", P, TEXT, P)
    def _string_to_path(self, _instance: int, text: bytes, out: int) -> None:
        name = text.decode()
        U64.from_address(out).value = self._paths.setdefault(name, len(self._paths) + 1)

    @serves("PathToString", P, U64, U32, P, P)
    def _path_to_string(self, _instance: int, path: int, room: int, count: int, out: int) -> None:
        name = next(name for name, number in self._paths.items() if number == path).encode() + b"\0"
        U32.from_address(count).value = len(name)
        if room:
            c.memmove(out, name, len(name))

    @serves("CreateActionSet", P, P, P)
    def _create_action_set(self, _instance: int, _info: int, out: int) -> None:
        self._new(out)

    @serves("CreateAction", P, P, P)
    def _create_action(self, _set: int, info: int, out: int) -> None:
        self._new(out, self.xr.ActionCreateInfo.from_address(info).action_name.decode())

    @serves("SuggestInteractionProfileBindings", P, P)
    def _suggest_interaction_profile_bindings(self, _instance: int, _info: int) -> None: ...
    @serves("AttachSessionActionSets", P, P)
    def _attach_session_action_sets(self, _session: int, _info: int) -> None: ...
    @serves("SyncActions", P, P)
    def _sync_actions(self, _session: int, _info: int) -> int:
        return 0 if self._state == FOCUSED else _NOT_FOCUSED

    @serves("GetCurrentInteractionProfile", P, U64, P)
    def _get_current_interaction_profile(self, _session: int, path: int, out: int) -> None:
        name = PROFILES[int(self.world.hand(self._side(path))["profile"])]
        found = self._paths.setdefault(name, len(self._paths) + 1) if name else 0
        self.xr.InteractionProfileState.from_address(out).interaction_profile = found

    @serves("GetActionStatePose", P, P, P)
    def _get_action_state_pose(self, _session: int, info: int, out: int) -> None:
        self._fill_state("Pose", info, out)

    @serves("GetActionStateFloat", P, P, P)
    def _get_action_state_float(self, _session: int, info: int, out: int) -> None:
        row, value = self._fill_state("Float", info, out)
        row.current_state = float(value)

    @serves("GetActionStateBoolean", P, P, P)
    def _get_action_state_boolean(self, _session: int, info: int, out: int) -> None:
        row, value = self._fill_state("Boolean", info, out)
        row.current_state = bool(value)

    @serves("GetActionStateVector2f", P, P, P)
    def _get_action_state_vector(self, _session: int, info: int, out: int) -> None:
        row, value = self._fill_state("Vector2f", info, out)
        row.current_state.x, row.current_state.y = float(value[0]), float(value[1])

    def _fill_state(self, kind: str, info: int, out: int) -> tuple[Any, Any]:
        """The state to fill, and the value for it."""
        asked = self.xr.ActionStateGetInfo.from_address(info)
        hand = self.world.hand(self._side(asked.subaction_path))
        row = getattr(self.xr, f"ActionState{kind}").from_address(out)
        row.is_active = bool(hand["profile"]) and self._state == FOCUSED
        return row, hand[self._things[c.cast(asked.action, P).value or 0]]

    @serves("ApplyHapticFeedback", P, P, P)
    def _apply_haptic_feedback(self, _session: int, info: int, haptic: int) -> None:
        hand = self.world.hand(self._side(self.xr.HapticActionInfo.from_address(info).subaction_path))
        hand["pulses"] += 1
        hand["strength"] = self.xr.HapticVibration.from_address(haptic).amplitude

    # --- where things are -----------------------------------------------------------------------------

    @serves("EnumerateReferenceSpaces", P, U32, P, P)
    def _enumerate_reference_spaces(self, _session: int, room: int, count: int, out: int) -> None:
        kinds = (1, 2, 3, 1000426000)
        U32.from_address(count).value = len(kinds)
        if room:
            (c.c_int * len(kinds)).from_address(out)[:] = list(kinds)

    @serves("CreateReferenceSpace", P, P, P)
    def _create_reference_space(self, _session: int, info: int, out: int) -> None:
        kind = int(self.xr.ReferenceSpaceCreateInfo.from_address(info).reference_space_type)
        self._new(out, "head" if kind == 1 else "base")

    @serves("CreateActionSpace", P, P, P)
    def _create_action_space(self, _session: int, info: int, out: int) -> None:
        self._new(out, self._side(self.xr.ActionSpaceCreateInfo.from_address(info).subaction_path))

    @serves("LocateSpace", P, P, I64, P)
    def _locate_space(self, space: int, _base: int, time: int, out: int) -> None:
        row, what = self.xr.SpaceLocation.from_address(out), self._things[space]
        world = self.world.row
        is_head = what == "head"
        row.location_flags = int(world["head_flags"] if is_head else world[what]["flags"])
        if row.location_flags:
            self._fill(row.pose, world["head"] if is_head else world[what]["grip"], self._tremor(time))

    @serves("CreateHandTrackerEXT", P, P, P)
    def _create_hand_tracker(self, _session: int, info: int, out: int) -> None:
        hand = int(self.xr.HandTrackerCreateInfoEXT.from_address(info).hand)
        self._new(out, "left" if hand == 1 else "right")

    @serves("DestroyHandTrackerEXT", P)
    def _destroy_hand_tracker(self, _tracker: int) -> None: ...
    @serves("LocateHandJointsEXT", P, P, P)
    def _locate_hand_joints(self, tracker: int, info: int, out: int) -> None:
        found = self.xr.HandJointLocationsEXT.from_address(out)
        hand = self.world.hand(self._things[tracker])
        found.is_active = bool(hand["joints_seen"])
        tremor = self._tremor(self.xr.HandJointsLocateInfoEXT.from_address(info).time)
        for number in range(found.joint_count if found.is_active else 0):
            joint = found._joint_locations[number]
            joint.location_flags, joint.radius = 15, 0.01
            self._fill(joint.pose, hand["joints"][number], tremor)

    @serves("ConvertTimespecTimeToTimeKHR", P, P, P)
    def _convert_timespec_time_to_time(self, _instance: int, timespec: int, out: int) -> None:
        seconds, nanoseconds = (c.c_long * 2).from_address(timespec)
        I64.from_address(out).value = seconds * 10**9 + nanoseconds


def _main(words: list[str]) -> int:
    world = Path(words[0])
    runtime = MadeRuntime(World(world), world.parent)
    from app.main import main

    code = main(words[1:])
    del runtime
    return code


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
