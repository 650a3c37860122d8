"""Where joints come to rest that brake, compiled (``halt.h``)."""

import ctypes

import numpy as np

from twin.ik.compiled.library import halt_library
from twin.ik.compiled.memory import Layout, Memory
from twin.spatial import Array

LAYOUT = Layout(
    "twin/ik/compiled/halt.h",
    counts=("joints",),
    numbers=("unseen_m",),
    indices={},
    arrays={
        "acceleration_rad_s2": ("joints",),
        "sweep_m_s2": ("joints",),
        "from_rad": ("joints",),
        "speed_rad_s": ("joints",),
        "stops_rad": ("joints",),
    },
)


class HaltStruct(ctypes.Structure):
    """``Halt`` of ``halt.h``, field by field."""

    _fields_ = LAYOUT.fields()


class Halting(Memory):
    """All joints of a robot, and how each of them brakes."""

    def __init__(self, acceleration_rad_s2: Array, sweep_m_s2: Array, unseen_m: float) -> None:
        """Joints brake with ``acceleration_rad_s2``, shape (n,).

        Args:
            acceleration_rad_s2: of each joint, > 0.
            sweep_m_s2: how far the farthest part of each goes until it stops, by its speed squared, shape (n,).
            unseen_m: what comes nearer than this before it stops was watched already.
        """
        self._library = halt_library(ctypes.sizeof(HaltStruct))
        struct = HaltStruct(joints=len(acceleration_rad_s2), unseen_m=unseen_m)
        arrays = {
            "acceleration_rad_s2": np.array(acceleration_rad_s2, np.float64),
            "sweep_m_s2": np.array(sweep_m_s2, np.float64),
        }
        super().__init__(LAYOUT, struct, arrays)
        self._from, self._speed, self._stops = self["from_rad"], self["speed_rad_s"], self["stops_rad"]

    def is_within_sight(self, speed_rad_s: Array) -> bool:
        """Whether nothing that moves, at speeds of shape (n,), could meet what is not watched yet before it stops."""
        self._speed[...] = speed_rad_s
        return self._library.is_within_sight(self._address) != 0

    def halted(self, position_rad: Array, speed_rad_s: Array, dt_s: float) -> Array:
        """Where all joints come to rest that brake from ``speed_rad_s`` at ``position_rad`` in steps of ``dt_s``."""
        self._from[...] = position_rad
        self._speed[...] = speed_rad_s
        self._library.halt(self._address, dt_s)
        return self._stops.copy()
