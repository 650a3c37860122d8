"""What was found wrong with a take, and what is merely worth knowing."""

from dataclasses import dataclass, field
from pathlib import Path

_MOST_FAULTS = 50


@dataclass
class Verdict:
    """What was found. No fault: the take is what it says it is."""

    path: Path
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # true, worth knowing, no reason to distrust
    messages: int = 0
    lost: int = 0
    joint_lost: int = 0
    seconds: float = 0.0
    video_frames: dict[str, int] = field(default_factory=dict)
    rate_hz: dict[str, float] = field(default_factory=dict)  # per topic, over the time it was heard
    longest_gap_ms: dict[str, float] = field(default_factory=dict)  # per topic, between samples

    @property
    def ok(self) -> bool:
        """Whether there is no fault."""
        return not self.faults

    def fault(self, text: str) -> None:
        """Note a fault; the same text only once, and not thousands of them."""
        if text not in self.faults and len(self.faults) < _MOST_FAULTS:
            self.faults.append(text)
