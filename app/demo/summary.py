"""What a demo showed, as one object for machines and a few lines for people."""

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from recordings.checking.verdict import Verdict
from recordings.latency import LatencyFigures, Percentiles


@dataclass
class Summary:
    """The demo's result. ``faults`` says in sentences why it is not ok; empty when it is."""

    robot: str
    joints: int
    scene: str
    seed: int
    task: str = ""
    task_succeeded: bool = False
    take: dict[str, Any] = field(default_factory=dict)
    dataset: dict[str, Any] = field(default_factory=dict)
    latency_ms: dict[str, dict[str, float]] = field(default_factory=dict)
    control_period_ms: float = math.nan
    real_time_factor: float = math.nan
    camera_fps: dict[str, float] = field(default_factory=dict)
    cpu_share: dict[str, float] = field(default_factory=dict)
    screenshots: dict[str, str] = field(default_factory=dict)
    gl_renderer: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return not self.faults

    def add_take(self, verdict: Verdict) -> None:
        """Note the take and what is wrong with it."""
        self.take = {
            "path": str(verdict.path),
            "seconds": round(verdict.seconds, 3),
            "messages": verdict.messages,
            "lost": verdict.lost,
            "joint_lost": verdict.joint_lost,
        }
        if verdict.joint_lost:
            self.faults.append(f"{verdict.joint_lost} joint messages were lost")
        self.faults += [f"the take does not verify: {fault}" for fault in verdict.faults]

    def add_latency(self, figures: LatencyFigures) -> None:
        """Note what was measured in the take."""
        self.latency_ms = {
            "input_to_wire": _milliseconds(figures.input_to_wire),
            "wire_to_applied": _milliseconds(figures.wire_to_applied),
        }
        self.control_period_ms = round(figures.control_period.p50, 2)

    def as_json(self) -> dict[str, Any]:
        """One object; figures that could not be measured are null."""
        return {"ok": self.ok, **_without_nan(asdict(self))}

    def text(self) -> str:
        """A few lines for a person."""
        latency = "".join(
            f"\n  {name.replace('_', ' ')}: p50 {row['p50']:.2f}, p95 {row['p95']:.2f}, p99 {row['p99']:.2f} ms"
            for name, row in self.latency_ms.items()
        )
        lines = [
            f"{'ok' if self.ok else 'FAILED'}: {self.robot} ({self.joints} joints), {self.task}: "
            f"{'done' if self.task_succeeded else 'not done'}",
            *(f"  fault: {fault}" for fault in self.faults),
            f"  simulated time against wall time: {self.real_time_factor:.3f}; cameras "
            + ", ".join(f"{name} {fps:g} fps" for name, fps in self.camera_fps.items()),
        ]
        text = "\n".join(lines) + latency
        if self.take:
            text += "\n  take: {path}, {seconds:.1f} s, {messages} messages, {lost} lost".format(**self.take)
        if self.dataset:
            text += "\n  dataset: {path}, {frames} frames at {fps} fps".format(**self.dataset)
        for name, path in self.screenshots.items():
            text += f"\n  {name}: {path}"
        return text


def _milliseconds(row: Percentiles) -> dict[str, float]:
    return {name: round(getattr(row, name), 3) for name in ("p50", "p95", "p99")} | {"samples": row.samples}


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(inner) for name, inner in value.items()}
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Path):
        return str(value)
    return value
