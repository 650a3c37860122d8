"""Columns of the dataset: their names, types and shapes, and the values of one episode.

Everything that begins with "observation" becomes an input of a policy and everything that begins with "action" an
output, whatever it is (lerobot: dataset_to_policy_features). So clocks, labels and hints have other names.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings.dataset.mp4 import VideoFacts
from recordings.dataset.rows import ACTION, STATE, EpisodeRows
from recordings.dataset.said import BASE
from recordings.dataset.streams import TakeStreams
from recordings.take import Episode

Columns = dict[str, NDArray[Any]]
BASE_KEY = "teleop.base"


def picture_key(camera: str) -> str:
    """Name of a camera's feature."""
    return f"observation.images.{camera}"


def columns(streams: TakeStreams, rows: EpisodeRows, with_success: bool) -> Columns:
    """The values of one episode, shape (n,); joints have (n, joints), what the base was asked (n, 5)."""
    last = np.arange(len(rows)) == len(rows) - 1
    found: Columns = {
        "observation.state": rows.state_rad,
        "action": rows.action_rad,
        "next.done": last,
    }
    if with_success:
        found["next.success"] = last & bool(streams.task_succeeded)
    offset_ns = streams.clock_offset_ns
    found |= {
        "teleop.driven": rows.driven,
        "teleop.limited": rows.limited,
        "teleop.reasons": rows.reasons,
        BASE_KEY: rows.base,
        "timing.hand_to_motion_ms": rows.latency_ms,
        "timing.drawn_ms": rows.drawn_ms,
        "timing.row_utc_ns": rows.times_ns + offset_ns,
        "timing.state_utc_ns": rows.sampled_ns[STATE] + offset_ns,
        "timing.applied_utc_ns": rows.sampled_ns[ACTION] + offset_ns,
        "timing.state_age_ms": rows.age_ms(STATE),
        "timing.applied_age_ms": rows.age_ms(ACTION),
    }
    for camera in rows.pictures:
        found[f"timing.{camera}_utc_ns"] = rows.sampled_ns[camera] + offset_ns
        found[f"timing.{camera}_age_ms"] = rows.age_ms(camera)
    found["timing.stale"] = rows.stale
    return found


def bookkeeping(rows: int, fps: int, episode: int, first_row: int, task: int) -> Columns:
    """The five columns every LeRobot dataset has."""
    number = np.arange(rows, dtype=np.int64)
    return {
        "timestamp": (number / fps).astype(np.float32),
        "frame_index": number,
        "episode_index": np.full(rows, episode, np.int64),
        "index": first_row + number,
        "task_index": np.full(rows, task, np.int64),
    }


def described(columns_: Columns, joint_names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The entry of each column in ``info.json``."""
    joints = [f"{joint}.pos" for joint in joint_names]
    names = {"observation.state": joints, "action": joints, BASE_KEY: list(BASE)}
    return {
        name: {
            "dtype": str(values.dtype),
            "shape": list(values.shape[1:]) or [1],
            "names": names.get(name),
        }
        for name, values in columns_.items()
    }


def described_video(facts: VideoFacts, fps: int) -> dict[str, Any]:
    """The entry of a camera in ``info.json``."""
    return {
        "dtype": "video",
        "shape": [facts.height, facts.width, 3],
        "names": ["height", "width", "channels"],
        "info": {
            "video.height": facts.height,
            "video.width": facts.width,
            "video.codec": facts.codec,
            "video.pix_fmt": facts.pixel_format,
            "video.is_depth_map": False,
            "video.fps": fps,
            "video.channels": 3,
            "has_audio": False,
        },
    }


def modality(episode: Episode, cameras: tuple[str, ...], with_base: bool) -> dict[str, Any]:
    """Which joints are which part of the body, for GR00T and others that train on parts.

    ``with_base``: what was asked of legs or wheels is an action, too.
    """
    parts: Mapping[str, dict[str, int]] = _parts(episode)
    return {
        "state": {name: dict(part) | {"original_key": "observation.state"} for name, part in parts.items()},
        "action": {name: dict(part) | {"original_key": "action"} for name, part in parts.items()}
        | ({"base": {"start": 0, "end": len(BASE), "original_key": BASE_KEY}} if with_base else {}),
        "video": {camera: {"original_key": picture_key(camera)} for camera in cameras},
        "annotation": {"human.task_description": {"original_key": "task_index"}},
    }


def _parts(episode: Episode) -> dict[str, dict[str, int]]:
    """Each group of joints as ranges ``start`` to ``end``; one that is not contiguous becomes several."""
    groups = episode.joint_groups or {"body": tuple(range(len(episode.joint_names)))}
    found: dict[str, dict[str, int]] = {}
    for name, joints in groups.items():
        ordered = np.array(sorted(joints), np.int64)
        runs = np.split(ordered, np.flatnonzero(np.diff(ordered) != 1) + 1)
        for number, run in enumerate(runs, start=1):
            if len(run):
                key = name if number == 1 else f"{name}_{number}"
                found[key] = {"start": int(run[0]), "end": int(run[-1]) + 1}
    return found
