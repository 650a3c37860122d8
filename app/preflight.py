"""What has to be true before the work begins, as far as a station can see it by itself. Knows no Qt.

A check is proved, not assumed: a stream by its rate, a camera by a picture that is not black, STOP by a press that
the robot itself has confirmed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.cameras.video_decoder import Picture, VideoDecoder
from app.clock_words import APART_MS, VAGUE_MS, clock_words
from app.conditions import disk_minutes, latency_severity
from app.feed import Feed
from app.stream_rates import StreamRates
from twin.robot import RobotSpec
from twin.wire.messages import (
    AgentStatus,
    CamerasStatus,
    ControlLatency,
    ControlStatus,
    InputDevices,
    RecorderStatus,
    RobotIdentity,
    StationRoles,
)
from twin.wire.topics import camera_topic, topic

OK, UNKNOWN = "ok", "unknown"  # verdicts beside the three severities of ``app.alarms``

_SHARE_OF_RATE = 0.8
_DISK_WARNING_MIN = 60.0
_DARKEST = 4.0  # mean of all channels, 0..255: below it nothing can be seen in a picture
_PLAIN = 1.0  # standard deviation, 0..255: below it a picture shows one colour
_FRESH_LATENCY_S = 2.0


@dataclass(frozen=True)
class Check:
    """One line of the list."""

    what: str  # e.g. "joint stream"
    verdict: str  # OK, UNKNOWN (not seen yet), or a severity: advisory | warning | alarm
    text: str  # what was found, with its figures
    first: str = ""  # what to do about it


class Preflight:
    """Watches a station and says what is ready. Call ``hear`` after each drain of the feed."""

    def __init__(self, spec: RobotSpec) -> None:
        """Begin with nothing proved; ``spec`` is the robot that this station means."""
        self._spec = spec
        self._rates = StreamRates(("robot.state",))
        self._cameras = {camera.name: _CameraProof() for camera in spec.cameras}

    def hear(self, feed: Feed, now_ns: int) -> None:
        """Take in what the feed drained last."""
        self._rates.note(feed, now_ns)
        for name, proof in self._cameras.items():
            proof.hear(feed, camera_topic(name).name)

    def checks(self, feed: Feed, stop_confirmed: bool | None) -> tuple[Check, ...]:
        """The whole list, what keeps from working first.

        Args:
            feed: as drained last.
            stop_confirmed: whether a press of STOP was confirmed by the robot; None: this program has no STOP.
        """
        found = [self._robot(feed), *_stop(feed, stop_confirmed), self._stream(feed)]
        found += [
            _clock(feed),
            _control(feed),
            _devices(feed),
            self._pictures(feed),
            _disk(feed),
            *_latency(feed),
            _roles(feed),
        ]
        order = ("alarm", "warning", UNKNOWN, "advisory", OK)
        return tuple(sorted(found, key=lambda check: order.index(check.verdict)))

    def _robot(self, feed: Feed) -> Check:
        what, spec = "robot", self._spec
        identity = feed.fresh("robot.identity", RobotIdentity)
        if identity is None:
            return Check(what, "alarm", "no robot is heard", "start it, or wait until it is up")
        kind = "simulated" if identity.simulated else "REAL"
        name = f"{identity.name} {identity.revision}, {kind}"
        if identity.model_hash != spec.model_hash:
            return Check(
                what,
                "alarm",
                f"{name}: its model {identity.model_hash[:12]} is not this station's {spec.model_hash[:12]}",
                f"choose its revision with --revision {identity.revision}, or bring the robot folder up to date",
            )
        return Check(what, OK, f"{name}, model {identity.model_hash[:12]} on both sides")

    def _stream(self, feed: Feed) -> Check:
        what, row = "joint stream", topic("robot.state")
        rate_hz, lost = self._rates.hz(row.name), feed.arrivals.lost.get(row.name, 0)
        if feed.is_stale(row.name):
            return Check(
                what, "alarm", "no joint is heard", "wait for the robot; `understudy topics` shows who speaks"
            )
        if rate_hz is None:
            return Check(what, UNKNOWN, "counting")
        text = f"{len(self._spec.joints)} joints, {rate_hz:.0f} of {row.rate_hz:.0f} Hz, {lost} lost"
        if rate_hz < _SHARE_OF_RATE * row.rate_hz:
            return Check(what, "warning", text, "end what else keeps this computer busy")
        return Check(
            what, "advisory" if lost else OK, text, "look at the network and at the load" if lost else ""
        )

    def _pictures(self, feed: Feed) -> Check:
        what = "cameras"
        if not self._cameras:
            return Check(what, OK, "this robot has none")
        status = feed.fresh("cameras.status", CamerasStatus)
        silent = [name for name, proof in self._cameras.items() if feed.is_stale(camera_topic(name).name)]
        dark = [name for name, proof in self._cameras.items() if name not in silent and proof.shows_nothing]
        unseen = [
            name
            for name, proof in self._cameras.items()
            if name not in silent and proof.shows_nothing is None
        ]
        if silent:
            note = status.note if status and status.note else "the cameras process may still be starting"
            return Check(
                what,
                "warning",
                f"no picture from {', '.join(silent)}: {note}",
                "drive by the twin until then",
            )
        if dark:
            return Check(
                what, "warning", f"nothing to be seen by {', '.join(dark)}", "uncover the lens, put light on"
            )
        if unseen:
            return Check(what, UNKNOWN, f"waiting for a whole picture from {', '.join(unseen)}")
        rates = {camera.name: camera.fps for camera in status.cameras} if status else {}
        figures = ", ".join(f"{name} {rates.get(name, 0.0):.0f} Hz" for name in self._cameras)
        return Check(what, OK, f"{len(self._cameras)} live and not black: {figures}")


def _stop(feed: Feed, confirmed: bool | None) -> Iterator[Check]:
    if confirmed:
        yield Check("STOP", OK, "pressed in this session, and confirmed by the robot")
    elif confirmed is not None and feed.fresh("robot.status", AgentStatus) is None:
        yield Check("STOP", UNKNOWN, "not tried: there is no robot that could confirm it")
    elif confirmed is not None:
        yield Check(
            "STOP", "advisory", "not tried in this session", "press it once, then Reset (F7) and Arm (F5)"
        )


def _clock(feed: Feed) -> Check:
    control = feed.fresh("control.status", ControlStatus)
    text = clock_words(control)
    if control is None or control.clock_within_ms < 0:
        return Check("clocks", UNKNOWN, text)
    if abs(control.clock_offset_ms) - control.clock_within_ms > APART_MS:
        first = "keep both machines' clocks together: by the robot's, commands come out of date"
        return Check("clocks", "warning", text, first)
    if control.clock_within_ms > VAGUE_MS:
        first = "the way to the robot is slow or uneven: look at the network"
        return Check("clocks", "advisory", text, first)
    return Check("clocks", OK, text)


def _control(feed: Feed) -> Check:
    status = feed.fresh("control.status", ControlStatus)
    if status is None:
        return Check("control", "alarm", "control says nothing", "it is started again by itself; wait for it")
    return Check("control", OK, f"listens to {status.device or 'no device yet'}, layer {status.layer}")


def _devices(feed: Feed) -> Check:
    what, heard = "devices", feed.fresh("inputs.devices", InputDevices)
    if heard is None:
        return Check(
            what, "alarm", "the input devices are not heard", "they are started again by themselves; wait"
        )
    bound = [each.name or each.device for each in heard.devices if each.bound]
    if bound:
        return Check(what, OK, ", ".join(bound))
    first = "plug a gamepad in, or put the window in front and use the keyboard"
    return Check(what, "advisory", heard.note or "no device drives yet", first)


def _disk(feed: Feed) -> Check:
    what, recorder = "recorder", feed.fresh("recorder.status", RecorderStatus)
    if recorder is None:
        return Check(
            what, "warning", "the recorder says nothing", "it is started again by itself; wait for it"
        )
    room, minutes = f"{recorder.bytes_free / 1e9:.0f} GB free", disk_minutes(recorder)
    if minutes is None:
        return Check(what, OK, room)
    text = f"{room}, enough for {minutes / 60:.1f} h as the last take was recorded"
    if minutes < _DISK_WARNING_MIN:
        return Check(what, "warning", text, "make room, or record to another disk with --takes")
    return Check(what, OK, text)


def _latency(feed: Feed) -> Iterator[Check]:
    found = feed.message("control.latency", ControlLatency)
    if found is None or found[1] > _FRESH_LATENCY_S:
        return  # nobody drives
    p50_ms, p95_ms = found[0].whole_p50_ms, found[0].whole_p95_ms
    severity = latency_severity(p95_ms)
    first = "drive at the slow scale" if severity else ""
    yield Check("latency", severity or OK, f"from hand to motion {p50_ms:.0f} / {p95_ms:.0f} ms", first)


def _roles(feed: Feed) -> Check:
    what, roles = "processes", feed.fresh("station.roles", StationRoles)
    if roles is None:
        return Check(what, "advisory", "no supervisor is heard", "start the station with `understudy`")
    down = [row for row in roles.rows if row.state != "running"]
    if not down:
        return Check(what, OK, f"all {len(roles.rows)} run")
    told = "; ".join(f"{row.role} is {row.state}" + (f" ({row.note})" if row.note else "") for row in down)
    worst = "alarm" if any(row.state == "given up" for row in down) else UNKNOWN
    return Check(what, worst, told, "read the log above" if worst == "alarm" else "")


class _CameraProof:
    """Whether a camera's picture shows anything. Once it has, its pictures need not be decoded any more."""

    def __init__(self) -> None:
        self._decoder = VideoDecoder()
        self.shows_nothing: bool | None = None  # None: no whole picture was seen

    def hear(self, feed: Feed, name: str) -> None:
        if self.shows_nothing is False:
            return
        picture = self._decoder.decode(feed.all(name))
        if picture is not None:
            self.shows_nothing = is_blank(picture)


def is_blank(picture: Picture) -> bool:
    """Whether a picture is black, or of one colour only."""
    rows = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.bytes_per_line)
    seen = rows[::4, : 4 * picture.width].reshape(-1, picture.width, 4)[:, ::4, :3]
    return bool(seen.mean() < _DARKEST or seen.std() < _PLAIN)


def ready(checks: Sequence[Check]) -> bool:
    """Whether nothing keeps from working."""
    return not any(check.verdict in ("alarm", "warning", UNKNOWN) for check in checks)
