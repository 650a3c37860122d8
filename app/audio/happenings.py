"""What happened since the last look that a person shall hear of. Knows no sound and no Qt: facts in, cues out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.audio.cue import Cue
from twin.wire.clock import NS_PER_S


@dataclass(frozen=True)
class Facts:
    """What the window knows at one moment."""

    connected: bool = False
    live: bool = False  # the robot may move by the operator's will
    stop_level: str = "NONE"
    phase: str = ""  # of the recorder
    takes_saved: int = 0
    take: str = ""
    layer: str = ""
    measuring: str = ""  # what an operator who is measured is to do
    note: str = ""  # control's passing word
    wrists_taken: int = 0  # how often
    counting: str = ""  # seconds until the robot follows for the first time
    alarm: str = ""  # text of the highest one that nobody has acknowledged
    alarm_code: str = ""
    alarm_severity: str = ""
    held_back: str = ""  # the short word of the reason that is shown
    held_back_kind: str = ""
    break_due: str = ""


class Happening(NamedTuple):
    """One cue that is due."""

    name: str
    cue: Cue
    about: str

    @property
    def words(self) -> str:
        """As it is written."""
        return self.cue.words.format(self.about)

    @property
    def spoken(self) -> str:
        """As it is said."""
        return self.cue.spoken.format(self.about)


class Happenings:
    """Compares each moment with the one before."""

    def __init__(self, cues: Mapping[str, Cue]) -> None:
        """Nothing has happened yet; the first look only learns how things stand."""
        self._cues = cues
        self._before: Facts | None = None
        self._last_ns: dict[str, int] = {}

    def look(self, facts: Facts, now_ns: int) -> list[Happening]:
        """What is due at ``now_ns``, the most urgent first."""
        before, self._before = self._before, facts
        if before is None:
            return []
        found = [*self._of_robot(before, facts), *self._of_take(before, facts), *self._lasting(before, facts)]
        due = [
            Happening(name, self._cues[name], about)
            for name, about, is_new in found
            if name in self._cues and self._is_due(name, is_new, now_ns)
        ]
        for happening in due:
            self._last_ns[happening.name] = now_ns
        return sorted(due, key=lambda each: each.cue.priority)

    def _is_due(self, name: str, is_new: bool, now_ns: int) -> bool:
        cue, since_ns = self._cues[name], now_ns - self._last_ns.get(name, -(2**62))
        if is_new:
            return since_ns >= cue.rest_s * NS_PER_S
        return cue.again_s > 0 and since_ns >= cue.again_s * NS_PER_S

    def _of_robot(self, before: Facts, now: Facts) -> list[tuple[str, str, bool]]:
        found = []
        if now.stop_level != "NONE" and before.stop_level == "NONE":
            found.append(("stop", "", True))
        elif before.live != now.live and now.connected:
            found.append(("engaged" if now.live else "disengaged", "", True))
        if now.counting and now.counting != before.counting:
            found.append(("count", now.counting, True))
        if now.measuring != before.measuring:
            found.append(("measure", now.measuring or now.note, True))
        if now.wrists_taken > before.wrists_taken and before.layer:
            found.append(("wrists", now.note or "wrists as turned now", True))
        if now.layer != before.layer and before.layer and now.layer:
            found.append(("layer", now.layer, True))
        if now.held_back and now.held_back != before.held_back:
            found.append(("refused" if now.held_back_kind == "jump" else "limit", now.held_back, True))
        if now.break_due and not before.break_due:
            found.append(("break", now.break_due, True))
        return found

    def _of_take(self, before: Facts, now: Facts) -> list[tuple[str, str, bool]]:
        found = []
        began = now.phase == "recording" and (before.phase != "recording" or now.take != before.take)
        ended = before.phase in ("recording", "saving") and (now.phase == "idle" or began)
        if now.takes_saved > before.takes_saved:
            found.append(("saved", str(now.takes_saved), True))
        elif ended and now.take == before.take and now.takes_saved == before.takes_saved:
            found.append(("discarded", "", True))
        if began:
            found.append(("recording", "", True))
        return found

    @staticmethod
    def _lasting(before: Facts, now: Facts) -> list[tuple[str, str, bool]]:
        """What goes on until it is acknowledged."""
        if now.alarm_severity not in ("alarm", "warning"):
            return []
        is_new = (now.alarm_code, now.alarm_severity) != (before.alarm_code, before.alarm_severity)
        if now.alarm_code == "silent.robot.status":
            return [("link_lost", "", is_new)]
        return [(now.alarm_severity, now.alarm, is_new)]
