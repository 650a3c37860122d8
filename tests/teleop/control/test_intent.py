"""From samples to intent: dead zones, layers, presses, holds, double presses."""

import pytest

from teleop.bindings import load_bindings
from teleop.inputs.base import AXES
from teleop.intent import Interpreter
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


def test_a_headset_with_its_left_stick_pressed_in_marks_takes_without_changing_the_scale():
    headset = Interpreter(BINDINGS["headset"])
    headset.read(sample(), "arms", 0)
    steps = [(10, ["left_stick"]), (20, ["left_stick", "a"]), (30, ["left_stick"]), (40, [])]
    assert actions_over(headset, steps) == ["take.good"]
    assert actions_over(headset, [(50, ["left_stick"]), (60, [])]) == ["scale.next"]


def test_every_device_can_mark_takes():
    for bindings in BINDINGS.values():
        assert {"take.good", "take.bad"} <= {button.does for button in bindings.button}
