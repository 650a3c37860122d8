"""One measured figure, the peer's from the same run, and the bar it is held against."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_VERSIONS_SHOWN = (
    "mujoco-core",
    "numpy",
    "pyzmq",
    "protobuf",
    "mcap",
    "av",
    "PySide6-Essentials",
    "vispy",
    "pyqtgraph",
)


@dataclass(frozen=True)
class Figure:
    """A number with what one needs to believe it."""

    name: str
    value: float
    unit: str
    samples: int
    bar: float | None = None  # None: reported, not judged
    at_least: bool = False  # the bar is a floor instead of a ceiling
    peer: str = ""  # who else was measured, in this very run
    peer_value: float | None = None

    @property
    def ratio(self) -> float | None:
        """The peer's figure over ours: above 1, the peer's is larger."""
        if self.peer_value is None or self.value == 0:
            return None
        return self.peer_value / self.value

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None without a bar."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar


def as_json(figure: Figure) -> dict[str, object]:
    """The figure for machines."""
    return {**vars(figure), "ratio": figure.ratio, "met": figure.met}


def row(figure: Figure) -> tuple[str, ...]:
    """Cells of one table row: name, figure, samples, bar, verdict, peer, peer's figure, ratio."""
    bar = "" if figure.bar is None else f"{'>=' if figure.at_least else '<='} {figure.bar:g}"
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    peer_value = "" if figure.peer_value is None else f"{figure.peer_value:.4g} {figure.unit}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return (
        figure.name,
        f"{figure.value:.4g} {figure.unit}",
        str(figure.samples),
        bar,
        verdict,
        figure.peer,
        peer_value,
        ratio,
    )


HEADINGS = ("figure", "value", "samples", "bar", "", "peer", "its value", "ratio")


def markdown_table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + " --- |" * len(HEADINGS)]
    lines += ["| " + " | ".join(row(figure)) + " |" for figure in figures]
    return "\n".join(lines)


def machine() -> str:
    """What these figures were measured on, in one line."""
    import psutil

    model = platform.processor() or platform.machine()
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in cpu_info.read_text().splitlines()
            if "model name" in line
        ]
        model = names[0] if names else model
    memory_gib = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} {platform.release()}, {psutil.cpu_count()} cores of {model}, "
        f"{memory_gib:.0f} GiB, Python {platform.python_version()}"
    )


def versions() -> str:
    """The versions of what does the work, in one line."""
    return ", ".join(f"{name} {metadata.version(name)}" for name in _VERSIONS_SHOWN)
