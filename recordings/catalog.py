"""Finds takes: what there is in a folder, and which one a person means."""

from dataclasses import dataclass
from pathlib import Path

from recordings import take
from recordings.recorder.durable_file import is_being_written
from recordings.take import Manifest
from twin import places
from twin.errors import RecordingError


@dataclass(frozen=True)
class Entry:
    """One take in a folder."""

    path: Path
    manifest: Manifest | None  # None: unfinished, or the manifest is gone
    state: (
        str  # "finished" | "no manifest" (finished, but perhaps not as it was) | "recording" | "interrupted"
    )

    @property
    def take(self) -> str:
        """Its id."""
        return take.take_id(self.path)

    @property
    def name(self) -> str:
        """What a person calls it: the id, with ".recovered" if it is what was saved of a damaged one."""
        return self.path.name.removesuffix(take.UNFINISHED).removesuffix(take.FINISHED)


def default_folder() -> Path:
    """Where takes lie unless the station says otherwise."""
    return places.data_folder() / "takes"


def takes_in(folder: Path) -> list[Entry]:
    """All takes in ``folder``, oldest first; none if there is no such folder."""
    finished = [(path, take.load_manifest(path)) for path in folder.glob(f"*{take.FINISHED}")]
    found = [Entry(path, said, "finished" if said else "no manifest") for path, said in finished]
    found += [
        Entry(path, None, "recording" if is_being_written(path) else "interrupted")
        for path in folder.glob(f"*{take.UNFINISHED}")
    ]
    return sorted(found, key=lambda entry: entry.path.name)


def find(name: str, folder: Path) -> Path:
    """The take that ``name`` means: a file, an id or its beginning, or "last".

    Raises:
        RecordingError: none or several.
    """
    path = Path(name)
    if path.is_file():
        return path
    entries = takes_in(folder)
    if name == "last":
        if entries:
            return entries[-1].path
        raise RecordingError(
            f"there are no takes in {folder}; record one, or name another folder with --takes"
        )
    matching = [entry.path for entry in entries if entry.path.name.upper().startswith(name.upper())]
    # A whole name means that take, also when another's name goes on from it, as a recovered one's does.
    whole = [entry.path for entry in entries if name.upper() in (entry.path.name.upper(), entry.name.upper())]
    matching = whole or matching
    if len(matching) == 1:
        return matching[0]
    if matching:
        names = ", ".join(match.name for match in matching[:5])
        raise RecordingError(f"{name!r} could be {names}; write more of it")
    raise RecordingError(
        f"no take is called {name!r} in {folder}; `understudy takes list` shows what there is"
    )
