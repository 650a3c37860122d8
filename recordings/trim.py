"""Which part of a finished take counts. It stands in the manifest and can be taken back; the take is never touched.

Whatever reads takes for learning keeps to the part, and the take's figures and advice are those of the part alone.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec

from recordings.checking.quality import Quality, suggest
from recordings.log import TakeHead, read_take
from recordings.recorder.ledger import Ledger
from recordings.recorder.quality_gauge import QualityGauge
from recordings.recorder.remarks import Remarks
from recordings.take import PERSON, Manifest, Part, load_manifest, save_manifest
from twin.errors import RecordingError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S

SHORTEST_S = 0.5
MARGIN_S = 0.5  # kept before and after the driving, so that a learner sees rest, too


def trim(path: Path, from_s: float | None, to_s: float | None) -> Manifest:
    """Let only ``from_s`` to ``to_s`` of the take ``path`` count; None leaves that end where it is.

    Args:
        path: a finished take.
        from_s: seconds since it began.
        to_s: seconds since it began.

    Returns:
        Its new manifest, with the figures and the advice of the part.

    Raises:
        RecordingError: there is no such part, or the take cannot be trimmed.
    """
    manifest = _trimmable(path)
    before = manifest.part or Part(from_s=0.0, to_s=manifest.seconds)
    part = Part(
        from_s=round(before.from_s if from_s is None else from_s, 3),
        to_s=round(before.to_s if to_s is None else to_s, 3),
    )
    if not (math.isfinite(part.from_s) and part.from_s >= 0 and part.to_s <= manifest.seconds):
        raise RecordingError(
            f"{path.name} goes from 0 to {manifest.seconds:g} s; {part.from_s:g} to {part.to_s:g} s is no part of it"
        )
    if not part.to_s - part.from_s >= SHORTEST_S:  # also when it is not a number
        raise RecordingError(
            f"from {part.from_s:g} to {part.to_s:g} s is too short; leave at least {SHORTEST_S:g} s of the take"
        )
    return _count_only(path, part)


def trim_to_driving(path: Path) -> Manifest:
    """Let the take ``path`` count from shortly before somebody drove until shortly after.

    Raises:
        RecordingError: nobody drove in it, or it cannot be trimmed.
    """
    manifest = _trimmable(path)
    known = manifest.quality.driven_span_s if manifest.quality else None
    span_s = known or _measure(path, None)[0].driven_span_s
    if span_s is None:
        raise RecordingError(f"nobody drove in {path.name}: there is no part of it to keep")
    return trim(path, max(0.0, span_s[0] - MARGIN_S), min(manifest.seconds, span_s[1] + MARGIN_S))


def whole(path: Path) -> Manifest:
    """Let all of the take ``path`` count again.

    Raises:
        RecordingError: it cannot be trimmed.
    """
    _trimmable(path)
    return _count_only(path, None)


def _trimmable(path: Path) -> Manifest:
    manifest = load_manifest(path)
    if manifest is None:
        raise RecordingError(
            f"{path.name} has no manifest and cannot be trimmed; `understudy takes recover {path}` makes one"
        )
    if manifest.shows == PERSON:
        raise RecordingError(f"{path.name} shows a person: trim the robot's take that is made of it")
    return manifest


def _count_only(path: Path, part: Part | None) -> Manifest:
    measured, remarks = _measure(path, part)
    manifest = _trimmable(path)  # anew: it may have been marked meanwhile
    span_s = manifest.quality.driven_span_s if manifest.quality else None
    if span_s is None:
        of_all, _ = (measured, None) if part is None else _measure(path, None)
        span_s = of_all.driven_span_s
    changed = msgspec.structs.replace(
        manifest,
        part=part,
        quality=msgspec.structs.replace(measured, driven_span_s=span_s),
        suggestion=suggest(
            measured,
            stops=sorted(remarks.stop_levels),
            succeeded=remarks.task_succeeded,
            wanted_camera_hz=manifest.wanted_camera_hz,
        ),
        task_succeeded=remarks.task_succeeded,
    )
    try:
        save_manifest(changed, path)
    except OSError as error:
        raise RecordingError(
            f"{path.name} could not be trimmed: {error.strerror}; is the folder writable?"
        ) from error
    return changed


def _measure(path: Path, part: Part | None) -> tuple[Quality, Remarks]:
    head, manifest = TakeHead(path), _trimmable(path)
    begun_ns = head.episode.started_utc_ns - head.clock_offset_ns
    part = part or Part(from_s=0.0, to_s=manifest.seconds)
    from_ns, to_ns = part.within_ns(begun_ns)
    gauge, remarks, ledger = QualityGauge(from_ns), Remarks(), Ledger()
    for heard in _until(path, to_ns):
        if heard.topic == "robot.scene" or heard.sampled_ns >= from_ns:
            remarks.note(
                heard
            )  # how the task stood when the part began counts, what was done before does not
        if heard.sampled_ns >= from_ns:
            ledger.note(heard.topic, heard.seq)
        gauge.note(heard)
    return gauge.quality(to_ns, ledger.lost, ledger.messages), remarks


def _until(path: Path, to_ns: int) -> Iterator[Heard]:
    """The messages of a take that were true until ``to_ns``."""
    for heard in read_take(path):
        if heard.received_ns > to_ns + NS_PER_S:
            return  # whatever is this late was not true before
        if heard.sampled_ns <= to_ns:
            yield heard
