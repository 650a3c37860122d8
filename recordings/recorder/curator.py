"""Keeps the marks of takes and the queue of tasks in step: a good take brings its task one further."""

import logging
from pathlib import Path
from typing import Any

from recordings.checking.quality import in_words
from recordings.shift.rating import GOOD, rate
from recordings.shift.task_queue import TaskQueue, find_file, good_takes, load_tasks
from recordings.take import Manifest, load_manifest
from twin.errors import RecordingError
from twin.wire.messages import Reply

log = logging.getLogger(__name__)


class Curator:
    """For one folder of takes. A file of tasks that cannot be used is told of, and takes are recorded without it."""

    def __init__(self, folder: Path) -> None:
        """Read the tasks there are, and how far each is."""
        self.fault = ""
        self.queue = TaskQueue()
        path = find_file(folder)
        if path is None:
            return
        try:
            self.queue = TaskQueue(load_tasks(path), good_takes(folder))
        except RecordingError as error:
            self.fault = str(error)
            log.error("%s", error)

    def named_by_queue(self, wishes: dict[str, str]) -> dict[str, str]:
        """``wishes`` of a take, with the task of the queue where none is asked for."""
        task = self.queue.current
        return wishes if wishes.get("task") or task is None else wishes | {"task": task.instruction}

    def step(self, by: int) -> Reply:
        """To the next or previous task."""
        if not self.queue.tasks:
            return Reply(reason=self.fault or "there is no queue of tasks; write tasks.toml beside the takes")
        before = self.queue.place
        self.queue.step(by)
        task = self.queue.current
        assert task is not None
        if self.queue.place == before:
            return Reply(reason=f"this is the {'last' if by > 0 else 'first'} task: {task.instruction}")
        return Reply(accepted=True, reason=f"next: {task.instruction}")

    def mark(self, path: Path, rating: str, reason: str) -> tuple[Manifest, str]:
        """Mark the finished take ``path``; returns its manifest and one sentence.

        Raises:
            RecordingError: there is no such mark, or the take cannot have one.
        """
        before = load_manifest(path)
        after = rate(path, rating, reason)
        said = f"is marked {after.rating}" if after.rating else "is no longer marked"
        moved = self._count(after.task, before.rating if before else "", after.rating)
        return after, f"take {after.take[-6:]} {said}{moved}"

    def on_discarded(self, manifest: Manifest | None) -> None:
        """A take went to the trash; it does not count any more."""
        if manifest:
            self._count(manifest.task, manifest.rating, "")

    def on_restored(self, path: Path) -> None:
        """A take came back."""
        manifest = load_manifest(path)
        if manifest:
            self._count(manifest.task, "", manifest.rating)

    def _count(self, task: str, before: str, after: str) -> str:
        """Count a change of mark; returns what to add to a sentence."""
        change = int(after == GOOD) - int(before == GOOD)
        if not change or not self.queue.tasks:
            return ""
        moved = self.queue.count(task, change)
        if self.queue.is_finished:
            return "; all tasks have their takes"
        return f"; next: {self.queue.current.instruction}" if moved and self.queue.current else ""

    def status_fields(self, last: Manifest | None) -> dict[str, Any]:
        """What ``RecorderStatus`` says about the last finished take and the queue."""
        found: dict[str, Any] = {"queue_fault": self.fault}
        queue, task = self.queue, self.queue.current
        if task:
            found |= {
                "queue_task": task.instruction,
                "queue_place": queue.place + 1,
                "queue_length": len(queue.tasks),
                "queue_done": queue.done,
                "queue_target": task.target,
                "queue_reset": task.reset,
                "queue_time_limit_s": task.time_limit_s or 0.0,
            }
        if last:
            found |= {
                "rated_take": last.take,
                "rating": last.rating,
                "rating_reason": last.rating_reason,
                "quality": in_words(last.quality) if last.quality else (),
                "hand_jerk_m_s3": (last.quality.jerk_m_s3 if last.quality else None) or 0.0,
                "suggestion": last.suggestion.word if last.suggestion else "",
                "suggestion_reason": last.suggestion.reason if last.suggestion else "",
                **_part_fields(last),
            }
        return found


def _part_fields(last: Manifest) -> dict[str, float]:
    driven = (last.quality.driven_span_s if last.quality else None) or (0.0, 0.0)
    return {
        "rated_seconds": last.seconds,
        "part_from_s": last.part.from_s if last.part else 0.0,
        "part_to_s": last.part.to_s if last.part else last.seconds,
        "driven_from_s": driven[0],
        "driven_to_s": driven[1],
    }
