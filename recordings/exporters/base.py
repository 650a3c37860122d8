"""What an exporter is: a module in this package named after its format, with one function ``export``."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from twin.errors import ExportError

# Told how far the work is (0..1) and what is being done now.
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class EpisodeReport:
    """What became of one take."""

    take: str
    frames: int
    seconds: float  # by the robot's clock, from the first row to one period after the last
    take_seconds: float  # of the whole take; what is missing here lacked joints, commands or pictures
    stale_rows: int
    age_ms_p50: dict[str, float]  # per stream: how old what a row shows was
    age_ms_p95: dict[str, float]
    age_ms_max: dict[str, float]
    copied_cameras: tuple[str, ...]  # pictures were copied, not encoded again


@dataclass(frozen=True)
class ExportReport:
    """What was written."""

    path: Path
    format: str
    episodes: int
    frames: int
    fps: int
    cameras: tuple[str, ...]
    bytes: int
    reports: tuple[EpisodeReport, ...] = field(default=())


class Exporter(Protocol):
    """A module ``recordings.exporters.<format>``."""

    def export(self, takes: Sequence[Path], out: Path, fps: int | None, progress: Progress) -> ExportReport:
        """Write ``takes`` as one dataset to ``out``, which must not exist yet.

        Args:
            takes: finished takes, one episode each.
            out: where the dataset goes; appears only when it is complete.
            fps: rows per second; None: the rate of the first camera.
            progress: told how far the work is.

        Raises:
            ExportError: it cannot be done; nothing is left behind.
            RecordingError: a take cannot be read.
        """


def formats() -> tuple[str, ...]:
    """Names of all formats, as ``--format`` takes them."""
    import recordings.exporters as package

    return tuple(
        sorted(found.name for found in pkgutil.iter_modules(package.__path__) if found.name != "base")
    )


def exporter(name: str) -> Exporter:
    """The exporter for the format ``name``.

    Raises:
        ExportError: there is none.
    """
    if name not in formats():
        raise ExportError(f"no exporter is called {name!r}; there are: {', '.join(formats())}")
    module: Exporter = importlib.import_module(f"recordings.exporters.{name}")
    return module
