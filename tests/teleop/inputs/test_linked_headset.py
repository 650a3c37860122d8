"""What the inputs role makes of a headset's frames that arrive together, as after it was kept waiting."""

import pytest
from xr_page import PagePerson

from teleop.inputs.headset import Headsets
from teleop.inputs.webxr.link import Arrival
from teleop.inputs.webxr.pairing import Paired
from twin import places
from twin.station import Station


@pytest.fixture
def headsets(station_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path)
    made = Headsets(Station(folder=str(station_folder), robot_folder=""))
    yield made
    made.close()


def test_a_frame_by_which_a_hand_lets_go_is_said_with_its_reason_though_a_newer_one_came_with_it(headsets):
    person = PagePerson()

    def arrive(what, content):
        headsets._link.mailbox.put(Arrival(1, what, content, person.now_ns))

    arrive("linked", Paired(id="a1", name="Quest 3", secret_sha256="", paired="", address=""))
    for squeeze in [0.0] * 16 + [0.6] * 3:
        person.squeeze["right"] = squeeze
        arrive("frame", person.frame())
        *_, reading = headsets.poll(person.now_ns)
    assert "right_grip" in reading.buttons
    person.places["right"] = [0.6, 1.2, -0.4]
    for _ in range(3):
        arrive("frame", person.frame())
    said, newest = headsets.poll(person.now_ns)
    assert "jumped" in said.xr.hands[1].fault
    assert newest.xr.frame_seq == said.xr.frame_seq + 2
    assert newest.xr.hands[1].fault == ""
    assert not {"grip", "right_grip"} & {*said.buttons, *newest.buttons}
