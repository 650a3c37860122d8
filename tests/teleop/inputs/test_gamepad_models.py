"""Signs and names for the controllers people own: raw reports as Linux gives them, through SDL's own mapping.

For each model a joystick with the model's vendor, product and raw layout is plugged into SDL, and SDL's mapping of
the real device is put on it. By the kernel's gamepad protocol (Documentation/input/gamepad.rst) a raw stick is
negative to the left and away from the operator, and a raw trigger rises when it is pulled.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from teleop.inputs import sdl
from teleop.inputs.base import AXES, BUTTONS, find_inputs, normalised
from teleop.inputs.gamepad import Gamepads
from teleop.inputs.virtual_pad import VirtualJoystick
from twin.station import Station

LOWEST, HIGHEST = -32_768, 32_767


@dataclass(frozen=True)
class Model:
    name: str
    guid: str  # as Linux composes it: bus, vendor, product, version

    @property
    def vendor_and_product(self) -> tuple[int, int]:
        raw = bytes.fromhex(self.guid)
        return int.from_bytes(raw[4:6], "little"), int.from_bytes(raw[8:10], "little")


MODELS = (
    Model("Xbox 360", "030000005e0400008e02000014010000"),
    Model("Xbox One", "030000005e040000d102000001010000"),
    Model("Xbox One S over Bluetooth", "050000005e040000fd02000003090000"),
    Model("DualShock 4", "030000004c050000c405000011810000"),
    Model("DualShock 4 over Bluetooth", "050000004c050000cc09000000810000"),
    Model("DualSense", "030000004c050000e60c000011810000"),
    Model("DualSense, generic driver", "030000004c050000e60c000011010000"),
    Model("Switch Pro", "050000007e0500000920000001800000"),
    Model("Switch Pro over USB", "030000007e0500000920000011810000"),
    Model("8BitDo Pro 2", "03000000c82d00000660000011010000"),
    Model("8BitDo SN30 Pro+", "03000000c82d00000260000011010000"),
    Model("Logitech F310", "030000006d0400001dc2000014400000"),
    Model("Logitech F310, DirectInput", "030000006d04000016c2000011010000"),
    Model("Logitech F710", "030000006d0400001fc2000005030000"),
)

SDL_NAMES = {
    "left_stick": "leftstick",
    "right_stick": "rightstick",
    "left_shoulder": "leftshoulder",
    "right_shoulder": "rightshoulder",
    "dpad_up": "dpup",
    "dpad_down": "dpdown",
    "dpad_left": "dpleft",
    "dpad_right": "dpright",
}


def mapping_of(guid: str) -> dict[str, str]:
    """SDL's own mapping of the real device, control -> raw element such as "a0", "b3", "h0.1"."""
    library = sdl.library()
    found = library.SDL_GameControllerMappingForGUID(library.SDL_JoystickGetGUIDFromString(guid.encode()))
    assert found, f"this SDL has no mapping for {guid}"
    text = ctypes.string_at(found).decode()
    library.SDL_free(found)
    pairs = [part.split(":", 1) for part in text.split(",")[2:] if ":" in part]
    return {name: element for name, element in pairs if name not in ("hint", "platform", "crc")}


@dataclass
class Plugged:
    """A model's raw joystick and what reads it."""

    joystick: VirtualJoystick
    mapping: dict[str, str]
    gamepads: Gamepads

    def put(self, element: str, pushed: bool) -> None:
        """Report raw ``element`` as pushed to its end (a stick: positive raw), or at rest."""
        number = element[1:].split(".")[0]
        if element.startswith("a"):
            self.joystick.set_raw_axis(int(number), HIGHEST if pushed else LOWEST)
        elif element.startswith("b"):
            self.joystick.set_raw_button(int(number), pushed)
        else:
            self.joystick.set_raw_hat(int(number), int(element.split(".")[1]) if pushed else 0)

    def axes(self) -> dict[str, float]:
        (reading,) = self.gamepads.poll(9)
        return dict(zip(AXES, reading.axes, strict=True))

    def buttons(self) -> tuple[str, ...]:
        (reading,) = self.gamepads.poll(9)
        return reading.buttons


@pytest.fixture(params=MODELS, ids=lambda model: model.name)
def plugged(request: pytest.FixtureRequest, station_folder: Path) -> Iterator[Plugged]:
    model: Model = request.param
    gamepads = Gamepads(Station(folder=str(station_folder), robot_folder=""))
    mapping = mapping_of(model.guid)
    joystick = VirtualJoystick(model.name, *model.vendor_and_product, axes=8, buttons=20, hats=1)
    line = f"{joystick.guid},{model.name},{','.join(f'{k}:{v}' for k, v in mapping.items())},platform:Linux,"
    assert sdl.library().SDL_GameControllerAddMapping(line.encode()) >= 0, sdl.last_error()
    for trigger in ("lefttrigger", "righttrigger"):
        if mapping[trigger].startswith("a"):
            joystick.set_raw_axis(int(mapping[trigger][1:]), LOWEST)
    gamepads.poll(1)
    yield Plugged(joystick, mapping, gamepads)
    joystick.unplug()
    gamepads.close()


@pytest.mark.parametrize("stick", ["left", "right"])
def test_stick_left_and_up_are_plus_one(plugged, stick):
    for axis, element in (
        (f"{stick}_x", plugged.mapping[f"{stick}x"]),
        (f"{stick}_y", plugged.mapping[f"{stick}y"]),
    ):
        plugged.joystick.set_raw_axis(int(element[1:]), LOWEST)  # left, and away from the operator
        assert plugged.axes()[axis] == 1.0
        plugged.joystick.set_raw_axis(int(element[1:]), HIGHEST)
        assert plugged.axes()[axis] == -1.0
        plugged.joystick.set_raw_axis(int(element[1:]), 0)
        assert set(plugged.axes().values()) == {0.0}


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_trigger_goes_from_zero_to_one(plugged, side):
    element, axis = plugged.mapping[f"{side}trigger"], f"{side}_trigger"
    assert plugged.axes()[axis] == 0.0
    plugged.put(element, pushed=True)
    read = plugged.axes()
    assert read.pop(axis) == 1.0
    assert set(read.values()) == {0.0}
    plugged.put(element, pushed=False)
    assert plugged.axes()[axis] == 0.0


def test_every_button_the_model_has_arrives_alone_and_under_its_name(plugged):
    found = {name: plugged.mapping.get(SDL_NAMES.get(name, name)) for name in BUTTONS}
    found = {name: element for name, element in found.items() if element is not None}
    assert found.keys() >= set(BUTTONS) - {"guide"}
    for name, element in found.items():
        plugged.put(element, pushed=True)
        assert plugged.buttons() == (name,)
        plugged.put(element, pushed=False)
    assert plugged.buttons() == ()


# --- the one place where signs are settled ------------------------------------------------------------


def test_left_and_up_come_out_positive_and_a_zero_has_no_sign():
    assert normalised(-1, -1, -1, -1, 0, 1) == (1, 1, 1, 1, 0, 1)
    assert [str(value) for value in normalised(0, 0, 0, 0, 0, 0)] == ["0.0"] * 6


def test_raw_ends_beyond_one_and_what_is_no_number_are_tamed():
    assert normalised(1.0000305, -1.0000305, float("nan"), float("inf"), -0.1, 1.2) == (-1, 1, 0, 0, 0, 1)


def test_every_device_module_is_found_by_its_file_name():
    assert {"gamepad", "keyboard"} <= find_inputs().keys()
    assert not {"base", "sdl", "virtual_pad", "stop_button"} & find_inputs().keys()
