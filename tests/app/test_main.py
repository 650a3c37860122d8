"""The command line answers every mistake with one sentence."""

import subprocess
import sys

import pytest

from app.main import commands, main


def understudy(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "app.main", *words], capture_output=True, text=True, check=False, **options
    )


@pytest.mark.parametrize("command", commands())
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert f"understudy {command}" in capsys.readouterr().out


def test_a_station_that_is_not_there_is_said_in_one_sentence(tmp_path):
    done = understudy("topics", "--station-dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("understudy: no station in")
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_named_without_a_traceback(tmp_path, capsys):
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    assert main(["demo", "--out", str(in_the_way / "out")]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"understudy: {in_the_way / 'out'}: Not a directory; name another, or make it usable"
    assert main(["role", "robot", "--station-dir", str(in_the_way)]) == 2
    assert "is not a folder; choose another with --station-dir" in capsys.readouterr().err


@pytest.mark.parametrize("name", [":77", "garbage"])
def test_a_display_that_does_not_answer_is_told_before_any_role_starts(name, monkeypatch, capsys):
    monkeypatch.setenv("DISPLAY", name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert main(["run"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"understudy: the display DISPLAY={name} cannot be opened")
    assert said.count("\n") == 1


def test_without_a_display_the_window_says_so_and_names_the_demo():
    done = understudy(env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
    assert done.returncode == 2
    assert "there is no display here" in done.stderr
    assert "understudy demo" in done.stderr


def test_the_command_line_starts_without_qt_or_physics():
    code = "import sys, app.main; app.main.parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"PySide6", "mujoco", "vispy", "av", "pyarrow"} & set(done.stdout.split())


def test_the_windows_process_is_started_before_numbers_or_the_wire_are_read():
    code = "import sys, app.main, app.commands.run, app.displays, app.role_process, app.settings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "zmq", "google.protobuf", "importlib.metadata", "tomlkit"} & set(done.stdout.split())


def test_the_window_paints_before_physics_inverse_kinematics_or_a_web_server_are_read():
    code = "import sys, app.run_window; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"mujoco", "scipy", "aiohttp", "av", "pyqtgraph", "vispy"} & set(done.stdout.split())
