"""What a person thinks of a finished take: good, bad, or nothing said. It stands in the manifest, never in the take."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from recordings.take import Manifest, load_manifest, save_manifest
from twin.errors import RecordingError

GOOD, BAD, NONE = "good", "bad", "none"
RATINGS = (GOOD, BAD, NONE)
SELECTIONS = (GOOD, BAD, "unmarked")  # what can be asked for


def rate(path: Path, rating: str, reason: str = "") -> Manifest:
    """Mark the finished take ``path``; returns its new manifest.

    Raises:
        RecordingError: there is no such mark, or the take has no manifest.
    """
    if rating not in RATINGS:
        raise RecordingError(f"a take is marked {', '.join(RATINGS)}, not {rating!r}")
    manifest = load_manifest(path)
    if manifest is None:
        raise RecordingError(
            f"{path.name} has no manifest and cannot be marked; `understudy takes recover {path}` makes one"
        )
    said = "" if rating == NONE else rating
    changed = msgspec.structs.replace(manifest, rating=said, rating_reason=reason if said else "")
    try:
        save_manifest(changed, path)
    except OSError as error:
        raise RecordingError(
            f"{path.name} could not be marked: {error.strerror}; is the folder writable?"
        ) from error
    return changed


def is_selected(manifest: Manifest | None, selections: Sequence[str]) -> bool:
    """Whether a take is among ``selections`` (of ``SELECTIONS``); everything is if there are none."""
    if not selections:
        return True
    said = manifest.rating if manifest else ""
    return (said or "unmarked") in selections
