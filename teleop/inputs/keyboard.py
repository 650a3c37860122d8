"""The keyboard of the window: keys count while the window has the focus and keeps saying that they are held.

The window says ``window.keys`` on every change, and every 50 ms while a key is held. A held key that is not
repeated within 150 ms is released: a hung or killed window must not leave the robot driving.
"""

from teleop.inputs.base import AT_REST, Reading
from twin.errors import WireError
from twin.station import Station
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import InputDevice, KeyState, Reply, Request

KIND = "keyboard"
STOP_KEYS = frozenset(("space", "escape"))

_RELEASED_AFTER_NS = 150 * NS_PER_MS
_GONE_AFTER_NS = 3 * NS_PER_S  # the window says its health once a second


class Keyboard:
    """One device, there as long as a window is."""

    kind = KIND

    def __init__(self, station: Station) -> None:
        """Begin to hear the window."""
        self.stops_pressed: list[str] = []
        self.cut_held = False  # Space and Escape are too easily leaned on for CUT
        self._listener = Listener(station, ("window.keys", "window.health"))
        self._heard_ns = 0  # last word of the window, keys or not
        self._keys_ns = 0  # last word about keys
        self._said_ns = 0  # when the window saw them so
        self._keys: tuple[str, ...] = ()
        self._focused = False
        self._stop_keys: frozenset[str] = frozenset()  # of the last focused word, stale or not
        self._reading: Reading | None = None

    def wake_sources(self) -> tuple[object, ...]:
        """The ear for the window."""
        return (self._listener.socket,)

    def poll(self, at_ns: int) -> list[Reading]:
        """The keys held now; nothing while there is no window, and once more when it went away."""
        self.stops_pressed.clear()
        for heard in self._listener.drain():
            self._heard_ns = heard.received_ns
            if heard.topic == "window.keys":
                self._hear(heard)
        if not self._heard_ns:
            return []
        if at_ns - self._heard_ns > _GONE_AFTER_NS:
            return self._away(at_ns)
        fresh = self._focused and at_ns - self._keys_ns <= _RELEASED_AFTER_NS
        held = self._keys if fresh else ()
        if self._reading is None or self._reading.buttons != held:
            said_ns = self._said_ns if fresh else at_ns
            self._reading = Reading(KIND, KIND, "Keyboard", True, True, AT_REST, held, said_ns)
        return [self._reading]

    def _hear(self, heard: Heard) -> None:
        try:
            said = heard.read(KeyState)
        except WireError:
            said = KeyState()  # unreadable: nothing counts as held
        self._keys_ns, self._keys, self._focused = heard.received_ns, said.keys, said.focused
        self._said_ns = heard.sampled_ns
        if not said.focused:
            return  # a key let go elsewhere is told by the first word after the focus is back
        # Edges between words, not between polls: a repetition that came late is no second press.
        stop_keys = STOP_KEYS.intersection(said.keys)
        self.stops_pressed += [f"{KIND} {key}" for key in sorted(stop_keys - self._stop_keys)]
        self._stop_keys = stop_keys

    def _away(self, at_ns: int) -> list[Reading]:
        self._heard_ns, self._keys, self._focused, self._stop_keys = 0, (), False, frozenset()
        self._reading = None
        return [Reading(KIND, KIND, "Keyboard", False, True, AT_REST, (), at_ns)]

    def devices(self) -> list[InputDevice]:
        """The keyboard, if there is a window to type into."""
        if not self._heard_ns:
            return []
        note = "" if self._focused or not self._keys_ns else "the window does not have the focus"
        return [InputDevice(device=KIND, kind=KIND, name="Keyboard", bound=True, note=note)]

    def lack(self) -> str:
        """Why the keyboard does not drive."""
        return "" if self._heard_ns else "no window to type into"

    def answer(self, request: Request) -> Reply | None:  # noqa: ARG002
        """A keyboard does nothing on request."""
        return None

    def close(self) -> None:
        """Stop hearing."""
        self._listener.close()


def open_input(station: Station) -> Keyboard:
    """The keyboard of the station's window."""
    return Keyboard(station)
