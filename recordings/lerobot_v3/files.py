"""Where the files of a LeRobot v3.0 dataset lie, and writing each of them in one step."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

CODEBASE_VERSION = "v3.0"
FILES_PER_CHUNK = 1000
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
TASKS_PATH = "meta/tasks.parquet"
INFO_PATH, STATS_PATH, MODALITY_PATH = "meta/info.json", "meta/stats.json", "meta/modality.json"
PROVENANCE_PATH = "meta/understudy.json"


def place(episode: int) -> dict[str, int]:
    """Chunk and file of an episode: every episode has files of its own, which v3.0 allows."""
    chunk_index, file_index = divmod(episode, FILES_PER_CHUNK)
    return {"chunk_index": chunk_index, "file_index": file_index}


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``path`` so that it is either whole and durable or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(content)
    publish(unfinished, path)


def publish(unfinished: Path, path: Path) -> None:
    """Make a complete file durable, then give it its name."""
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write ``content`` as JSON; numbers that are not finite are refused."""
    write_bytes(path, json.dumps(content, indent=4, allow_nan=False).encode() + b"\n")


def write_table(path: Path, table: pa.Table) -> None:
    """Write ``table`` as Parquet, the way LeRobot does: Snappy, one row group."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="snappy", row_group_size=max(1, table.num_rows))
    write_bytes(path, sink.getvalue().to_pybytes())
