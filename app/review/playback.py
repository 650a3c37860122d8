"""Where a take is being looked at, and what the window hears of it: played, stepped through, or standing still."""

from app.feed import Feed
from app.review.tape import Tape
from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_HISTORY_NS = 12 * NS_PER_S  # what the plots show of the time before
_HISTORY_EVERY = 5
# A jump is told as a silence longer than anything that is remembered, so that no panel need know of jumps.
_APART_NS = 90 * NS_PER_S


class TapeEar:
    """What the feed hears through; messages are put into it."""

    def __init__(self) -> None:
        self.arrivals = Arrivals()
        self._waiting: list[Heard] = []

    def put(self, messages: list[Heard], later_ns: int) -> None:
        """Let ``messages`` be heard, with stamps that are ``later_ns`` later."""
        self._waiting += [_later(heard, later_ns) for heard in messages]

    def drain(self) -> list[Heard]:
        """All that waits, oldest first."""
        heard, self._waiting = self._waiting, []
        return heard

    def close(self) -> None:
        """Nothing is open."""


class TakeFeed(Feed):
    """A feed whose time can stand still."""

    def stand(self, now_ns: int) -> None:
        """It is ``now_ns``, nothing was said, and nothing grew older."""
        later_ns, self.now_ns, self._frame = now_ns - self.now_ns, now_ns, {}
        self._newest = {name: _later(heard, later_ns) for name, heard in self._newest.items()}


class Playback:
    """The place in a take, moved by a person or by time."""

    def __init__(self, tape: Tape) -> None:
        """At the beginning, standing."""
        self.tape = tape
        self._ear = TapeEar()
        self.feed = TakeFeed(self._ear)
        self.position_s = 0.0
        self.is_playing = False
        self.speed = 1.0
        self.content_ns = (
            tape.begun_ns
        )  # when what is shown was so, on the window's clock; it stands with the take
        self._now_ns = tape.begun_ns
        self._wanted_s: float | None = 0.0
        self._in_haste = False
        self._continues = False  # what is heard next goes on from what was heard last

    def seek(self, seconds: float, in_haste: bool = False) -> None:
        """Go to ``seconds`` since the take began; ``in_haste``: without what the plots remember."""
        self._wanted_s, self._in_haste = min(max(0.0, seconds), self.tape.seconds), in_haste

    def play(self) -> None:
        """Go on from here; from the beginning, at the end."""
        if self.position_s >= self.tape.seconds - 1e-3:
            self.seek(0.0)
        self.is_playing = True

    def pause(self) -> None:
        """Stand still."""
        self.is_playing = False

    def advance(self, elapsed_s: float) -> bool:
        """Let ``elapsed_s`` of the wall's time go by; whether something else is shown now."""
        if self._wanted_s is None and self.is_playing and not self._continues:
            self._wanted_s, self._in_haste = self.position_s, False
        if self._wanted_s is not None:
            self._jump(self._wanted_s)
            return True
        if not self.is_playing:
            self._now_ns += int(elapsed_s * NS_PER_S)
            self.feed.stand(self._now_ns)
            self._continues = False
            return False
        self._go_on(elapsed_s * self.speed)
        return True

    def _go_on(self, seconds: float) -> None:
        before_ns = self._at_ns(self.position_s)
        self.position_s = min(self.tape.seconds, self.position_s + seconds)
        now_ns = self._at_ns(self.position_s)
        later_ns = self._now_ns - before_ns
        self._ear.put(self.tape.between(before_ns, now_ns), later_ns)
        self._tell(now_ns + later_ns)
        if self.position_s >= self.tape.seconds:
            self.pause()

    def _jump(self, seconds: float) -> None:
        self.position_s, self._wanted_s = seconds, None
        at_ns = self._at_ns(seconds)
        now_ns = self._now_ns + _APART_NS
        history_ns = 0 if self._in_haste else _HISTORY_NS
        self._ear.put(self.tape.until(at_ns, history_ns, _HISTORY_EVERY), now_ns - at_ns)
        self._continues = not self._in_haste
        self._tell(now_ns)

    def _tell(self, now_ns: int) -> None:
        self._now_ns = self.content_ns = now_ns
        self.feed.drain(now_ns)

    def _at_ns(self, seconds: float) -> int:
        return self.tape.begun_ns + round(seconds * NS_PER_S)


def _later(heard: Heard, later_ns: int) -> Heard:
    return heard._replace(sampled_ns=heard.sampled_ns + later_ns, received_ns=heard.received_ns + later_ns)
