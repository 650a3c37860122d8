"""Saves what is sound of a take that was cut short or damaged, and says how much is missing."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from mcap.writer import CompressionType, Writer

from recordings import scan, take
from recordings.checking.summary import check_summary
from recordings.recorder.durable_file import (
    DurableFile,
    is_being_written,
    newest_mark_ns,
    reserve_path,
    sync_folder,
)
from recordings.recorder.ledger import Ledger
from recordings.recorder.open_take import make_manifest
from recordings.recorder.remarks import Remarks
from recordings.recorder.take_writer import LIBRARY
from recordings.take import Episode, Manifest
from twin.errors import RecordingError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S

_CHUNK_BYTES = 64 * 1024
_RECOVERING = ".recovering"


@dataclass
class Salvage:
    """What became of one take."""

    source: Path
    path: Path | None = None  # the recovered take; None: nothing in it could be read
    seconds: float = 0.0
    lost_ms: float | None = None  # None: it is not known how much was handed over
    damage: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """For the person who started the recorder."""
        if self.path is None:
            why = self.damage[0] if self.damage else "it holds no message"
            where = f"was moved to {take.TRASH}" if _is_unfinished(self.source) else "stays where it is"
            return f"{self.source.name}: nothing could be recovered ({why}); it {where}"
        lost = "loss not known" if self.lost_ms is None else f"{self.lost_ms:.0f} ms lost"
        more = f" ({'; '.join(self.damage)})" if len(self.damage) > 1 else ""
        return f"{self.path.name}: {self.seconds:.1f} s recovered, {lost}{more}"


def _is_unfinished(path: Path) -> bool:
    return path.name.endswith(take.UNFINISHED)


def unfinished_takes(folder: Path) -> list[Path]:
    """Takes under ``folder`` that nobody is writing and that were never finished."""
    found = sorted(folder.glob(f"*{take.UNFINISHED}"))
    return [path for path in found if not is_being_written(path)]


def recover_all(folder: Path, tell: Callable[[str], None]) -> list[Salvage]:
    """Recover every unfinished take under ``folder``, telling one sentence about each."""
    done: list[Salvage] = []
    for path in unfinished_takes(folder):
        try:
            done.append(recover(path))
        except (RecordingError, OSError) as error:
            tell(f"{path.name} could not be recovered: {error}")
        else:
            tell(done[-1].sentence())
    return done


def recover(source: Path) -> Salvage:
    """Write what is sound in ``source`` into a finished take.

    A ``.mcap.part`` becomes the take of its name and is removed once that is durable. A finished but damaged
    ``X.mcap`` stays as it is, and ``X.recovered.mcap`` appears beside it.

    Raises:
        RecordingError: ``source`` is not there, is being written, or the disk refuses.
    """
    if not source.is_file():
        raise RecordingError(f"{source} does not exist; see `understudy takes list`")
    if is_being_written(source):
        raise RecordingError(f"{source} is being recorded right now; stop the recording first")
    is_part = _is_unfinished(source)
    target = source.with_name(
        take.take_id(source) + (take.FINISHED if is_part else f".recovered{take.FINISHED}")
    )
    unfinished = target.with_name(target.name + _RECOVERING)
    for leftover in (unfinished, reserve_path(unfinished)):
        leftover.unlink(missing_ok=True)
    salvage = Salvage(source)
    copied = _Copy(unfinished)
    try:
        copied.all_of(source, salvage)
        if copied.ledger.messages:
            _publish(copied, target, salvage)
    finally:
        copied.discard()
    if is_part:
        _put_away(source, salvage)
    return salvage


def _publish(copied: "_Copy", target: Path, salvage: Salvage) -> None:
    mark_ns = newest_mark_ns(salvage.source)
    salvage.seconds = copied.seconds
    if mark_ns:
        salvage.lost_ms = max(0, mark_ns - copied.newest_log_ns) / NS_PER_MS
    salvage.path = target
    manifest = copied.finish(target, salvage)
    take.save_manifest(manifest, target)
    sync_folder(target.parent)


def _put_away(source: Path, salvage: Salvage) -> None:
    """The unfinished file has become a take, or holds nothing: out of the way with it."""
    if salvage.path is None:
        trash = source.parent / take.TRASH
        trash.mkdir(exist_ok=True)
        source.replace(trash / source.name)
    else:
        source.unlink()
    reserve_path(source).unlink(missing_ok=True)


class _Copy:
    """The new file, and what was counted on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ledger, self.remarks = Ledger(), Remarks()
        self.episode = Episode()
        self.newest_log_ns = 0
        self._offset_ns = 0
        self._channels: dict[int, tuple[int, str]] = {}
        self._schemas: dict[int, int] = {}
        self._file = DurableFile(path)
        self._mcap: Any = Writer(
            cast(Any, self._file), chunk_size=_CHUNK_BYTES, compression=CompressionType.LZ4
        )
        self._mcap.start(profile="", library=LIBRARY)

    def all_of(self, source: Path, salvage: Salvage) -> None:
        for record in scan.scan(source):
            match record:
                case scan.Message():
                    self._message(record)
                case scan.Schema():
                    self._schemas[record.id] = self._mcap.register_schema(
                        record.name, record.encoding, record.descriptors
                    )
                case scan.Channel():
                    self._channel(record)
                case scan.Metadata():
                    self._metadata(record)
                case scan.Attachment():
                    self._mcap.flush()
                    self._mcap.add_attachment(0, 0, record.name, record.media_type, record.content)
                case scan.Damage():
                    salvage.damage.append(record.text)

    def _channel(self, record: scan.Channel) -> None:
        if record.id not in self._channels and record.schema_id in self._schemas:
            number = self._mcap.register_channel(
                record.topic, record.message_encoding, self._schemas[record.schema_id], record.metadata
            )
            self._channels[record.id] = (number, record.topic)

    def _message(self, record: scan.Message) -> None:
        if record.channel_id not in self._channels:
            return
        number, name = self._channels[record.channel_id]
        self._mcap.add_message(number, record.log_ns, record.payload, record.publish_ns, record.sequence)
        self.ledger.note(name, record.sequence)
        self.remarks.note(
            Heard(
                name,
                record.sequence,
                record.publish_ns - self._offset_ns,
                record.log_ns - self._offset_ns,
                record.payload,
            )
        )
        self.newest_log_ns = max(self.newest_log_ns, record.log_ns)

    def _metadata(self, record: scan.Metadata) -> None:
        if record.name in (take.COUNTS, take.END):
            return  # written anew: they told of what the whole file held
        if record.name == take.EPISODE:
            with contextlib.suppress(RecordingError):
                self.episode = take.from_metadata(record.values)
                self.remarks = Remarks(of_person=self.episode.shows == take.PERSON)
        if record.name == take.CLOCK:
            self._offset_ns = int(record.values["wall_offset_ns"])
        self._mcap.flush()
        self._mcap.add_metadata(record.name, record.values)

    @property
    def seconds(self) -> float:
        return max(0.0, (self.newest_log_ns - self.episode.started_utc_ns) / NS_PER_S)

    def finish(self, target: Path, salvage: Salvage) -> Manifest:
        self._mcap.flush()
        self._mcap.add_metadata(take.COUNTS, self.ledger.as_metadata())
        self._mcap.add_metadata(take.END, {"reason": "recovered", "seconds": f"{self.seconds:.6f}"})
        self._mcap.finish()
        sha256 = self._file.close()
        check_summary(self.path, self.ledger)
        self.path.replace(target)
        return make_manifest(
            self.episode,
            target,
            sha256,
            self.ledger,
            self.remarks,
            seconds=self.seconds,
            ended="the recorder was interrupted",
            recovered=salvage.sentence(),
        )

    def discard(self) -> None:
        """Leave nothing behind if it did not become a take."""
        self._file.abandon()
        self.path.unlink(missing_ok=True)
        reserve_path(self.path).unlink(missing_ok=True)
