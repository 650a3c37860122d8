"""Whether the window is there that this station should have: nobody drives without its picture and its STOP."""

from twin.errors import WireError
from twin.station import Station
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_S
from twin.wire.messages import StationRoles

HANGS_AFTER_S = 4  # it says its health once a second, from the loop that draws it and hears its STOP


class WindowWatch:
    """Hears the supervisor of the window's process and the window of its own health.

    A station that runs without a window, or whose supervisor nobody hears, asks for none.
    """

    def __init__(self, station: Station, at_ns: int) -> None:
        """Begin to hear."""
        self._listener = Listener(station, ("station.roles", "window.health"))
        self._fell, self._runs = False, False
        self._heard_ns = at_ns

    def look(self, at_ns: int) -> str:
        """Why the robot is not to be driven now; empty if the window is as it should be."""
        for heard in self._listener.drain():
            self._hear(heard)
        if self._fell:
            return "the window is gone: wait until it is back"
        silent_s = (at_ns - self._heard_ns) // NS_PER_S
        return (
            f"the window has not moved for {silent_s} s" if self._runs and silent_s >= HANGS_AFTER_S else ""
        )

    def _hear(self, heard: Heard) -> None:
        if heard.topic == "window.health":
            self._heard_ns = heard.received_ns
            return
        try:
            rows = heard.read(StationRoles).rows
        except WireError:
            return
        row = next((row for row in rows if row.role == "window"), None)
        self._runs = row is not None and row.state == "running"
        # One that starts for the first time is not yet missed: the station may be driven before it is drawn.
        self._fell = row is not None and not self._runs and (row.restarts > 0 or row.state != "starting")

    def close(self) -> None:
        """Stop hearing."""
        self._listener.close()
