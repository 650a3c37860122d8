"""The scripted operator's hands: positions of sticks and buttons, sent to the virtual pad in the inputs role's SDL."""

import numpy as np
from numpy.typing import NDArray

from app.demo.view import Vector3
from twin.station import Station
from twin.wire.ask import Asker

Positions = dict[str, float]

# The inverse of what bindings do to a stick (assets/bindings/default/gamepad.toml).
_DEAD_ZONE, _EXPO = 0.10, 1.6


def deflection(wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where to hold a stick, shape (2,), so that after dead zone and curve it means ``wanted`` (length <= 1)."""
    length = float(np.linalg.norm(wanted))
    if length < 1e-3:
        return np.zeros(2)
    reach = min(length, 1.0) ** (1 / _EXPO) * (1 - _DEAD_ZONE) + _DEAD_ZONE
    return np.asarray(wanted / length * min(reach, 1.0))


def sticks(velocity: Vector3, yaw: float = 0.0) -> Positions:
    """Stick positions of the ARMS layer for a hand velocity and a turn, each as a share of full speed, -1..1."""
    left, right = deflection(velocity[[1, 0]]), deflection(np.array([yaw, velocity[2]]))
    return {"left_x": left[0], "left_y": left[1], "right_x": right[0], "right_y": right[1]}


class Pad:
    """Holds the virtual pad by name; what is not named is released."""

    def __init__(self, station: Station) -> None:
        """Take the pad of a station that has one."""
        self._asker = Asker(station, "inputs", "scripted operator")
        self._held: Positions = {}

    def plug(self) -> None:
        """Plug it in."""
        self._asker.ask("pad.plug", timeout_s=10)

    def hold(self, positions: Positions) -> None:
        """Move to ``positions`` and let go of everything else. Does not wait."""
        changed = {name: value for name, value in positions.items() if self._held.get(name, 0.0) != value}
        changed |= {name: 0.0 for name in self._held if name not in positions}
        if changed:
            self._asker.post("pad.set", **{name: f"{value:.5f}" for name, value in changed.items()})
        self._held = dict(positions)
        self._asker.replies()

    def close(self) -> None:
        """Let go."""
        self.hold({})
        self._asker.close()
