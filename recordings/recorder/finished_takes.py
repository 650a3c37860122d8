"""The takes that were ended: saved in the background, marked, discarded, brought back."""

import logging
from pathlib import Path

from recordings import take
from recordings.catalog import find
from recordings.recorder.curator import Curator
from recordings.recorder.open_take import OpenTake
from recordings.recorder.trash import put_in_trash, take_from_trash
from recordings.recorder.trimmer import Trimmer
from twin.errors import RecordingError
from twin.wire.ask import arguments
from twin.wire.messages import Reply

ANSWER_WITHIN_S = 1.5  # who asked is not kept waiting for longer

log = logging.getLogger(__name__)


class FinishedTakes:
    """Of one folder, since the recorder started."""

    def __init__(self, folder: Path, curator: Curator) -> None:
        self.last: OpenTake | None = None  # what is marked or discarded unless another is named
        self.saved = 0
        self.note = ""  # what became of one, for the person; whoever reads it clears it
        self._folder, self._curator = folder, curator
        self._saving: list[OpenTake] = []
        self._redone: list[OpenTake] = []  # to be discarded once they are saved
        self._discarded: Path | None = None
        self._trimmer = Trimmer()

    @property
    def is_saving(self) -> bool:
        """Whether any is not on the disk yet."""
        return bool(self._saving)

    def add(self, ended: OpenTake) -> None:
        """Follow one that has just ended."""
        self.last = ended
        self._saving.append(ended)

    def collect(self) -> None:
        """See what was saved or trimmed meanwhile."""
        self._collect_trimmed()
        for finished in [each for each in self._saving if each.is_saved]:
            self._saving.remove(finished)
            if finished.manifest is None:
                self.note = finished.trouble or f"{finished.unfinished} was not finished; recover it"
                log.error("%s", self.note)
            elif finished in self._redone:
                self._throw_away_redone(finished)
            else:
                self.saved += 1
                told = finished.manifest
                sentence = "take %s saved: %.1f s, %d messages, %d lost"
                log.info(sentence, told.take, told.seconds, told.messages, told.lost)

    def wait(self, timeout_s: float) -> None:
        """Give all of them time to be saved."""
        for each in list(self._saving):
            each.wait_saved(timeout_s)
        self._trimmer.wait()
        self.collect()

    def discard(self) -> Reply:
        """Move the last one into the trash.

        Raises:
            RecordingError: the file cannot be moved.
        """
        if self.last is None:
            return Reply(reason="there is no take to discard")
        if not self.last.wait_saved(ANSWER_WITHIN_S):
            return Reply(reason="the take is still being saved; discard it again in a moment")
        self.collect()
        self._throw_away(self.last)
        return Reply(accepted=True, reason=self.note, results=arguments({"path": self._discarded}))

    def restore(self) -> Reply:
        """Bring back what was discarded last.

        Raises:
            RecordingError: it is not there any more, or cannot be moved.
        """
        if self._discarded is None:
            return Reply(reason="nothing was discarded since the recorder started")
        restored, self._discarded = take_from_trash(self._discarded), None
        self._curator.on_restored(restored)
        self.note = f"take {take.take_id(restored)} restored"
        return Reply(accepted=True, reason=self.note, results=arguments({"path": restored}))

    def discard_once_saved(self, redone: OpenTake) -> None:
        """The person does it again: what was goes to the trash as soon as it is saved."""
        self._redone.append(redone)
        if redone not in self._saving:
            self._throw_away_redone(redone)

    def mark(self, values: dict[str, str]) -> Reply:
        """Mark the take that is named, else the one that was finished last.

        Raises:
            RecordingError: there is no such take or mark.
        """
        path, last = self._meant(values), self.last
        manifest, self.note = self._curator.mark(path, values.get("rating", ""), values.get("reason", ""))
        if last and last.path == path:
            last.manifest = manifest
        return Reply(accepted=True, reason=self.note, results=arguments({"take": manifest.take}))

    def trim(self, values: dict[str, str]) -> Reply:
        """Let a part of the take that is named, else of the one that was finished last, count; told once it does.

        Raises:
            RecordingError: there is no such take, or the request cannot be understood.
        """
        path = self._meant(values)
        self._trimmer.begin(path, values)
        return Reply(
            accepted=True, reason="measuring the part", results=arguments({"take": take.take_id(path)})
        )

    def _collect_trimmed(self) -> None:
        try:
            trimmed = self._trimmer.collect()
        except RecordingError as error:
            self.note = str(error)
            log.warning("%s", error)
            return
        if trimmed is None:
            return
        path, manifest = trimmed
        if self.last and self.last.path == path:
            self.last.manifest = manifest
        counts = (
            f"{manifest.part.from_s:g} to {manifest.part.to_s:g} s count"
            if manifest.part
            else "all of it counts"
        )
        self.note = f"take {manifest.take[-6:]}: {counts}"
        log.info("%s", self.note)

    def _meant(self, values: dict[str, str]) -> Path:
        """The take that is named, else the one that was finished last.

        Raises:
            RecordingError: there is none.
        """
        if self.last and not self.last.wait_saved(ANSWER_WITHIN_S):
            raise RecordingError("the take is still being saved; ask again in a moment")
        self.collect()
        if name := values.get("take"):
            return find(name, self._folder)
        if self.last is None:
            raise RecordingError("no take was finished since the recorder started; name the one you mean")
        return self.last.path

    def _throw_away(self, finished: OpenTake) -> None:
        if finished in self._redone:
            self._redone.remove(finished)
        self._curator.on_discarded(finished.manifest)
        self._discarded = put_in_trash(finished.path)
        self.note = f"take {finished.order.episode.take} discarded; it can be restored"
        if self.last is finished:
            self.last = None

    def _throw_away_redone(self, finished: OpenTake) -> None:
        try:
            self._throw_away(finished)
        except RecordingError as error:  # nobody waits for an answer any more
            self.note = str(error)
            log.error("%s", error)
