"""One OpenXR session without pictures: head, both hands, controllers, and what happens to them.

Not one of its calls waits for the headset's own frames: the loop around it has its own pace, and asks where
everything is at this moment by this machine's clock.
"""

import contextlib
import ctypes
import logging
from typing import Any

from teleop.inputs.openxr.calls import Calls
from teleop.inputs.openxr.controllers import Controllers
from teleop.inputs.openxr.hands import Hands
from teleop.inputs.openxr.runtime import AbsentHeadset, open_instance, words
from teleop.inputs.xr.seen import SIDES, SeenFrame, SeenHand
from twin.wire.clock import NS_PER_S

MODE = "window"  # nothing is drawn in the headset: the person sees the station's window
_OFF = {
    "SYNCHRONIZED": "is not worn, or another application has it",
    "VISIBLE": "shows its own menu",
    "IDLE": "sleeps",
    "STOPPING": "takes the session away",
}

log = logging.getLogger(__name__)


class _Timespec(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


class LostSession(Exception):
    """The runtime is gone, or ends the session; the text says how."""


class OpenXrSession:
    """Opened in one thread and used there only. Whatever it raises besides, nothing of it may be used again."""

    def __init__(self, xr: Any) -> None:
        """Connect to the runtime.

        Raises:
            UnusableRuntime: the runtime lacks what we need.
            AbsentHeadset: there is no runtime, or no headset on it, now.
        """
        self._xr = xr
        self._instance, extensions, self.runtime = open_instance(xr)
        self._session: Any = None
        try:
            self._open(extensions)
        except xr.exception.FormFactorUnavailableError as error:
            self.close()
            raise AbsentHeadset(f"{self.runtime} has no headset: switch it on and connect it") from error
        except xr.exception.XrException as error:
            self.close()
            raise AbsentHeadset(f"{self.runtime} gives no session: {words(error)}") from error
        log.info(
            "OpenXR: %s on %s, hands %s", self.headset, self.runtime, "XR_EXT_hand_tracking" in extensions
        )

    def _open(self, extensions: frozenset[str]) -> None:
        xr, instance = self._xr, self._instance
        system = xr.get_system(instance, xr.SystemGetInfo(xr.FormFactor.HEAD_MOUNTED_DISPLAY))
        self.headset = xr.get_system_properties(instance, system).system_name.decode()
        session = self._session = xr.create_session(instance, xr.SessionCreateInfo(system_id=system))
        self._calls = Calls(xr, instance, session)
        self._controllers = Controllers(xr, instance, session, self._calls, extensions)
        self._hands = Hands(xr, instance, session, self._calls, extensions)
        offered = {
            xr.ReferenceSpaceType(number).name: number for number in xr.enumerate_reference_spaces(session)
        }
        base = next(name for name in ("LOCAL_FLOOR", "LOCAL_FLOOR_EXT", "STAGE", "LOCAL") if name in offered)
        self._base = self._space(offered[base])
        self._head = self._space(xr.ReferenceSpaceType.VIEW.value)
        address = xr.get_instance_proc_addr(instance, "xrConvertTimespecTimeToTimeKHR")
        self._convert = ctypes.cast(
            address,
            ctypes.CFUNCTYPE(ctypes.c_int, xr.Instance, ctypes.POINTER(_Timespec), ctypes.POINTER(xr.Time)),
        )
        self._state, self._runs, self._present = "UNKNOWN", False, True
        self._moment, self._time = _Timespec(), xr.Time()
        self._clock = ctypes.byref(self._moment), ctypes.byref(self._time)
        self._seq = 0

    def _space(self, kind: int) -> Any:
        xr = self._xr
        return xr.create_reference_space(
            self._session, xr.ReferenceSpaceCreateInfo(xr.ReferenceSpaceType(kind), xr.Posef())
        )

    @property
    def errors(self) -> type[Exception]:
        """What the runtime's calls raise when it is lost."""
        return self._xr.exception.XrException  # type: ignore[no-any-return]

    # --- what happens ---------------------------------------------------------------------------------

    def events(self) -> list[str]:
        """What happened since the last call after which nothing may go on, in words.

        Raises:
            LostSession: it is over.
        """
        said: list[str] = []
        while True:
            try:
                event = self._xr.poll_event(self._instance)
            except self._xr.EventUnavailable:
                return said
            text = self._happened(event)
            said += [text] if text else []

    def _happened(self, event: Any) -> str:
        xr, kinds = self._xr, self._xr.StructureType
        kind = int(event.type)
        if kind == kinds.EVENT_DATA_SESSION_STATE_CHANGED.value:
            state = ctypes.cast(
                ctypes.byref(event), ctypes.POINTER(xr.EventDataSessionStateChanged)
            ).contents.state
            return self._enter(xr.SessionState(state).name)
        if kind == kinds.EVENT_DATA_INSTANCE_LOSS_PENDING.value:
            raise LostSession(f"{self.runtime} ends")
        if kind == kinds.EVENT_DATA_INTERACTION_PROFILE_CHANGED.value:
            return f"other controllers: {self._controllers.read_profiles()}"
        if kind == kinds.EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING.value:
            return "the headset was recentred"
        if kind == kinds.EVENT_DATA_EVENTS_LOST.value:
            return "the runtime lost count of what happened"
        if kind == kinds.EVENT_DATA_USER_PRESENCE_CHANGED_EXT.value:
            kept = ctypes.cast(
                ctypes.byref(event), ctypes.POINTER(xr.EventDataUserPresenceChangedEXT)
            ).contents
            self._present = bool(kept.is_user_present)
            return "the headset was put on" if self._present else "the headset was taken off"
        return ""

    def _enter(self, state: str) -> str:
        """Follow the runtime into ``state``; what to tell people, if it took something away."""
        xr, had_focus = self._xr, self._state == "FOCUSED"
        self._state = state
        if state == "READY":
            stereo = xr.ViewConfigurationType.PRIMARY_STEREO
            xr.begin_session(self._session, xr.SessionBeginInfo(stereo))
            self._runs = True
        elif state == "STOPPING":
            xr.end_session(self._session)
            self._runs = False
        elif state in ("EXITING", "LOSS_PENDING"):
            raise LostSession(f"{self.runtime} ended the session")
        elif state == "FOCUSED":
            self._controllers.read_profiles()
        return f"the headset {_OFF.get(state, 'lost the focus')}" if had_focus and state != "FOCUSED" else ""

    # --- what is seen ---------------------------------------------------------------------------------

    @property
    def runs(self) -> bool:
        """Whether there is something to see."""
        return self._runs

    def frame(self, at_ns: int) -> SeenFrame:
        """Where everything is at ``at_ns``, which is now by our monotonic clock."""
        time = self._time_at(at_ns)
        focused = self._state == "FOCUSED"
        if focused:
            # The focus may have been taken away this very moment; an event follows.
            with contextlib.suppress(self._xr.SessionNotFocused):
                self._controllers.sync()
        self._seq += 1
        head, _ = self._calls.pose(self._head, self._base, time)
        return SeenFrame(
            seq=self._seq,
            mode=MODE,
            visible=focused and self._present,
            sent_ns=at_ns,
            frame_ns=at_ns,
            picture_age_ms=-1.0,
            head=head,
            hands={side: self._hand(side, time) for side in SIDES},
        )

    def _hand(self, side: str, time: int) -> SeenHand:
        spaces = self._controllers.spaces
        grip, is_tracked = self._calls.pose(spaces["grip", side], self._base, time)
        aim, _ = self._calls.pose(spaces["aim", side], self._base, time)
        buttons, axes = self._controllers.buttons(side)
        joints = self._hands.joints(side, self._base, time)
        # A runtime may make joints up from a controller that is held: what is held counts.
        held = grip if buttons is not None else None
        return SeenHand(held, aim, buttons, axes, joints, emulated=held is not None and not is_tracked)

    def _time_at(self, at_ns: int) -> int:
        """The runtime's time at ``at_ns`` of our monotonic clock.

        Raises:
            LostSession: it does not know.
        """
        moment, time = self._moment, self._time
        moment.tv_sec, moment.tv_nsec = divmod(at_ns, NS_PER_S)
        if code := self._convert(self._instance, *self._clock):
            self._calls.check(code)
        if time.value <= 0:  # seen on SteamVR: success, and no time (pyopenxr_examples issue 12)
            raise LostSession(f"{self.runtime} does not know what time it is")
        return int(time.value)

    def pulse(self, side: str, strength: float, seconds: float) -> None:
        """Let the controller in the hand ``side`` be felt; nothing happens where none is held."""
        if self._state == "FOCUSED":
            self._controllers.pulse(side, strength, seconds)

    def close(self) -> None:
        """Let go of the runtime, if it is still there."""
        for destroy, handle in (
            (self._xr.destroy_session, self._session),
            (self._xr.destroy_instance, self._instance),
        ):
            if handle is not None:
                with contextlib.suppress(self._xr.exception.XrException):
                    destroy(handle)
        self._session = self._instance = None
