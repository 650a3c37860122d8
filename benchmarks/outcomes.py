"""Outcomes of trials that take minutes each: each is kept as it comes, and none is run twice with the same code."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_LIBRARIES = ("mujoco-core", "numpy", "scipy", "daqp")


@dataclass(frozen=True)
class Trial:
    """A question that is asked of many seeds."""

    ask: Callable[
        ..., Any
    ]  # (seed, *arguments) -> what JSON can hold; of a module, so that a process finds it
    arguments: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """Under which its outcomes are kept."""
        return f"{self.ask.__name__}{json.dumps(self.arguments)}"


class Outcomes:
    """What came of each trial and seed."""

    def __init__(self, path: Path | None = None, sources: Sequence[str] = ()) -> None:
        """Remember what ``path`` says, and append to it; without one nothing outlives the process.

        Args:
            path: a file of one JSON object a line.
            sources: files and folders of the repository that decide the outcomes. What was kept of others is ignored.
        """
        self._path = path
        self._code = _digest(sources)
        self._known: dict[tuple[str, int], Any] = {}
        for line in path.read_text().splitlines() if path and path.exists() else ():
            row = json.loads(line)
            if row["code"] == self._code:
                self._known[row["trial"], row["seed"]] = row["outcome"]

    def of(self, trial: Trial, seeds: Iterable[int], pool: Executor) -> dict[int, Any]:
        """The outcome of each seed; those that are not known yet are run."""
        seeds = list(seeds)
        waiting = {
            pool.submit(trial.ask, seed, *trial.arguments): seed
            for seed in seeds
            if (trial.name, seed) not in self._known
        }
        for done in as_completed(waiting):
            self._keep(trial, waiting[done], done.result())
        return {seed: self._known[trial.name, seed] for seed in seeds}

    def _keep(self, trial: Trial, seed: int, outcome: Any) -> None:
        self._known[trial.name, seed] = outcome
        row = {"code": self._code, "trial": trial.name, "seed": seed, "outcome": outcome}
        sys.stderr.write(f"{trial.name}, seed {seed}: {outcome}\n")
        if self._path:
            with self._path.open("a") as kept:
                kept.write(json.dumps(row) + "\n")


def _digest(sources: Sequence[str]) -> str:
    """Of the code and the libraries that decide an outcome."""
    found = hashlib.sha256(" ".join(metadata.version(name) for name in _LIBRARIES).encode())
    for source in sources:
        at = _ROOT / source
        files = [at] if at.is_file() else sorted(file for file in at.rglob("*") if file.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                found.update(file.relative_to(_ROOT).as_posix().encode())
                found.update(file.read_bytes())
    return found.hexdigest()[:16]
