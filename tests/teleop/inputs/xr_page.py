"""Frames as the headset's page sends them."""

from typing import Any

import numpy as np

from teleop.inputs.webxr.packet import (
    AIM_SEEN,
    EMULATED,
    GRIP_SEEN,
    HAS_BUTTONS,
    HEAD_SEEN,
    JOINTS_SEEN,
    LAYOUT,
)
from teleop.inputs.xr.seen import SIDES

FRAME_NS = 11_000_000
AR, VR = 2, 1


class PagePerson:
    """Somebody with a headset and two controllers, whose hands tremble a little as hands do."""

    def __init__(self) -> None:
        self.seq, self.now_ns = 0, 10**12
        self.mode, self.visible = AR, True
        self.head: Any = [0, 1.6, 0, 0, 0, 0, 1]
        self.picture_age_ms = -1.0
        self.places: dict[str, Any] = {"left": [-0.2, 1.2, -0.4], "right": [0.2, 1.2, -0.4]}
        self.turns: dict[str, Any] = dict.fromkeys(SIDES, (0.0, 0.0, 0.0, 1.0))
        self.squeeze = dict.fromkeys(SIDES, 0.0)
        self.buttons: dict[str, dict[int, float]] = {side: {} for side in SIDES}
        self.seen = dict.fromkeys(SIDES, True)
        self.emulated = dict.fromkeys(SIDES, False)
        self.bare = dict.fromkeys(SIDES, False)
        self.trembles = True
        self.late_ns = 0

    def frame(self, after_ns: int = FRAME_NS) -> bytes:
        """The next frame, ``after_ns`` after the one before."""
        self.seq += 1
        self.now_ns += after_ns
        row = np.zeros(1, LAYOUT)
        row["version"], row["mode"], row["visible"], row["seq"] = 1, self.mode, self.visible, self.seq
        row["sent_ms"] = (self.now_ns - self.late_ns) / 1e6
        row["frame_ms"] = self.now_ns / 1e6
        row["picture_age_ms"] = self.picture_age_ms
        flags = 0
        if self.head is not None:
            flags |= HEAD_SEEN
            row["head"] = self.head
        tremor = 1e-4 * np.sin(self.seq) if self.trembles else 0.0
        for at, side in enumerate(SIDES):
            bits = 0
            pose = [*(np.asarray(self.places[side]) + tremor), *self.turns[side]]
            if self.seen[side]:
                bits |= GRIP_SEEN | AIM_SEEN
                row[f"{side}_grip"] = row[f"{side}_aim"] = pose
                bits |= JOINTS_SEEN if self.bare[side] else HAS_BUTTONS
            if self.bare[side]:
                row[f"{side}_joints"] = pose
            bits |= EMULATED if self.emulated[side] else 0
            row[f"{side}_buttons"][0, 1] = self.squeeze[side]
            for number, value in self.buttons[side].items():
                row[f"{side}_buttons"][0, number] = value
            flags |= bits << 8 * (1 + at)
        row["flags"] = flags
        return row.tobytes()
