"""The takes of one folder in their order, and the one that is being read, beside the window's thread."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from app.review.tape import Tape, read_tape
from recordings.catalog import Entry, takes_in
from recordings.take import PERSON
from twin.robot import RobotSpec, find_robot, load_robot


class Loading:
    """A take that is being read, and the robot that it is of."""

    def __init__(self, path: Path) -> None:
        """Begin to read ``path``."""
        self.path = path
        self.share = 0.0  # of it that was read
        self._is_wanted = True
        reader = ThreadPoolExecutor(1, thread_name_prefix="take-reader")
        self._future: Future[tuple[Tape, RobotSpec]] = reader.submit(self._read)
        reader.shutdown(wait=False)

    def _read(self) -> tuple[Tape, RobotSpec]:
        tape = read_tape(self.path, self._tell)
        return tape, load_robot(find_robot(tape.episode.robot), tape.episode.revision)

    def _tell(self, share: float) -> bool:
        self.share = share
        return self._is_wanted

    @property
    def is_done(self) -> bool:
        """Whether ``result`` answers at once."""
        return self._future.done()

    def result(self) -> tuple[Tape, RobotSpec]:
        """The take and its robot.

        Raises:
            UnderstudyError: it cannot be shown, in a sentence.
        """
        return self._future.result()

    def give_up(self) -> None:
        """It is not wanted any more; what was read so far is dropped."""
        self._is_wanted = False


def neighbour(path: Path, ahead: int) -> Path | None:
    """The take that was recorded after ``path`` (``ahead`` 1) or before it (-1), among those that can be shown."""
    entries = _shown(path)
    place = next((number for number, entry in enumerate(entries) if entry.path == path), None)
    if place is None or not 0 <= place + ahead < len(entries):
        return None
    return entries[place + ahead].path


def next_unmarked(path: Path) -> Path | None:
    """The next take after ``path`` that nobody has marked yet, else the first such one of the folder."""
    entries = _shown(path)
    place = next((number for number, entry in enumerate(entries) if entry.path == path), 0)
    others = entries[place + 1 :] + entries[:place]
    return next((each.path for each in others if each.manifest and not each.manifest.rating), None)


def _shown(path: Path) -> list[Entry]:
    """The takes beside ``path`` that can be shown, and itself."""
    return [
        entry
        for entry in takes_in(path.parent)
        if entry.path == path or (entry.manifest is not None and entry.manifest.shows != PERSON)
    ]
