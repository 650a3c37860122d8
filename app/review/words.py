"""A take in words: what it is, what it is worth, and what to be careful about."""

import datetime

from app.review.tape import Tape
from recordings.take import Manifest
from twin.robot import RobotSpec


def title(tape: Tape) -> str:
    """What was to be done."""
    return tape.manifest.task or "no task was named"


def facts(tape: Tape) -> str:
    """Which take, by whom, with what, where."""
    episode, manifest = tape.episode, tape.manifest
    begun = datetime.datetime.fromtimestamp(manifest.started_utc_ns / 1e9).astimezone()
    scene = f"{episode.scene}, seed {episode.seed}, level {tape.level}" if episode.scene else ""
    parts = (
        manifest.take, f"{begun:%Y-%m-%d %H:%M}", manifest.operator, f"{manifest.robot} {manifest.revision}".strip(),
        scene, "retargeted from a person" if manifest.shows else "",
    )  # fmt: skip
    return "  ·  ".join(part for part in parts if part)


def worth(manifest: Manifest) -> str:
    """Its mark, else the advice of its figures; and which part of it counts."""
    done = {True: "achieved", False: "not achieved", None: ""}[manifest.task_succeeded]
    said = ""
    if manifest.rating:
        why = f", {manifest.rating_reason}" if manifest.rating_reason else ""
        said = f"marked {manifest.rating}{why}"
    elif manifest.suggestion:
        said = f"advice: {'keep' if manifest.suggestion.keep else 'redo'}, {manifest.suggestion.reason}"
    part = manifest.part
    counts = f"{part.from_s:.1f} to {part.to_s:.1f} s count" if part else "all of it counts"
    return "  ·  ".join(each for each in (done, said, counts) if each)


def doubts(tape: Tape, spec: RobotSpec) -> str:
    """Why what is shown may not be what was; empty if nothing speaks against it."""
    if tape.episode.model_hash and tape.episode.model_hash != spec.model_hash:
        robot = f"{spec.name} {spec.revision}"
        return f"the folder of {robot} has changed since this take: twin and limits are those of today"
    return tape.manifest.recovered
