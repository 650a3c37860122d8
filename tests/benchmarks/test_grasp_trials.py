"""The grasp benchmark's trials: the hand that ships holds what it picks up, and the figures are of what happened."""

import pytest

from benchmarks import grasp
from benchmarks.grasp_trials import SHAKE_M_S2, Thing, holds, holds_gently


@pytest.mark.parametrize(
    "thing",
    [
        Thing("cylinder", (0.06, 0.06, 0.10), 0.3),
        Thing("box", (0.05, 0.05, 0.10), 1.0),
        Thing("sphere", (0.07, 0.07, 0.07), 1.0),
    ],
    ids=lambda thing: f"{thing.shape} {thing.mass_kg} kg",
)
def test_what_is_picked_up_is_still_in_the_hand_after_the_shake(thing: Thing):
    hold = holds(thing)
    assert hold.slip_mm <= 15.0
    assert hold.shake_m_s2 >= SHAKE_M_S2


def test_an_egg_is_held_and_not_crushed_by_fingers_that_stop_when_they_feel_it():
    hold = holds_gently(Thing("sphere", (0.045, 0.045, 0.045), 0.06))
    assert hold.slip_mm <= 15.0
    assert hold.squeeze_n <= 10.0


def test_the_same_trial_loses_the_cylinder_with_contacts_as_mujoco_has_them():
    hold = holds(Thing("cylinder", (0.06, 0.06, 0.10), 1.0), soften=grasp.as_mujoco_has_it)
    assert hold.slip_mm > 100.0
