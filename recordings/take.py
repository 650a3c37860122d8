"""What a take is called, what it says about itself, and the manifest that lies beside it."""

import secrets
from pathlib import Path

import msgspec

from recordings.checking.quality import Quality, Suggestion
from recordings.recorder.ledger import TopicCount
from twin.errors import RecordingError
from twin.wire.clock import NS_PER_S

FINISHED = ".mcap"
UNFINISHED = ".mcap.part"
TRASH = "trash"  # folder beside the takes; what is discarded goes there and can come back
EPISODE, CLOCK, COUNTS, END = "episode", "clock", "counts", "end"  # names of the metadata records

# What a take shows, where it is not a robot that somebody drove.
PERSON, RETARGETED = "person", "retargeted"

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 26


def new_take_id(utc_ns: int) -> str:
    """A ULID (https://github.com/ulid/spec): 26 letters that sort by time and never repeat."""
    number = (utc_ns // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(_ID_LENGTH)))


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a take when it begins; stored inside it."""

    take: str = ""
    started_utc_ns: int = 0
    task: str = ""
    operator: str = ""
    station: str = ""
    robot: str = ""
    revision: str = ""
    serial: str = ""
    model_hash: str = ""
    simulated: bool = False
    joint_names: tuple[str, ...] = ()
    touch_names: tuple[str, ...] = ()
    camera_names: tuple[str, ...] = ()
    joint_groups: dict[str, tuple[int, ...]] = {}
    scene: str = ""
    seed: int = 0
    versions: dict[str, str] = {}
    schema: int = 1
    shows: str = ""  # PERSON | RETARGETED; empty: a robot that was driven
    retargeted_from: str = ""  # the take of a person that a robot's motion was made of
    retargeted_from_sha256: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a take that counts, in seconds since it began."""

    from_s: float
    to_s: float

    def within_ns(self, begun_ns: int) -> tuple[int, int]:
        """Its two ends, of a take that began at ``begun_ns``, on the same clock."""
        return begun_ns + int(self.from_s * NS_PER_S), begun_ns + int(self.to_s * NS_PER_S)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a finished take holds, which can be made again from the take itself, and what a person thinks of it."""

    take: str
    file: str
    sha256: str
    bytes: int
    started_utc_ns: int
    seconds: float
    messages: int
    lost: int
    task: str
    operator: str
    robot: str
    revision: str
    model_hash: str
    joints: int
    scene: str
    seed: int
    simulated: bool
    video_frames: dict[str, int]  # per camera
    topics: dict[str, TopicCount]
    ended: str = ""  # why the take ended
    task_succeeded: bool | None = None  # None: nobody said
    recovered: str = ""  # what was saved of a take that was cut short
    marks: tuple[str, ...] = ()  # what a learner should know, e.g. "a stop was latched"
    quality: Quality | None = None  # None: it was not measured
    suggestion: Suggestion | None = None
    rating: str = ""  # a person's: good | bad; empty: nobody said
    rating_reason: str = ""
    shows: str = ""  # as in ``Episode``
    retargeted_from: str = ""
    retargeted_from_sha256: str = ""
    part: Part | None = None  # what of it counts; None: all of it
    wanted_camera_hz: float = 0.0  # what the cameras should have had; 0: not known

    @property
    def counts_s(self) -> float:
        """How long the part is that counts."""
        return self.part.to_s - self.part.from_s if self.part else self.seconds


def as_metadata(episode: Episode) -> dict[str, str]:
    """The episode as an MCAP metadata record: names and tables as JSON, the rest as text."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in msgspec.to_builtins(episode).items()
    }


def from_metadata(values: dict[str, str]) -> Episode:
    """The episode in a metadata record; unknown entries are ignored, missing ones have their default.

    Raises:
        RecordingError: an entry is not what it should be.
    """
    text_fields = {field.name for field in msgspec.structs.fields(Episode) if field.type is str}
    try:
        plain = {
            name: value if name in text_fields else msgspec.json.decode(value)
            for name, value in values.items()
            if name in Episode.__struct_fields__
        }
        return msgspec.convert(plain, Episode)
    except msgspec.MsgspecError as error:
        raise RecordingError(f"the take's description of itself cannot be read: {error}") from error


def manifest_path(take_path: Path) -> Path:
    """Where the manifest of a finished take lies."""
    return take_path.with_suffix(".json")


def save_manifest(manifest: Manifest, take_path: Path) -> None:
    """Write the manifest beside its take, in one step."""
    path = manifest_path(take_path)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    unfinished.replace(path)


def load_manifest(take_path: Path) -> Manifest | None:
    """The manifest beside a take; None if there is none or it cannot be read."""
    try:
        return msgspec.json.decode(manifest_path(take_path).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


def take_id(path: Path) -> str:
    """The id in the name of a take's file."""
    return path.name.split(".")[0]
