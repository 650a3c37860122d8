"""Takes become a dataset whose every row shows what was known then."""

import json
import os
import signal
import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from spoken_station import (
    CAMERAS,
    JOINTS,
    NAMES,
    Script,
    applied_at,
    make_take,
    number_in,
    position_at,
)

from recordings.exporters.base import exporter, formats
from twin.errors import ExportError
from twin.wire import codec
from twin.wire.messages import AppliedCommand, vector

OFFSET_NS = 1_700_000_000 * 10**9


def export(takes, out, fps=None):
    return exporter("lerobot").export(takes, out, fps, lambda _share, _what: None)


def rows_of(dataset: Path, episode: int = 0) -> dict[str, np.ndarray]:
    table = pq.read_table(dataset / f"data/chunk-000/file-{episode:03d}.parquet")
    return {name: np.array(table[name].to_pylist()) for name in table.column_names}


def numbers_shown(dataset: Path, camera: str, episode: int = 0) -> list[int]:
    path = dataset / f"videos/observation.images.{camera}/chunk-000/file-{episode:03d}.mp4"
    with av.open(str(path)) as file:
        return [number_in(frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]


def sampled_numbers(rows, camera, script: Script) -> list[int]:
    """Which picture each row must show, from the clock in its own timing column."""
    begin_ns = script.begin_ns + OFFSET_NS
    return [
        round((at_ns - begin_ns) * script.fps / 1e9) for at_ns in rows[f"timing.{camera}_utc_ns"].tolist()
    ]


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_row_shows_the_picture_its_clock_names_when_pictures_are_copied(tmp_path):
    script = Script(seconds=3, jitter_ms=5)
    report = export([make_take(tmp_path, script)], tmp_path / "out")
    assert report.reports[0].copied_cameras == tuple(sorted(CAMERAS))
    rows = rows_of(tmp_path / "out")
    for camera in CAMERAS:
        shown = numbers_shown(tmp_path / "out", camera)
        assert len(shown) == report.frames == len(rows["index"])
        assert shown == sampled_numbers(rows, camera, script)
        assert np.all(np.diff(shown) == 1)


def test_every_row_shows_the_picture_its_clock_names_when_some_were_lost(tmp_path):
    script = Script(seconds=3, lost={"camera.left_wrist": {44, 45}})
    report = export([make_take(tmp_path, script)], tmp_path / "out")
    assert "left_wrist" not in report.reports[0].copied_cameras
    assert "head" in report.reports[0].copied_cameras
    rows = rows_of(tmp_path / "out")
    shown = numbers_shown(tmp_path / "out", "left_wrist")
    assert len(shown) == report.frames
    assert shown == sampled_numbers(rows, "left_wrist", script)
    # After the gap nothing can be decoded until the next keyframe, number 50.
    assert {44, 47, 49}.isdisjoint(shown)
    assert {42, 50} <= set(shown)


def test_cameras_of_different_phase_show_only_the_past(tmp_path):
    script = Script(seconds=3, camera_offset_ms={"left_wrist": 14.0, "right_wrist": 25.0})
    export([make_take(tmp_path, script)], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    for camera in CAMERAS:
        assert rows[f"timing.{camera}_age_ms"].min() >= 0
        shown = np.array(numbers_shown(tmp_path / "out", camera))
        offset_ms = script.camera_offset_ms.get(camera, 0.0)
        taken_ns = script.begin_ns + OFFSET_NS + shown * 1e9 / 30 + offset_ms * 1e6
        assert np.all(taken_ns <= rows["timing.row_utc_ns"] + 1000)


@pytest.mark.parametrize("fps", [10, 24, 50])
def test_any_rate_gives_one_picture_for_each_row(tmp_path, fps):
    script = Script(seconds=2)
    report = export([make_take(tmp_path, script)], tmp_path / "out", fps=fps)
    assert report.fps == fps
    assert report.frames == pytest.approx(2 * fps, abs=fps * 0.4 + 2)
    rows = rows_of(tmp_path / "out")
    assert numbers_shown(tmp_path / "out", "head") == sampled_numbers(rows, "head", script)
    with av.open(str(tmp_path / "out/videos/observation.images.head/chunk-000/file-000.mp4")) as file:
        times = [frame.pts * frame.time_base for frame in file.decode(video=0)]
    assert times == [Fraction(number, fps) for number in range(report.frames)]


def test_state_is_measured_and_action_is_applied_each_of_its_own_time(tmp_path):
    export([make_take(tmp_path)], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert rows["observation.state"].shape[1] == rows["action"].shape[1] == JOINTS
    for number in (0, 7, len(rows["index"]) - 1):
        state_ns = rows["timing.state_utc_ns"][number] - OFFSET_NS
        applied_ns = rows["timing.applied_utc_ns"][number] - OFFSET_NS
        np.testing.assert_allclose(rows["observation.state"][number], position_at(state_ns), atol=1e-6)
        np.testing.assert_allclose(rows["action"][number], applied_at(applied_ns), atol=1e-6)
    assert np.all(rows["timing.state_utc_ns"] <= rows["timing.row_utc_ns"])
    assert np.all(rows["timing.applied_utc_ns"] <= rows["timing.row_utc_ns"])
    assert rows["timing.state_age_ms"].max() < 5


def test_the_dataset_has_the_rows_the_clock_says(tmp_path):
    report = export([make_take(tmp_path, Script(seconds=5))], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    spanned_s = (rows["timing.row_utc_ns"][-1] - rows["timing.row_utc_ns"][0]) / 1e9 + 1 / 30
    assert report.frames == round(spanned_s * 30)
    assert report.reports[0].seconds == pytest.approx(spanned_s)
    assert 5 - spanned_s < 0.5
    np.testing.assert_allclose(rows["timestamp"], np.arange(report.frames) / 30, atol=1e-6)


def test_no_clock_or_label_can_be_taken_for_an_observation_or_an_action(tmp_path):
    export([make_take(tmp_path)], tmp_path / "out")
    features = json.loads((tmp_path / "out/meta/info.json").read_text())["features"]
    fed = {name for name in features if name.startswith(("observation", "action"))}
    assert fed == {"observation.state", "action", *(f"observation.images.{camera}" for camera in CAMERAS)}
    assert features["observation.state"]["names"] == [f"{name}.pos" for name in NAMES]


def test_several_takes_become_several_episodes_with_their_own_tasks(tmp_path):
    takes = [
        make_take(tmp_path, Script(seconds=2), task="stack"),
        make_take(tmp_path, Script(seconds=1.5, succeeded=False), task="pour"),
        make_take(tmp_path, Script(seconds=2), task="stack"),
    ]
    report = export(takes, tmp_path / "out")
    out = tmp_path / "out"
    assert report.episodes == 3
    info = json.loads((out / "meta/info.json").read_text())
    assert (info["total_episodes"], info["total_tasks"], info["total_frames"]) == (3, 2, report.frames)
    tasks = pq.read_table(out / "meta/tasks.parquet").to_pydict()
    assert tasks == {"task_index": [0, 1], "task": ["stack", "pour"]}
    first = 0
    for number, succeeded in enumerate((True, False, True)):
        (episode,) = pq.read_table(out / f"meta/episodes/chunk-000/file-{number:03d}.parquet").to_pylist()
        rows = rows_of(out, number)
        assert episode["dataset_from_index"] == first == rows["index"][0]
        first = episode["dataset_to_index"]
        assert episode["success"] is succeeded
        assert episode["operator"] == "Ada"
        assert episode["take"] == takes[number].name.removesuffix(".mcap")
        assert rows["next.success"].tolist() == [False] * (len(rows["index"]) - 1) + [succeeded]
        assert episode["stats/observation.state/q99"][0] == pytest.approx(
            np.quantile(rows["observation.state"][:, 0], 0.99), abs=1e-5
        )
    assert first == report.frames


def test_statistics_of_the_whole_are_those_of_all_rows(tmp_path):
    takes = [make_take(tmp_path, Script(seconds=2)), make_take(tmp_path, Script(seconds=1))]
    export(takes, tmp_path / "out")
    statistics = json.loads((tmp_path / "out/meta/stats.json").read_text())
    rows = np.concatenate([rows_of(tmp_path / "out", number)["action"] for number in (0, 1)])
    found = statistics["action"]
    np.testing.assert_allclose(found["mean"], rows.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(found["std"], rows.std(axis=0), atol=1e-5)
    np.testing.assert_allclose(found["max"], rows.max(axis=0), atol=1e-6)
    assert found["count"] == [len(rows)]
    picture = statistics["observation.images.head"]
    assert np.shape(picture["mean"]) == (3, 1, 1)
    assert 0 <= picture["q01"][0][0][0] <= picture["q99"][0][0][0] <= 1


def test_parts_of_the_body_are_ranges_of_the_state(tmp_path):
    export([make_take(tmp_path)], tmp_path / "out")
    modality = json.loads((tmp_path / "out/meta/modality.json").read_text())
    assert modality["state"]["left"] == {"start": 0, "end": 37, "original_key": "observation.state"}
    assert modality["action"]["right"]["end"] == JOINTS


def test_the_same_takes_give_the_same_bytes(tmp_path):
    takes = [make_take(tmp_path, Script(lost={"camera.head": {20}})), make_take(tmp_path)]
    export(takes, tmp_path / "one")
    export(takes, tmp_path / "two")
    assert everything_in(tmp_path / "one") == everything_in(tmp_path / "two")


def test_an_existing_folder_is_never_touched(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        export([make_take(tmp_path)], out)
    assert everything_in(out) == {"mine.txt": b"mine"}


def test_takes_of_different_robot_models_do_not_mix(tmp_path):
    takes = [make_take(tmp_path), make_take(tmp_path, Script(model_hash="cd" * 32))]
    with pytest.raises(ExportError, match="different robot models"):
        export(takes, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_pictures_of_different_size_do_not_mix(tmp_path):
    takes = [
        make_take(tmp_path, Script(seconds=1)),
        make_take(tmp_path, Script(seconds=1, picture_size=(192, 128))),
    ]
    with pytest.raises(ExportError, match="another size"):
        export(takes, tmp_path / "out")


def test_a_take_without_pictures_is_refused_with_what_it_lacks(tmp_path):
    with pytest.raises(ExportError, match="holds no pictures"):
        export([make_take(tmp_path, Script(cameras=(), silent_cameras=("head",)))], tmp_path / "out")


def test_joints_that_are_not_numbers_are_refused(tmp_path):
    def spoil(heard):
        if heard.topic == "robot.applied" and heard.seq == 50:
            return heard._replace(
                payload=codec.encode(
                    AppliedCommand(applied_ns=heard.sampled_ns, position_rad=vector([np.nan] * JOINTS))
                )
            )
        return heard

    with pytest.raises(ExportError, match="not numbers"):
        export([make_take(tmp_path, Script(alter=spoil))], tmp_path / "out")


def _inside_a_chunk(content: bytearray) -> int:
    """A place amid the messages near the middle of the file; a flipped bit in an index of them would hurt nobody."""
    chunk, at = 0x06, 8  # behind the magic number
    while at < len(content):
        opcode, length = struct.unpack_from("<BQ", content, at)
        if opcode == chunk and at > len(content) // 2:
            return int(at + length // 2)
        at += 9 + length
    raise AssertionError("no chunk")


def test_a_damaged_take_is_not_exported_silently_short(tmp_path):
    take = make_take(tmp_path)
    content = bytearray(take.read_bytes())
    content[_inside_a_chunk(content)] ^= 0xFF
    take.write_bytes(content)
    with pytest.raises(ExportError, match="takes recover"):
        export([take], tmp_path / "out")


def test_motors_off_at_the_beginning_are_left_out(tmp_path):
    script = Script(seconds=3, lost={"robot.applied": set(range(1, 101))})
    export([make_take(tmp_path, script)], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert rows["timing.row_utc_ns"][0] - OFFSET_NS - script.begin_ns >= 10**9
    assert not rows["timing.stale"].any()


def test_commands_missing_in_the_middle_are_held_and_marked(tmp_path):
    script = Script(seconds=3, lost={"robot.applied": set(range(120, 160))})
    report = export([make_take(tmp_path, script)], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert 6 <= np.count_nonzero(rows["timing.stale"]) == report.reports[0].stale_rows <= 13
    assert rows["timing.applied_age_ms"][rows["timing.stale"]].min() > 100


def test_unknown_formats_are_named(tmp_path):
    assert formats() == ("lerobot",)
    with pytest.raises(ExportError, match="there are: lerobot"):
        exporter("floppy")


_EXPORT = """
import signal
import sys
from pathlib import Path
from recordings.exporters.base import exporter

signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background

def tell(share, what):
    print(what, flush=True)
    if len(sys.argv) > 3 and what.startswith(sys.argv[3]):
        sys.stdin.read(1)  # wait here to be interrupted

exporter("lerobot").export([Path(sys.argv[1])], Path(sys.argv[2]), None, tell)
"""


@pytest.mark.parametrize("stage", ["reading", "pictures of left_wrist", "rows"])
def test_an_interrupted_export_leaves_nothing_and_a_killed_one_can_be_run_again(tmp_path, stage):
    take = make_take(tmp_path)
    out = tmp_path / "out"
    for how in (signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(
            [sys.executable, "-c", _EXPORT, str(take), str(out), stage],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        while not process.stdout.readline().startswith(stage):
            pass
        os.kill(process.pid, how)
        process.communicate(timeout=30)
        assert not out.exists()
        if how == signal.SIGINT:
            assert not list(tmp_path.glob(".out*"))
    export([take], out)
    export([take], tmp_path / "fresh")
    assert everything_in(out) == everything_in(tmp_path / "fresh")
    assert not list(tmp_path.glob(".out*"))


def test_exporting_keeps_the_take_as_it_is(tmp_path):
    take = make_take(tmp_path)
    before = take.read_bytes()
    export([take], tmp_path / "out")
    assert take.read_bytes() == before


@pytest.mark.parametrize("name", formats())
def test_every_exporter_refuses_to_write_nothing_and_says_what_to_do(name, tmp_path):
    with pytest.raises(ExportError, match="takes list"):
        exporter(name).export([], tmp_path / "out", None, lambda _share, _what: None)
    assert not (tmp_path / "out").exists()
