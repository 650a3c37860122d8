"""A person's take becomes a robot's: what is written is what the person did, as far as the robot can."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import mujoco
import numpy as np
import pytest

from app.main import main
from benchmarks.demonstrator import HEIGHT_M, LOST_S, TOO_FAR_S, Demonstrator
from recordings import take
from recordings.checking.verify import verify
from recordings.log import TakeHead, read_take
from recordings.recorder.open_take import OpenTake, TakeOrder
from recordings.take import Episode, load_manifest
from teleop.operators import save_operator
from twin import places
from twin.demonstration.person import ARM, EYES_BEFORE_SHOULDERS_M, SHOULDERS
from twin.ik.model import load_kinematics
from twin.robot import find_robot, load_robot
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AppliedCommand, RobotState

SECONDS = 8.0
BEGIN_NS = 5_000 * NS_PER_S
REVISIONS = ("gen3-a", "gen3-b", "gen2")


def person_take(folder: Path, seconds: float = SECONDS, cameras: tuple[str, ...] = ()) -> Path:
    """A take of a person, written by the recorder's own writer without waiting."""
    from spoken_station import Camera

    person = Demonstrator(load_robot(find_robot("optimus")), seconds)
    offset_ns = 1_700_000_000 * NS_PER_S
    folder.mkdir(parents=True, exist_ok=True)
    episode = Episode(
        take=take.new_take_id(BEGIN_NS + offset_ns),
        started_utc_ns=BEGIN_NS + offset_ns,
        task="hand me the cup",
        operator="Ada",
        camera_names=cameras,
        shows=take.PERSON,
    )
    opened = OpenTake(
        TakeOrder(folder=folder, episode=episode, wall_offset_ns=offset_ns, started_ns=BEGIN_NS)
    )
    shooting = {name: Camera(name) for name in cameras}
    heard: list[Heard] = []
    for frame in range(person.frames):
        at_ns = BEGIN_NS + int(frame / person.hz * NS_PER_S)
        heard.append(Heard("operator.xr", frame + 1, at_ns, at_ns, codec.encode(person.sample(frame))))
    for number in range(int(seconds * 30)):
        at_ns = BEGIN_NS + number * NS_PER_S // 30
        heard += [
            Heard(f"camera.{name}", number + 1, at_ns, at_ns, each.shoot(at_ns, number))
            for name, each in shooting.items()
        ]
    heard.sort(key=lambda each: each.received_ns)
    for begin in range(0, len(heard), 50):
        opened.put(heard[begin : begin + 50])
        while opened.ledger.messages < begin:  # a disk that is far behind drops pictures
            time.sleep(0.001)
    opened.end("stopped by the operator", heard[-1].received_ns)
    assert opened.wait_saved(30)
    assert opened.manifest is not None, opened.trouble
    return opened.path


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return person_take(tmp_path_factory.mktemp("person"), cameras=("head",))


def retargeted(source: Path, out: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict:
    capsys.readouterr()
    words = ["retarget", str(source), "--robot", "optimus", "--out", str(out), "--json", *more]
    assert main(words) == 0
    return json.loads(capsys.readouterr().out)


def test_a_persons_take_is_sound_and_says_what_was_seen(source: Path, capsys: pytest.CaptureFixture[str]):
    verdict = verify(source, decode_pictures=True)
    assert verdict.ok, verdict.faults
    assert any(
        "it shows a person and no robot; seen: head 100%, left hand 9" in text for text in verdict.remarks
    )
    manifest = load_manifest(source)
    assert manifest.shows == "person"
    assert manifest.quality is None
    assert manifest.marks == ("the left hand was seen in 94% of it",)
    assert main(["takes", "show", str(source)]) == 0
    assert "a person and no robot: `understudy retarget`" in capsys.readouterr().out


def test_a_persons_take_is_no_episode_and_all_leaves_it_out(source: Path, tmp_path: Path, capsys):
    assert main(["export", str(source), "--out", str(tmp_path / "set")]) == 2
    assert f"`understudy retarget {source.name} --robot NAME`" in capsys.readouterr().err
    assert main(["export", "all", "--takes", str(source.parent), "--out", str(tmp_path / "set")]) == 2
    assert "left out (it shows a person)" in capsys.readouterr().err


@pytest.mark.parametrize("revision", REVISIONS)
def test_hands_go_where_the_person_s_went_on_any_revision(
    source: Path, tmp_path: Path, capsys, revision: str
):
    facts = retargeted(source, tmp_path, capsys, "--revision", revision)
    spec = load_robot(find_robot("optimus"), revision)
    assert (facts["revision"], facts["model_hash"]) == (revision, spec.model_hash)
    assert facts["person"]["height_m"] == pytest.approx(HEIGHT_M, abs=0.01)
    assert verify(Path(facts["path"]), decode_pictures=True).ok
    states = [
        (heard.sampled_ns, heard.read(RobotState).position_rad)
        for heard in read_take(Path(facts["path"]), ["robot.state"])
    ]
    kinematics = load_kinematics(spec)
    data = mujoco.MjData(kinematics.model)
    data.qpos[kinematics.qpos_address] = spec.home_rad
    mujoco.mj_kinematics(kinematics.model, data)
    middle = np.mean([data.xpos[body] for body in kinematics.shoulder_body.values()], axis=0)
    scale = kinematics.arm_length_m["left"] / (ARM * HEIGHT_M)
    shoulders = np.array([-EYES_BEFORE_SHOULDERS_M, 0.0, SHOULDERS * HEIGHT_M])
    person = Demonstrator(load_robot(find_robot("optimus")), SECONDS)
    for at_ns, position_rad in states[20:380:40]:
        at_s = (at_ns - BEGIN_NS) / NS_PER_S
        data.qpos[kinematics.qpos_address] = position_rad
        mujoco.mj_kinematics(kinematics.model, data)
        wanted = middle + scale * (person.wrist("left", at_s).position_m - shoulders)
        hand = data.site_xpos[kinematics.hand_site["left"]]
        np.testing.assert_allclose(hand, wanted, atol=0.005)
    angles = np.stack([position_rad for _, position_rad in states])
    assert (angles >= spec.lower_rad - 1e-6).all()
    assert (angles <= spec.upper_rad + 1e-6).all()
    speed = np.abs(np.diff(angles, axis=0)) * 100
    assert (speed <= spec.max_speed_rad_s * 1.01).all()


def test_what_cannot_be_reached_is_told_with_its_reason_and_time(source: Path, tmp_path: Path, capsys):
    facts = retargeted(source, tmp_path, capsys)
    left, right = facts["hands"]["left"], facts["hands"]["right"]
    assert left["seen_share"] == pytest.approx(1 - (LOST_S[1] - LOST_S[0]) / SECONDS, abs=0.03)
    assert left["reached_share"] > 0.95
    assert 0.7 < right["reached_share"] < 0.95
    assert next(iter(right["reasons"])) == "out of reach"
    longest = right["stretches"][0]
    assert TOO_FAR_S[0] < longest["from_s"] < longest["to_s"] < TOO_FAR_S[1] + 0.5
    assert facts["suggestion"] == "redo"
    page = Path(facts["page"]).read_text("utf-8")
    assert "out of reach" in page
    assert page.count("<svg") == 6
    assert "http" not in page  # it needs nothing else


def test_fingers_follow_the_bare_hand_and_the_trigger(source: Path, tmp_path: Path, capsys):
    facts = retargeted(source, tmp_path, capsys)
    spec = load_robot(find_robot("optimus"))
    assert facts["hand_scales"]["right"] == pytest.approx(1.0, abs=0.1)
    angles = np.stack(
        [h.read(RobotState).position_rad for h in read_take(Path(facts["path"]), ["robot.state"])]
    )
    person = Demonstrator(spec, SECONDS)
    curl = angles[:, spec.joint_names.index("left_index_pip")]
    trigger = np.array([person.trigger(row / 100) for row in range(len(curl))])
    steady = slice(0, int(100 * LOST_S[0]))
    assert np.corrcoef(curl[steady], trigger[steady])[0, 1] > 0.9
    pip = angles[:, spec.joint_names.index("right_index_pip")]
    assert pip[50] < 0.2  # held open at first
    assert np.ptp(pip) > 0.4


def test_it_is_marked_keeps_its_source_by_hash_and_its_pictures(source: Path, tmp_path: Path, capsys):
    before = source.read_bytes()
    facts = retargeted(source, tmp_path / "new", capsys)
    assert source.read_bytes() == before
    path = Path(facts["path"])
    head, manifest = TakeHead(path), load_manifest(path)
    assert head.episode.shows == manifest.shows == "retargeted"
    assert head.episode.retargeted_from == take.take_id(source)
    assert head.episode.retargeted_from_sha256 == load_manifest(source).sha256
    assert manifest.marks[0].startswith(f"retargeted from the take {take.take_id(source)} (sha256 ")
    assert {"robot.toml", "reach.json"} <= head.attachments.keys()
    assert manifest.video_frames == {"head": int(SECONDS * 30)}
    assert any("nobody drove this robot" in text for text in verify(path).remarks)
    main(["takes", "list", "--takes", str(tmp_path / "new")])
    assert "retargeted: hand me the cup" in capsys.readouterr().out


def test_it_exports_like_any_take_with_the_next_state_as_action(source: Path, tmp_path: Path, capsys):
    import pyarrow.parquet as pq

    facts = retargeted(source, tmp_path / "new", capsys)
    assert main(["export", facts["path"], "--out", str(tmp_path / "set")]) == 0
    table = pq.read_table(next((tmp_path / "set" / "data").rglob("*.parquet")))
    state = np.array(table["observation.state"].to_pylist())
    action = np.array(table["action"].to_pylist())
    assert len(state) > 0.95 * SECONDS * 30
    assert np.abs(action[10:200] - state[11:201]).mean() < 0.3 * np.abs(action[10:200] - state[10:200]).mean()
    assert all(table["teleop.driven"].to_pylist())
    episodes = pq.read_table(next((tmp_path / "set" / "meta" / "episodes").rglob("*.parquet")))
    assert episodes["shows"].to_pylist() == ["retargeted"]
    assert episodes["retargeted_from"].to_pylist() == [take.take_id(source)]


def test_the_same_take_gives_the_same_motion_again(source: Path, tmp_path: Path, capsys):
    first, second = (retargeted(source, tmp_path / f"{n}.mcap", capsys) for n in ("a", "b"))
    assert Path(first["path"]).name == "a.mcap"

    def said(facts: dict) -> list[bytes]:
        return [heard.payload for heard in read_take(Path(facts["path"]), ["robot.state", "robot.applied"])]

    assert said(first) == said(second)
    applied = AppliedCommand
    assert {h.read(applied).source for h in read_take(Path(first["path"]), ["robot.applied"])} == {"retarget"}


def test_a_person_s_own_height_scales_the_motion(source: Path, tmp_path: Path, capsys):
    facts = retargeted(source, tmp_path, capsys, "--height", "1.60")
    assert facts["person"] == {"height_m": 1.6, "is_measured": True}
    with pytest.raises(SystemExit):
        main(["retarget", str(source), "--robot", "optimus", "--height", "3"])
    assert "3 is not between 1.2 and 2.2 m" in capsys.readouterr().err


def test_the_profile_of_whoever_was_recorded_scales_the_motion(
    source: Path, tmp_path: Path, capsys, monkeypatch
):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path / "config")
    plain = retargeted(source, tmp_path / "plain", capsys)
    save_operator("Ada", {"height_m": 1.62, "arm_length_m": 0.70})
    known = retargeted(source, tmp_path / "known", capsys)
    assert known["person"] == {"height_m": 1.62, "is_measured": True}
    assert known["person_arm_m"] == 0.70
    assert known["scale"] == pytest.approx(plain["scale"] * plain["person_arm_m"] / 0.70)
    told = retargeted(source, tmp_path / "told", capsys, "--height", "1.80")
    assert told["person"]["height_m"] == 1.80


def test_a_robots_take_shows_nobody(tmp_path: Path, capsys):
    from spoken_station import Script, make_take

    path = make_take(tmp_path, Script(seconds=1.0))
    assert main(["retarget", str(path), "--robot", "optimus"]) == 2
    assert "shows nobody" in capsys.readouterr().err


# Also where the tests run in the background, whose children ignore Ctrl-C.
INTERRUPTIBLE = """
import signal, sys
from app.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(sys.argv[1:]))
"""


def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path):
    long = person_take(tmp_path / "long", seconds=60.0)
    out = tmp_path / "out"
    words = ["retarget", str(long), "--robot", "optimus", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *words], env={**os.environ, "TERM": "dumb"}
    )
    until_s = time.monotonic() + 60
    while not list(out.glob("*.retargeting")):
        assert time.monotonic() < until_s
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert list(out.iterdir()) == []
