"""From samples to intent: dead zones, layers, presses, holds, double presses."""

import pytest
from msgspec.structs import replace

from teleop.bindings.files import load_bindings
from teleop.control.intent import LATCH_DROPPED, Interpreter
from teleop.inputs.base import AXES
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import InputSample, vector

BINDINGS = load_bindings()


@pytest.fixture
def pad():
    interpreter = Interpreter(BINDINGS["gamepad"])
    interpreter.read(sample(), "arms", 0)
    return interpreter


def sample(*buttons, **axes):
    return InputSample(
        device="gamepad:1",
        kind="gamepad",
        connected=True,
        axes=vector([axes.get(name, 0.0) for name in AXES]),
        buttons=tuple(buttons),
    )


def actions_over(interpreter, steps, layer="arms"):
    """Actions of samples given as (milliseconds, buttons)."""
    return [
        action
        for ms, buttons in steps
        for action in interpreter.read(sample(*buttons), layer, ms * NS_PER_MS).actions
    ]


def test_left_stick_moves_the_hand_forward_and_left(pad):
    intent = pad.read(sample(left_y=1.0), "arms", NS_PER_MS)
    assert intent.rate("hand.x") == pytest.approx(1.0)
    assert intent.rate("hand.y") == 0.0
    assert pad.read(sample(left_x=1.0), "arms", NS_PER_MS).rate("hand.y") == pytest.approx(1.0)
    assert not intent.neutral


def test_a_worn_stick_that_rests_off_centre_is_neutral(pad):
    intent = pad.read(sample(left_x=0.06, left_y=-0.07, right_x=0.09), "arms", NS_PER_MS)
    assert intent.neutral
    assert not any(intent.rates.values())


def test_the_same_stick_means_something_else_in_another_layer(pad):
    intent = pad.read(sample(left_x=1.0), "hands", NS_PER_MS)
    assert intent.rate("fingers.spread") == pytest.approx(1.0)
    assert intent.rate("hand.y") == 0.0


def test_a_trigger_is_not_a_reason_not_to_engage(pad):
    intent = pad.read(sample(right_trigger=1.0), "arms", NS_PER_MS)
    assert intent.neutral
    assert intent.rate("closure.right") == 1.0


def test_dpad_up_lifts_the_fingers(pad):
    assert pad.read(sample("dpad_up"), "arms", NS_PER_MS).rate("hand.pitch") == -1.0


def test_holding_the_right_bumper_drives_the_other_hand(pad):
    assert pad.read(sample("right_shoulder"), "arms", NS_PER_MS).other_side
    assert not pad.read(sample(), "arms", 2 * NS_PER_MS).other_side


def test_a_press_counts_once(pad):
    assert actions_over(pad, [(10, ["a"]), (20, ["a"]), (30, ["a"]), (40, []), (50, ["a"])]) == [
        "record",
        "record",
    ]


def test_start_must_be_held_half_a_second(pad):
    assert actions_over(pad, [(10, ["start"]), (400, ["start"]), (420, [])]) == []
    assert actions_over(pad, [(500, ["start"]), (990, ["start"]), (1010, ["start"]), (2000, ["start"])]) == [
        "arm"
    ]


def test_discarding_needs_two_presses_within_two_seconds(pad):
    assert actions_over(pad, [(0, ["b"]), (50, []), (1900, ["b"]), (1950, [])]) == ["discard.once", "discard"]
    assert actions_over(pad, [(5000, ["b"]), (5050, []), (7100, ["b"]), (7150, [])]) == ["discard.once"] * 2


def test_a_left_stick_click_acts_on_release_and_never_as_part_of_the_stop_chord(pad):
    assert actions_over(pad, [(0, ["left_stick"]), (50, ["left_stick"])]) == []
    assert actions_over(pad, [(100, [])]) == ["scale.next"]
    chord = [(200, ["left_stick"]), (230, ["left_stick", "right_stick"]), (260, ["left_stick"]), (300, [])]
    assert actions_over(pad, chord) == []


def test_what_is_held_when_a_device_appears_was_not_pressed_for_us():
    interpreter = Interpreter(BINDINGS["gamepad"])
    steps = [(0, ["a", "start"]), (100, ["a", "start"]), (900, ["a", "start"]), (950, []), (960, ["a"])]
    assert actions_over(interpreter, steps) == ["record"]


def test_a_device_that_went_away_does_not_finish_what_it_began(pad):
    assert actions_over(pad, [(0, ["b"]), (50, [])]) == ["discard.once"]
    pad.forget()
    assert actions_over(pad, [(100, []), (200, ["b"])]) == ["discard.once"]


def test_a_value_that_is_not_a_number_is_rest(pad):
    intent = pad.read(
        sample(left_y=float("nan"), right_x=float("inf"), right_trigger=float("nan")), "arms", NS_PER_MS
    )
    assert intent.neutral
    assert not any(intent.rates.values())


def test_a_sample_with_too_few_axes_moves_nothing(pad):
    short = InputSample(device="gamepad:1", kind="gamepad", connected=True, axes=vector([1.0, 1.0]))
    assert pad.read(short, "arms", NS_PER_MS).neutral


def test_the_keyboard_drives_by_pairs_of_keys():
    keys = Interpreter(BINDINGS["keyboard"])
    keys.read(InputSample(device="keyboard", kind="keyboard", connected=True), "arms", 0)
    down = InputSample(device="keyboard", kind="keyboard", connected=True, buttons=("shift", "w", "d", "c"))
    intent = keys.read(down, "arms", NS_PER_MS)
    assert intent.hold_to_run
    assert intent.rate("hand.x") == 1.0
    assert intent.rate("hand.y") == -1.0
    assert intent.rate("closure.rate") == 1.0
    both = InputSample(device="keyboard", kind="keyboard", connected=True, buttons=("w", "s"))
    assert keys.read(both, "arms", 2 * NS_PER_MS).rate("hand.x") == 0.0


def test_with_the_right_bumper_the_face_buttons_speak_about_the_take_and_nothing_else(pad):
    steps = [(10, ["right_shoulder"]), (20, ["right_shoulder", "a"]), (30, ["right_shoulder"])]
    assert actions_over(pad, steps) == ["take.good"]
    assert actions_over(pad, [(40, ["right_shoulder", "b"]), (50, ["b"]), (60, [])]) == ["take.bad"]
    twice = [(70, ["right_shoulder"]), (80, ["right_shoulder", "y"]), (90, ["right_shoulder"])]
    assert actions_over(pad, [*twice, (100, ["right_shoulder", "y"])]) == ["redo.once", "redo"]
    assert actions_over(pad, [(200, []), (210, ["a"])]) == ["record"]


def test_a_headset_with_its_left_stick_pressed_in_marks_takes_without_taking_the_wrists():
    headset = Interpreter(BINDINGS["headset"])
    headset.read(sample(), "arms", 0)
    steps = [(10, ["left_stick"]), (20, ["left_stick", "a"]), (30, ["left_stick"]), (40, [])]
    assert actions_over(headset, steps) == ["take.good"]
    assert actions_over(headset, [(50, ["left_stick"]), (60, [])]) == ["wrists"]


def test_every_device_can_mark_takes():
    for kind in ("gamepad", "keyboard", "headset"):  # a mouse does so in the window
        bindings = BINDINGS[kind]
        assert {"take.good", "take.bad"} <= {button.does for button in bindings.button}


def test_two_quick_taps_of_the_right_bumper_are_one_wish_and_slow_or_interrupted_ones_none(pad):
    tap = [(10, ["right_shoulder"]), (60, []), (200, ["right_shoulder"]), (260, [])]
    assert actions_over(pad, tap) == ["mirror"]
    slow = [(1000, ["right_shoulder"]), (1060, []), (1500, ["right_shoulder"]), (1560, [])]
    assert actions_over(pad, slow) == []
    between = [(3000, ["right_shoulder"]), (3050, []), (3100, ["a"]), (3150, []), (3200, ["right_shoulder"])]
    assert actions_over(pad, between) == ["record"]


def test_a_button_that_is_held_as_well_gives_stick_and_cross_another_meaning(pad):
    plain = pad.read(sample("dpad_left", right_x=1.0), "walk", NS_PER_MS)
    assert plain.rate("base.yaw") == pytest.approx(1.0)
    assert plain.rate("neck.yaw") == plain.rate("waist.yaw") == 0.0
    assert plain.actions == ("trim.left",)
    pad.read(sample(), "walk", 2 * NS_PER_MS)
    shifted = pad.read(sample("right_shoulder", "dpad_left", right_x=1.0), "walk", 3 * NS_PER_MS)
    assert shifted.rate("base.yaw") == 0.0
    assert shifted.rate("neck.yaw") == pytest.approx(1.0)
    assert shifted.rate("waist.yaw") == 1.0
    assert shifted.actions == ()
    assert not shifted.other_side


def test_a_cross_that_is_held_repeats(pad):
    held = [(at, ["dpad_up"]) for at in range(10, 1000, 10)]
    assert actions_over(pad, held, "walk") == ["body.up"] * 4  # at once, after 0.5 s, and every 0.2 s


# --- hold-to-run that holds itself ----------------------------------------------------------------------


@pytest.fixture
def latching():
    bindings = BINDINGS["gamepad"]
    press = replace(bindings.hold_to_run, latch=True, drops_after_s=2.0)
    interpreter = Interpreter(replace(bindings, hold_to_run=press))
    interpreter.read(sample(), "arms", 0)
    return interpreter


def held_over(interpreter, steps):
    return [
        interpreter.read(sample(*buttons, **axes), "arms", ms * NS_PER_MS).hold_to_run
        for ms, buttons, axes in steps
    ]


def test_a_latch_closes_with_one_press_and_opens_with_the_next(latching):
    lb = ["left_shoulder"]
    steps = [(10, lb, {}), (20, [], {}), (30, [], {}), (40, lb, {}), (50, [], {})]
    assert held_over(latching, steps) == [True, True, True, False, False]


def test_a_latch_opens_by_itself_when_nothing_moves_and_says_so(latching):
    held_over(latching, [(10, ["left_shoulder"], {}), (20, [], {})])
    assert held_over(latching, [(at, [], {"right_y": 0.5}) for at in range(1000, 9000, 500)])[-1]
    intents = [latching.read(sample(), "arms", at * NS_PER_MS) for at in (9000, 10500, 10600, 10700)]
    assert [intent.hold_to_run for intent in intents] == [True, True, False, False]
    assert [LATCH_DROPPED in intent.actions for intent in intents] == [False, False, True, False]


def test_a_trigger_that_is_only_held_does_not_keep_a_latch_closed(latching):
    held_over(latching, [(10, ["left_shoulder"], {}), (20, [], {"left_trigger": 1.0})])
    assert held_over(latching, [(at, [], {"left_trigger": 1.0}) for at in (1000, 3000)]) == [True, False]


def test_a_bumper_that_was_held_when_the_device_came_closes_no_latch():
    bindings = BINDINGS["gamepad"]
    interpreter = Interpreter(replace(bindings, hold_to_run=replace(bindings.hold_to_run, latch=True)))
    lb = ["left_shoulder"]
    assert held_over(interpreter, [(0, lb, {}), (10, lb, {}), (20, [], {}), (30, lb, {})]) == [
        *(False, False, False),
        True,
    ]
