"""`understudy why` against a control that answers, and against nobody."""

import json
import threading

import pytest

from app.main import main
from twin.robot import find_robot
from twin.station import Station
from twin.wire.ask import Answerer, arguments
from twin.wire.bus import Waiter
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import Reply


@pytest.fixture
def station(station_folder):
    made = Station(folder=str(station_folder), robot_folder=str(find_robot("optimus")))
    made.save()
    return made


@pytest.fixture
def control(station):
    """Answers with ``control.links`` until the test ends."""

    class Control:
        def __init__(self):
            self.broken = "motors"
            self.links = {
                "device": "ok: gamepad:1 drives",
                "motors": "broken: the motors are off: arm the robot",
            }
            self.ended = threading.Event()
            self.thread = threading.Thread(target=self.run)
            self.thread.start()

        def run(self):
            answerer, waiter = Answerer(station, "control"), Waiter()
            waiter.add(answerer.socket)
            while not self.ended.is_set():
                waiter.wait(now_ns() + 50 * NS_PER_MS)
                answerer.answer_all(self.answer)
            answerer.close()

        def answer(self, request):
            assert request.action == "why"
            return Reply(accepted=True, results=arguments({"broken": self.broken, **self.links}))

    made = Control()
    yield made
    made.ended.set()
    made.thread.join()


def test_the_broken_link_comes_first_and_then_the_whole_chain(station, control, capsys):
    assert main(["why", "--station-dir", station.folder]) == 1
    first, blank, *chain = capsys.readouterr().out.splitlines()
    assert first == "motors: the motors are off: arm the robot"
    assert not blank
    assert [line.split()[:2] for line in chain] == [["ok", "device"], ["broken", "motors"]]


def test_scripts_get_the_chain_in_its_order(station, control, capsys):
    main(["why", "--json", "--station-dir", station.folder])
    answer = json.loads(capsys.readouterr().out)
    assert answer["broken"] == "motors"
    assert not answer["moves"]
    assert answer["links"][1] == {
        "link": "motors",
        "verdict": "broken",
        "text": "the motors are off: arm the robot",
    }


def test_nothing_in_the_way_is_said_and_exits_with_zero(station, control, capsys):
    control.broken, control.links = "", {"device": "ok: gamepad:1 drives"}
    assert main(["why", "--station-dir", station.folder]) == 0
    assert capsys.readouterr().out.startswith("Nothing is in the way")


def test_without_a_station_it_says_so_and_how_to_start_one(station_folder, capsys):
    assert main(["why", "--station-dir", str(station_folder / "none")]) == 2
    assert "no station in" in capsys.readouterr().err


def test_a_station_that_has_ended_is_told_from_one_that_runs(station, capsys):
    assert main(["why", "--station-dir", station.folder]) == 2
    assert "control does not answer" in capsys.readouterr().err
