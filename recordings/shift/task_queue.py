"""The tasks of a shift, in their order: what to show the robot, how often, and how to lay the table again.

They stand in ``tasks.toml`` in the folder of takes, else in the user's configuration folder. How far each one is
is not written anywhere: it is the number of takes marked good with the task's instruction.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
import tomlkit
from msgspec import Meta
from tomlkit.exceptions import TOMLKitError

from recordings.catalog import takes_in
from recordings.shift.rating import GOOD
from twin import places
from twin.errors import RecordingError
from twin.file_faults import in_words, unknown_key

FILE_NAME = "tasks.toml"

Text = Annotated[str, Meta(min_length=1)]


class Task(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[[task]]`` of the file; the names are its keys."""

    instruction: Text  # what the takes are called, e.g. "put the cup on the shelf"
    target: Annotated[int, Meta(ge=1)] = 10  # so many good takes
    reset: tuple[Text, ...] = ()  # what to lay out again before each take
    time_limit_s: Annotated[float, Meta(gt=0)] | None = None  # what a take should take at most


def find_file(folder: Path) -> Path | None:
    """The file that counts for the takes in ``folder``; None if there is none."""
    candidates = (folder / FILE_NAME, places.config_folder() / FILE_NAME)
    return next((path for path in candidates if path.is_file()), None)


def load_tasks(path: Path) -> tuple[Task, ...]:
    """The tasks in the file ``path``.

    Raises:
        RecordingError: it cannot be read, or a key is wrong; names the task and the key.
    """
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from error
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path} is not valid TOML: {error}") from error
    for key in document:
        if key != "task":
            raise RecordingError(f"{path}: unknown key {key!r}; the file consists of [[task]] tables")
    rows = document.get("task", [])
    if not isinstance(rows, list):
        raise RecordingError(f"{path}: write [[task]] with two brackets: there can be several")
    tasks = tuple(_task(path, number, row) for number, row in enumerate(rows, 1))
    names = [task.instruction for task in tasks]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise RecordingError(
                f"{path}: two tasks have the instruction {name!r}; takes are counted by it, so make them differ"
            )
    return tasks


def _task(path: Path, number: int, row: Any) -> Task:
    known = Task.__struct_fields__
    for key in row if isinstance(row, dict) else ():
        if key not in known:
            raise RecordingError(unknown_key(f"{path}: task {number}", key, known))
    try:
        return msgspec.convert(row, Task)
    except msgspec.ValidationError as error:
        raise RecordingError(f"{path}: task {number}: {in_words(error)}") from error


def good_takes(folder: Path) -> dict[str, int]:
    """How many takes in ``folder`` are marked good, per task."""
    counts: dict[str, int] = {}
    for entry in takes_in(folder):
        if entry.manifest and entry.manifest.rating == GOOD:
            counts[entry.manifest.task] = counts.get(entry.manifest.task, 0) + 1
    return counts


@dataclass
class TaskQueue:
    """Tasks in their order, and which one is being worked on."""

    tasks: tuple[Task, ...] = ()
    good: dict[str, int] = field(default_factory=dict)  # takes per instruction
    place: int = 0  # from 0

    def __post_init__(self) -> None:
        """Begin with the first task that is not finished, or the last one."""
        self.place = self._unfinished_from(0)

    @property
    def current(self) -> Task | None:
        """The task to be shown next; None without tasks."""
        return self.tasks[self.place] if self.tasks else None

    @property
    def done(self) -> int:
        """Good takes of the current task."""
        return self.good.get(self.current.instruction, 0) if self.current else 0

    @property
    def is_finished(self) -> bool:
        """Whether every task has its takes."""
        return all(self._has_enough(place) for place in range(len(self.tasks)))

    def count(self, instruction: str, change: int) -> bool:
        """A take of this task became good (+1), or is no longer (-1); returns whether the queue moved on."""
        self.good[instruction] = max(0, self.good.get(instruction, 0) + change)
        before = self.place
        if (
            change > 0
            and self.current
            and self.current.instruction == instruction
            and self._has_enough(before)
        ):
            self.place = self._unfinished_from(before)
        return self.place != before

    def step(self, by: int) -> None:
        """Go to a neighbouring task; stays within the list."""
        if self.tasks:
            self.place = min(max(self.place + by, 0), len(self.tasks) - 1)

    def _has_enough(self, place: int) -> bool:
        task = self.tasks[place]
        return self.good.get(task.instruction, 0) >= task.target

    def _unfinished_from(self, place: int) -> int:
        """The next unfinished place from here, else the first there is; stays if all are finished."""
        count = len(self.tasks)
        around = [(place + step) % count for step in range(count)]
        return next((each for each in around if not self._has_enough(each)), place)
