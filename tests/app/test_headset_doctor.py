"""`understudy headset doctor` on this machine, with an adb that says what a real one says."""

import json
import stat

import pytest

from app.headset import doctor as headset_doctor
from app.main import main
from twin import places


@pytest.fixture(autouse=True)
def config(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path / "config")


@pytest.fixture
def adb(monkeypatch, tmp_path):
    """Puts a program of that name on the path, and nothing else."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def says(devices, reversed_ports=""):
        program = tmp_path / "bin" / "adb"
        program.write_text(
            f"#!/bin/sh\ncase $1 in devices) printf 'List of devices attached\\n{devices}\\n';; "
            f"reverse) printf '{reversed_ports}';; esac\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IEXEC)

    return says


def examined(capsys, *words):
    main(["headset", "doctor", "--json", *words])
    return {check["id"]: check for check in json.loads(capsys.readouterr().out)}


def test_every_check_is_there_and_a_certificate_is_made(capsys, adb):
    checks = examined(capsys, "--port", "18443")
    assert list(checks) == ["certificate", "address", "cable", "page", "firewall", "paired"]
    assert checks["certificate"]["status"] == "ok"
    assert "18443 is free" in checks["page"]["found"]
    assert "adb is not installed" in checks["cable"]["found"]
    assert "--address" in checks["address"]["remedy"]


@pytest.mark.parametrize(
    ("devices", "reversed_ports", "found", "remedy"),
    [
        ("", "", "no headset", "developer mode"),
        ("1WMHH8 unauthorized", "", "1WMHH8, which is unauthorized", "allow USB debugging"),
        (
            "1WMHH8 device",
            "UsbFfs tcp:9000 tcp:9000",
            "does not lead here",
            "adb reverse tcp:18443 tcp:18443",
        ),
        ("1WMHH8 device", "UsbFfs tcp:18443 tcp:18443", "https://localhost:18443", ""),
    ],
)
def test_a_headset_on_its_cable_is_told_what_is_missing(capsys, adb, devices, reversed_ports, found, remedy):
    adb(devices, reversed_ports)
    cable = examined(capsys, "--port", "18443")["cable"]
    assert found in cable["found"]
    assert remedy in cable["remedy"]
    assert cable["status"] == ("lack" if remedy else "ok")


def test_an_adb_that_fails_is_no_crash(capsys, adb, tmp_path):
    adb("")
    (tmp_path / "bin" / "adb").write_text("#!/bin/sh\nexit 3\n")
    assert "no answer" in examined(capsys)["cable"]["found"]


def test_firewalld_is_named_with_what_lets_the_port_in(monkeypatch, tmp_path):
    (tmp_path / "pid").touch()
    monkeypatch.setattr(headset_doctor, "_UFW", tmp_path / "none")
    monkeypatch.setattr(headset_doctor, "_FIREWALLD", tmp_path / "pid")
    assert "--add-port=18443/tcp" in headset_doctor._firewall("192.0.2.7", 18443).remedy


def test_an_address_that_is_none_is_one_sentence(capsys):
    assert main(["headset", "doctor", "--address", "nowhere.example"]) == 1
    assert "address" in capsys.readouterr().out
