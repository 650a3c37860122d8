"""The mouse of the window: it drags a hand or a joint's slider in the picture, and its button is hold-to-run.

The window says ``window.drag`` on every change, and every 50 ms while the button is held. A button whose hold is
not repeated within 100 ms is let go: a hung or killed window must not leave the robot driving.
"""

import math

from teleop.inputs.base import AT_REST, Reading
from twin.errors import WireError
from twin.station import Station
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import DragSample, InputDevice, Reply, Request

KIND = "mouse"
BUTTON = "drag"

_RELEASED_AFTER_NS = 100 * NS_PER_MS
_GONE_AFTER_NS = 3 * NS_PER_S  # the window says its health once a second


def fault_of(drag: DragSample) -> str:
    """Why nothing may follow ``drag``; empty if it says one thing, and that wholly."""
    if not drag.held:
        return ""
    if drag.joints and drag.side:
        return "it drags a hand and joints at once"
    if drag.joints:
        if len(drag.joints_rad) != len(drag.joints):
            return f"it names {len(drag.joints)} joints and gives {len(drag.joints_rad)} angles"
        return "" if _finite(drag.joints_rad.tolist()) else "it wants a joint at what is not a number"
    if drag.side not in ("left", "right"):
        return f"it drags the side {drag.side!r}; there are left and right"
    if drag.frame not in ("world", "hand"):
        return f"its frame is {drag.frame!r}; it may be world or hand"
    if len(drag.position_m) != 3 or len(drag.orientation_wxyz) != 4:
        return "it gives no whole pose"
    turn = drag.orientation_wxyz.tolist()
    if not _finite(drag.position_m.tolist()) or not _finite(turn):
        return "it wants the hand at what is not a number"
    return "" if abs(math.hypot(*turn) - 1.0) < 0.01 else "its orientation is no unit quaternion"


def _finite(values: list[float]) -> bool:
    return all(math.isfinite(value) for value in values)


class Mouse:
    """One device, there as long as a window is."""

    kind = KIND
    cut_held = False

    def __init__(self, station: Station) -> None:
        """Begin to hear the window."""
        self.stops_pressed: tuple[str, ...] = ()  # a mouse has no STOP but the window's own button
        self._listener = Listener(station, ("window.drag", "window.health"))
        self._heard_ns = 0  # last word of the window, a drag or not
        self._drag, self._drag_ns, self._said_ns = DragSample(), 0, 0  # heard then, and said then
        self._fault = ""
        self._reading: Reading | None = None
        self._read: DragSample | None = None  # what the reading was made of

    def wake_sources(self) -> tuple[object, ...]:
        """The ear for the window."""
        return (self._listener.socket,)

    def poll(self, at_ns: int) -> list[Reading]:
        """The button and what it drags now; nothing while there is no window, and once more when it went away."""
        for heard in self._listener.drain():
            self._heard_ns = heard.received_ns
            if heard.topic == "window.drag":
                self._hear(heard)
        if not self._heard_ns:
            return []
        if at_ns - self._heard_ns > _GONE_AFTER_NS:
            return self._away(at_ns)
        if self._drag.held and at_ns - self._drag_ns > _RELEASED_AFTER_NS:
            self._drag = DragSample(drag=self._drag.drag)
        if self._reading is None or self._drag is not self._read:
            held = (BUTTON,) if self._drag.held else ()
            said_ns = self._said_ns if held else at_ns
            self._reading = Reading(KIND, KIND, "Mouse", True, True, AT_REST, held, said_ns, drag=self._drag)
            self._read = self._drag
        return [self._reading]

    def _hear(self, heard: Heard) -> None:
        try:
            drag = heard.read(DragSample)
            self._fault = fault_of(drag)
        except WireError as error:
            drag, self._fault = DragSample(), str(error)
        self._drag_ns, self._said_ns = heard.received_ns, heard.sampled_ns
        self._drag = DragSample(drag=drag.drag) if self._fault else drag

    def _away(self, at_ns: int) -> list[Reading]:
        self._heard_ns, self._drag, self._reading = 0, DragSample(), None
        return [Reading(KIND, KIND, "Mouse", False, True, AT_REST, (), at_ns)]

    def devices(self) -> list[InputDevice]:
        """The mouse, if there is a window to drag in."""
        if not self._heard_ns:
            return []
        note = f"not followed: {self._fault}" if self._fault else ""
        return [InputDevice(device=KIND, kind=KIND, name="Mouse", bound=True, note=note)]

    def lack(self) -> str:
        """Why the mouse does not drive."""
        return "" if self._heard_ns else "no window to drag in"

    def answer(self, request: Request) -> Reply | None:  # noqa: ARG002
        """A mouse does nothing on request."""
        return None

    def close(self) -> None:
        """Stop hearing."""
        self._listener.close()


def open_input(station: Station) -> Mouse:
    """The mouse of the station's window."""
    return Mouse(station)
