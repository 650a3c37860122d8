"""A take in memory: what stands on its timeline, and what is refused in a sentence."""

from itertools import pairwise

import pytest
from bending_take import BEGIN_NS, DRIVEN_S, take_of

from app.review import tape as tapes
from app.review.shelf import neighbour, next_unmarked
from app.review.tape import CancelledError, read_tape
from recordings.shift.rating import rate
from recordings.take import PERSON, manifest_path
from twin.errors import RecordingError
from twin.wire.clock import NS_PER_S


def test_the_timeline_knows_when_somebody_drove_what_was_held_back_and_when_it_was_done(take):
    tape = read_tape(take)
    assert tape.driven == [pytest.approx(DRIVEN_S, abs=0.06)]
    assert tape.held_back == [pytest.approx((2.0, 2.5), abs=0.02)]
    assert tape.done_at_s == pytest.approx(3.5, abs=0.06)
    assert (tape.base, tape.level) == ("gantry", 1)
    assert tape.seconds == pytest.approx(4.0, abs=0.05)


def test_what_is_heard_between_two_moments_is_heard_once(take):
    tape = read_tape(take)
    cuts = [BEGIN_NS - NS_PER_S + step * NS_PER_S // 7 for step in range(50)]
    heard = [each for begin, end in pairwise(cuts) for each in tape.between(begin, end)]
    assert heard == tape.messages


def test_a_moment_is_seen_with_each_cameras_last_whole_picture(take):
    tape = read_tape(take)
    heard = tape.until(BEGIN_NS + 2 * NS_PER_S + NS_PER_S // 4, 0, 1)
    pictures = [each for each in heard if each.topic == "camera.head"]
    assert [each.seq for each in pictures] == list(range(61, 69)), "from the whole picture at 2.0 s on"
    assert sum(each.topic == "robot.state" for each in heard) == 1
    assert [each.received_ns for each in heard] == sorted(each.received_ns for each in heard)


def test_long_takes_are_thinned(take, monkeypatch):
    every = len([1 for each in read_tape(take).messages if each.topic == "robot.state"])
    monkeypatch.setattr(tapes, "_WHOLE_S", 1.0)
    fifth = len([1 for each in read_tape(take).messages if each.topic == "robot.state"])
    assert fifth == every // 5


def test_reading_tells_how_far_it_is_and_can_be_ended(take, monkeypatch):
    monkeypatch.setattr(tapes, "_TELL_EVERY", 100)
    shares = []
    read_tape(take, lambda share: shares.append(share) or True)
    assert shares == sorted(shares)
    assert shares[0] < 0.05
    assert shares[-1] > 0.9
    with pytest.raises(CancelledError):
        read_tape(take, lambda share: share < 0.5)


def test_what_cannot_be_shown_is_told_in_a_sentence(take, tmp_path, optimus, messages):
    manifest_path(take).unlink()
    with pytest.raises(RecordingError, match="no manifest"):
        read_tape(take)
    person = take_of(optimus, tmp_path / "person", messages, shows=PERSON)
    with pytest.raises(RecordingError, match="understudy retarget"):
        read_tape(person)
    with pytest.raises(RecordingError):
        read_tape(tmp_path / "nothing.mcap")
    (tmp_path / "letter.mcap").write_bytes(b"Dear Sir")
    with pytest.raises(RecordingError, match="not a take"):
        read_tape(tmp_path / "letter.mcap")


def test_neighbours_are_in_the_order_in_which_they_were_recorded_and_people_are_passed_over(
    tmp_path, optimus, messages
):
    few = messages[:200]
    takes = [
        take_of(optimus, tmp_path / "takes", few, take=f"0{number}", shows=PERSON if number == 2 else "")
        for number in (1, 2, 3)
    ]
    assert neighbour(takes[0], 1) == takes[2]
    assert neighbour(takes[2], -1) == takes[0]
    assert neighbour(takes[0], -1) is None
    assert neighbour(takes[2], 1) is None


def test_the_next_take_without_a_mark_is_looked_for_all_round(tmp_path, optimus, messages):
    takes = [
        take_of(optimus, tmp_path / "takes", messages[:200], take=f"0{number}") for number in (1, 2, 3, 4)
    ]
    rate(takes[1], "good")
    assert next_unmarked(takes[0]) == takes[2]
    assert next_unmarked(takes[3]) == takes[0]
    for each in (takes[0], takes[2]):
        rate(each, "bad")
    assert next_unmarked(takes[3]) is None
    assert next_unmarked(takes[0]) == takes[3]
