"""What goes into the balance and what comes out of it, each tick."""

from typing import NamedTuple

import numpy as np

from twin.balance.body import Array
from twin.balance.whole_body_qp import Solution


class BaseState(NamedTuple):
    """Where the floating base is and how it moves."""

    position_m: Array  # (3,) world
    orientation_wxyz: Array  # (4,) world
    velocity_m_s: Array  # (3,) world
    angular_velocity_rad_s: Array  # (3,) in the base's own axes


class Report(NamedTuple):
    """How the balance stands. World frame."""

    phase: str  # "stand", "shift", "step" or "fallen"
    com_m: Array  # (3,)
    dcm_m: Array  # (2,)
    support_m: Array  # (k, 2) polygon, counter-clockwise
    foothold_m: Array  # (3,) where the swinging foot will land; nan while both stand
    solution: Solution | None  # what presses on the ground; None without any
    margin_m: float  # of the DCM to the edge of the support, negative outside
    steps: int  # since the start
    reasons: tuple[str, ...] = ()  # what is slowed or refused: why, e.g. "arms slowed: CoM margin 1.2 cm"

    @property
    def cop_m(self) -> Array:
        """Centre of pressure, (2,); nan while nothing is loaded."""
        return self.solution.cop_m if self.solution else np.full(2, np.nan)

    @property
    def force_n(self) -> Array:
        """On the left and the right foot, (2, 3)."""
        return self.solution.force_n if self.solution else np.zeros((2, 3))


NOWHERE = np.full(3, np.nan)
