"""What counts of a take: trimmed without touching it, exported and judged as if that were all, and given back."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from spoken_station import Script, make_take
from test_curation import asker, record, recorder, station, status_where  # noqa: F401
from test_lerobot_export import OFFSET_NS, export, numbers_shown, rows_of

from app.main import main
from recordings.checking.verify import verify
from recordings.shift.rating import rate
from recordings.take import load_manifest
from recordings.trim import trim, trim_to_driving, whole
from twin.errors import RecordingError, RequestRefused

S = 10**9


@pytest.fixture
def script():
    return Script(seconds=4)


@pytest.fixture
def take(tmp_path, script):
    return make_take(tmp_path, script)


def test_the_take_stays_as_it_was_byte_for_byte_and_sound(take):
    before = take.read_bytes()
    trim(take, 1.0, 3.0)
    assert take.read_bytes() == before
    assert verify(take).faults == []
    assert load_manifest(take).part.from_s == 1.0
    assert load_manifest(take).counts_s == 2.0


def test_an_export_holds_the_part_alone_and_says_which(tmp_path, take, script):
    of_all = export([take], tmp_path / "whole").frames
    trim(take, 1.0, 3.0)
    report = export([take], tmp_path / "part")
    rows = rows_of(tmp_path / "part")
    since_s = (rows["timing.row_utc_ns"] - script.begin_ns - OFFSET_NS) / S
    assert 1.0 <= since_s.min() < 1.4, "at the first common keyframe of the part"
    assert since_s.max() <= 3.0 + 1 / 30
    assert report.frames == len(since_s) < of_all
    shown = np.array(numbers_shown(tmp_path / "part", "head"))
    assert shown.min() >= 30
    assert shown.max() <= 90
    table = pq.read_table(tmp_path / "part/meta/episodes/chunk-000/file-000.parquet")
    assert (table["part_from_s"].to_pylist(), table["part_to_s"].to_pylist()) == ([1.0], [3.0])
    whole(take)
    assert export([take], tmp_path / "again").frames == of_all


def test_the_figures_are_those_of_the_part_and_marks_of_a_person_stay(take):
    rate(take, "good", "smooth")
    manifest = trim(take, 0.5, 1.7)
    assert manifest.quality.seconds == pytest.approx(1.2)
    assert manifest.quality.driven_s <= 1.2
    assert (manifest.rating, manifest.rating_reason) == ("good", "smooth")
    assert trim(take, None, 1.1).suggestion.reason == "it is only 0.6 s long"
    assert whole(take).quality.seconds == pytest.approx(load_manifest(take).seconds, abs=1e-3)


def test_one_end_may_be_moved_and_the_other_stays(take):
    trim(take, 1.0, None)
    manifest = trim(take, None, 2.5)
    assert (manifest.part.from_s, manifest.part.to_s) == (1.0, 2.5)


def test_trimmed_to_the_driving_it_keeps_half_a_second_before_and_after(take):
    span_s = trim(take, 1.0, 2.0).quality.driven_span_s
    manifest = trim_to_driving(take)
    assert manifest.quality.driven_span_s == span_s, "of the whole take, whatever was cut before"
    assert manifest.part.from_s == pytest.approx(max(0.0, span_s[0] - 0.5))
    assert manifest.part.to_s == pytest.approx(min(manifest.seconds, span_s[1] + 0.5))


@pytest.mark.parametrize(
    ("from_s", "to_s", "told"),
    [
        (-0.1, 2.0, "is no part of it"),
        (0.0, 99.0, "is no part of it"),
        (float("nan"), 2.0, "is no part of it"),
        (0.0, float("nan"), "is no part of it"),
        (2.0, 1.0, "too short"),
        (1.0, 1.2, "leave at least 0.5 s"),
    ],
)
def test_what_is_no_part_of_it_is_refused_in_words_and_changes_nothing(take, from_s, to_s, told):
    before = load_manifest(take)
    with pytest.raises(RecordingError, match=told):
        trim(take, from_s, to_s)
    assert load_manifest(take) == before


def test_the_command_line_trims_tells_and_gives_back(take, tmp_path, capsys):
    def said(*words):
        assert main(["takes", *words, "--takes", str(take.parent)]) == 0
        return capsys.readouterr().out

    assert "1 to 3 s of" in said("trim", "last", "--from", "1", "--to", "3")
    assert "counts    1 to 3 s" in said("show", "last")
    assert json.loads(said("trim", "last", "--driving", "--json"))[0]["part"]
    assert "s count" in said("trim", "last", "--whole")
    assert load_manifest(take).part is None


@pytest.mark.serial
def test_the_recorder_trims_the_last_take_beside_its_work(station, recorder, asker):  # noqa: F811
    path = record(asker, 2.0)
    asker.ask("take.trim", from_s=0.3, to_s=1.2)
    told = status_where(station, lambda status: status.part_from_s == 0.3)
    assert (told.part_to_s, told.rated_take) == (1.2, path.stem)
    assert told.rated_seconds > 1.5
    assert "0.3 to 1.2 s count" in told.note
    with pytest.raises(RequestRefused, match="it is a number of seconds"):
        asker.ask("take.trim", from_s="soon")
    asker.ask("take.trim", to_s=77)
    status_where(station, lambda status: "is no part of it" in status.note)
    asker.ask("take.trim", keep="whole")
    assert status_where(station, lambda status: status.part_from_s == 0.0).part_to_s == told.rated_seconds
