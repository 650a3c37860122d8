"""The feed: newest of each topic with its age, everything of the frame, and the latency from hand to motor."""

import pytest

from app.feed import Feed
from twin.errors import WireError
from twin.wire.messages import AgentStatus, AppliedCommand, InputSample

MS = 1_000_000


def test_a_message_is_known_with_its_age_until_a_newer_one_comes(ear):
    feed = Feed(ear)
    ear.say("robot.status", AgentStatus(state="HOLD"), 100 * MS)
    ear.say("robot.status", AgentStatus(state="TELEOP"), 150 * MS)
    feed.drain(200 * MS)
    status, age_s = feed.message("robot.status", AgentStatus)
    assert status.state == "TELEOP"
    assert age_s == pytest.approx(0.05)
    feed.drain(400 * MS)
    assert feed.message("robot.status", AgentStatus)[1] == pytest.approx(0.25)


def test_every_message_of_a_frame_is_there_and_gone_in_the_next(ear):
    feed = Feed(ear)
    for at_ms in (1, 2, 3):
        ear.say("robot.status", AgentStatus(), at_ms * MS)
    feed.drain(4 * MS)
    assert [heard.seq for heard in feed.all("robot.status")] == [1, 2, 3]
    feed.drain(5 * MS)
    assert feed.all("robot.status") == []
    assert feed.newest("robot.status").seq == 3


def test_a_message_is_decoded_once(ear):
    feed = Feed(ear)
    ear.say("robot.status", AgentStatus(), MS)
    feed.drain(2 * MS)
    assert feed.message("robot.status", AgentStatus)[0] is feed.message("robot.status", AgentStatus)[0]


def test_what_is_older_than_its_topic_allows_is_stale_and_no_longer_fresh(ear):
    feed = Feed(ear)
    assert feed.is_stale("robot.status")
    ear.say("robot.status", AgentStatus(), 0)
    feed.drain(249 * MS)
    assert feed.fresh("robot.status", AgentStatus) is not None
    feed.drain(251 * MS)
    assert feed.fresh("robot.status", AgentStatus) is None
    assert feed.message("robot.status", AgentStatus) is not None


def test_bytes_that_are_no_such_message_are_an_error_and_no_empty_message(ear):
    feed = Feed(ear)
    ear.say_bytes("robot.status", b"\xff\xff\xff", 0)
    feed.drain(MS)
    with pytest.raises(WireError):
        feed.message("robot.status", AgentStatus)


def test_latency_is_from_the_reading_of_the_hand_to_the_setpoint_it_caused(ear):
    feed = Feed(ear)
    for number in (1, 2, 3):
        ear.say("operator.input", InputSample(), number * 10 * MS)
        ear.say(
            "robot.applied",
            AppliedCommand(input_seq=number, applied_ns=(number * 10 + 6 + number) * MS),
            (number * 10 + 8) * MS,
        )
    feed.drain(50 * MS)
    assert feed.latency.samples == 3
    assert feed.latency.p50_ms == pytest.approx(8)
    assert feed.latency.p95_ms == pytest.approx(9)


def test_a_setpoint_that_repeats_an_old_sample_tells_nothing_about_latency(ear):
    feed = Feed(ear)
    ear.say("operator.input", InputSample(), 0)
    for at_ms in (5, 15, 25):
        ear.say("robot.applied", AppliedCommand(input_seq=1, applied_ns=at_ms * MS), at_ms * MS)
    feed.drain(30 * MS)
    assert feed.latency.samples == 1
    assert feed.latency.p95_ms == pytest.approx(5)


def test_latency_is_forgotten_two_seconds_after_the_driving_ended(ear):
    feed = Feed(ear)
    ear.say("operator.input", InputSample(), 0)
    ear.say("robot.applied", AppliedCommand(input_seq=1, applied_ns=5 * MS), 5 * MS)
    feed.drain(10 * MS)
    assert feed.latency is not None
    feed.drain(2100 * MS)
    assert feed.latency is None
