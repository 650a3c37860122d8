"""Discarding a take keeps it: it moves into a folder of its own and can come back."""

from pathlib import Path

from recordings import take
from recordings.recorder.durable_file import sync_folder
from recordings.take import manifest_path
from twin.errors import RecordingError


def put_in_trash(path: Path) -> Path:
    """Move a take and its manifest out of the way; returns where it lies now.

    Raises:
        RecordingError: it is not there any more.
    """
    trash = path.parent / take.TRASH
    trash.mkdir(exist_ok=True)
    return _move(path, trash)


def take_from_trash(path: Path) -> Path:
    """Move a discarded take back; returns where it lies now.

    Raises:
        RecordingError: it is not there any more.
    """
    return _move(path, path.parent.parent)


def _move(path: Path, folder: Path) -> Path:
    moved = folder / path.name
    try:
        path.rename(moved)
    except OSError as error:
        raise RecordingError(f"{path} could not be moved to {folder}: {error.strerror}") from error
    manifest = manifest_path(path)
    if manifest.exists():
        manifest.rename(manifest_path(moved))
    sync_folder(folder)
    return moved
