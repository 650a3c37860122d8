"""Where an episode came from, and how well its streams fitted together."""

from pathlib import Path

import numpy as np

from recordings import take
from recordings.dataset.rows import EpisodeRows
from recordings.dataset.streams import TakeStreams
from recordings.exporters.base import EpisodeReport


def report_of(streams: TakeStreams, rows: EpisodeRows, copied: tuple[str, ...]) -> EpisodeReport:
    """What became of a take; ``copied`` are the cameras whose pictures were not encoded again."""
    ages = {name: rows.age_ms(name) for name in rows.sampled_ns}
    return EpisodeReport(
        take=streams.path.name,
        frames=len(rows),
        seconds=float((rows.times_ns[-1] - rows.times_ns[0]) / 1e9 + 1 / rows.fps),
        take_seconds=(streams.ended_ns - streams.started_ns) / 1e9,
        stale_rows=int(np.count_nonzero(rows.stale)),
        age_ms_p50={name: round(float(np.percentile(age, 50)), 3) for name, age in ages.items()},
        age_ms_p95={name: round(float(np.percentile(age, 95)), 3) for name, age in ages.items()},
        age_ms_max={name: round(float(age.max()), 3) for name, age in ages.items()},
        copied_cameras=copied,
    )


def sha256_of(path: Path) -> str:
    """The hash a take was saved with; empty without a manifest."""
    manifest = take.load_manifest(path)
    return manifest.sha256 if manifest else ""


def provenance(streams: TakeStreams, rows: EpisodeRows) -> dict[str, str | int | float | bool | None]:
    """Where an episode came from, one value per column of the episodes table."""
    episode, manifest = streams.episode, take.load_manifest(streams.path)
    return {
        "success": streams.task_succeeded,
        "take": episode.take,
        "take_sha256": manifest.sha256 if manifest else "",
        "operator": episode.operator,
        "station": episode.station,
        "robot": episode.robot,
        "revision": episode.revision,
        "model_hash": episode.model_hash,
        "scene": episode.scene,
        "seed": episode.seed,
        "simulated": episode.simulated,
        "started_utc_ns": episode.started_utc_ns,
        "messages_lost": manifest.lost if manifest else None,
        "stale_rows": int(np.count_nonzero(rows.stale)),
        "recovered": manifest.recovered if manifest else "",
        "marks": "; ".join(manifest.marks) if manifest else "",
        "part_from_s": manifest.part.from_s if manifest and manifest.part else 0.0,
        "part_to_s": manifest.part.to_s
        if manifest and manifest.part
        else (manifest.seconds if manifest else None),
        "rating": manifest.rating if manifest else "",
        "rating_reason": manifest.rating_reason if manifest else "",
        "shows": episode.shows,
        "retargeted_from": episode.retargeted_from,
        "retargeted_from_sha256": episode.retargeted_from_sha256,
        "suggestion": manifest.suggestion.word if manifest and manifest.suggestion else "",
    }
