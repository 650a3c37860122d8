"""What the recorder does with what it hears and is asked. Knows nothing of sockets; its loop is in run_recorder."""

import logging
import queue
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from recordings import disk, take
from recordings.black_box import BlackBox
from recordings.catalog import find
from recordings.curator import Curator
from recordings.disk import Room, SpaceLimits
from recordings.open_take import OpenTake
from recordings.rating import GOOD
from recordings.recover import recover_all
from recordings.standing import Standing
from recordings.take_order import make_order
from recordings.trash import put_in_trash, take_from_trash
from twin.errors import RecordingError, WireError
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import RecorderStatus, Reply, Request
from twin.wire.topics import topic

_ANSWER_WITHIN_S = 1.5
_SMALLEST_RATE_BYTES_S = 200_000.0
_PERSON_SILENT_NS = NS_PER_S

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
        self._station, self._folder, self._limits = station, folder, limits
        self._joint_groups = joint_groups
        self._standing = Standing()
        self._open: OpenTake | None = None
        self._saving: list[OpenTake] = []
        self._last: OpenTake | None = None
        self._discarded: Path | None = None
        self._redone: list[OpenTake] = []  # to be discarded once they are saved
        self._curator = Curator(folder)
        self._black_box = BlackBox(folder)
        self._person_heard_ns = -_PERSON_SILENT_NS  # when a headset said something last
        self._known_topics: set[str] = set()
        self._unknown_topics: set[str] = set()
        self._takes_saved = 0
        self._note, self._refused = "", False
        self._heard_bytes, self._rate_bytes_s, self._rated_ns = 0, _SMALLEST_RATE_BYTES_S, 0
        self._free = disk.free_bytes(folder)
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
        known = [heard for heard in batch if self._is_known(heard.topic)]
        for heard in known:
            self._standing.note(heard)
            self._heard_bytes += len(heard.payload)
            if heard.topic == "operator.xr":
                self._person_heard_ns = heard.received_ns
        if self._open:
            self._open.put(known)
        self._black_box.hear(known)

    def _is_known(self, name: str) -> bool:
        """Whether the topic is in the table; one that is not cannot be written, and is told once."""
        if name in self._known_topics:
            return True
        if name in self._unknown_topics:
            return False
        try:
            topic(name)
        except WireError:
            self._unknown_topics.add(name)
            log.warning("somebody speaks on %r, which is no topic of this version; it is not recorded", name)
            return False
        self._known_topics.add(name)
        return True

    def look_after(self, at_ns: int) -> None:
        """Once in a while: the disk, takes that were saved meanwhile, news from the recovery."""
        while not self._told.empty():
            self._note = self._told.get()
            log.warning("%s", self._note)
        if at_ns - self._rated_ns >= NS_PER_S:
            self._look_at_disk(at_ns)
        if self._open and self._open.trouble:
            self._end(self._open.trouble, at_ns)
        self._collect_saved()
        self._look_at_incident(at_ns)

    def _look_at_incident(self, at_ns: int) -> None:
        """Keep what came before a fall or a fault, whether a take is open or not."""
        box = self._black_box
        try:
            if box.incident and self._standing.newest("robot.identity"):
                wishes = {"task": box.take_incident()}
                self._check_room()
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
        if self._rated_ns:
            rate = self._heard_bytes * NS_PER_S / (at_ns - self._rated_ns)
            self._rate_bytes_s = max(_SMALLEST_RATE_BYTES_S, 0.7 * self._rate_bytes_s + 0.3 * rate)
        self._heard_bytes, self._rated_ns = 0, at_ns
        self._free = disk.free_bytes(self._folder)
        if not self._open:
            return
        match disk.room(self._free, self._rate_bytes_s, self._limits):
            case Room.ENDING:
                self._end(
                    f"less than {self._limits.end_minutes:g} min of disk space were left under {self._folder}; "
                    "the take was ended and saved. Free some space before the next one",
                    at_ns,
                )
            case Room.SHORT:
                self._note = (
                    f"disk space for less than {self._limits.warn_minutes:g} min is left under {self._folder}"
                )

    def _collect_saved(self) -> None:
        for finished in [each for each in self._saving if each.is_saved]:
            self._saving.remove(finished)
            if finished.manifest is None:
                self._note = finished.trouble or f"{finished.unfinished} was not finished; recover it"
                log.error("%s", self._note)
                continue
            if finished in self._redone:
                self._throw_away_redone(finished)
                continue
            self._takes_saved += 1
            log.info(
                "take %s saved: %.1f s, %d messages, %d lost",
                finished.manifest.take,
                finished.manifest.seconds,
                finished.manifest.messages,
                finished.manifest.lost,
            )

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
                    return self._restore()
                case "record.redo":
                    return self._redo(named(request.arguments), at_ns)
                case "take.mark":
                    return self._mark(named(request.arguments))
                case "queue.next" | "queue.previous":
                    return self._curator.step(1 if request.action == "queue.next" else -1)
        except RecordingError as error:
            self._note, self._refused = str(error), True
            log.warning("%s", error)
            return Reply(reason=str(error))
        return Reply(reason=f"the recorder does not know {request.action!r}")

    def _start(self, wishes: dict[str, str], at_ns: int) -> Reply:
        if self._open:
            return Reply(reason="a take is already being recorded; stop or discard it first")
        self._check_can_start(at_ns)
        wishes = self._curator.named_by_queue(wishes)
        order = make_order(
            self._station, self._folder, self._standing, wishes, at_ns, joint_groups=self._joint_groups
        )
        self._open = OpenTake(order)
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
        """A robot is heard, or a person where there is none by intent, and the disk has room."""
        if self._station.demonstration:
            if at_ns - self._person_heard_ns > _PERSON_SILENT_NS:
                raise RecordingError(
                    "no headset is heard, so there is nobody to record; link one and enter VR or pass-through first"
                )
        else:
            self._check_robot_heard(at_ns)
        self._check_room()

    def _check_robot_heard(self, at_ns: int) -> None:
        identity = self._standing.newest("robot.identity")
        if (
            identity is None
            or at_ns - identity.received_ns > topic("robot.identity").stale_after_s * NS_PER_S
        ):
            raise RecordingError("no robot is heard, so there is nothing to record; start the robot first")

    def _check_room(self) -> None:
        self._free = disk.free_bytes(self._folder)
        if refusal := disk.refusal(self._free, self._rate_bytes_s, self._limits, self._folder):
            raise RecordingError(refusal)

    def _stop(self, at_ns: int) -> Reply:
        if not self._open:
            return Reply(reason="no take is being recorded")
        ended = self._end("stopped by the operator", at_ns)
        ended.wait_saved(_ANSWER_WITHIN_S)
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
        self._open, self._last = None, ended
        self._saving.append(ended)
        ended.end(reason, at_ns)
        if reason != "stopped by the operator":
            self._note = reason
            log.warning("%s", reason)
        return ended

    def _discard(self, at_ns: int) -> Reply:
        if self._open:
            self._end("discarded by the operator", at_ns)
        if self._last is None:
            return Reply(reason="there is no take to discard")
        if not self._last.wait_saved(_ANSWER_WITHIN_S):
            return Reply(reason="the take is still being saved; discard it again in a moment")
        self._collect_saved()
        self._throw_away(self._last)
        return Reply(accepted=True, reason=self._note, results=arguments({"path": self._discarded}))

    def _throw_away(self, finished: OpenTake) -> None:
        """Move a saved take into the trash."""
        if finished in self._redone:
            self._redone.remove(finished)
        self._curator.on_discarded(finished.manifest)
        self._discarded = put_in_trash(finished.path)
        self._note = f"take {finished.order.episode.take} discarded; it can be restored"
        if self._last is finished:
            self._last = None

    def _redo(self, wishes: dict[str, str], at_ns: int) -> Reply:
        """Begin again at once with the same task; what was, goes to the trash as soon as it is saved."""
        again, finished_before = self._open or self._last, self._last
        if again is not None and again.manifest and again.manifest.rating == GOOD:
            return Reply(reason="the last take is marked good: record the next one, or discard it first")
        self._check_can_start(at_ns)
        if again is None:
            return self._start(wishes, at_ns)
        wishes = {"task": again.order.episode.task, "operator": again.order.episode.operator} | wishes
        if again is self._open:
            self._end("done again by the operator", at_ns)
            self._last = finished_before
        else:
            self._last = None
        self._redone.append(again)
        if again not in self._saving:
            self._throw_away_redone(again)
        return self._start(wishes, at_ns)

    def _throw_away_redone(self, finished: OpenTake) -> None:
        try:
            self._throw_away(finished)
        except RecordingError as error:  # nobody waits for an answer any more
            self._note = str(error)
            log.error("%s", error)

    def _mark(self, values: dict[str, str]) -> Reply:
        """Mark the take that is named, else the one that was finished last."""
        name, last = values.get("take"), self._last
        if last and not last.wait_saved(_ANSWER_WITHIN_S):
            return Reply(reason="the take is still being saved; mark it again in a moment")
        self._collect_saved()
        if not name and last is None:
            return Reply(reason="no take was finished since the recorder started; name the one you mean")
        path = find(name, self._folder) if name else self._last_path()
        manifest, sentence = self._curator.mark(path, values.get("rating", ""), values.get("reason", ""))
        if last and last.path == path:
            last.manifest = manifest
        self._note, self._refused = sentence, False
        return Reply(accepted=True, reason=sentence, results=arguments({"take": manifest.take}))

    def _last_path(self) -> Path:
        assert self._last is not None
        return self._last.path

    def _restore(self) -> Reply:
        if self._discarded is None:
            return Reply(reason="nothing was discarded since the recorder started")
        restored, self._discarded = take_from_trash(self._discarded), None
        self._curator.on_restored(restored)
        self._note = f"take {take.take_id(restored)} restored"
        return Reply(accepted=True, reason=self._note, results=arguments({"path": restored}))

    def close(self, at_ns: int) -> None:
        """Save what is open, because the recorder ends."""
        if self._open:
            self._end("the recorder ended", at_ns)
        self._black_box.close(at_ns)
        for each in list(self._saving):
            each.wait_saved(timeout_s=10)
        self._collect_saved()

    # --- telling ---

    def status(self) -> RecorderStatus:
        """How things are now."""
        shown = self._open or self._last
        phase = "recording" if self._open else "saving" if self._saving else "idle"
        if self._refused and phase == "idle":
            phase = "refused"
        about = RecorderStatus(
            phase=phase,
            bytes_free=self._free,
            takes_saved=self._takes_saved,
            note=self._note,
            **self._curator.status_fields(self._last.manifest if self._last else None),
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
