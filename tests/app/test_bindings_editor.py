"""Bindings are changed by pressing, checked as control checks them, taken back, saved, and carried elsewhere."""

import numpy as np
import pytest

from app.controls import draft as bindings_draft
from app.controls.capture import Capture
from app.controls.draft import BindingsDraft, check_name, dead_zone_of
from app.controls.editor import BindingsEditor
from app.settings import load_settings
from teleop.bindings.files import load_bindings
from teleop.bindings.glyphs import family_of, glyph, in_glyphs
from teleop.bindings.words import CONTROLS, LAYERS
from teleop.inputs.base import AXES
from twin import places
from twin.errors import SettingsError
from twin.wire.messages import InputSample, vector

S = 1_000_000_000


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """The user's configuration lies in a folder of the test's own."""
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path / "config")
    return tmp_path / "config"


@pytest.fixture
def editor() -> BindingsEditor:
    return BindingsEditor("default")


def pad(*buttons: str, name: str = "Xbox Wireless Controller", **axes: float) -> InputSample:
    values = [axes.get(axis, 0.0) for axis in AXES]
    return InputSample(
        device="gamepad:1", kind="gamepad", name=name, connected=True, axes=vector(values), buttons=buttons
    )


def row_of(editor: BindingsEditor, meaning: str):
    return next(row for row in editor.rows() if row.meaning == meaning)


def press(editor: BindingsEditor, sample: InputSample) -> None:
    """Press and let go, as a hand does."""
    for each in (pad(), sample, pad()):
        editor.hear(each, 0)


# --- by pressing ------------------------------------------------------------------------------------------


def test_a_row_is_bound_to_the_button_that_is_pressed_and_the_hint_bar_calls_it_so(editor):
    editor.capture(row_of(editor, "relatch"))
    assert editor.said == "press a control: relatch"
    press(editor, pad("guide"))
    assert row_of(editor, "relatch").control == "guide"
    assert not editor.is_capturing
    assert any(hint.startswith("Guide=") for hint in editor.draft.bindings.hints("arms"))


def test_what_was_held_before_is_not_what_was_pressed(editor):
    capture = Capture(("input",), wants_axis=False)
    capture.look(pad("left_shoulder"))
    capture.look(pad("left_shoulder"))
    assert capture.found == {}
    capture.look(pad("left_shoulder", "y"))
    assert capture.found == {"input": "y"}


def test_an_axis_is_the_one_that_is_pushed_far_whichever_way_and_noise_is_none(editor):
    capture = Capture(("input",), wants_axis=True)
    for sample in (pad(left_x=0.05), pad(left_x=0.3, right_y=0.2), pad(right_y=-0.9, right_x=-0.3)):
        capture.look(sample)
    assert capture.found == {"input": "right_y"}


def test_a_pair_of_buttons_is_pressed_one_after_the_other(editor):
    editor.capture(row_of(editor, "hand.pitch"))
    assert editor.said == "press a control for +: hand pitch"
    editor.hear(pad(), 0)
    editor.hear(pad("dpad_down"), 0)
    assert editor.said == "press a control for \u2212: hand pitch"
    editor.hear(pad("dpad_down"), 0)
    assert editor.is_capturing, "still the same press"
    editor.hear(pad(), 0)
    editor.hear(pad("dpad_up"), 0)
    assert row_of(editor, "hand.pitch").control == "dpad_down / dpad_up"


def test_stop_cannot_be_given_away(editor):
    editor.capture(row_of(editor, "relatch"))
    press(editor, pad("back"))
    assert "Back is STOP" in editor.said
    assert row_of(editor, "relatch").control == "right_stick"


def test_a_conflict_is_told_by_layer_and_meaning_and_two_controls_may_change_places(editor):
    row = row_of(editor, "record")
    editor.capture(row)
    press(editor, pad("y"))
    assert editor.said_severity == "warning"
    assert "'y' is both" in editor.said
    assert "layer.next" in editor.said
    assert row_of(editor, "record").control == "a"
    assert editor.can_swap
    editor.swap()
    assert (row_of(editor, "record").control, row_of(editor, "layer.next").control) == ("y", "a")
    editor.undo()
    assert (row_of(editor, "record").control, row_of(editor, "layer.next").control) == ("a", "y")


def test_every_change_can_be_taken_back(editor):
    before = editor.draft.text
    editor.set_feel("expo", 2.2)
    editor.capture(row_of(editor, "relatch"))
    press(editor, pad("guide"))
    assert editor.is_changed
    editor.undo()
    editor.undo()
    assert editor.draft.text == before
    assert not editor.is_changed
    assert not editor.draft.can_undo


def test_keys_are_bound_by_pressing_them_too(editor):
    editor.look_at(kind="keyboard")
    editor.capture(row_of(editor, "relatch"))
    taken = {key for layer in LAYERS for row in editor.draft.rows(layer) for key in row.control.split(" / ")}
    free = next(key for key in CONTROLS["keyboard"] if key not in {*taken, "shift", "escape"})
    for keys in ((), (free,)):
        editor.hear(InputSample(device="keyboard", kind="keyboard", buttons=keys), 0)
    assert row_of(editor, "relatch").control == free


# --- the feel of the sticks -------------------------------------------------------------------------------


def test_a_worn_stick_gets_a_dead_zone_that_covers_its_drift(editor):
    rng = np.random.default_rng(3)
    editor.measure(0)
    for step in range(60):
        noise = rng.uniform(-0.01, 0.01, 4)
        sample = pad(left_x=0.08 + noise[0], left_y=noise[1], right_x=noise[2], right_y=noise[3])
        editor.hear(sample, step * S // 20)
    assert 0.12 < editor.draft.feel("dead_zone") < 0.16
    assert "the sticks stray by" in editor.said


def test_a_stick_in_a_hand_is_not_measured(editor):
    before = editor.draft.feel("dead_zone")
    editor.measure(0)
    for step in range(60):
        editor.hear(pad(left_x=min(1.0, step / 30)), step * S // 20)
    assert editor.draft.feel("dead_zone") == before
    assert "not at rest" in editor.said
    assert dead_zone_of([(0.0, 0.0)] * 5) is None


def test_a_feel_that_cannot_be_is_refused_in_a_sentence(editor):
    editor.set_feel("expo", 9.0)
    assert editor.said_severity == "warning"
    assert "expo" in editor.said
    assert editor.draft.feel("expo") == 1.6


# --- files ------------------------------------------------------------------------------------------------


def test_saved_controls_keep_the_comments_and_are_what_control_reads_next(editor, own_folder):
    editor.set_feel("dead_zone", 0.2)
    editor.save("anna")
    path = own_folder / "bindings" / "anna" / "gamepad.toml"
    assert path.read_text(encoding="utf-8").startswith("# What a gamepad means")
    assert load_bindings("anna")["gamepad"].feel.dead_zone == 0.2
    assert load_settings(own_folder / "settings.toml").bindings == "anna"
    assert not (own_folder / "bindings" / "anna" / "keyboard.toml").exists()
    assert not editor.is_changed
    assert bindings_draft.names() == ("default", "anna")
    assert BindingsEditor("anna").draft.feel("dead_zone") == 0.2


@pytest.mark.parametrize("name", ["default", "", "../evil", "a b", "x" * 50, ".hidden"])
def test_a_name_that_cannot_be_is_refused(editor, own_folder, name):
    with pytest.raises(SettingsError):
        check_name(name)
    editor.save(name)
    assert editor.said_severity == "warning"
    assert not own_folder.exists()


def test_controls_travel_to_another_station_by_file(editor, tmp_path):
    editor.set_feel("expo", 2.4)
    editor.export(tmp_path / "out" / "gamepad.toml")
    other = BindingsEditor("default")
    other.take_from(tmp_path / "out" / "gamepad.toml")
    assert other.draft.feel("expo") == 2.4
    assert other.draft.can_undo
    assert "save it" in other.said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("not toml at all [", "wrong.toml"),
        ('kind = "keyboard"\n', "wrong.toml"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_control_would_refuse_changes_nothing(editor, tmp_path, text, told):
    path = tmp_path / "wrong.toml"
    if text is not None:
        path.write_text(text)
    before = editor.draft.text
    editor.take_from(path)
    assert told in editor.said
    assert editor.draft.text == before


def test_bindings_that_cannot_be_used_are_told_and_those_that_ship_are_shown(own_folder):
    folder = own_folder / "bindings" / "broken"
    folder.mkdir(parents=True)
    (folder / "gamepad.toml").write_text("kind = 3\n")
    editor = BindingsEditor("broken")
    assert editor.name == "default"
    assert editor.rows()


# --- glyphs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Xbox Wireless Controller", "xbox"),
        ("Microsoft X-Box 360 pad", "xbox"),
        ("Sony Interactive Entertainment Wireless Controller", "playstation"),
        ("DualSense Wireless Controller", "playstation"),
        ("PS4 Controller", "playstation"),
        ("Nintendo Switch Pro Controller", "nintendo"),
        ("8BitDo Ultimate", "xbox"),
        ("Logitech Gamepad F310", "xbox"),
    ],
)
def test_a_pads_glyphs_are_those_that_are_printed_on_it(name, family):
    assert family_of(name) == family


def test_every_control_of_a_pad_has_a_glyph_and_no_two_are_alike():
    for family in ("xbox", "playstation", "nintendo"):
        glyphs = [glyph(control, family) for control in (*CONTROLS["gamepad"], *AXES)]
        assert len(set(glyphs)) == len(glyphs)
    assert in_glyphs("dpad_up / a", "playstation") == "D-pad ↑ / ✕"


def test_every_layer_of_what_ships_can_be_shown():
    for kind in ("gamepad", "keyboard"):
        draft = BindingsDraft(kind, "default")
        assert all(draft.rows(layer) for layer in LAYERS)


# --- a headset's controllers ------------------------------------------------------------------------------


def controllers(*buttons: str, **axes: float) -> InputSample:
    values = [axes.get(axis, 0.0) for axis in AXES]
    return InputSample(
        device="headset:1", kind="headset", name="Quest", connected=True, axes=vector(values), buttons=buttons
    )


def test_a_headsets_button_is_bound_by_pressing_it_and_called_as_its_maker_calls_it(editor, own_folder):
    editor.look_at("headset", "arms")
    editor.capture(row_of(editor, "record"))
    for sample in (controllers(), controllers("grip", "left_grip"), controllers()):
        editor.hear(sample, 0)
    assert row_of(editor, "record").control == "left_grip"
    editor.undo()
    editor.capture(row_of(editor, "take.good"))  # while the left stick is pressed in
    for sample in (controllers(), controllers("left_stick"), controllers("left_stick", "right_stick")):
        editor.hear(sample, 0)
    assert row_of(editor, "take.good").control == "right_stick"
    editor.save("mine")
    assert "take.good" in (own_folder / "bindings" / "mine" / "headset.toml").read_text("utf-8")
    mine = load_bindings("mine")["headset"]
    assert next(row.input for row in mine.button if row.does == "take.good") == "right_stick"


def test_a_push_of_the_pressed_stick_is_meant_and_not_the_stick(editor):
    editor.look_at("headset", "arms")
    row = next(row for row in editor.rows() if row.meaning == "grasp.next")
    assert row.control == "right_stick_up"
    editor.capture(row)
    editor.hear(controllers(), 0)
    editor.hear(controllers("right_stick"), 0)
    assert editor.is_capturing
    editor.hear(controllers("right_stick", "right_stick_left"), 0)
    assert "right_stick_left" in editor.said or editor.can_swap, "it is taken: they may change places"


def test_both_sticks_of_a_headset_stay_stop(editor):
    editor.look_at("headset", "arms")
    editor.capture(row_of(editor, "record"))
    editor.hear(controllers(), 0)
    editor.hear(controllers("both_sticks", "left_stick", "right_stick"), 0)
    assert "is STOP" in editor.said
    assert row_of(editor, "record").control == "a"


def test_a_headsets_axis_is_bound_by_pushing_it(editor):
    editor.look_at("headset", "arms")
    editor.capture(row_of(editor, "closure.left"))
    assert editor.said == "push a stick or trigger: closure left"
    editor.hear(controllers(), 0)
    editor.hear(controllers(right_trigger=1.0), 0)
    assert "change places" in editor.said or editor.can_swap
