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


@pytest.fixture
def arrive(headsets):
    """Lets something come from the headset of ``person``."""

    def come(person, what, content):
        headsets._link.mailbox.put(Arrival(1, what, content, person.now_ns))

    come(PagePerson(), "linked", Paired(id="a1", name="Quest 3", secret_sha256="", paired="", address=""))
    return come


def test_a_frame_by_which_a_hand_lets_go_is_said_with_its_reason_though_a_newer_one_came_with_it(
    headsets, arrive
):
    person = PagePerson()
    for squeeze in [0.0] * 16 + [0.6] * 3:
        person.squeeze["right"] = squeeze
        arrive(person, "frame", person.frame())
        *_, reading = headsets.poll(person.now_ns)
    assert "right_grip" in reading.buttons
    person.places["right"] = [0.6, 1.2, -0.4]
    for _ in range(3):
        arrive(person, "frame", person.frame())
    said, newest = headsets.poll(person.now_ns)
    assert "jumped" in said.xr.hands[1].fault
    assert newest.xr.frame_seq == said.xr.frame_seq + 2
    assert newest.xr.hands[1].fault == ""
    assert not {"grip", "right_grip"} & {*said.buttons, *newest.buttons}


def test_a_frame_that_comes_after_its_absence_was_told_is_not_dated_before_that(headsets, arrive):
    person, said = PagePerson(), []
    for _ in range(5):
        arrive(person, "frame", person.frame())
        said += headsets.poll(person.now_ns)
    said += headsets.poll(person.now_ns + 60_000_000)
    assert "has sent nothing" in said[-1].xr.fault
    person.late_ns = 30_000_000  # sent before that, and arrived after it
    arrive(person, "frame", person.frame(after_ns=65_000_000))
    said += headsets.poll(person.now_ns)
    assert said[-1].xr.frame_seq == person.seq
    assert len(said[-1].xr.head_position_m) == 3
    times_ns = [reading.changed_ns for reading in said]
    assert times_ns == sorted(times_ns)
