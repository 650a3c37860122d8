"""Settings: what a user's file may say, and how each mistake in it is told."""

from pathlib import Path

import pytest

from app import settings as settings_module
from app.settings import VERSION, Settings, load_settings, save_settings
from twin.errors import SceneError, SettingsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.setattr(settings_module.places, "config_folder", lambda: tmp_path / "none")
    assert load_settings() == Settings()


def test_a_file_that_was_named_must_exist(file):
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(file)


def test_what_the_file_says_counts(file):
    file.write_text('robot = "two_link"\nseed = 7\ncamera_fps = 15\ntheme = "light"\n')
    settings = load_settings(file)
    assert (settings.robot, settings.seed, settings.camera_fps, settings.theme) == (
        "two_link",
        7,
        15.0,
        "light",
    )


def test_an_unknown_key_names_file_key_and_the_nearest_known_key(file):
    file.write_text('operater = "Ada"\n')
    with pytest.raises(SettingsError) as raised:
        load_settings(file)
    assert str(raised.value) == f"{file}: unknown key 'operater'; did you mean 'operator'?"


def test_a_key_that_resembles_nothing_gets_the_list_of_known_ones(file):
    file.write_text("zzz = 1\n")
    with pytest.raises(SettingsError, match="known keys are base, base_port, bindings"):
        load_settings(file)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('seed = "seven"', "'seed': expected a whole number, got text"),
        ("seed = -1", "'seed': expected a whole number >= 0"),
        ('theme = "pink"', "'theme': invalid enum value 'pink'"),
        ("camera_fps = 0", "'camera_fps': expected a number >= 1"),
        ("camera_width = 641", "'camera_width': expected a whole number that's a multiple of 2"),
        ("base_port = 70000", "'base_port': expected a whole number <= 65500"),
        ('robot = ""', "'robot': expected text of length >= 1"),
    ],
)
def test_a_value_that_cannot_be_names_its_key(file, line, told):
    file.write_text(line + "\n")
    with pytest.raises(SettingsError) as raised:
        load_settings(file)
    assert str(raised.value).startswith(f"{file}: {told}")


def test_every_half_written_file_is_either_refused_by_name_or_means_what_it_says(file):
    whole = 'robot = "optimus"\nseed = 12\ncamera_fps = 15.5\ntheme = "light"\n'
    for length in range(len(whole)):
        file.write_text(whole[:length])
        try:
            settings = load_settings(file)
        except SettingsError as error:
            assert str(error).startswith(str(file))  # noqa: PT017
        else:
            assert settings.seed in (0, 1, 12)


def test_a_file_of_a_newer_version_is_refused_before_its_keys_are_judged(file):
    file.write_text(f"version = {VERSION + 1}\ntelepathy = true\n")
    with pytest.raises(SettingsError, match="written by a newer version"):
        load_settings(file)


def test_saving_changes_a_key_and_keeps_comments_and_the_rest(file):
    file.write_text('# my station\nseed = 1  # lucky\nrobot = "optimus"\n')
    saved = save_settings({"seed": 2, "theme": "light"}, file)
    assert file.read_text() == '# my station\nseed = 2  # lucky\nrobot = "optimus"\ntheme = "light"\n'
    assert saved == load_settings(file)


def test_saving_makes_the_folder_and_the_file(tmp_path):
    file = tmp_path / "new" / "settings.toml"
    save_settings({"operator": "Ada"}, file)
    assert load_settings(file).operator == "Ada"
    assert [entry.name for entry in file.parent.iterdir()] == ["settings.toml"]


def test_a_change_that_cannot_be_leaves_the_file_as_it_was(file):
    file.write_text("seed = 1\n")
    for change in ({"seed": "x"}, {"sead": 3}):
        with pytest.raises(SettingsError):
            save_settings(change, file)
    assert file.read_text() == "seed = 1\n"


def test_a_broken_file_is_not_overwritten_by_saving(file):
    file.write_text("seed = \n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        save_settings({"seed": 3}, file)
    assert file.read_text() == "seed = \n"


def test_a_linked_settings_file_stays_a_link(file, tmp_path):
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("seed = 1\n")
    file.symlink_to(kept)
    save_settings({"seed": 5}, file)
    assert file.is_symlink()
    assert kept.read_text() == "seed = 5\n"


def test_a_station_takes_the_settings_and_the_command_line_goes_before_them(tmp_path):
    settings = Settings(seed=3, operator="Ada", camera_fps=15, takes_folder=str(tmp_path / "takes"))
    station = settings.to_station(tmp_path / "s", robot_path=tmp_path, seed=4, virtual_pad=True)
    assert (station.seed, station.operator, station.camera_fps, station.virtual_pad) == (4, "Ada", 15, True)
    assert station.robot_folder == str(tmp_path)
    assert station.takes_folder == str(tmp_path / "takes")


def test_a_station_has_a_takes_folder_even_if_nobody_named_one(tmp_path):
    station = Settings().to_station(tmp_path, robot_path=tmp_path)
    assert Path(station.takes_folder).is_absolute()
    assert Path(station.takes_folder).name == "takes"


def test_paths_become_absolute_because_roles_may_run_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    station = Settings(takes_folder="~/t").to_station(Path("s"), robot_path=Path("r"))
    assert station.folder == str(tmp_path / "s")
    assert station.robot_folder == str(tmp_path / "r")
    assert station.takes_folder == str(Path.home() / "t")


def test_an_override_is_held_to_the_same_ranges_as_the_file(tmp_path):
    with pytest.raises(SettingsError, match="'seed': expected a whole number >= 0"):
        Settings().to_station(tmp_path, robot_path=tmp_path, seed=-2)
    with pytest.raises(SettingsError, match="unknown key 'sead'; did you mean 'seed'"):
        Settings().to_station(tmp_path, robot_path=tmp_path, sead=2)
    assert Settings().to_station(tmp_path, robot_path=tmp_path, seed="5").seed == 5


def test_another_robot_does_not_inherit_the_revision(tmp_path):
    settings = Settings(robot="optimus", revision="gen3")
    assert settings.to_station(tmp_path, robot_path=tmp_path, robot="two_link").revision == ""
    assert settings.to_station(tmp_path, robot_path=tmp_path).revision == "gen3"


def test_a_scene_for_legs_is_stood_in_unless_another_base_is_asked_for(tmp_path):
    settings = Settings()
    assert settings.to_station(tmp_path, scene="floor_pick").base == "legs"
    assert settings.to_station(tmp_path, scene="floor_pick", base="wheels").base == "wheels"
    assert settings.to_station(tmp_path, scene="table").base == "gantry"
    assert Settings(base="wheels").to_station(tmp_path, scene="table").base == "wheels"


def test_a_scene_that_is_not_there_is_told_before_anything_starts(tmp_path):
    with pytest.raises(SceneError, match=r"no scene is called 'flor_pick' .did you mean 'floor_pick'"):
        Settings().to_station(tmp_path, scene="flor_pick")
