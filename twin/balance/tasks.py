"""How firmly the centre of mass, the pelvis and the feet are held to what is wished of them."""

from typing import NamedTuple

import numpy as np

from twin.balance.body import Array
from twin.balance.dynamics import TASK_ROWS
from twin.balance.gains import Gains


class Tasks(NamedTuple):
    """Of each row of what is controlled, in the order of ``Dynamics.jacobian``."""

    weight: Array  # (18, 1)
    stiffness: Array  # (18,) 1/s^2
    damping: Array  # (18,) 1/s


def tasks_of(gains: Gains, stance: tuple[int, ...], swinging: int | None) -> Tasks:
    """While the feet ``stance`` stand and the foot ``swinging`` swings, if one does. One that does neither is free."""
    weight, stiffness, damping = np.zeros((3, TASK_ROWS))
    weight[:3] = gains.com_weight
    weight[3:6], stiffness[3:6] = gains.pelvis_weight, gains.pelvis_stiffness
    damping[3:6] = gains.pelvis_damping
    for side in stance:
        foot = slice(6 + 6 * side, 12 + 6 * side)
        weight[foot], stiffness[foot] = gains.stance_weight, gains.stance_stiffness
        damping[foot] = gains.stance_damping
    if swinging is not None:
        foot = slice(6 + 6 * swinging, 12 + 6 * swinging)
        weight[foot] = np.repeat((gains.swing_weight, gains.swing_turn_weight), 3)
        stiffness[foot] = np.repeat((gains.swing_stiffness, gains.swing_turn_stiffness), 3)
        damping[foot] = np.repeat((gains.swing_damping, gains.swing_turn_damping), 3)
    return Tasks(weight[:, None], stiffness, damping)
