"""Requests are answered or not, commands never wait, and STOP repeats until the robot says it heard."""

import threading
import time

import pytest

from twin.errors import NoAnswer, RequestRefused
from twin.station import Station
from twin.wire.ask import Answerer, Asker, arguments, named
from twin.wire.clock import now_ns
from twin.wire.direct import CommandReceiver, CommandSender, StopReceiver, StopSender, new_client_id
from twin.wire.messages import Reply, Request, StopAcknowledged


@pytest.fixture
def station(station_folder):
    return Station(folder=str(station_folder), robot_folder="")


def eventually(condition, timeout_s=30.0):
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)
    return found


@pytest.fixture
def recorder(station):
    """A role that says yes to everything but `no`."""
    answerer, ending = Answerer(station, "recorder"), threading.Event()

    def answer(request: Request) -> Reply:
        if request.action == "no":
            return Reply(reason="the disk is full")
        return Reply(
            accepted=True, results=arguments({"task": named(request.arguments)["task"], "by": request.sender})
        )

    def serve() -> None:
        while not ending.is_set():
            answerer.answer_all(answer)
            time.sleep(0.002)
        answerer.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield
    ending.set()
    thread.join()


def test_a_request_is_answered_with_results(station, recorder):
    asker = Asker(station, "recorder", "window")
    assert asker.ask("record.start", task="fold") == {"task": "fold", "by": "window"}
    asker.close()


def test_a_refusal_carries_its_reason(station, recorder):
    asker = Asker(station, "recorder", "window")
    with pytest.raises(RequestRefused, match="the disk is full"):
        asker.ask("no")
    asker.close()


def test_nobody_there_is_said_so_and_not_waited_for_for_ever(station):
    asker = Asker(station, "recorder", "window")
    with pytest.raises(NoAnswer, match=r"recorder did not answer 'record.start' within 0.1 s"):
        asker.ask("record.start", timeout_s=0.1)
    asker.close()


def test_asking_never_stands_still_however_much_nobody_answers(station):
    asker, began = Asker(station, "recorder", "control"), time.monotonic()
    for _ in range(5000):  # several times what ZeroMQ keeps for a peer that is not there
        asker.post("mark")
    assert time.monotonic() - began < 60.0  # it would be for ever
    asker.close()


def test_a_window_can_ask_without_waiting(station, recorder):
    asker = Asker(station, "recorder", "window")
    first, second = asker.post("record.start", task="a"), asker.post("no")
    got = {}
    eventually(lambda: got.update(asker.replies()) or len(got) == 2)
    assert (got[first].accepted, got[second].accepted) == (True, False)
    asker.close()


def test_the_robot_knows_who_sent_each_command(station):
    receiver = CommandReceiver(station)
    senders = {new_client_id(): None for _ in range(2)}
    for client_id in senders:
        senders[client_id] = CommandSender(station, client_id)
    for client_id, sender in senders.items():
        eventually(lambda sender=sender, client_id=client_id: sender.send(b"from " + client_id))
    received = []
    eventually(lambda: received.extend(receiver.drain()) or len(received) == 2)
    assert all(one.frame == b"from " + one.client_id for one in received)
    for sender in senders.values():
        sender.close()
    receiver.close()


def test_a_command_to_an_absent_robot_is_gone_and_not_delivered_later(station):
    sender = CommandSender(station, new_client_id())
    assert [sender.send(b"stale") for _ in range(20)] == [False] * 20
    receiver = CommandReceiver(station)
    eventually(lambda: sender.send(b"fresh"))
    received = []
    eventually(lambda: received.extend(receiver.drain()) or received)
    assert {one.frame for one in received} == {b"fresh"}
    sender.close()
    receiver.close()


def test_stop_is_acknowledged_with_what_is_latched(station):
    receiver, sender = StopReceiver(station), StopSender(station, "window")
    pressed = sender.press("SETTLE", now_ns())
    stops = eventually(receiver.drain)
    assert (stops[0][1].level, stops[0][1].source) == ("SETTLE", "window")
    receiver.acknowledge(stops[0][0], StopAcknowledged(stop_id=pressed.stop_id, level="CUT"))
    assert eventually(lambda: sender.tick(now_ns())).level == "CUT"
    assert sender.pending is None
    sender.close()
    receiver.close()


def test_stop_is_repeated_until_a_robot_is_there_to_hear_it(station):
    sender = StopSender(station, "gamepad")
    sender.press("HOLD", now_ns())
    for _ in range(30):
        assert sender.tick(now_ns()) is None
        time.sleep(0.005)
    assert sender.pending is not None
    receiver = StopReceiver(station)
    stops = eventually(lambda: sender.tick(now_ns()) or receiver.drain())
    receiver.acknowledge(stops[0][0], StopAcknowledged(stop_id=stops[0][1].stop_id, level="HOLD"))
    eventually(lambda: sender.tick(now_ns()))
    sender.close()
    receiver.close()


def test_an_acknowledgement_of_an_earlier_press_does_not_count(station):
    receiver, sender = StopReceiver(station), StopSender(station, "window")
    sender.press("HOLD", now_ns())
    first = eventually(receiver.drain)[0]
    sender.press("SETTLE", now_ns())
    receiver.acknowledge(first[0], StopAcknowledged(stop_id=first[1].stop_id, level="HOLD"))
    time.sleep(0.1)
    assert sender.tick(now_ns()) is None
    assert sender.pending.level == "SETTLE"
    sender.close()
    receiver.close()


def test_an_unreadable_stop_is_still_a_stop(station):
    import zmq

    receiver = StopReceiver(station)
    stranger = zmq.Context.instance().socket(zmq.DEALER)
    stranger.linger = 0
    stranger.connect(station.endpoint("robot", "stop"))
    stranger.send(b"\xff\xff\xff")
    assert eventually(receiver.drain)[0][1].level == "HOLD"
    stranger.close()
    receiver.close()
