"""A pad that SDL does not know is shown to it control by control, and a stick's rest is measured."""

import pytest

from teleop.inputs import sdl
from teleop.inputs.base import AXES, BUTTONS
from teleop.inputs.gamepad import Gamepads
from teleop.inputs.mapping_wizard import STEPS, MappingWizard, Raw, with_line
from teleop.inputs.sdl import pygame
from teleop.inputs.stick_noise import LARGEST, SMALLEST, StickNoise
from teleop.inputs.virtual_pad import VirtualJoystick
from twin.station import Station

FULL = 32_767
# An odd pad: sticks on axes 0 1 and 3 4 with the right one upside down, triggers that rest at -1, a hat.
ODD = {
    **{name: f"b{number}" for number, name in enumerate(("y", "b", "a", "x"))},
    "leftshoulder": "b8",
    "rightshoulder": "b9",
    "back": "b12",
    "start": "b13",
    "leftstick": "b14",
    "rightstick": "b15",
    "lefttrigger": "a2",
    "righttrigger": "a5",
    "leftx": "a0",
    "lefty": "a1",
    "rightx": "a3",
    "righty": "a4~",
    "dpup": "h0.1",
    "dpright": "h0.2",
    "dpdown": "h0.4",
    "dpleft": "h0.8",
}


class Bench:
    """The odd pad in SDL, and its raw reports."""

    def __init__(self) -> None:
        self.joystick = VirtualJoystick("Odd Pad", 0x1234, 0xABCD, axes=6, buttons=16, hats=1)
        for trigger in (2, 5):
            self.joystick.set_raw_axis(trigger, -FULL - 1)
        pygame.event.get()
        count = pygame.joystick.get_count()
        self._read = next(
            pygame.joystick.Joystick(index) for index in range(count) if sdl.device_name(index) == "Odd Pad"
        )

    def raw(self) -> Raw:
        pygame.event.get()
        x, y = self._read.get_hat(0)
        bits = (1 if y > 0 else 4 if y < 0 else 0) | (2 if x > 0 else 8 if x < 0 else 0)
        return Raw(
            tuple(self._read.get_axis(axis) for axis in range(6)),
            tuple(bool(self._read.get_button(button)) for button in range(16)),
            (bits,),
        )

    def put(self, element: str, pushed: bool) -> None:
        number = int(element[1:].split(".")[0].rstrip("~"))
        if element[0] == "a":
            rest = -FULL - 1 if number in (2, 5) else 0
            end = -FULL if element.endswith("~") else FULL
            self.joystick.set_raw_axis(number, end if pushed else rest)
        elif element[0] == "b":
            self.joystick.set_raw_button(number, pushed)
        else:
            self.joystick.set_raw_hat(number, int(element.split(".")[1]) if pushed else 0)


@pytest.fixture
def bench():
    sdl.start()
    made = Bench()
    yield made
    made.joystick.unplug()
    sdl.stop()


def show_all(bench, wizard):
    for control, _ in STEPS:
        for pushed in (True, False):
            bench.put(ODD[control], pushed)
            wizard.see(bench.raw())
            wizard.see(bench.raw())


def test_an_odd_pad_is_mapped_by_showing_each_control_and_then_drives(bench, station_folder):
    wizard = MappingWizard(bench.raw())
    show_all(bench, wizard)
    assert wizard.prompt == ""
    assert wizard.found == ODD
    line = wizard.line(bench.joystick.guid, "Odd Pad", "Linux")
    assert sdl.library().SDL_GameControllerAddMapping(line.encode()) >= 0, sdl.last_error()
    gamepads = Gamepads(Station(folder=str(station_folder), robot_folder=""))
    gamepads.poll(1)
    bench.put("a4~", True)  # the right stick towards the person
    (reading,) = gamepads.poll(2)
    assert dict(zip(AXES, reading.axes, strict=True))["right_y"] == pytest.approx(-1.0, abs=1e-3)
    bench.put("a4~", False)
    bench.put("b2", True)
    assert gamepads.poll(3)[0].buttons == ("a",)
    assert set(reading.buttons) <= set(BUTTONS)
    gamepads.close()


def test_a_control_that_was_shown_already_is_told_and_asked_again(bench):
    wizard = MappingWizard(bench.raw())
    for _ in range(2):
        bench.put("b2", True)
        wizard.see(bench.raw())
        bench.put("b2", False)
        wizard.see(bench.raw())
    assert wizard.found == {"a": "b2"}
    assert wizard.note == "that is a already"
    assert wizard.prompt == STEPS[1][1]
    wizard.skip()
    assert wizard.prompt == STEPS[2][1]


def test_a_trigger_that_is_also_a_button_is_taken_as_axis():
    rest = Raw((0.0, -1.0), (False,), ())
    wizard = MappingWizard(rest)
    for _ in range(6):
        wizard.skip()
    assert wizard.prompt.startswith("pull the left trigger")
    wizard.see(Raw((0.0, -0.7), (True,), ()))
    assert not wizard.found
    wizard.see(Raw((0.0, 0.9), (True,), ()))
    assert wizard.found == {"lefttrigger": "a1"}


def test_a_mapping_replaces_the_older_one_of_the_same_pad_only():
    text = "aa,One,a:b0,\nbb,Two,a:b0,\n"
    assert with_line(text, "aa,One,a:b3,") == "bb,Two,a:b0,\naa,One,a:b3,\n"


def test_the_dead_zone_covers_where_the_sticks_rest_with_a_margin():
    noise = StickNoise()
    for x in (0.02, -0.08, 0.05):
        noise.see((x, 0.06, 0.0, 0.01, 0.0, 0.0))
    assert noise.farthest["left"] == pytest.approx(0.1)
    assert noise.dead_zone() == 0.12
    assert not noise.touched


def test_a_still_stick_gets_the_smallest_and_a_worn_one_no_more_than_the_largest_dead_zone():
    still, worn = StickNoise(), StickNoise()
    still.see((0.0,) * 6)
    worn.see((0.45, 0.0, 0.0, 0.0, 0.0, 0.0))
    assert still.dead_zone() == SMALLEST
    assert worn.dead_zone() == LARGEST
    worn.see((0.9, 0.0, 0.0, 0.0, 0.0, 0.0))
    assert worn.touched
