"""Binding files: what they may say, and what one is told when they say something else."""

import pytest

from teleop.bindings.files import load_bindings, read_bindings
from teleop.bindings.words import KINDS, LAYERS
from twin import places
from twin.errors import SettingsError

DEFAULT = load_bindings()
PATHS = {kind: places.assets_folder() / "bindings" / "default" / f"{kind}.toml" for kind in KINDS}


def changed(tmp_path, kind, old, new):
    text = PATHS[kind].read_text("utf-8")
    assert old in text
    path = tmp_path / f"{kind}.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize("kind", ["gamepad", "keyboard"])
def test_everything_the_issue_asks_of_a_device_is_bound(kind):
    bindings = DEFAULT[kind]
    moves = {row.moves for row in bindings.axis}
    does = {row.does for row in bindings.button}
    assert {f"hand.{axis}" for axis in ("x", "y", "z", "roll", "pitch", "yaw")} <= moves
    assert {"wrist.yaw", "wrist.pitch", "fingers.spread", "thumb.opposition"} <= moves
    assert {
        "record",
        "discard",
        "ready_pose",
        "open_hand",
        "layer.next",
        "arm",
        "grasp.next",
        "grasp.lock",
    } <= does
    assert any(name.startswith("closure.") for name in moves)
    assert does & {"other_side", "side.swap"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layer", LAYERS)
def test_every_hint_is_a_control_and_a_meaning_and_hold_to_run_comes_first(kind, layer):
    hints = DEFAULT[kind].hints(layer)
    pairs = [hint.split("=") for hint in hints]
    assert all(len(pair) == 2 and pair[0] and pair[1] for pair in pairs)
    held = DEFAULT[kind].hold_to_run
    assert hints[0] == f"{held.label}={held.hint}"
    assert any("STOP" in hint for hint in hints)
    assert len({control for control, _ in pairs}) == len(pairs)


def test_hints_change_with_the_layer():
    assert "Left stick=hand forward / back, left / right" in DEFAULT["gamepad"].hints("arms")
    assert "Left stick=spread fingers, thumb across" in DEFAULT["gamepad"].hints("hands")


@pytest.mark.parametrize(
    ("kind", "old", "new", "told"),
    [
        ("gamepad", 'moves = "hand.x"', 'moves = "hand.w"', "'hand.w'"),
        ("gamepad", 'input = "left_trigger"', 'input = "trigger_left"', "trigger_left"),
        ("gamepad", 'input = "right_shoulder"', 'input = "rb"', "'rb'"),
        ("gamepad", 'does = "record"', 'does = "rec"', "'rec'"),
        ("gamepad", "dead_zone = 0.10", "deadzone = 0.10", "deadzone"),
        ("gamepad", 'start = "arms"', 'start = "fly"', "fly"),
        ("gamepad", 'input = "b"', 'input = "a"', "both"),
        ("gamepad", 'layers = ["arms"]', 'layers = ["armes"]', "armes"),
        ("gamepad", "expo = 1.6", "expo = = 1.6", "line 24"),
        ("gamepad", "expo = 1.6", 'expo = "much"', "expo"),
        ("gamepad", 'kind = "gamepad"', 'kind = "keyboard"', "keyboard"),
        ("keyboard", 'positive = "w"', 'positive = "shft"', "shft"),
        ("keyboard", 'positive = "w"', 'input = "left_x"\npositive = "w"', "either"),
        ("keyboard", 'input = "x"', 'input = "shift"', "hold_to_run"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_what_is_allowed(tmp_path, kind, old, new, told):
    path = changed(tmp_path, kind, old, new)
    with pytest.raises(SettingsError) as raised:
        read_bindings(path, kind)
    assert str(path) in str(raised.value)
    assert told in str(raised.value)


def test_bindings_that_do_not_exist_say_where_they_would_be(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path)
    with pytest.raises(SettingsError, match="nobody"):
        load_bindings("nobody")


def test_the_users_own_file_wins_and_what_it_lacks_is_the_default(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path)
    own = tmp_path / "bindings" / "mine"
    own.mkdir(parents=True)
    text = PATHS["gamepad"].read_text("utf-8").replace('title = "Gamepad"', 'title = "Mine"')
    (own / "gamepad.toml").write_text(text, "utf-8")
    found = load_bindings("mine")
    assert found["gamepad"].title == "Mine"
    assert found["keyboard"] == DEFAULT["keyboard"]
