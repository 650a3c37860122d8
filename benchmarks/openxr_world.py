"""What a made OpenXR runtime shows: a person's head, hands and controllers in a file that two processes map."""

from pathlib import Path
from typing import Any

import numpy as np

SIDES = ("left", "right")
JOINTS = 26  # OpenXR's: the palm, then the 25 of WebXR
MOST_EVENTS = 64
# States of a session, and what else can happen to it, as codes in ``events``.
IDLE, READY, SYNCHRONIZED, VISIBLE, FOCUSED, STOPPING, LOSS_PENDING, EXITING = range(1, 9)
RECENTRED, CONTROLLERS_CHANGED, TAKEN_OFF, PUT_ON = 100, 101, 102, 103
NO_PROFILE, TOUCH, INDEX, VIVE, SIMPLE = range(5)
PROFILES = (
    "",
    "/interaction_profiles/oculus/touch_controller",
    "/interaction_profiles/valve/index_controller",
    "/interaction_profiles/htc/vive_controller",
    "/interaction_profiles/khr/simple_controller",
)
SEEN = 0b1111  # orientation and position, known and tracked
GUESSED = 0b0111  # the position is a guess
_POSE = ("<f4", 7)  # x y z, then quaternion xyzw
_HAND = np.dtype(
    [
        ("flags", "<u4"),
        ("grip", *_POSE),
        ("squeeze", "<f4"),
        ("trigger", "<f4"),
        ("stick", "<f4", 2),
        ("stick_click", "u1"),
        ("a", "u1"),
        ("b", "u1"),
        ("menu", "u1"),
        ("profile", "u1"),
        ("joints_seen", "u1"),
        ("joints", "<f4", (JOINTS, 7)),
        ("pulses", "<u4"),
        ("strength", "<f4"),
    ]
)
_WORLD = np.dtype(
    [
        ("absent", "u1"),  # there is no headset
        ("lost", "u1"),  # every call fails from now on
        ("hangs_s", "<f4"),  # so long the next calls take
        ("instances", "<u4"),  # how often somebody connected
        ("trembles", "u1"),
        ("head_flags", "<u4"),
        ("head", *_POSE),
        ("left", _HAND),
        ("right", _HAND),
        ("event_count", "<u4"),
        ("events", "<u4", MOST_EVENTS),
    ]
)
_UPRIGHT = (0.0, 0.0, 0.0, 1.0)


class World:
    """The person's side of it: write, and the runtime shows it."""

    def __init__(self, path: Path) -> None:
        """Somebody stands there with both controllers, at ``path``; a file that is there already is joined."""
        is_new = not path.exists()
        if is_new:
            path.write_bytes(bytes(_WORLD.itemsize))
        self.path = path
        self.row: Any = np.memmap(path, _WORLD, "r+", shape=(1,))[0]
        if is_new:
            self.row["trembles"] = 1
            self.row["head_flags"] = SEEN
            self.row["head"] = (0.0, 1.6, 0.0, *_UPRIGHT)
            for side, right_m in (("left", -0.2), ("right", 0.2)):
                hand = self.hand(side)
                hand["flags"], hand["profile"] = SEEN, TOUCH
                hand["grip"] = (right_m, 1.2, -0.4, *_UPRIGHT)

    def hand(self, side: str) -> Any:
        """The row of one hand; write into it."""
        return self.row[side]

    def happens(self, code: int) -> None:
        """Let the runtime tell of ``code``."""
        count = int(self.row["event_count"])
        self.row["events"][count % MOST_EVENTS] = code
        self.row["event_count"] = count + 1

    def shows_bare_hand(self, side: str, joints: Any) -> None:
        """The hand ``side`` holds no controller; ``joints`` has shape (26, 7)."""
        hand = self.hand(side)
        hand["profile"], hand["flags"] = NO_PROFILE, 0
        hand["joints"], hand["joints_seen"] = joints, 1
