"""What the recorder does with what it hears and is asked. Knows nothing of sockets; its loop is in run_recorder."""

import logging
import queue
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from recordings.checking.recover import recover_all
from recordings.recorder.black_box import BlackBox
from recordings.recorder.curator import Curator
from recordings.recorder.disk import Room, SpaceLimits
from recordings.recorder.finished_takes import ANSWER_WITHIN_S, FinishedTakes
from recordings.recorder.known_topics import KnownTopics
from recordings.recorder.open_take import OpenTake
from recordings.recorder.presence import Presence
from recordings.recorder.space_watch import SpaceWatch
from recordings.recorder.standing import Standing
from recordings.recorder.take_order import make_order
from recordings.shift.rating import GOOD
from twin.errors import RecordingError
from twin.station import Station
from twin.wire.arrivals import Arrivals
from twin.wire.ask import arguments, named
from twin.wire.bus import Heard
from twin.wire.messages import RecorderStatus, Reply, Request

log = logging.getLogger(__name__)


class Recorder:
    """At most one open take, and the takes before it that are still being saved."""

    def __init__(
        self, station: Station, folder: Path, limits: SpaceLimits, joint_groups: dict[str, tuple[int, ...]]
    ) -> None:
        """Recover what an earlier recorder left unfinished, in the background.

        Args:
            station: whose recorder this is.
            folder: where takes go; made if it is not there.
            limits: how much of the disk must stay free.
            joint_groups: names of groups of joints, for the takes' description.

        Raises:
            RecordingError: the folder cannot be used.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(
                f"takes cannot go to {folder} ({error.strerror}); choose another folder with `takes_folder` "
                "in the settings or --takes"
            ) from error
        self._station, self._folder = station, folder
        self._joint_groups = joint_groups
        self._standing, self._topics = Standing(), KnownTopics()
        self._presence = Presence(self._standing, station.demonstration)
        self._space = SpaceWatch(folder, limits)
        self._curator = Curator(folder)
        self._open: OpenTake | None = None
        self._finished = FinishedTakes(folder, self._curator)
        self._black_box = BlackBox(folder)
        self.arrivals = Arrivals()  # of the listener whose messages are heard
        self._note, self._refused = "", False
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._recovering = threading.Thread(
            target=lambda: [recover_all(each, self._told.put) for each in (folder, self._black_box.folder)],
            name="recovery",
            daemon=True,
        )
        self._recovering.start()

    # --- hearing ---

    def hear(self, batch: Sequence[Heard]) -> None:
        """Remember what stands, and write all of it if a take is open."""
        known = [heard for heard in batch if heard.topic in self._topics]
        for heard in known:
            self._standing.note(heard)
            self._space.heard(len(heard.payload))
            self._presence.hear(heard)
        if self._open:
            self._open.put(known)
        self._black_box.hear(known)

    def look_after(self, at_ns: int) -> None:
        """Once in a while: the disk, takes that were saved meanwhile, news from the recovery."""
        while not self._told.empty():
            self._note = self._told.get()
            log.warning("%s", self._note)
        self._look_at_disk(at_ns)
        if self._open:
            self._open.keep_up(at_ns)
            if self._open.trouble:
                self._end(self._open.trouble, at_ns)
        self._collect_saved()
        self._look_at_incident(at_ns)

    def _look_at_incident(self, at_ns: int) -> None:
        """Keep what came before a fall or a fault, whether a take is open or not."""
        box = self._black_box
        try:
            if box.incident and self._standing.newest("robot.identity"):
                wishes = {"task": box.take_incident()}
                self._space.check()
                box.begin(
                    make_order(self._station, self._folder, self._standing, wishes, at_ns, self._joint_groups)
                )
            told = box.look_after(at_ns)
        except RecordingError as error:
            told = str(error)
        if told:
            self._note = told
            log.warning("%s", told)

    def _look_at_disk(self, at_ns: int) -> None:
        found = self._space.look(at_ns)
        if found is None or not self._open:
            return
        room, sentence = found
        if room is Room.ENDING:
            self._end(sentence, at_ns)
        elif sentence:
            self._note = sentence

    def _collect_saved(self) -> None:
        self._finished.collect()
        if self._finished.note:
            self._note, self._finished.note = self._finished.note, ""

    # --- being asked ---

    def answer(self, request: Request, at_ns: int) -> Reply:
        """Do what is asked, or say why not."""
        try:
            match request.action:
                case "record.start":
                    return self._start(named(request.arguments), at_ns)
                case "record.stop":
                    return self._stop(at_ns)
                case "record.discard":
                    return self._discard(at_ns)
                case "record.restore":
                    return self._told_of(self._finished.restore())
                case "record.redo":
                    return self._redo(named(request.arguments), at_ns)
                case "take.mark":
                    return self._told_of(self._finished.mark(named(request.arguments)))
                case "take.trim":
                    return self._told_of(self._finished.trim(named(request.arguments)))
                case "queue.next" | "queue.previous":
                    return self._curator.step(1 if request.action == "queue.next" else -1)
        except RecordingError as error:
            self._note, self._refused = str(error), True
            log.warning("%s", error)
            return Reply(reason=str(error))
        return Reply(reason=f"the recorder does not know {request.action!r}")

    def _told_of(self, reply: Reply) -> Reply:
        """``reply``, and what it is about as the note; once something was done, an old refusal is over."""
        self._collect_saved()
        self._refused = self._refused and not reply.accepted
        return reply

    def _start(self, wishes: dict[str, str], at_ns: int) -> Reply:
        if self._open:
            return Reply(reason="a take is already being recorded; stop or discard it first")
        self._check_can_start(at_ns)
        wishes = self._curator.named_by_queue(wishes)
        order = make_order(
            self._station, self._folder, self._standing, wishes, at_ns, joint_groups=self._joint_groups
        )
        self._open = OpenTake(order, self.arrivals)
        self._note, self._refused = "", False
        log.info(
            "take %s begins: %s", self._open.order.episode.take, self._open.order.episode.task or "no task"
        )
        return Reply(
            accepted=True,
            reason="recording",
            results=arguments({"take": self._open.order.episode.take, "path": self._open.path}),
        )

    def _check_can_start(self, at_ns: int) -> None:
        """Somebody is heard, and the disk has room."""
        self._presence.require(at_ns)
        self._space.check()

    def _stop(self, at_ns: int) -> Reply:
        if not self._open:
            return Reply(reason="no take is being recorded")
        ended = self._end("stopped by the operator", at_ns)
        ended.wait_saved(ANSWER_WITHIN_S)
        self._collect_saved()
        if ended.is_saved and ended.manifest is None:
            raise RecordingError(ended.trouble)
        return Reply(
            accepted=True,
            reason="saved" if ended.is_saved else "saving",
            results=arguments(
                {
                    "take": ended.order.episode.take,
                    "path": ended.path,
                    "seconds": f"{ended.seconds:.3f}",
                    "messages": ended.ledger.messages,
                    "lost": ended.ledger.lost,
                    "saved": ended.is_saved,
                }
            ),
        )

    def _end(self, reason: str, at_ns: int) -> OpenTake:
        ended = self._open
        assert ended is not None
        self._open = None
        self._finished.add(ended)
        ended.end(reason, at_ns)
        if reason != "stopped by the operator":
            self._note = reason
            log.warning("%s", reason)
        return ended

    def _discard(self, at_ns: int) -> Reply:
        if self._open:
            self._end("discarded by the operator", at_ns)
        return self._told_of(self._finished.discard())

    def _redo(self, wishes: dict[str, str], at_ns: int) -> Reply:
        """Begin again at once with the same task; what was, goes to the trash as soon as it is saved."""
        finished = self._finished
        before = finished.last
        again = self._open or before
        if again is not None and again.manifest and again.manifest.rating == GOOD:
            return Reply(reason="the last take is marked good: record the next one, or discard it first")
        self._check_can_start(at_ns)
        if again is None:
            return self._start(wishes, at_ns)
        wishes = {"task": again.order.episode.task, "operator": again.order.episode.operator} | wishes
        if again is self._open:
            self._end("done again by the operator", at_ns)
            finished.last = before
        else:
            finished.last = None
        finished.discard_once_saved(again)
        self._collect_saved()
        return self._start(wishes, at_ns)

    def close(self, at_ns: int) -> None:
        """Save what is open, because the recorder ends."""
        if self._open:
            self._end("the recorder ended", at_ns)
        self._black_box.close(at_ns)
        self._finished.wait(timeout_s=10)

    # --- telling ---

    def status(self) -> RecorderStatus:
        """How things are now."""
        finished = self._finished
        shown = self._open or finished.last
        phase = "recording" if self._open else "saving" if finished.is_saving else "idle"
        if self._refused and phase == "idle":
            phase = "refused"
        about = RecorderStatus(
            phase=phase,
            bytes_free=self._space.free,
            takes_saved=finished.saved,
            note=self._note,
            **self._curator.status_fields(finished.last.manifest if finished.last else None),
        )
        if shown is None:
            return about
        saved_ms = (shown.saved_ns - shown.ended_ns) / 1e6 if shown.saved_ns and shown.ended_ns else 0.0
        return msgspec.structs.replace(
            about,
            take=shown.order.episode.take,
            path=str(shown.path),
            task=shown.order.episode.task,
            seconds=shown.seconds,
            messages=shown.ledger.messages,
            lost=shown.ledger.lost,
            video_frames=sum(shown.video_frames.values()),
            bytes_written=shown.bytes_written,
            stop_to_saved_ms=saved_ms,
        )
