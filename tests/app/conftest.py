"""A robot, a theme and a feed for tests of the window's panels."""

from pathlib import Path

import numpy as np
import pytest

from twin.robot import CameraSpec, JointSpec, RobotSpec
from twin.wire import codec
from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard
from twin.wire.messages import Message

MS = 1_000_000

_GROUPS = {
    "left_leg": 6,
    "right_leg": 6,
    "torso": 2,
    "neck": 2,
    "left_arm": 7,
    "right_arm": 7,
    "left_hand": 22,
    "right_hand": 22,
}


@pytest.fixture(scope="session")
def grid_spec() -> RobotSpec:
    """A robot of 74 joints that is nothing but its table: every joint turns from -1 to 2 rad."""
    joints: list[JointSpec] = []
    groups: dict[str, tuple[int, ...]] = {}
    for group, count in _GROUPS.items():
        first = len(joints)
        joints += [
            JointSpec(f"{group}_{number}", first + number, group, -1.0, 2.0, 4.0, 20.0, 50.0, 0.0)
            for number in range(count)
        ]
        groups[group] = tuple(range(first, first + count))
    return RobotSpec(
        folder=Path("/nowhere"),
        name="table",
        title="Table",
        revision="",
        model_path=Path("/nowhere/robot.xml"),
        link="simulated",
        joints=tuple(joints),
        groups=groups,
        frames={},
        cameras=tuple(CameraSpec(name, name) for name in ("head", "left_wrist", "right_wrist")),
        touch_sensors=(),
        model_hash="",
    )


class ScriptedEar:
    """Hears what a test says."""

    def __init__(self) -> None:
        self.arrivals = Arrivals()
        self._waiting: list[Heard] = []
        self._seq: dict[str, int] = {}

    def say(self, name: str, message: Message, sampled_ns: int) -> None:
        self.say_bytes(name, codec.encode(message), sampled_ns)

    def say_bytes(self, name: str, payload: bytes, sampled_ns: int) -> None:
        self._seq[name] = self._seq.get(name, 0) + 1
        self._waiting.append(Heard(name, self._seq[name], sampled_ns, sampled_ns, payload))

    def skip(self, name: str) -> None:
        """Lose one message of ``name`` on the way."""
        self._seq[name] = self._seq.get(name, 0) + 1

    def drain(self) -> list[Heard]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        self._waiting = []


@pytest.fixture
def ear() -> ScriptedEar:
    """Say things to a feed: ``Feed(ear)``."""
    return ScriptedEar()


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers every time."""
    return np.random.default_rng(7)
