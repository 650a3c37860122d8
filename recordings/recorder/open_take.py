"""The take that is being written: a thread that takes messages from the backlog to the disk."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from recordings import take
from recordings.checking.quality import Quality, Suggestion, suggest
from recordings.checking.summary import check_summary
from recordings.recorder.backlog import Backlog
from recordings.recorder.durable_file import sync_folder
from recordings.recorder.ledger import Ledger
from recordings.recorder.quality_gauge import QualityGauge
from recordings.recorder.remarks import Remarks
from recordings.recorder.take_writer import TakeWriter
from recordings.take import Episode, Manifest
from twin.errors import RecordingError
from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns, wall_offset_ns

_CHUNK_CLOSES_AFTER_NS = 200 * NS_PER_MS  # with what is handed over and the writer may be late, below 250 ms
# What is heard is handed to the writer in handfuls: to wake its thread costs more than what it writes of five.
_HANDED_OVER_AFTER_NS = 25 * NS_PER_MS


@dataclass(frozen=True, kw_only=True)
class TakeOrder:
    """What a new take starts with."""

    folder: Path
    episode: Episode
    wall_offset_ns: int
    started_ns: int  # monotonic
    attachments: Sequence[tuple[str, str, bytes]] = field(default=())  # name, media type, content
    preamble: Sequence[Heard] = field(default=())  # what was said before and still holds
    camera_hz: float = 0.0  # what the cameras should give; 0: not known


class OpenTake:
    """One take from its first byte to its manifest. ``put``, then ``end``; everything else happens by itself."""

    def __init__(self, order: TakeOrder, arrivals: Arrivals | None = None) -> None:
        """Create the file and begin to write; ``arrivals`` count for the listener from which messages come.

        Raises:
            RecordingError: the folder or the disk does not allow it.
        """
        self.order = order
        self.path = order.folder / f"{order.episode.take}{take.FINISHED}"
        self.manifest: Manifest | None = None  # once it is saved
        self.trouble = ""  # why it had to end, or could not be saved
        self.ended_ns = 0
        self.saved_ns = 0
        self.bytes_written = 0
        self.newest_ns = order.started_ns
        self.ledger = Ledger()
        self._arrivals = arrivals or Arrivals()
        self._arrived_before = self._arrivals.copy()
        self._reason = ""
        self._remarks = Remarks(of_person=order.episode.shows == take.PERSON)
        self._gauge = QualityGauge(order.started_ns)
        self._heard: list[Heard] = []  # and not handed over yet
        self._backlog = Backlog()
        self._writer = TakeWriter(self.unfinished, order.wall_offset_ns, order.episode.joint_names)
        self._chunk_opened_ns = 0
        self._thread = threading.Thread(target=self._run, name="take", daemon=True)
        self._thread.start()

    @property
    def unfinished(self) -> Path:
        """The file while it is being written."""
        return self.path.with_name(self.path.name + ".part")

    @property
    def video_frames(self) -> dict[str, int]:
        """Pictures written so far, per camera."""
        return {
            name.removeprefix("camera."): count.messages
            for name, count in list(self.ledger.topics.items())
            if name.startswith("camera.")
        }

    @property
    def is_saved(self) -> bool:
        """Whether the thread is through, well or badly."""
        return not self._thread.is_alive()

    def put(self, batch: Sequence[Heard]) -> None:
        """Write these messages soon."""
        self._heard += batch
        if batch:
            self.keep_up(batch[-1].received_ns)

    def keep_up(self, at_ns: int) -> None:
        """Hand over what has waited long enough, though nothing new may have come."""
        if self._heard and at_ns - self._heard[0].received_ns >= _HANDED_OVER_AFTER_NS:
            self._hand_over()

    def _hand_over(self) -> None:
        self._backlog.put(self._heard)
        self._heard = []

    def end(self, reason: str, at_ns: int) -> None:
        """No more messages come: finish the file in the background."""
        self._reason, self.ended_ns = reason, at_ns
        self._hand_over()
        self._backlog.close()

    def wait_saved(self, timeout_s: float) -> bool:
        """Wait until it is saved, well or badly; False if that takes longer."""
        self._thread.join(timeout_s)
        return self.is_saved

    def _run(self) -> None:
        try:
            self._begin()
            self._write_all()
            self._finish()
        except (RecordingError, OSError) as error:
            # The take ends here, the recorder goes on: its loop shows this text and can begin another take.
            self.trouble = str(error)
            self._writer.file.abandon()
        self.saved_ns = now_ns()

    def _begin(self) -> None:
        order = self.order
        self._writer.note(
            take.CLOCK, {"wall_offset_ns": str(order.wall_offset_ns), "clock": "CLOCK_MONOTONIC"}
        )
        self._writer.note(take.EPISODE, take.as_metadata(order.episode))
        for name, media_type, content in order.attachments:
            self._writer.attach(name, media_type, content, order.started_ns)
        for heard in order.preamble:
            self._write(heard)
        self._writer.flush()

    def _write_all(self) -> None:
        wait_s = _CHUNK_CLOSES_AFTER_NS / NS_PER_S
        while (batch := self._backlog.get(wait_s)) is not None:
            written, dropped = batch
            if written:
                # Before writing, so that after a crash the mark tells what was lost.
                self._writer.file.mark(written[-1].received_ns + self.order.wall_offset_ns)
            for heard in written:
                self._write(heard)
            for heard in dropped:
                self.ledger.note_dropped(heard.topic, heard.seq)
            self._close_chunk_in_time()

    def _write(self, heard: Heard) -> None:
        if not self._chunk_opened_ns:
            self._chunk_opened_ns = heard.received_ns
        self._writer.add(heard)
        self.ledger.note(heard.topic, heard.seq)
        self._remarks.note(heard)
        self._gauge.note(heard)
        self.newest_ns = max(self.newest_ns, heard.received_ns)

    def _close_chunk_in_time(self) -> None:
        if self._chunk_opened_ns and now_ns() - self._chunk_opened_ns >= _CHUNK_CLOSES_AFTER_NS:
            self._writer.flush()
            self._chunk_opened_ns = 0
        self.bytes_written = self._writer.file.tell()
        self.trouble = self.trouble or self._writer.file.trouble

    def _finish(self) -> None:
        order = self.order
        self.ledger.note_arrivals(self._arrived_before, self._arrivals)
        self._writer.note(take.COUNTS, self.ledger.as_metadata())
        self._writer.note(
            take.END,
            {
                "reason": self._reason,
                "ended_ns": str(self.ended_ns),
                "wall_offset_at_end_ns": str(wall_offset_ns()),
                "seconds": f"{self.seconds:.6f}",
            },
        )
        sha256 = self._writer.finish()
        self.bytes_written = self.unfinished.stat().st_size
        check_summary(self.unfinished, self.ledger)
        self.unfinished.replace(self.path)
        quality = None
        if order.episode.shows != take.PERSON:  # its figures are those of driving a robot
            quality = self._gauge.quality(self.ended_ns, self.ledger.lost, self.ledger.messages)
        manifest = make_manifest(
            order.episode,
            self.path,
            sha256,
            self.ledger,
            self._remarks,
            seconds=self.seconds,
            ended=self._reason,
            quality=quality,
            wanted_camera_hz=order.camera_hz,
        )
        take.save_manifest(manifest, self.path)
        sync_folder(order.folder)
        self.manifest = manifest

    @property
    def seconds(self) -> float:
        """How long it has been recording."""
        end_ns = self.ended_ns or self.newest_ns
        return max(0, end_ns - self.order.started_ns) / NS_PER_S


def make_manifest(
    episode: Episode,
    path: Path,
    sha256: str,
    ledger: Ledger,
    remarks: Remarks,
    *,
    seconds: float,
    ended: str,
    recovered: str = "",
    quality: Quality | None = None,
    wanted_camera_hz: float = 0.0,
) -> Manifest:
    """The manifest of the finished take ``path``."""
    topics = dict(sorted(ledger.topics.items()))
    return Manifest(
        take=episode.take,
        file=path.name,
        sha256=sha256,
        bytes=path.stat().st_size,
        started_utc_ns=episode.started_utc_ns,
        seconds=round(seconds, 3),
        messages=ledger.messages,
        lost=ledger.lost,
        task=episode.task,
        operator=episode.operator,
        robot=episode.robot,
        revision=episode.revision,
        model_hash=episode.model_hash,
        joints=len(episode.joint_names),
        scene=episode.scene,
        seed=episode.seed,
        simulated=episode.simulated,
        video_frames={
            name.removeprefix("camera."): count.messages
            for name, count in topics.items()
            if name.startswith("camera.")
        },
        topics=topics,
        ended=ended,
        task_succeeded=remarks.task_succeeded,
        recovered=recovered,
        marks=remarks.marks(),
        quality=quality,
        suggestion=_suggestion(quality, remarks, wanted_camera_hz),
        shows=episode.shows,
        retargeted_from=episode.retargeted_from,
        retargeted_from_sha256=episode.retargeted_from_sha256,
        wanted_camera_hz=wanted_camera_hz,
    )


def _suggestion(quality: Quality | None, remarks: Remarks, wanted_camera_hz: float) -> Suggestion | None:
    if quality is None:
        return None
    return suggest(
        quality,
        stops=sorted(remarks.stop_levels),
        succeeded=remarks.task_succeeded,
        wanted_camera_hz=wanted_camera_hz,
    )
