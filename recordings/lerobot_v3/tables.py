"""The Parquet tables of a dataset: rows, episodes, tasks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from recordings.lerobot_v3.features import Columns


def data_table(columns: Columns) -> pa.Table:
    """One row per frame; what has several values as fixed-size lists, everything else as plain values."""
    arrays = []
    for values in columns.values():
        flat = pa.array(values.reshape(-1))
        arrays.append(pa.FixedSizeListArray.from_arrays(flat, values.shape[1]) if values.ndim == 2 else flat)
    return pa.table(arrays, names=list(columns))


def episode_table(
    layout: Mapping[str, Any],
    statistics: Mapping[str, Mapping[str, object]],
    provenance: Mapping[str, str | int | float | bool | None],
) -> pa.Table:
    """The one row that describes an episode: where it lies, its statistics, where it came from."""
    row: dict[str, Any] = dict(layout)
    for feature, each in statistics.items():
        row |= {f"stats/{feature}/{name}": value for name, value in each.items()}
    table = pa.Table.from_pylist([row])
    for name, value in provenance.items():
        # The type is stated, because a column of nothing but nulls would not fit the other episodes' files.
        table = table.append_column(name, pa.array([value], _PROVENANCE_TYPES[name]))
    return table


_PROVENANCE_TYPES = {
    "success": pa.bool_(),
    "take": pa.string(),
    "take_sha256": pa.string(),
    "operator": pa.string(),
    "station": pa.string(),
    "robot": pa.string(),
    "revision": pa.string(),
    "model_hash": pa.string(),
    "scene": pa.string(),
    "seed": pa.int64(),
    "simulated": pa.bool_(),
    "started_utc_ns": pa.int64(),
    "messages_lost": pa.int64(),
    "stale_rows": pa.int64(),
    "recovered": pa.string(),
    "marks": pa.string(),
    "rating": pa.string(),
    "rating_reason": pa.string(),
    "part_from_s": pa.float64(),
    "part_to_s": pa.float64(),
    "shows": pa.string(),
    "retargeted_from": pa.string(),
    "retargeted_from_sha256": pa.string(),
    "suggestion": pa.string(),
}


def tasks_table(tasks: Sequence[str]) -> pa.Table:
    """Row i is task i. Readers load it as a pandas frame indexed by the text, so it says so in pandas' words."""
    text = {
        "name": "task",
        "field_name": "task",
        "pandas_type": "unicode",
        "numpy_type": "object",
        "metadata": None,
    }
    number = {
        "name": "task_index",
        "field_name": "task_index",
        "pandas_type": "int64",
        "numpy_type": "int64",
        "metadata": None,
    }
    described = {
        "index_columns": ["task"],
        "column_indexes": [
            {
                "name": None,
                "field_name": None,
                "pandas_type": "unicode",
                "numpy_type": "object",
                "metadata": {"encoding": "UTF-8"},
            }
        ],
        "columns": [number, text],
        "pandas_version": "2.2.0",
    }
    table = pa.table(
        {"task_index": pa.array(range(len(tasks)), pa.int64()), "task": pa.array(tasks, pa.string())}
    )
    return table.replace_schema_metadata({"pandas": json.dumps(described)})
