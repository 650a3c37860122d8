"""Reads one TOML table strictly: every key has a type, unknown keys are faults, and all faults are collected."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.robot_files.faults import Fault, did_you_mean


@dataclass
class Table:
    """A TOML table being read. Each ``take_`` returns a usable value even when it notes a fault."""

    file: Path
    where: str
    values: Mapping[str, Any]
    faults: list[Fault]
    _asked: set[str] = field(default_factory=set)

    def fault(self, text: str) -> None:
        """Note a fault of this table."""
        self.faults.append(Fault(self.file, self.where, text))

    def take_text(self, key: str, default: str | None = None) -> str:
        """The text at ``key``."""
        value = self._take(key, default)
        if isinstance(value, str):
            return value
        if value is not None:
            self.fault(f"{key} must be a text in quotes, not {value!r}")
        return default or ""

    def take_number(self, key: str, default: float | None = None, *, positive: bool = False) -> float:
        """The finite number at ``key``; NaN when it is missing or none."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            if value is not None:
                self.fault(f"{key} must be a finite number, not {value!r}")
            return math.nan
        if positive and value <= 0:
            self.fault(f"{key} must be greater than 0, not {value:g}")
        return float(value)

    def take_numbers(
        self, key: str, count: int, default: tuple[float, ...] | None = None
    ) -> tuple[float, ...]:
        """The ``count`` finite numbers at ``key``; zeros when they are missing or none."""
        value = self._take(key, default)
        if isinstance(value, list | tuple) and len(value) == count and all(_is_number(v) for v in value):
            return tuple(float(v) for v in value)
        if value is not None:
            self.fault(f"{key} must be a list of {count} finite numbers, not {value!r}")
        return (0.0,) * count

    def take_texts(self, key: str) -> tuple[str, ...]:
        """The list of texts at ``key``; empty when it is missing."""
        value = self._take(key, ())
        if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.fault(f"{key} must be a list of texts, not {value!r}")
        return ()

    def take_table(self, key: str, where: str = "") -> "Table":
        """The sub-table at ``key``; empty when it is missing."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.fault(f"{key} must be a table, not {value!r}")
            value = {}
        return Table(self.file, where or f"[{key}]", value, self.faults)

    def take_tables(self, key: str) -> Iterator["Table"]:
        """The tables in the list at ``key``, each told by its name."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.fault(f"{key} must be a list of tables")
            return
        kind = key.removesuffix("s")
        for number, row in enumerate(value, start=1):
            name = row.get("name")
            where = f"{kind} {name!r}" if isinstance(name, str) and name else f"{kind} number {number}"
            yield Table(self.file, where, row, self.faults)

    def has(self, key: str) -> bool:
        """Whether ``key`` is here; it need not be."""
        self._asked.add(key)
        return key in self.values

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.values.keys() - self._asked:
            self.fault(f"unknown key {key!r}{did_you_mean(key, self._asked - self.values.keys())}")

    def _take(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        if key not in self.values and default is None:
            self.fault(f"{key} is missing")
        return self.values.get(key, default)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
