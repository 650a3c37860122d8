"""Requests over real sockets: requested, accepted, refused with the reason, or no answer; never a wait."""

from collections.abc import Callable, Iterator

import pytest

from app.requests import ACCEPTED, REFUSED, REQUESTED, UNANSWERED, Requests
from twin.station import Station
from twin.wire.ask import Answerer, named
from twin.wire.bus import Waiter
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import Reply, Request


@pytest.fixture
def station(station_folder) -> Station:
    return Station(folder=str(station_folder), robot_folder="/nowhere")


@pytest.fixture
def requests(station) -> Iterator[Requests]:
    made = Requests(station, "window")
    yield made
    made.close()


@pytest.fixture
def recorder(station) -> Iterator[Answerer]:
    made = Answerer(station, "recorder")
    yield made
    made.close()


def settle(requests: Requests, answerer: Answerer, answer: Callable[[Request], Reply]) -> None:
    """Answer, and take in the answer."""
    waiter = Waiter()
    waiter.add(answerer.socket)
    deadline_ns = now_ns() + 30 * NS_PER_S
    while requests.latest.state == REQUESTED and now_ns() < deadline_ns:
        waiter.wait(now_ns() + 10_000_000)
        answerer.answer_all(answer)
        requests.tick(now_ns())


def test_what_is_asked_is_shown_at_once_as_requested_and_then_as_accepted(requests, recorder):
    asked: list[Request] = []

    def yes(request: Request) -> Reply:
        asked.append(request)
        return Reply(accepted=True, reason="take 12")

    requests.tick(now_ns())
    requests.post("recorder", "record.start", "Record", task="fold")
    assert requests.latest.state == REQUESTED
    settle(requests, recorder, yes)
    assert (requests.latest.state, requests.latest.reason) == (ACCEPTED, "take 12")
    assert asked[0].sender == "window"
    assert named(asked[0].arguments) == {"task": "fold"}


def test_a_refusal_is_shown_with_the_other_sides_reason(requests, recorder):
    requests.tick(now_ns())
    requests.post("recorder", "record.start", "Record")
    settle(requests, recorder, lambda _request: Reply(reason="the disk is full"))
    assert (requests.latest.state, requests.latest.reason) == (REFUSED, "the disk is full")


def test_a_role_that_is_not_there_is_named_after_two_seconds(requests):
    requests.tick(0)
    requests.post("recorder", "record.start", "Record")
    requests.tick(2 * NS_PER_S - 1)
    assert requests.latest.state == REQUESTED
    requests.tick(2 * NS_PER_S)
    assert requests.latest.state == UNANSWERED
    assert "recorder did not answer" in requests.latest.reason


def test_each_request_keeps_its_own_outcome(requests, recorder):
    requests.tick(now_ns())
    requests.post("recorder", "record.start", "Record")
    requests.post("recorder", "record.stop", "Save")
    settle(requests, recorder, lambda request: Reply(accepted=request.action == "record.start"))
    requests.tick(now_ns())
    assert [(outcome.title, outcome.state) for outcome in requests.outcomes] == [
        ("Record", ACCEPTED),
        ("Save", REFUSED),
    ]
