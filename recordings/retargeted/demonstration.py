"""Reads a person out of a take: head and hands as a headset saw them, whatever else it holds."""

from dataclasses import dataclass
from pathlib import Path

from recordings.checking.verify import sha256_of
from recordings.log import TakeHead, read_take
from recordings.scan import Damage
from recordings.take import Episode, load_manifest
from twin.demonstration.motion import PersonMotion, motion_of
from twin.errors import RecordingError
from twin.wire.messages import XrSample

_TOPIC = "operator.xr"


@dataclass(frozen=True, eq=False)
class Demonstration:
    """A take in which a person is seen."""

    path: Path
    episode: Episode
    sha256: str
    clock_offset_ns: int  # what turns the motion's monotonic stamps into UTC
    motion: PersonMotion


def read_demonstration(path: Path) -> Demonstration:
    """The person in the take ``path``.

    Raises:
        RecordingError: it cannot be read, is damaged, or shows nobody.
    """

    def refuse(damage: Damage) -> None:
        raise RecordingError(
            f"{path.name} is damaged ({damage.text}); save what is sound with `understudy takes recover {path}` "
            "and retarget that"
        )

    head = TakeHead(path)
    started_ns = head.episode.started_utc_ns - head.clock_offset_ns
    samples = [
        (heard.sampled_ns, heard.read(XrSample))
        for heard in read_take(path, [_TOPIC], on_damage=refuse)
        if heard.sampled_ns >= started_ns
    ]
    motion = motion_of(samples)
    if not any(hand.seen.any() for hand in motion.hands.values()):
        raise RecordingError(
            f"{path.name} shows nobody: it holds no hands that a headset saw; record a person with "
            "`understudy demonstrate`"
        )
    manifest = load_manifest(path)
    sha256 = manifest.sha256 if manifest else sha256_of(path)
    return Demonstration(path, head.episode, sha256, head.clock_offset_ns, motion)
