"""Cues sound by their table, in programs of the platform; nothing that cannot sound disturbs anybody."""

import io
import subprocess
import sys
import time
import wave
import weakref
from pathlib import Path

import numpy as np
import pytest

from app.audio.audio import Audio
from app.audio.cue import load_cues, sounds_folder
from app.audio.happenings import Facts, Happening, Happenings
from app.audio.tones import RATE_HZ, scaled, wav
from twin.errors import SettingsError

S = 1_000_000_000
ROOT = Path(__file__).parents[2]
CUES = load_cues()
CALM = Facts(connected=True, phase="idle", layer="arms")


def samples(wav_bytes: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(wav_bytes), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def pitch_hz(part: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 15))
    return float(np.argmax(spectrum) * RATE_HZ / (1 << 15))


def happening(name: str, about: str = "") -> Happening:
    return Happening(name, CUES[name], about)


# --- the sounds themselves ------------------------------------------------------------------------------


def test_the_sounds_beside_the_table_are_those_that_the_script_makes(tmp_path):
    subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "make-sounds"), str(tmp_path)], check=True, timeout=60
    )
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.wav")}
    kept = {file.name: file.read_bytes() for file in sounds_folder().glob("*.wav")}
    assert made == kept
    assert set(made) == {f"{name}.wav" for name, cue in CUES.items() if cue.notes}


@pytest.mark.parametrize(("name", "rises"), [("recording", True), ("saved", False), ("stop", False)])
def test_a_recording_rises_and_what_ends_falls(name, rises):
    heard = samples((sounds_folder() / f"{name}.wav").read_bytes())
    first, last = pitch_hz(heard[: len(heard) // 4]), pitch_hz(heard[-len(heard) // 4 :])
    assert (last > 1.2 * first) is rises
    assert (last < first / 1.2) is not rises


def test_no_cue_clicks_or_is_longer_than_400_ms():
    for file in sounds_folder().glob("*.wav"):
        heard = samples(file.read_bytes())
        assert len(heard) / RATE_HZ <= 0.4
        assert abs(heard[0]) < 300
        assert abs(heard[-1]) < 300
        assert 3000 < np.abs(heard).max() < 32767


def test_a_quieter_sound_is_the_same_sound():
    loud = wav(((440.0, 100), (0.0, 20), (660.0, 100)))
    np.testing.assert_allclose(samples(scaled(loud, 0.25)), samples(loud) / 4, atol=0.51)


def test_every_cue_has_words_and_its_own_contour():
    assert all(cue.words for cue in CUES.values())
    contours = [cue.notes for cue in CUES.values() if cue.notes]
    assert len(set(contours)) == len(contours)


def test_a_wrong_table_is_told_by_its_file_and_place(tmp_path):
    file = tmp_path / "cues.toml"
    file.write_text('[stop]\nwords = "stopped"\nnotes = [[440, 300], [330, 300]]\n')
    with pytest.raises(SettingsError, match=r"cues\.toml: stop sounds for 600 ms"):
        load_cues(file)
    file.write_text('[stop]\nwords = "stopped"\nvolum = 1\n')
    with pytest.raises(SettingsError, match="volum"):
        load_cues(file)


# --- what happened --------------------------------------------------------------------------------------


def names(story: list[Facts], step_s: float = 0.5) -> list[str]:
    seen = Happenings(CUES)
    told = []
    for place, facts in enumerate(story):
        told += [each.name for each in seen.look(facts, round(place * step_s * S))]
    return told


def with_(facts: Facts, **changes) -> Facts:
    from dataclasses import replace

    return replace(facts, **changes)


def test_what_was_so_before_the_window_opened_is_no_news():
    assert names([with_(CALM, live=True, phase="recording", alarm_severity="alarm", alarm_code="x")]) == []


def test_taking_hold_and_letting_go_click_and_a_stop_is_said_instead():
    live = with_(CALM, live=True)
    assert names([CALM, live, CALM]) == ["engaged", "disengaged"]
    assert names([CALM, live, with_(CALM, stop_level="HOLD")]) == ["engaged", "stop"]


def test_a_take_begins_is_saved_or_is_discarded():
    taking = with_(CALM, phase="recording", take="a", takes_saved=4)
    idle = with_(CALM, takes_saved=4)
    saved = with_(CALM, take="a", takes_saved=5)
    assert names([idle, taking, with_(taking, phase="saving"), saved]) == ["recording", "saved"]
    assert names([idle, taking, with_(idle, take="a")]) == ["recording", "discarded"]
    again = with_(taking, take="b", takes_saved=5)
    assert names([idle, taking, again]) == ["recording", "saved", "recording"]


def test_an_alarm_repeats_until_it_is_acknowledged_and_a_warning_does_not():
    alarm = with_(CALM, alarm="too hot", alarm_code="hot", alarm_severity="alarm")
    assert names([CALM, *[alarm] * 10, CALM, CALM]) == ["alarm"] * 3
    warning = with_(alarm, alarm_severity="warning")
    assert names([CALM, *[warning] * 30]) == ["warning"]
    lost = with_(alarm, alarm_code="silent.robot.status", connected=False)
    assert names([CALM, *[lost] * 8]) == ["link_lost"] * 2


def test_a_limit_that_comes_and_goes_does_not_nag():
    held = with_(CALM, held_back="left elbow limit", held_back_kind="limit")
    assert names([CALM, held, CALM, held, CALM, held]) == ["limit"]
    assert names([CALM, held, *[CALM] * 10, held]) == ["limit", "limit"]
    assert names([CALM, with_(held, held_back_kind="jump")]) == ["refused"]


def test_the_count_before_the_first_motion_is_heard_spoken_and_written_number_by_number():
    seen, told = Happenings(CUES), []
    for place, counting in enumerate(("", "3", "3", "2", "2", "1", "")):
        told += seen.look(with_(CALM, counting=counting), round(place * 0.5 * S))
    assert [each.spoken for each in told] == ["3", "2", "1"]
    assert told[0].words == "the robot follows in 3"
    assert all(each.cue.notes for each in told)


def test_who_is_measured_hears_what_to_do_and_what_came_of_it():
    seen, told = Happenings(CUES), []
    for place, (measuring, note) in enumerate((("", ""), ("arms: 3", ""), ("arms: 2", ""), ("", "kept"))):
        told += seen.look(with_(CALM, measuring=measuring, note=note), round(place * 0.5 * S))
    assert [each.spoken for each in told] == ["arms: 3", "arms: 2", "kept"]


def test_wrists_that_are_taken_sound_each_time_but_not_when_control_is_heard_first():
    heard = with_(CALM, layer="arms", wrists_taken=2, note="the right wrist as turned now")
    assert names([with_(CALM, layer=""), heard, heard]) == []
    seen = Happenings(CUES)
    seen.look(heard, 0)
    (told,) = seen.look(with_(heard, wrists_taken=3), S)
    assert (told.words, told.spoken) == ("the right wrist as turned now", "wrists")


def test_a_layer_is_spoken_once_and_written():
    seen = Happenings(CUES)
    seen.look(CALM, 0)
    (told,) = seen.look(with_(CALM, layer="hands"), S)
    assert (told.words, told.spoken, told.cue.notes) == ("layer hands", "hands", ())


# --- programs -------------------------------------------------------------------------------------------


@pytest.fixture
def programs(tmp_path, monkeypatch, qapp):
    """A folder that is all of PATH besides the shell's own: what stands there is what is installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}")
    monkeypatch.setattr("sys.platform", "linux")
    return folder


def install(folder: Path, name: str, code: int = 0, seconds: float = 0.0) -> Path:
    """A program that notes how it was called."""
    log = folder.parent / f"{name}.log"
    program = folder / name
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> {log}\n[ -f "$1" ] && /bin/cat "$1" > {log}.wav\n'
        f"/bin/sleep {seconds}\nexit {code}\n"
    )
    program.chmod(0o755)
    return log


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def test_a_cue_is_played_at_the_persons_volume(programs, qtbot):
    log = install(programs, "paplay")
    audio = Audio(sounds=True, speech=False, volume=0.5)
    audio.tell(happening("recording"))
    qtbot.waitUntil(lambda: len(lines(log)) == 1 and not audio._playing, timeout=30_000)
    whole = samples((sounds_folder() / "recording.wav").read_bytes())
    np.testing.assert_allclose(samples(Path(f"{log}.wav").read_bytes()), whole / 2, atol=0.51)
    folder = Path(audio._folder.name)
    audio.close()
    assert not folder.exists()


def test_switched_off_only_what_calls_for_help_sounds(programs, qtbot):
    log = install(programs, "paplay")
    audio = Audio(sounds=False, speech=False, volume=1.0, silent=("alarm",))
    for name in ("recording", "alarm"):
        audio.tell(happening(name))
    qtbot.waitUntil(lambda: len(lines(log)) == 1 and not audio._playing, timeout=30_000)
    assert "alarm.wav" in lines(log)[0]
    audio.sounds = True
    audio._silent = frozenset({"saved"})
    audio.tell(happening("saved"))
    assert not audio._playing
    audio.close()


def test_without_a_program_nothing_sounds_and_the_lack_is_told(programs):
    audio = Audio(sounds=True, speech=True, volume=1.0)
    audio.tell(happening("stop"))
    assert "alsa-utils" in audio.lack
    assert "espeak-ng" in audio.speech_lack
    assert not audio._playing
    audio.close()


def test_a_machine_without_a_sound_device_is_left_in_peace(programs, qtbot, caplog):
    log = install(programs, "aplay", code=1)
    audio = Audio(sounds=True, speech=False, volume=1.0)
    for count in range(1, 4):
        audio.tell(happening("limit"))
        qtbot.waitUntil(lambda count=count: audio._failures == count, timeout=30_000)
    audio.tell(happening("limit"))
    qtbot.wait(200)
    assert len(lines(log)) == 3
    assert audio.lack == "no sound device answers"
    assert caplog.text.count("sounds are off") == 1
    audio.close()


def test_of_sentences_that_wait_only_the_newest_is_spoken(programs, qtbot):
    log = install(programs, "espeak-ng", seconds=0.4)
    audio = Audio(sounds=False, speech=True, volume=1.0)
    for about in ("arms", "hands", "--help; rm -rf ~"):
        audio.tell(happening("layer", about))
    qtbot.waitUntil(lambda: len(lines(log)) == 2 and audio._speaking is None, timeout=30_000)
    assert lines(log) == ["-- arms", "-- --help; rm -rf ~"]
    audio.close()


def test_a_program_that_ended_keeps_nothing_alive(programs, qapp):
    """Else the window's sound would be deleted from within the deletion of a program that it has started."""
    install(programs, "espeak-ng")
    audio = Audio(sounds=False, speech=True, volume=1.0)
    audio.tell(happening("layer", "arms"))
    until_s = time.monotonic() + 10.0
    while audio._speaking is not None and time.monotonic() < until_s:
        qapp.processEvents()  # which leaves the program to be deleted later
    assert audio._speaking is None
    audio.close()
    gone = weakref.ref(audio)
    del audio
    assert gone() is None


def test_closing_ends_what_still_plays(programs, qtbot):
    log = install(programs, "paplay", seconds=30)
    audio = Audio(sounds=True, speech=False, volume=1.0)
    audio.tell(happening("stop"))
    qtbot.waitUntil(lambda: len(lines(log)) == 1, timeout=30_000)
    (process,) = audio._playing
    audio.close()
    assert process.state() == process.ProcessState.NotRunning
