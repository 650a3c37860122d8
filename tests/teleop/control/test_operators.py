"""Profiles of those who drive, and bindings as files: from the command line, in a config folder of their own."""

import json
import zipfile

import pytest

from app.main import main
from teleop.bindings.files import load_bindings
from teleop.operators import Operator, bindings_of, fitted, load_operator, path_of, save_operator
from twin import places
from twin.errors import SettingsError
from twin.station import Station

BINDINGS = load_bindings()


@pytest.fixture(autouse=True)
def config(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path)
    return tmp_path


def told(capsys, *words):
    code = main(words)
    out, err = capsys.readouterr()
    return code, out + err


# --- profiles -------------------------------------------------------------------------------------------


def test_a_profile_is_made_changed_shown_and_removed(capsys):
    assert told(capsys, "operators", "set", "Ada L.", "left_handed=true", "fast=0.7")[0] == 0
    assert load_operator("Ada L.") == Operator(left_handed=True, fast=0.7)
    told(capsys, "operators", "set", "Ada L.", "fast=", "arm_length_m=0.62")
    assert load_operator("Ada L.") == Operator(left_handed=True, arm_length_m=0.62)
    code, text = told(capsys, "operators", "show", "Ada L.", "--json")
    assert json.loads(text) == {"left_handed": True, "arm_length_m": 0.62}
    assert "Ada L." in told(capsys, "operators", "list")[1]
    assert told(capsys, "operators", "remove", "Ada L.")[0] == 0
    assert load_operator("Ada L.") == Operator()
    assert code == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["left_handed=perhaps"], "left_handed"),
        (["hight_m=1.7"], "hight_m"),
        (["height_m=17"], "height_m"),
        (["fast=nan"], "fast"),
        (["fast"], "KEY=VALUE"),
    ],
)
def test_what_a_profile_cannot_say_is_refused_in_words_and_nothing_is_written(capsys, values, said):
    code, text = told(capsys, "operators", "set", "bob", *values)
    assert code != 0
    assert said in text
    assert not path_of("bob").exists()


def test_a_name_that_would_leave_the_folder_is_none(capsys):
    for name in ("../bob", "a/b", ".hidden", "", "x" * 70):
        with pytest.raises(SettingsError, match="name begins"):
            path_of(name)
    assert load_operator("../bob") == Operator()


def test_a_file_with_a_fault_is_named_by_check_and_stops_a_station(capsys, config):
    save_operator("good", {"voice": True})
    (config / "operators" / "bad.toml").write_text("left_handed = 3\n", "utf-8")
    code, text = told(capsys, "operators", "check")
    assert code == 1
    assert "bad.toml" in text
    assert "left_handed" in text
    with pytest.raises(SettingsError, match=r"bad\.toml"):
        bindings_of(Station(folder="/nowhere", robot_folder="", operator="bad"))


def test_a_profile_changes_speeds_feel_and_hands_of_the_bindings():
    operator = Operator(
        left_handed=True, fast=0.5, latch=True, dead_zone=0.2, expo=2.0, rumble=0.0, arm_length_m=0.5
    )
    plain, pad = BINDINGS["gamepad"], fitted(BINDINGS["gamepad"], operator, robot_arm_m=0.6)
    assert pad.hold_to_run.input == "right_shoulder"
    assert pad.hold_to_run.latch
    assert (pad.feel.dead_zone, pad.feel.expo, pad.feel.rumble) == (0.2, 2.0, 0.0)
    assert pad.scales.fast.linear_m_s == pytest.approx(0.5 * plain.scales.fast.linear_m_s)
    assert pad.scales.slow.linear_m_s == plain.scales.slow.linear_m_s
    headset = fitted(BINDINGS["headset"], operator, robot_arm_m=0.6)
    assert headset.scales.normal.reach == pytest.approx(1.2)
    assert headset.scales.slow.reach == BINDINGS["headset"].scales.slow.reach
    assert not headset.hold_to_run.latch, "a grip that is let go lets go"
    assert fitted(plain, Operator()) == plain


def test_a_station_has_the_bindings_of_its_operator():
    save_operator("ada", {"left_handed": True})
    found = bindings_of(Station(folder="/nowhere", robot_folder="", operator="ada"))
    assert found["gamepad"].hold_to_run.input == "right_shoulder"
    nobody = bindings_of(Station(folder="/nowhere", robot_folder="", operator="somebody else"))
    assert nobody == BINDINGS


# --- bindings -------------------------------------------------------------------------------------------


def own_bindings(config, text=None):
    folder = config / "bindings" / "mine"
    folder.mkdir(parents=True)
    default = (places.assets_folder() / "bindings" / "default" / "gamepad.toml").read_text("utf-8")
    (folder / "gamepad.toml").write_text(
        text or default.replace('title = "Gamepad"', 'title = "Mine"'), "utf-8"
    )


def test_bindings_travel_in_one_file_and_arrive_as_they_were(capsys, config, tmp_path):
    own_bindings(config)
    assert told(capsys, "bindings", "export", "mine", str(tmp_path / "mine.zip"))[0] == 0
    code, text = told(capsys, "bindings", "import", str(tmp_path / "mine.zip"), "--name", "theirs")
    assert code == 0, text
    assert load_bindings("theirs")["gamepad"].title == "Mine"
    assert "theirs" in told(capsys, "bindings", "list")[1]
    code, text = told(capsys, "bindings", "import", str(tmp_path / "mine.zip"), "--name", "theirs")
    assert code != 0
    assert "already" in text


def test_check_names_the_row_that_is_wrong(capsys, config):
    own_bindings(config, 'kind = "gamepad"\ntitle = "Bad"\n')
    code, text = told(capsys, "bindings", "check")
    assert code == 1
    assert "default             ok" in text
    assert "hold_to_run" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../evil.toml", "x", "no file of bindings"),
        ("gamepad.toml", 'kind = "gamepad"', "gamepad.toml"),
        ("keyboard.toml", "a" * 300_000, "at most"),
    ],
)
def test_a_file_that_holds_something_else_is_refused_and_nothing_is_kept(
    capsys, config, tmp_path, name, content, said
):
    path = tmp_path / "theirs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    code, text = told(capsys, "bindings", "import", str(path))
    assert code != 0
    assert said in text
    assert not (config / "bindings").exists()


def test_what_is_no_archive_is_refused(capsys, tmp_path):
    (tmp_path / "letter.zip").write_text("dear all", "utf-8")
    code, text = told(capsys, "bindings", "import", str(tmp_path / "letter.zip"))
    assert code != 0
    assert "holds no bindings" in text


def test_show_tells_every_layer(capsys):
    code, text = told(capsys, "bindings", "show", "--device", "keyboard")
    assert code == 0
    for layer in ("WALK", "ARMS", "HANDS", "JOINT"):
        assert layer in text
