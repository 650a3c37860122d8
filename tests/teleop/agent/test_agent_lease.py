"""One owner at a time, whoever asks and however often."""

import itertools
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teleop.agent.lease import NOTICE_NS, Announced, Granted, Lease, Refused
from twin.station import Station
from twin.wire.ask import Answerer, Asker, arguments
from twin.wire.bus import Waiter
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.direct import new_client_id
from twin.wire.messages import Reply, Request

ANN, BOB = b"ann", b"bob"


def test_the_first_to_ask_owns_and_the_second_is_told_who_does():
    lease = Lease()
    assert lease.acquire(ANN, "Ann", 0) == Granted(1)
    refused = lease.acquire(BOB, "Bob", 1)
    assert isinstance(refused, Refused)
    assert "Ann" in refused.reason


def test_asking_again_gives_the_owner_the_same_lease():
    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    assert lease.acquire(ANN, "Ann", 5) == Granted(1)


def test_a_lease_number_is_never_given_twice():
    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    lease.give_back(ANN)
    assert lease.acquire(ANN, "Ann", 1) == Granted(2)


def test_an_owner_that_falls_silent_is_stale_then_gone():
    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    assert not lease.is_stale(int(1.4 * NS_PER_S))
    assert lease.is_stale(int(1.6 * NS_PER_S))
    assert not lease.expire(int(9.9 * NS_PER_S))
    assert lease.expire(int(10.1 * NS_PER_S)) == "Ann"
    assert not lease.owner


def test_retaining_keeps_the_lease():
    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    for half_second in range(1, 100):
        assert lease.retain(ANN, half_second * NS_PER_S // 2) == Granted(1)
    assert isinstance(lease.retain(BOB, 50 * NS_PER_S), Refused)


def test_a_live_owner_gets_three_seconds_notice_and_a_stale_one_none():
    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    assert lease.take(BOB, "Bob", "shift change", NS_PER_S) == Announced(NS_PER_S + NOTICE_NS)
    lease.retain(ANN, 3 * NS_PER_S)
    assert lease.hand_over(3 * NS_PER_S) is None
    assert lease.hand_over(4 * NS_PER_S) == Granted(2)
    assert lease.is_owner(BOB)
    assert not lease.is_owner(ANN)

    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    lease.take(BOB, "Bob", "she left", 2 * NS_PER_S)
    assert lease.hand_over(2 * NS_PER_S) == Granted(2)


def test_taking_needs_a_reason():
    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    assert isinstance(lease.take(BOB, "Bob", "  ", 1), Refused)


def test_nobody_slips_in_between_a_take_and_its_hand_over():
    lease = Lease()
    lease.acquire(ANN, "Ann", 0)
    lease.take(BOB, "Bob", "shift change", 1)
    lease.give_back(ANN)
    assert isinstance(lease.acquire(b"cyd", "Cyd", 2), Refused)


CLIENTS = [b"a", b"b", b"c"]
STEP = st.tuples(
    st.sampled_from(["acquire", "retain", "return", "take", "hand_over", "expire"]),
    st.sampled_from(CLIENTS),
    st.integers(0, 4 * NS_PER_S),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEP, max_size=60))
def test_there_are_never_two_owners_and_numbers_only_rise(steps):
    lease, now, believers, newest = Lease(), 0, {}, 0
    for action, client, passed_ns in steps:
        now += passed_ns
        before = lease.owner
        match action:
            case "acquire":
                done = lease.acquire(client, client.decode(), now)
            case "retain":
                done = lease.retain(client, now)
            case "return":
                done = lease.give_back(client)
            case "take":
                done = lease.take(client, client.decode(), "because", now)
            case "hand_over":
                done = lease.hand_over(now)
            case _:
                done = lease.expire(now)
        if isinstance(done, Granted):
            believers[lease.owner] = done.lease_seq
            assert done.lease_seq >= newest
            assert done.lease_seq > newest or before == lease.owner
            newest = done.lease_seq
        valid = [who for who, seq in believers.items() if lease.is_owner(who) and seq == lease.lease_seq]
        assert len(valid) <= 1


def _hammer(folder: str, times: int, results: "multiprocessing.Queue[list[tuple[int, int, int]]]") -> None:
    """Acquire and return ``times`` times; report (lease number, granted after, returned before) in ns."""
    me = new_client_id()
    asker = Asker(Station.load(Path(folder)), "robot", f"process {me.hex()[:4]}", me)
    owned = []
    for _ in range(times):
        number = asker.post("lease.acquire")
        asker.socket.poll(5000)
        ((answered, reply),) = asker.replies()
        assert answered == number
        if reply.accepted:
            granted_ns = now_ns()
            owned.append((int(reply.results[0].value), granted_ns, now_ns()))
            asker.ask("lease.return")
    results.put(owned)


@pytest.mark.serial
def test_two_processes_that_ask_thousands_of_times_never_own_together(station_folder):
    station = Station(folder=str(station_folder), robot_folder="")
    station.save()
    lease, answerer, waiter = Lease(), Answerer(station, "robot"), Waiter()
    waiter.add(answerer.socket)

    def answer(request: Request) -> Reply:
        if request.action == "lease.return":
            return Reply(accepted=lease.give_back(request.client_id) is None)
        done = lease.acquire(request.client_id, request.sender, now_ns())
        accepted = isinstance(done, Granted)
        return Reply(accepted=accepted, results=arguments({"lease_seq": lease.lease_seq}))

    start = multiprocessing.get_context("spawn")
    results = start.Queue()
    clients = [start.Process(target=_hammer, args=(str(station_folder), 2500, results)) for _ in range(2)]
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients) and results.empty():
        waiter.wait(now_ns() + 20_000_000)
        answerer.answer_all(answer)
    first = results.get()
    while results.empty():
        waiter.wait(now_ns() + 20_000_000)
        answerer.answer_all(answer)
    owned = sorted(first + results.get())
    for client in clients:
        client.join(5)
        assert client.exitcode == 0
    answerer.close()
    assert len(owned) > 100
    assert len({number for number, _, _ in owned}) == len(owned)
    for (_, _, left_ns), (_, came_ns, _) in itertools.pairwise(owned):
        assert left_ns <= came_ns
