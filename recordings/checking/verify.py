"""Looks hard at a take: is it whole, does it hold what it says, can a learner use it?"""

import hashlib
from pathlib import Path

import msgspec
import numpy as np

from recordings import scan, take
from recordings.checking.camera_check import CameraCheck
from recordings.checking.sight import Sight
from recordings.checking.verdict import Verdict
from recordings.log import typed
from recordings.recorder import ledger
from recordings.recorder.ledger import Ledger, TopicCount
from recordings.take import Episode
from twin.errors import RecordingError, WireError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import JointCommand
from twin.wire.messages import AppliedCommand, RobotState, XrSample
from twin.wire.topics import topic

_CLOCK_TOLERANCE_NS = 5 * NS_PER_MS  # a stamp may be ahead of its receipt by so much and still be honest


def verify(path: Path, decode_pictures: bool = False) -> Verdict:
    """Read all of the take ``path`` and compare it with what it and its manifest say.

    Args:
        path: a ``.mcap`` or ``.mcap.part`` file.
        decode_pictures: also decode every picture (about 0.5 ms each) instead of only looking at their order.

    Raises:
        RecordingError: there is no such file.
    """
    verdict = Verdict(path)
    inspection = _Inspection(verdict, decode_pictures)
    try:
        for record in scan.scan(path):
            inspection.see(record)
        inspection.conclude()
        _compare_with_manifest(verdict, inspection.counted)
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be read ({error.strerror}); see `understudy takes list`"
        ) from error
    return verdict


class _Inspection:
    """What is known of a take while its records pass."""

    def __init__(self, verdict: Verdict, decode_pictures: bool) -> None:
        self._verdict, self._decode = verdict, decode_pictures
        self.counted = Ledger()
        self._episode = Episode()
        self._described = self._ended = False
        self._claimed: dict[str, TopicCount] | None = None
        self._channels: dict[int, str] = {}
        self._unknown: set[str] = set()
        self._newest_sampled: dict[str, int] = {}
        self._first_sampled: dict[str, int] = {}
        self._longest_gap: dict[str, int] = {}
        self._newest_log = self._first_log = 0
        self._cameras: dict[str, CameraCheck] = {}
        self._sight = Sight()

    def see(self, record: scan.Record) -> None:
        match record:
            case scan.Message():
                self._message(record)
            case scan.Channel():
                self._channels[record.id] = record.topic
            case scan.Metadata():
                self._metadata(record)
            case scan.Damage():
                self._verdict.fault(
                    f"{record.text}; `understudy takes recover {self._verdict.path}` saves what is sound"
                )
            case scan.End():
                self._ended = True

    def _metadata(self, record: scan.Metadata) -> None:
        try:
            if record.name == take.EPISODE:
                self._episode, self._described = take.from_metadata(record.values), True
            elif record.name == take.COUNTS:
                self._claimed = ledger.from_metadata(record.values)
        except (RecordingError, msgspec.MsgspecError) as error:
            self._verdict.fault(f"what it says about itself cannot be read: {error}")

    def _message(self, record: scan.Message) -> None:
        name = self._channels.get(record.channel_id)
        if name is None:
            self._verdict.fault("it holds messages without a channel, so nobody can tell what they are")
            return
        self.counted.note(name, record.sequence)
        self._check_time(name, record)
        heard = Heard(name, record.sequence, record.publish_ns, record.log_ns, record.payload)
        try:
            self._check_content(heard)
        except WireError as error:
            if _is_known(name):
                self._verdict.fault(f"{name}: message {record.sequence} cannot be read: {error}")
            else:
                self._unknown.add(name)

    def _check_time(self, name: str, record: scan.Message) -> None:
        self._first_log = self._first_log or record.log_ns
        if record.log_ns < self._newest_log:
            self._verdict.fault("messages are not in the order of their receipt")
        self._newest_log = max(self._newest_log, record.log_ns)
        first_ns = self._first_sampled.setdefault(name, record.publish_ns)
        gap_ns = record.publish_ns - self._newest_sampled.get(name, first_ns)
        if gap_ns < 0:
            self._verdict.fault(f"{name}: time runs backwards")
        self._longest_gap[name] = max(gap_ns, self._longest_gap.get(name, 0))
        self._newest_sampled[name] = record.publish_ns
        if record.publish_ns > record.log_ns + _CLOCK_TOLERANCE_NS:
            self._verdict.fault(f"{name}: messages claim to be from after they were received")

    def _check_content(self, heard: Heard) -> None:
        message = typed(heard)
        joints = len(self._episode.joint_names)
        if isinstance(message, RobotState | AppliedCommand | JointCommand):
            vectors = [getattr(message, name) for name in _JOINT_VECTORS if hasattr(message, name)]
            if not all(np.isfinite(vector).all() for vector in vectors):
                self._verdict.fault(
                    f"{heard.topic}: message {heard.seq} holds joint values that are not numbers"
                )
            if joints and len(message.position_rad) != joints:
                self._verdict.fault(f"{heard.topic}: message {heard.seq} does not have the {joints} joints")
        elif isinstance(message, XrSample):
            self._sight.note(message)
        elif heard.topic.startswith("camera."):
            check = self._cameras.setdefault(
                heard.topic, CameraCheck(heard.topic, self._verdict, self._decode)
            )
            check.see(heard)

    def conclude(self) -> None:
        verdict = self._verdict
        if not self._described:
            verdict.fault(
                "it does not say what it is; it was not written by this program, or lost its beginning"
            )
        if not self._ended and not verdict.faults:
            verdict.fault(f"it was never finished; run `understudy takes recover {verdict.path}`")
        for check in self._cameras.values():
            check.conclude()
        self._compare_counts()
        self._tell_rates()
        self._tell_what_it_shows()
        if self._unknown:
            verdict.remarks.append(f"topics this version does not know: {', '.join(sorted(self._unknown))}")
        verdict.messages, verdict.lost = self.counted.messages, self.counted.lost
        begun_ns = self._episode.started_utc_ns or self._first_log
        verdict.seconds = max(0, self._newest_log - begun_ns) / NS_PER_S if self._newest_log else 0.0
        for name, count in sorted(self.counted.topics.items()):
            if count.lost and _is_known(name):
                joint = topic(name).joint
                verdict.joint_lost += count.lost if joint else 0
                verdict.remarks.append(f"{count.lost} messages were lost on {name}")
        for name, count in sorted((self._claimed or {}).items()):
            if count.duplicates or count.reordered:
                verdict.remarks.append(
                    f"on {name} {count.duplicates} messages came twice and {count.reordered} after a newer one"
                )

    def _tell_what_it_shows(self) -> None:
        verdict, episode = self._verdict, self._episode
        if episode.shows == take.PERSON:
            if not self._sight.frames:
                verdict.fault("it says that it shows a person, but holds neither head nor hands")
            seen = ", ".join(f"{what} {share:.0%}" for what, share in self._sight.shares.items())
            verdict.remarks.append(f"it shows a person and no robot; seen: {seen}")
        elif episode.shows == take.RETARGETED:
            if not (episode.retargeted_from and episode.retargeted_from_sha256):
                verdict.fault("it says that it was retargeted, but not from which take")
            verdict.remarks.append(
                f"nobody drove this robot: its motion was made of the take {episode.retargeted_from}"
            )

    def _tell_rates(self) -> None:
        for name, count in sorted(self.counted.topics.items()):
            heard_ns = self._newest_sampled[name] - self._first_sampled[name]
            if heard_ns > 0:
                self._verdict.rate_hz[name] = round((count.messages - 1) * NS_PER_S / heard_ns, 2)
                self._verdict.longest_gap_ms[name] = round(self._longest_gap[name] / NS_PER_MS, 3)

    def _compare_counts(self) -> None:
        if self._claimed is None:
            if self._ended:
                self._verdict.fault("it does not say how many messages it holds")
            return
        for name in sorted({*self._claimed, *self.counted.topics}):
            claimed = self._claimed.get(name, TopicCount())
            counted = self.counted.topics.get(name, TopicCount())
            missing = claimed.lost + claimed.dropped
            if (claimed.messages, missing) != (counted.messages, counted.lost):
                self._verdict.fault(
                    f"{name}: it holds {counted.messages} messages with {counted.lost} missing, "
                    f"but the recorder wrote {claimed.messages} with {missing} missing"
                )


_JOINT_VECTORS = ("position_rad", "velocity_rad_s", "effort_nm", "torque_ff_nm")


def _is_known(name: str) -> bool:
    try:
        topic(name)
    except WireError:
        return False
    return True


def _compare_with_manifest(verdict: Verdict, counted: Ledger) -> None:
    path = verdict.path
    if path.name.endswith(take.UNFINISHED):
        return
    manifest = take.load_manifest(path)
    if manifest is None:
        verdict.remarks.append("it has no manifest beside it, so its hash cannot be compared")
        return
    if manifest.bytes != path.stat().st_size:
        verdict.fault(f"it has {path.stat().st_size} bytes, but was saved with {manifest.bytes}")
    elif sha256_of(path) != manifest.sha256:
        verdict.fault("its hash is not the one it was saved with: something in it was changed")
    if manifest.messages != counted.messages:
        verdict.fault(f"it holds {counted.messages} messages, its manifest says {manifest.messages}")
    verdict.remarks += [each for each in (manifest.recovered, *manifest.marks) if each]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
