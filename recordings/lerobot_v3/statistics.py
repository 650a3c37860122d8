"""Statistics per feature as LeRobot keeps them, of one episode and merged over many.

Each is a table of lists: min, max, mean, std, count and the quantiles q01 to q99. Merging weighs by count;
quantiles are averaged with the same weights, which is what LeRobot's own aggregation does.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Statistics = dict[str, NDArray[np.float64]]

_QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}


def of_columns(values: NDArray[np.generic]) -> Statistics:
    """Statistics over the first axis of ``values``, shape (n,) or (n, k); each has shape (1,) or (k,)."""
    rows = values.reshape(len(values), -1).astype(np.float64)
    found: Statistics = {
        "min": rows.min(axis=0),
        "max": rows.max(axis=0),
        "mean": rows.mean(axis=0),
        "std": rows.std(axis=0),
        "count": np.array([len(rows)], np.float64),
    }
    quantiles = np.quantile(rows, list(_QUANTILES.values()), axis=0)
    return found | dict(zip(_QUANTILES, quantiles, strict=True))


def of_pictures(pictures: NDArray[np.uint8]) -> Statistics:
    """Statistics per colour channel in 0..1 over ``pictures``, shape (n, h, w, 3); each has shape (3, 1, 1)."""
    flat = of_columns(pictures.reshape(-1, 3) / 255.0)
    return {name: value if name == "count" else value.reshape(3, 1, 1) for name, value in flat.items()}


def merge(first: Statistics, second: Statistics) -> Statistics:
    """Statistics of both together."""
    first_count, second_count = first["count"][0], second["count"][0]
    total = first_count + second_count
    weights = first_count / total, second_count / total
    mean = first["mean"] * weights[0] + second["mean"] * weights[1]
    variance = sum(
        (each["std"] ** 2 + (each["mean"] - mean) ** 2) * weight
        for each, weight in zip((first, second), weights, strict=True)
    )
    merged: Statistics = {
        "min": np.minimum(first["min"], second["min"]),
        "max": np.maximum(first["max"], second["max"]),
        "mean": mean,
        "std": np.sqrt(variance),
        "count": np.array([total]),
    }
    return merged | {name: first[name] * weights[0] + second[name] * weights[1] for name in _QUANTILES}


def merge_features(
    first: Mapping[str, Statistics], second: Mapping[str, Statistics]
) -> dict[str, Statistics]:
    """``merge`` for each feature; both have the same ones."""
    return {name: merge(first[name], second[name]) for name in second} if first else dict(second)


def as_lists(statistics: Mapping[str, Statistics]) -> dict[str, dict[str, object]]:
    """For JSON and Parquet; counts as whole numbers."""
    return {
        feature: {
            name: [int(value[0])] if name == "count" else value.tolist() for name, value in each.items()
        }
        for feature, each in statistics.items()
    }
