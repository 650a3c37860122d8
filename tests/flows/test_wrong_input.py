"""What a person reads who gives the program something that it cannot use: one sentence, and nothing begins."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from live_station import LiveStation, station_in

from app.main import main
from recordings.checking.verify import verify
from twin.robot import find_robot
from twin.station import Station

ALONE = (
    "inputs",
    "control",
    "robot",
    "recorder",
)  # the cameras take long to find what draws; see test_run_cameras


def understudy(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.main", *words], capture_output=True, text=True, timeout=60, check=False
    )


def start(role: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "app.main", "role", role, *words],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


# --- a robot's folder ---------------------------------------------------------------------------------

WOUNDS = {
    "a misspelt joint": ("robot.toml", '"left_elbow"', '"left_elbo"', "did you mean 'left_elbow'?"),
    "degrees": ("robot.toml", "lower_rad = -2.40", "lower_rad = -137.0", "look like degrees"),
    "a missing mesh": (
        "optimus.xml",
        "</asset>",
        '<mesh name="shell" file="torso.stl"/></asset>',
        "torso.stl does not exist",
    ),
}


@pytest.fixture(params=WOUNDS)
def wounded(request, tmp_path) -> tuple[Path, str]:
    """A robot's folder with one fault, and what must be said of it."""
    folder = tmp_path / "robot"
    shutil.copytree(find_robot("optimus"), folder)
    name, old, new, told = WOUNDS[request.param]
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    return folder, told


def test_a_wounded_robot_is_named_with_its_file_before_anything_starts(wounded, capsys):
    folder, told = wounded
    assert main(["robots", "check", str(folder)]) == 1
    assert told in capsys.readouterr().out
    for command in ("run", "demo"):
        assert main([command, "--robot-path", str(folder)]) == 2
        said = capsys.readouterr().err.splitlines()[-1]
        assert said.startswith(f"understudy: {folder}")
        assert told in said


def test_a_role_alone_names_the_wounded_robot_too(wounded, station_folder):
    folder, told = wounded
    Station(folder=str(station_folder), robot_folder=str(folder)).save()
    done = understudy("role", "robot", "--station-dir", str(station_folder))
    assert done.returncode == 2
    assert done.stderr.startswith(f"understudy role robot: {folder}")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.serial
def test_a_robot_with_another_model_than_controls_is_not_driven(station_folder, tmp_path):
    other = tmp_path / "robot"
    shutil.copytree(find_robot("optimus"), other)
    model = (other / "optimus.xml").read_text()
    (other / "optimus.xml").write_text(model.replace('mass="', 'mass="1', 1))
    stray = station_in(station_folder, robot_folder=str(other))
    stray.save()
    control = start("control", "--station-dir", stray.folder)
    said = control.stderr.readline() + control.stderr.readline()
    try:
        assert "no device" in said
        with LiveStation(station_in(station_folder), ("robot", "inputs")) as station:
            station.until(lambda: "another model" in station.control.reason, "the difference is told")
            assert station.control.reason.endswith("start the station with the robot's own description")
    finally:
        control.terminate()
        said += control.communicate(timeout=20)[1]
    assert "Traceback" not in said


# --- settings and addresses ---------------------------------------------------------------------------


def test_an_unknown_key_in_the_settings_is_named_with_what_was_meant(tmp_path, capsys):
    settings = tmp_path / "settings.toml"
    settings.write_text('thme = "light"\n')
    assert main(["run", "--settings", str(settings)]) == 2
    assert capsys.readouterr().err == (f"understudy: {settings}: unknown key 'thme'; did you mean 'theme'?\n")


def test_a_port_in_use_is_named_with_the_way_out(station_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        station_in(station_folder, base_port=port).save()  # the first role's voice is the first port
        done = understudy("role", "inputs", "--station-dir", str(station_folder))
    assert done.returncode == 2
    assert f"tcp://127.0.0.1:{port}" in done.stderr
    assert "Address already in use" in done.stderr
    assert "choose other ports with `base_port` in the settings" in done.stderr
    assert "Traceback" not in done.stderr


# --- a role alone -------------------------------------------------------------------------------------

WAITS_FOR = {
    "inputs": "nothing can drive; plug in a gamepad or open the window",
    "control": "no device: plug in a gamepad",
    "robot": "ready to be switched on",
    "recorder": "ready to record",
}


@pytest.mark.parametrize("role", ALONE)
def test_a_role_alone_says_what_it_waits_for_and_ends_on_ctrl_c(role, home, station_folder, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(station_folder))
    process = start(role)
    said = ""
    while WAITS_FOR[role] not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in said + rest
    assert rest.splitlines()[-1].endswith(f"{role} INFO: ended")


# --- takes --------------------------------------------------------------------------------------------


@pytest.mark.serial
def test_a_take_cut_short_is_named_recovered_and_never_exported_as_if_it_were_whole(
    station_folder, tmp_path, capsys
):
    with LiveStation(station_in(station_folder), ("robot", "recorder")) as station:
        station.until(lambda: "robot.identity" in station.newest, "the robot is heard")
        whole = Path(station.ask("recorder", "record.start", task="rest")["path"])
        station.go_on(1.5)
        station.ask("recorder", "record.stop")
    folder = tmp_path / "takes"
    folder.mkdir()
    cut = folder / whole.name
    shutil.copy(whole, cut)
    os.truncate(cut, cut.stat().st_size * 2 // 3)
    takes = ("--takes", str(folder))

    assert main(["takes", "verify", *takes, "last"]) == 1
    assert "was cut short; `understudy takes recover" in capsys.readouterr().out
    assert main(["takes", "show", *takes, "last"]) == 0
    assert "no manifest: it was cut short" in capsys.readouterr().out
    assert main(["export", *takes, "--out", str(tmp_path / "dataset"), "last"]) == 2
    assert "is damaged" in capsys.readouterr().err
    assert not (tmp_path / "dataset").exists()
    assert main(["takes", "recover", *takes, "last"]) == 0
    assert "s recovered" in capsys.readouterr().out
    assert verify(cut.with_suffix(".recovered.mcap")).ok


@pytest.mark.serial
def test_a_disk_that_fills_up_ends_the_take_saves_it_and_leaves_the_robot_alone(station_folder):
    disk = station_folder / "takes"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3g", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs rights this user does not have")
    try:
        with LiveStation(station_in(station_folder), ("robot", "recorder")) as station:
            station.until(lambda: "robot.identity" in station.newest, "the robot is heard")
            path = Path(station.ask("recorder", "record.start", task="rest")["path"])
            station.go_on(1.0)
            shrink = ["mount", "-o", f"remount,size={_used(disk) + 200_000}", str(disk)]
            subprocess.run(shrink, check=True)
            station.until(lambda: station.recorder.phase != "recording", "the take is ended")
            station.until(lambda: station.recorder.takes_saved == 1, "the take is saved")
            assert "Free some space before the next one" in station.recorder.note
            assert station.age_s("robot.state") < 0.2
            assert verify(path).ok
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _used(disk: Path) -> int:
    status = os.statvfs(disk)
    return (status.f_blocks - status.f_bfree) * status.f_frsize
