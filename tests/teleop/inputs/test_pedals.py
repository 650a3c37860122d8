"""The hold-to-run of other devices, lent to bare hands."""

from teleop.inputs.base import AT_REST, Reading
from teleop.inputs.pedals import Pedals


def keys(*buttons, connected=True):
    return Reading("keyboard:1", "keyboard", "Keyboard", connected, True, AT_REST, buttons, 1)


def test_a_key_that_is_lent_is_held_for_the_hands_and_for_nobody_else():
    pedals = Pedals({"keyboard": "shift"})
    reading = keys("shift", "w")
    pedals.see([reading])
    assert pedals.held
    (said,) = pedals.without([reading])
    assert said.buttons == ("w",)
    assert pedals.without([reading])[0] is said  # said once, not with every poll
    other = keys("w")
    assert pedals.without([other])[0] is other


def test_a_device_that_goes_away_holds_nothing():
    pedals = Pedals({"keyboard": "shift"})
    pedals.see([keys("shift")])
    pedals.see([keys(connected=False)])
    assert not pedals.held


def test_what_has_no_hold_to_run_lends_nothing():
    pedals = Pedals({"keyboard": "shift"})
    pad = Reading("gamepad:1", "gamepad", "Pad", True, True, AT_REST, ("shift",), 1)
    pedals.see([pad])
    assert not pedals.held
    assert pedals.without([pad])[0] is pad
