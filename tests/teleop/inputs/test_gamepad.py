"""Gamepads, driven through SDL itself by virtual pads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from teleop.inputs import sdl
from teleop.inputs.base import AT_REST, AXES, BUTTONS, Reading
from teleop.inputs.gamepad import READ_ANYWAY_NS, Gamepads
from teleop.inputs.sdl import pygame
from teleop.inputs.virtual_pad import VirtualJoystick, VirtualPad
from twin.errors import StationError
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.messages import Request


@pytest.fixture
def gamepads(station_folder: Path) -> Iterator[Gamepads]:
    opened = Gamepads(Station(folder=str(station_folder), robot_folder=""))
    yield opened
    opened.close()


@pytest.fixture
def pad(gamepads: Gamepads) -> VirtualPad:
    plugged = VirtualPad()
    gamepads.poll(1)
    return plugged


def only(readings: list[Reading]) -> Reading:
    (reading,) = readings
    return reading


def test_a_pad_that_is_plugged_in_is_there_at_the_next_poll_at_rest(gamepads):
    assert gamepads.poll(1) == []
    VirtualPad(name="Some Pad")
    reading = only(gamepads.poll(2))
    assert (reading.kind, reading.name, reading.connected, reading.bound) == (
        "gamepad",
        "Some Pad",
        True,
        True,
    )
    assert reading.axes == AT_REST
    assert reading.buttons == ()


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("value", [0.0, 0.25, 1.0, -1.0])
def test_every_axis_arrives_as_it_was_moved_and_moves_no_other(gamepads, pad, axis, value):
    if axis.endswith("trigger"):
        value = abs(value)
    pad.set_axis(axis, value)
    read = dict(zip(AXES, only(gamepads.poll(2)).axes, strict=True))
    assert read.pop(axis) == pytest.approx(value, abs=1e-4)
    assert set(read.values()) == {0.0}


@pytest.mark.parametrize("button", BUTTONS)
def test_every_button_arrives_under_its_name(gamepads, pad, button):
    pad.set_button(button, True)
    assert only(gamepads.poll(2)).buttons == (button,)
    pad.set_button(button, False)
    assert only(gamepads.poll(3)).buttons == ()


def test_a_pad_that_does_not_move_gives_the_same_reading_with_its_old_stamp(gamepads, pad):
    pad.set_axis("left_x", 1.0)
    moved = only(gamepads.poll(20))
    assert moved.changed_ns == 20
    assert moved.waited_ns == 19, "it moved at some time after the poll before"
    assert only(gamepads.poll(30)) is moved


def test_a_change_that_sdl_does_not_tell_of_is_read_all_the_same_before_long(gamepads, pad):
    pad.set_button("left_shoulder", True)
    pygame.event.get()  # the events are gone
    assert only(gamepads.poll(2)).buttons == ()
    overlooked = only(gamepads.poll(1 + READ_ANYWAY_NS))
    assert overlooked.buttons == ("left_shoulder",)
    assert overlooked.waited_ns == READ_ANYWAY_NS, "it was pressed at some time after it was read last"


def test_a_pad_pulled_out_under_way_is_gone_at_once_and_said_so_exactly_once(gamepads, pad):
    pad.set({"left_y": 1.0, "left_shoulder": 1, "right_trigger": 1.0})
    assert only(gamepads.poll(2)).buttons == ("left_shoulder",)
    pad.unplug()
    gone = only(gamepads.poll(3))
    assert gone.connected is False
    assert (gone.axes, gone.buttons) == (AT_REST, ())
    assert gamepads.poll(4) == []


def test_a_pad_plugged_in_again_is_another_device(gamepads, pad):
    first = only(gamepads.poll(2)).device
    pad.unplug()
    gamepads.poll(3)
    VirtualPad()
    assert only(gamepads.poll(4)).device != first


def test_a_pad_pulled_and_replugged_between_two_polls_is_still_said_to_have_gone(gamepads, pad):
    first = only(gamepads.poll(2)).device
    pad.unplug()
    VirtualPad()
    readings = {reading.device: reading for reading in gamepads.poll(3)}
    assert readings.pop(first).connected is False
    assert only(list(readings.values())).connected is True


def test_of_two_pads_the_first_drives_and_the_second_is_listed_as_ignored(gamepads):
    VirtualPad(name="First")
    gamepads.poll(1)
    VirtualPad(name="Second")
    assert [reading.bound for reading in gamepads.poll(2)] == [True, False]
    first, second = gamepads.devices()
    assert (first.name, first.bound, first.note) == ("First", True, "")
    assert (second.name, second.bound) == ("Second", False)
    assert second.note.startswith("ignored: First drives")


def test_when_the_driving_pad_goes_the_other_one_drives(gamepads):
    first = VirtualPad(name="First")
    VirtualPad(name="Second")
    gamepads.poll(1)
    first.unplug()
    gone, heir = gamepads.poll(2)
    assert (gone.name, gone.connected, gone.bound) == ("First", False, True)
    assert (heir.name, heir.connected, heir.bound) == ("Second", True, True)


def test_a_controller_without_a_mapping_is_listed_with_what_to_do_and_does_not_drive(gamepads):
    stick = VirtualJoystick("Odd Stick", 0x1234, 0x5678, axes=3, buttons=2)
    assert gamepads.poll(1) == []
    (listed,) = gamepads.devices()
    assert (listed.name, listed.bound) == ("Odd Stick", False)
    assert listed.note.startswith(f"SDL does not know this controller (GUID {stick.guid})")
    assert str(sdl.mappings_path()) in listed.note
    assert gamepads.lack() == "the gamepad is not one that SDL knows"


def test_without_a_pad_it_says_so(gamepads):
    gamepads.poll(1)
    assert gamepads.lack() == "no gamepad"
    VirtualPad()
    gamepads.poll(2)
    assert gamepads.lack() == ""


# --- STOP ---------------------------------------------------------------------------------------------


def test_back_is_a_stop_on_press_once_and_cuts_while_held(gamepads, pad):
    pad.set_button("back", True)
    gamepads.poll(2)
    assert gamepads.stops_pressed == [f"gamepad:{pad.instance_id} back"]
    assert gamepads.cut_held
    gamepads.poll(3)
    assert gamepads.stops_pressed == []
    pad.set_button("back", False)
    gamepads.poll(4)
    assert gamepads.stops_pressed == []
    assert not gamepads.cut_held


@pytest.mark.parametrize("order", [("left_stick", "right_stick"), ("right_stick", "left_stick")])
def test_both_sticks_together_are_a_stop_and_one_alone_is_not(gamepads, pad, order):
    pad.set_button(order[0], True)
    gamepads.poll(2)
    assert gamepads.stops_pressed == []
    pad.set_button(order[1], True)
    gamepads.poll(3)
    assert gamepads.stops_pressed == [f"gamepad:{pad.instance_id} left_stick+right_stick"]
    assert not gamepads.cut_held


def test_a_press_shorter_than_a_poll_is_still_a_stop(gamepads, pad):
    for down in (True, False):
        pad.set_button("back", down)
        sdl.library().SDL_JoystickUpdate()  # both reports reach SDL before anyone asks for them
    assert only(gamepads.poll(2)).buttons == ()
    assert gamepads.stops_pressed == [f"gamepad:{pad.instance_id} back"]
    assert not gamepads.cut_held


def test_a_pad_that_arrives_with_back_held_down_stops(gamepads):
    pad = VirtualPad()
    pad.set_button("back", True)
    presses = []
    for at_ns in (1, 2, 3):
        gamepads.poll(at_ns)
        presses += gamepads.stops_pressed
    assert presses == [f"gamepad:{pad.instance_id} back"]
    assert gamepads.cut_held


def test_the_ignored_pad_stops_as_well(gamepads, pad):
    other = VirtualPad(name="Bystander")
    gamepads.poll(2)
    other.set_button("back", True)
    gamepads.poll(3)
    assert gamepads.stops_pressed == [f"gamepad:{other.instance_id} back"]


def test_a_pad_pulled_out_with_back_held_does_not_cut_for_ever(gamepads, pad):
    pad.set_button("back", True)
    gamepads.poll(2)
    pad.unplug()
    gamepads.poll(3)
    assert not gamepads.cut_held


# --- requests -----------------------------------------------------------------------------------------


def asked(gamepads: Gamepads, action: str, **values: object) -> tuple[bool, str, dict[str, str]]:
    reply = gamepads.answer(Request(action=action, arguments=arguments(values)))
    assert reply is not None
    return reply.accepted, reply.reason, named(reply.results)


def test_rumble_reaches_the_pad(gamepads, pad):
    assert asked(gamepads, "rumble", low=0.5, high=1.0, duration_ms=50)[0]
    assert pad.rumbles[-1] == pytest.approx((0.5, 1.0), abs=1e-4)


def test_rumble_without_a_pad_or_out_of_range_is_refused(gamepads):
    assert asked(gamepads, "rumble", low=0.5)[:2] == (False, "no gamepad is there to rumble")
    VirtualPad()
    gamepads.poll(1)
    for wrong in ({"low": 2}, {"high": "nan"}, {"duration_ms": 1e9}, {"low": "much"}):
        accepted, reason, _ = asked(gamepads, "rumble", **wrong)
        assert not accepted
        assert reason.startswith("rumble: ")


def test_a_station_without_a_virtual_pad_lets_nobody_hold_one(gamepads):
    for action in ("pad.plug", "pad.set", "pad.unplug"):
        accepted, reason, _ = asked(gamepads, action)
        assert not accepted
        assert "without a virtual pad" in reason
    assert gamepads.poll(1) == []


def test_what_is_not_for_gamepads_is_left_to_others(gamepads):
    assert gamepads.answer(Request(action="record.start")) is None


def test_a_virtual_pad_is_moved_unplugged_and_plugged_on_request(station_folder):
    gamepads = Gamepads(Station(folder=str(station_folder), robot_folder="", virtual_pad=True))
    try:
        first = only(gamepads.poll(1)).device
        assert asked(gamepads, "pad.set", left_x=-1.0, a=1)[0]
        moved = only(gamepads.poll(2))
        assert (moved.axes[0], moved.buttons) == (-1.0, ("a",))
        assert asked(gamepads, "pad.set", left_x=0)[0]
        assert only(gamepads.poll(3)).buttons == ("a",)  # what is not named stays
        assert asked(gamepads, "rumble", low=1)[0]
        assert asked(gamepads, "pad.rumbled")[2] == {"count": "1", "low": "1.0", "high": "0.0"}
        assert asked(gamepads, "pad.unplug")[0]
        assert only(gamepads.poll(4)).connected is False
        assert "ask for pad.plug first" in asked(gamepads, "pad.set", a=1)[1]
        device = asked(gamepads, "pad.plug")[2]["device"]
        assert only(gamepads.poll(5)).device == device != first
    finally:
        gamepads.close()


# --- the virtual pad itself ---------------------------------------------------------------------------


def test_a_virtual_pad_refuses_what_no_pad_can_do(gamepads, pad):
    for positions in ({"left_x": 1.5}, {"left_trigger": -0.1}, {"right_y": float("nan")}, {"nose": 1.0}):
        with pytest.raises(StationError):
            pad.set(positions)
    pad.unplug()
    with pytest.raises(StationError, match="unplugged"):
        pad.set_button("a", True)


def test_release_lets_go_of_everything(gamepads, pad):
    pad.set({"left_x": 1.0, "right_trigger": 1.0, "a": 1, "dpad_up": 1})
    gamepads.poll(2)
    pad.release()
    reading = only(gamepads.poll(3))
    assert (reading.axes, reading.buttons) == (AT_REST, ())
