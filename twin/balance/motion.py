"""What goes into the balance and what comes out of it, each tick."""

from dataclasses import dataclass

import numpy as np

from twin.balance.body import Array


@dataclass(frozen=True)
class BaseState:
    """Where the floating base is and how it moves."""

    position_m: Array  # (3,) world
    orientation_wxyz: Array  # (4,) world
    velocity_m_s: Array  # (3,) world
    angular_velocity_rad_s: Array  # (3,) in the base's own axes


@dataclass(frozen=True)
class Report:
    """How the balance stands. World frame."""

    phase: str  # "stand", "shift", "step" or "fallen"
    com_m: Array  # (3,)
    dcm_m: Array  # (2,)
    cop_m: Array  # (2,) nan while nothing is loaded
    support_m: Array  # (k, 2) polygon, counter-clockwise
    foothold_m: Array  # (3,) where the swinging foot will land; nan while both stand
    force_n: Array  # (2, 3) on the left and the right foot
    margin_m: float  # of the DCM to the edge of the support, negative outside
    steps: int  # since the start
    reasons: tuple[str, ...] = ()  # what is slowed or refused: why, e.g. "arms slowed: CoM margin 1.2 cm"


NOWHERE = np.full(3, np.nan)
