"""The report of a day is counted from manifests on the disk, the discarded ones included."""

import csv
import datetime
import io
from pathlib import Path

import pytest
from spoken_station import Script, make_take

from app.main import main
from recordings.checking.quality import Quality, suggest
from recordings.log import TakeHead
from recordings.recorder.trash import put_in_trash
from recordings.shift.calm import jerk_change
from recordings.shift.page import as_csv, as_html
from recordings.shift.rating import rate
from recordings.shift.shift import Worked, read_shift, summarise
from recordings.take import Manifest, load_manifest

DAY = datetime.date(2026, 3, 14)
MORNING_NS = int(datetime.datetime(2026, 3, 14, 9).astimezone().timestamp()) * 10**9


def worked(minute, rating="", discarded=False, jerk=None, task="stack", operator="Ada", seconds=60.0):
    quality = Quality(
        seconds=seconds, driven_s=seconds / 2, lost=0, lost_share=0.0, latency_ms_p95=12.5, camera_hz={"head": 30.0},
        limited_share=0.01, stale_s={"robot.state": 0.0}, hand_jerk_m_s3={} if jerk is None else {"right": jerk},
    )  # fmt: skip
    manifest = Manifest(
        take=f"T{minute:03d}", file="", sha256="", bytes=0, started_utc_ns=MORNING_NS + minute * 60 * 10**9,
        seconds=seconds, messages=1, lost=0, task=task, operator=operator, robot="optimus", revision="", model_hash="",
        joints=74, scene="", seed=0, simulated=True, video_frames={}, topics={}, rating=rating, quality=quality,
        suggestion=suggest(quality),
    )  # fmt: skip
    return Worked(manifest, discarded)


def test_takes_per_hour_success_and_clutch_time_are_those_of_the_takes():
    takes = [
        worked(0, "good"),
        worked(10, "bad"),
        worked(20, discarded=True),
        worked(29, "good"),
        worked(1440),
    ]
    whole = summarise(DAY, takes).whole
    assert (whole.takes, whole.good, whole.bad, whole.discarded) == (3, 2, 1, 1)
    assert whole.span_s == 30 * 60
    assert whole.takes_per_hour == pytest.approx(6)
    assert whole.success_share == pytest.approx(2 / 3)
    assert whole.driven_s == pytest.approx(4 * 30)
    assert whole.idle_s == pytest.approx(30 * 60 - 120)


def test_tasks_and_operators_are_counted_apart():
    shift = summarise(
        DAY, [worked(0, task="a"), worked(1, task="b", operator="Bob"), worked(2, task="a", operator="")]
    )
    assert [(row.name, row.takes) for row in shift.per_task] == [("a", 2), ("b", 1)]
    assert [row.name for row in shift.per_operator] == ["Ada", "Bob", "nobody named"]


def test_hands_that_grow_jerky_are_told_of_and_two_takes_are_no_trend():
    assert jerk_change([4, 4, 5, 5, 6, 6]) == pytest.approx(0.5)
    assert jerk_change([4, 8]) is None
    shift = summarise(DAY, [worked(minute, jerk=4 + minute) for minute in range(6)])
    assert "jerkier" in as_html(shift)


def test_the_page_needs_nothing_else_and_shows_texts_as_texts():
    page = as_html(
        summarise(DAY, [worked(0, task="<script>alert(1)</script>", jerk=3.0), worked(5, jerk=4.0)])
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert "<polyline" in page


def test_an_empty_day_has_an_empty_report():
    assert "no takes on this day" in as_html(summarise(DAY, []))


def test_the_table_has_a_row_per_take_that_spreadsheets_can_read():
    rows = list(csv.DictReader(io.StringIO(as_csv(summarise(DAY, [worked(0, "good", jerk=3.0)])))))
    assert rows[0]["task"] == "stack"
    assert (rows[0]["rating"], float(rows[0]["jerk_m_s3"]), rows[0]["discarded"]) == ("good", 3.0, "False")


def test_takes_are_marked_listed_reported_and_exported_from_the_command_line(tmp_path, capsys):
    takes = tmp_path / "takes"
    good = make_take(takes, Script(seconds=1.2), name="01GOOD")
    other = make_take(takes, Script(seconds=1.2, begin_ns=10**13), name="02OTHER")
    rate(put_in_trash(make_take(takes, Script(seconds=1.2), name="03GONE")), "bad")
    before = good.read_bytes()
    where = ["--takes", str(takes)]
    assert main(["takes", "mark", "good", "01GOOD", "--reason", "smooth", *where]) == 0
    assert good.read_bytes() == before
    capsys.readouterr()
    assert main(["takes", "list", "--only", "good", *where]) == 0
    listed = capsys.readouterr().out
    assert "01GOOD" in listed
    assert "02OTHER" not in listed
    assert main(["takes", "show", "last", "01GOOD", *where]) == 0
    shown = capsys.readouterr().out
    assert "good: smooth" in shown
    assert "advice    " in shown
    day = begun_on(good)
    files = ["--html", str(tmp_path / "day.html"), "--csv", str(tmp_path / "day.csv")]
    assert main(["shift", "report", "--day", day, *where, *files]) == 0
    assert "smooth" in (tmp_path / "day.csv").read_text()
    assert read_shift(takes, datetime.date.fromisoformat(day)).whole.discarded == 1
    assert main(["export", "all", "--only", "good", "--out", str(tmp_path / "set"), *where]) == 0
    assert "1 of 2 takes are left out" in capsys.readouterr().err
    import pyarrow.parquet as pq

    table = pq.read_table(next((tmp_path / "set/meta/episodes").rglob("*.parquet")))
    assert table["rating"].to_pylist() == ["good"]
    assert table["rating_reason"].to_pylist() == ["smooth"]
    assert main(["export", "all", "--only", "bad", "--out", str(tmp_path / "none"), *where]) != 0
    assert "none of the 2 takes is marked bad" in capsys.readouterr().err
    assert load_manifest(other).rating == ""


def begun_on(path: Path) -> str:
    started_s = TakeHead(path).episode.started_utc_ns / 1e9
    return str(datetime.datetime.fromtimestamp(started_s).astimezone().date())


def test_tasks_and_how_far_they_are_can_be_looked_at(tmp_path, capsys):
    make_take(tmp_path, Script(seconds=1.2), task="stack the cups", name="01A")
    assert main(["takes", "mark", "good", "01A", "--takes", str(tmp_path)]) == 0
    (tmp_path / "tasks.toml").write_text('[[task]]\ninstruction = "stack the cups"\ntarget = 3\n')
    assert main(["shift", "tasks", "--takes", str(tmp_path)]) == 0
    assert ">    1 of 3    stack the cups" in capsys.readouterr().out
    (tmp_path / "tasks.toml").write_text("[[task]]\ntarget = 3\n")
    assert main(["shift", "tasks", "--takes", str(tmp_path)]) != 0
    assert "task 1" in capsys.readouterr().err
