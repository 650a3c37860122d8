"""A finished take in memory, so that any moment of it can be shown at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.cameras.video_decoder import is_keyframe
from recordings.log import TakeHead, read_take, read_video
from recordings.take import PERSON, Episode, Manifest, load_manifest
from twin.errors import RecordingError, WireError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AgentStatus, AppliedCommand, SceneState

_SHOWN = (
    "camera.", "cameras.status", "control.status", "inputs.devices", "operator.input",
    "robot.applied", "robot.balance", "robot.identity", "robot.motors", "robot.scene", "robot.state", "robot.status",
)  # fmt: skip
_OFTEN = frozenset({"robot.state"})  # said 500 times a second: most of a take's bytes
_WHOLE_S = 300.0  # of a longer take every fifth of these is kept, so that it fits into memory
_THINNED_TO = 5
_FOLLOWS = frozenset({"ENGAGING", "TELEOP"})
_BRIDGE_NS = NS_PER_S // 4  # what is held back twice within this is one stretch
_TELL_EVERY = 2000

Span = tuple[float, float]  # from, to, in seconds since the take began


class CancelledError(Exception):
    """Nobody wants to see the take any more."""


@dataclass
class Tape:
    """The messages that a window shows, in the order in which they arrived."""

    path: Path
    episode: Episode
    manifest: Manifest
    begun_ns: int  # monotonic, on the clock of the messages
    messages: list[Heard] = field(default_factory=list)
    driven: list[Span] = field(default_factory=list)  # the robot followed somebody
    held_back: list[Span] = field(default_factory=list)  # the robot did not do all that was asked
    done_at_s: float | None = None  # the task was achieved
    level: int = 1  # of the scene
    base: str = ""  # how the robot was held at first
    _arrived_ns: list[int] = field(default_factory=list)
    _places: dict[str, list[int]] = field(default_factory=dict)  # by topic: where its messages are
    _keyframes: dict[str, list[int]] = field(default_factory=dict)  # by camera topic

    @property
    def seconds(self) -> float:
        """How long the take is."""
        return self.manifest.seconds

    def add(self, heard: Heard) -> None:
        """The next message."""
        place = len(self.messages)
        self.messages.append(heard)
        self._arrived_ns.append(heard.received_ns)
        self._places.setdefault(heard.topic, []).append(place)
        if heard.topic.startswith("camera.") and _is_whole_picture(heard):
            self._keyframes.setdefault(heard.topic, []).append(place)

    def between(self, after_ns: int, until_ns: int) -> list[Heard]:
        """What arrived after one moment and until another."""
        return self.messages[
            bisect_right(self._arrived_ns, after_ns) : bisect_right(self._arrived_ns, until_ns)
        ]

    def until(self, at_ns: int, history_ns: int, every: int) -> list[Heard]:
        """What must be heard to see the moment ``at_ns``, oldest first.

        The newest of every topic, each camera from its last whole picture on, and of the last ``history_ns`` every
        ``every``-th of what the plots are made of.
        """
        end = bisect_right(self._arrived_ns, at_ns)
        wanted: set[int] = set()
        for name, places in self._places.items():
            newest = bisect_right(places, end - 1) - 1
            if newest < 0:
                continue
            wanted.add(places[newest])
            if name in self._keyframes:
                whole = self._keyframes[name]
                first = bisect_right(whole, end - 1) - 1
                if first >= 0:
                    wanted.update(places[bisect_left(places, whole[first]) : newest + 1])
            elif history_ns and name in ("robot.state", "robot.applied", "robot.balance"):
                begin = bisect_right(self._arrived_ns, at_ns - history_ns)
                recent = places[bisect_right(places, begin - 1) : newest + 1]
                wanted.update(recent[:: every if name in _OFTEN else 1])
        return [self.messages[place] for place in sorted(wanted)]

    def pictures_s(self, camera: str) -> list[float]:
        """When the pictures of ``camera`` arrived, in seconds since the take began."""
        places = self._places.get(f"camera.{camera}", [])
        return [(self._arrived_ns[place] - self.begun_ns) / NS_PER_S for place in places]


def read_tape(path: Path, told: Callable[[float], bool] = lambda _share: True) -> Tape:
    """Read the take ``path``.

    Args:
        path: a finished take of a robot.
        told: how much of it was read, 0..1; it answers whether to go on.

    Raises:
        RecordingError: it cannot be read, is not finished, or shows no robot.
        CancelledError: ``told`` said so.
    """
    head, manifest = TakeHead(path), load_manifest(path)
    if manifest is None:
        raise RecordingError(
            f"{path.name} has no manifest, so it was cut short or is being recorded; "
            f"`understudy takes recover {path}` saves what is sound of it"
        )
    if manifest.shows == PERSON:
        raise RecordingError(
            f"{path.name} shows a person and no robot: `understudy retarget` makes a robot's take of it first"
        )
    begun_ns = head.episode.started_utc_ns - head.clock_offset_ns
    tape = Tape(path, head.episode, manifest, begun_ns)
    notes = _Notes(tape)
    every = _THINNED_TO if manifest.seconds > _WHOLE_S else 1
    for number, heard in enumerate(_thinned(path, every)):
        if number % _TELL_EVERY == 0 and not told(_share(heard, tape)):
            raise CancelledError
        tape.add(heard)
        notes.hear(heard)
    notes.end()
    if not tape.messages:
        raise RecordingError(f"{path.name} holds nothing that could be shown")
    return tape


def _share(heard: Heard, tape: Tape) -> float:
    return min(1.0, max(0.0, (heard.received_ns - tape.begun_ns) / NS_PER_S / max(tape.seconds, 0.1)))


def _thinned(path: Path, every: int) -> Iterator[Heard]:
    seen = 0
    for heard in read_take(path, _SHOWN):
        if heard.topic in _OFTEN:
            seen += 1
            if seen % every:
                continue
        yield heard


def _is_whole_picture(heard: Heard) -> bool:
    try:
        return is_keyframe(read_video(heard.payload).data)
    except WireError:
        return False


class _Notes:
    """What stands on the timeline of a take."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._driven, self._held_back = _Stretches(0), _Stretches(_BRIDGE_NS)

    def hear(self, heard: Heard) -> None:
        tape = self._tape
        since_ns = heard.received_ns - tape.begun_ns
        try:
            if heard.topic == "robot.status":
                status = heard.read(AgentStatus)
                tape.base = tape.base or status.base
                self._driven.note(since_ns, status.state in _FOLLOWS)
            elif heard.topic == "robot.applied":
                self._held_back.note(since_ns, bool(heard.read(AppliedCommand).limited))
            elif heard.topic == "robot.scene" and tape.done_at_s is None:
                scene = heard.read(SceneState)
                tape.level = scene.level or 1
                tape.done_at_s = since_ns / NS_PER_S if scene.task_succeeded else None
        except WireError:
            return  # the panels say what is wrong with a message; the timeline goes without

    def end(self) -> None:
        self._tape.driven, self._tape.held_back = self._driven.spans(), self._held_back.spans()


class _Stretches:
    """Turns yes and no at moments into stretches of yes."""

    def __init__(self, bridge_ns: int) -> None:
        self._bridge_ns = bridge_ns
        self._found: list[list[int]] = []
        self._is_open = False

    def note(self, at_ns: int, holds: bool) -> None:
        if holds and not self._is_open:
            if self._found and at_ns - self._found[-1][1] <= self._bridge_ns:
                self._found[-1][1] = at_ns
            else:
                self._found.append([at_ns, at_ns])
        if self._found and (holds or self._is_open):
            self._found[-1][1] = at_ns
        self._is_open = holds

    def spans(self) -> list[Span]:
        return [(begin / NS_PER_S, end / NS_PER_S) for begin, end in self._found]
