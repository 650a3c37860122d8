"""The doctor: what it finds here, what it makes of findings it cannot make here, and the words it has for them."""

import importlib.metadata
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app import doctor
from app.commands import doctor as command
from app.doctor_checks import devices, drawing, machine, probe, software
from app.doctor_checks.examination import Examination, Finding, Trouble, examine
from recordings.recorder.disk import GIB, SpaceLimits

ROOT = Path(__file__).resolve().parents[2]
FAULTY = Examination(
    "x", "X", lambda: Finding("a fact", "bad"), {"bad": Trouble("fault", "sign", "meaning", "remedy")}
)


def run_command(*words: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["doctor", *words])
    return int(args.func(args))


def test_every_check_gives_an_answer_on_this_machine(capsys):
    code = run_command("--json")
    found = json.loads(capsys.readouterr().out)
    assert [check["id"] for check in found["checks"]] == [each.id for each in doctor.EXAMINATIONS]
    assert all(check["found"] for check in found["checks"])
    for check in found["checks"]:
        assert bool(check["meaning"] and check["remedy"]) == (check["status"] != "ok")
    assert found["usable"] == all(check["status"] != "fault" for check in found["checks"])
    assert code == (0 if found["usable"] else 1)


def test_a_fault_makes_the_station_unusable_and_a_lack_does_not(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "EXAMINATIONS", (FAULTY,))
    assert run_command() == 1
    assert "FAULT X" in capsys.readouterr().out
    lacking = Examination("x", "X", FAULTY.find, {"bad": Trouble("lack", "sign", "meaning", "remedy")})
    monkeypatch.setattr(doctor, "EXAMINATIONS", (lacking,))
    assert run_command() == 0
    assert "works less well" in capsys.readouterr().out


def test_a_finding_is_told_with_the_texts_of_its_trouble():
    check = examine(FAULTY)
    assert (check.status, check.found, check.meaning, check.remedy) == (
        "fault",
        "a fact",
        "meaning",
        "remedy",
    )


# --- the texts ----------------------------------------------------------------------------------------


def test_ids_are_unique_and_every_text_is_a_sentence():
    ids = [each.id for each in doctor.EXAMINATIONS]
    assert len(ids) == len(set(ids))
    for examination in doctor.EXAMINATIONS:
        assert examination.troubles, f"{examination.id} can never find anything"
        for trouble in examination.troubles.values():
            assert not trouble.sign.endswith(".")
            assert trouble.meaning.endswith(".")
            assert trouble.remedy.endswith(".")


def test_the_troubleshooting_names_every_trouble():
    text = doctor.troubleshooting_markdown()
    for examination in doctor.EXAMINATIONS:
        for trouble in examination.troubles.values():
            assert f"**{trouble.sign}.** {trouble.meaning} {trouble.remedy}\n" in text


def test_the_readme_says_what_the_doctor_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert doctor.BEGIN in readme, "the README has no troubleshooting; see app/doctor.py"
    assert doctor.with_troubleshooting(readme) == readme, (
        "the README's troubleshooting is older than the doctor's texts: "
        "run `python -m app.doctor --troubleshooting README.md`"
    )


def test_only_what_is_between_the_markers_is_made_anew(tmp_path):
    document = tmp_path / "README.md"
    document.write_text(f"# Before\n{doctor.BEGIN}\nold\n{doctor.END}\nafter\n")
    subprocess.run(
        [sys.executable, "-m", "app.doctor", "--troubleshooting", str(document)], cwd=ROOT, check=True
    )
    text = document.read_text()
    assert text.startswith(f"# Before\n{doctor.BEGIN}\n`understudy doctor`")
    assert text.endswith(f"{doctor.END}\nafter\n")
    assert "\nold\n" not in text
    assert doctor.with_troubleshooting(text) == text
    with pytest.raises(ValueError, match="no markers"):
        doctor.with_troubleshooting("# Before\n")


def test_the_disk_text_names_the_limit_that_the_recorder_has():
    text = next(each for each in machine.EXAMINATIONS if each.id == "takes").troubles["full"].sign
    assert f"{SpaceLimits().smallest_bytes // GIB} GiB" in text


# --- software -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "python", "trouble"),
    [
        ("6.11.3", (3, 11), ""),
        ("6.12.0", (3, 11), "drops_none"),
        ("6.12.0", (3, 10), "drops_none"),
        ("6.12.0", (3, 12), ""),
        ("6.11.0", (3, 12), "docks"),
        ("6.11.1", (3, 11), "docks"),
        ("6.11.2", (3, 11), ""),
    ],
)
def test_the_versions_of_qt_that_break_are_known(version, python, trouble):
    assert software.judge_qt(version, python) == trouble
    assert not trouble or trouble in next(each for each in software.EXAMINATIONS if each.id == "qt").troubles


@pytest.mark.parametrize(
    ("requirement", "problem"),
    [
        ("numpy>=2.0", ""),
        ("numpy<2.3,>=2.0", "numpy is 2.3.1, needed is <2.3,>=2.0"),
        ("numpy!=2.3.1", "numpy is 2.3.1, needed is !=2.3.1"),
        ("numpy>=2.10", "numpy is 2.3.1, needed is >=2.10"),
        ("tea>=1", "tea is missing"),
        ('tea>=1; extra == "dev"', ""),
    ],
)
def test_a_requirement_is_met_or_told(requirement, problem):
    def installed(name: str) -> str:
        if name == "numpy":
            return "2.3.1"
        raise importlib.metadata.PackageNotFoundError(name)

    assert software.unmet(requirement, installed) == problem


def test_a_settings_file_that_is_refused_is_a_fault_that_names_the_key(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "understudy").mkdir()
    (tmp_path / "understudy" / "settings.toml").write_text("sead = 3\n")
    check = examine(next(each for each in software.EXAMINATIONS if each.id == "settings"))
    assert check.status == "fault"
    assert "did you mean 'seed'" in check.found


# --- drawing ------------------------------------------------------------------------------------------


def test_without_a_display_the_window_is_lacking_and_nothing_is_started(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    check = examine(next(each for each in drawing.EXAMINATIONS if each.id == "window"))
    assert check.status == "lack"
    assert "understudy demo" in check.meaning


def test_a_display_that_is_not_there_is_one_sentence_and_no_crash_of_ours(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":99999")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    check = examine(next(each for each in drawing.EXAMINATIONS if each.id == "window"))
    assert check.status == "fault"
    assert "\n" not in check.found
    assert ":99999" in check.found


@pytest.mark.display
def test_on_a_display_the_renderer_is_named(monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    check = examine(next(each for each in drawing.EXAMINATIONS if each.id == "window"))
    assert check.status in ("ok", "lack")
    assert "OpenGL" in check.found


def test_a_library_that_ldd_cannot_find_is_named():
    output = "\tlibxcb-icccm.so.4 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x7f)\n"
    assert drawing.missing_libraries(output) == ["libxcb-icccm.so.4"]


# --- devices ------------------------------------------------------------------------------------------


def input_device(folder: Path, name: str, keys: str) -> None:
    (folder / name / "device" / "capabilities").mkdir(parents=True)
    (folder / name / "device" / "capabilities" / "key").write_text(keys + "\n")
    (folder / name / "device" / "name").write_text(f"Device {name}\n")


def test_a_pad_this_user_may_not_read_is_named_and_a_keyboard_is_none_of_our_business(tmp_path):
    sys_folder, dev_folder = tmp_path / "sys", tmp_path / "dev"
    dev_folder.mkdir()
    input_device(
        sys_folder, "event1", "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe"
    )  # keyboard
    input_device(sys_folder, "event2", "7cdb000000000000 0 0 0 0")  # BTN_SOUTH and its neighbours
    assert devices.unreadable_pads(sys_folder, dev_folder) == ["Device event2"]
    (dev_folder / "event2").touch()
    assert devices.unreadable_pads(sys_folder, dev_folder) == []


def test_the_words_of_a_capability_are_read_from_the_highest_down():
    assert devices.has_key("1 0", 64)
    assert devices.has_key("8000000000000001", 0)
    assert not devices.has_key("1 0", 0)


# --- machine ------------------------------------------------------------------------------------------


def test_little_room_for_takes_is_a_lack(tmp_path):
    limits = SpaceLimits()
    assert machine.judge_takes(tmp_path, limits.smallest_bytes, limits).trouble == ""
    assert machine.judge_takes(tmp_path, limits.smallest_bytes - 1, limits).trouble == "full"


def test_a_taken_port_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert port in machine.busy_ports(port)


def test_a_runtime_folder_too_deep_for_sockets_is_a_fault(tmp_path):
    assert machine.judge_sockets(tmp_path / ("x" * 120)).trouble == "long"


# --- children -----------------------------------------------------------------------------------------


def test_a_child_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(probe, "PATIENCE_S", 0.001)
    with pytest.raises(probe.ProbeFailed, match="no answer within"):
        probe.ask("sdl")


def test_a_child_that_fails_says_why_on_one_line():
    with pytest.raises(probe.ProbeFailed, match="KeyError: 'tea'"):
        probe.ask("tea")


def test_real_time_priority_is_asked_for_in_a_child_and_not_kept_here():
    import os

    before = os.sched_getscheduler(0)
    assert probe.ask("real_time")["granted"]
    assert os.sched_getscheduler(0) == before
