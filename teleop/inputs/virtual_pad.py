"""A gamepad without hardware, plugged into SDL itself: what it reports travels the way of a real pad's reports.

SDL offers virtual joysticks since 2.24 (``SDL_JoystickAttachVirtualEx`` in SDL_joystick.h). They exist in the
SDL of one process only, so the pad must be made by the process that reads it.
"""

from collections.abc import Mapping
from ctypes import (
    CFUNCTYPE,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_uint8,
    c_uint16,
    c_uint32,
    c_void_p,
)
from typing import NamedTuple

from teleop.inputs import sdl
from teleop.inputs.base import AXES, BUTTONS
from twin.errors import StationError

XBOX_360 = (0x045E, 0x028E)  # vendor and product
_TYPE_UNKNOWN, _TYPE_GAMEPAD = 0, 1  # SDL_JoystickType
_DESCRIPTION_VERSION = 1  # SDL_VIRTUAL_JOYSTICK_DESC_VERSION
_TRIGGER_RELEASED = -32_768

# Order of SDL_GameControllerAxis and SDL_GameControllerButton: a virtual gamepad's axis i is SDL's axis i.
_PAD_AXES = AXES
_PAD_BUTTONS = (
    *("a", "b", "x", "y", "back", "guide", "start", "left_stick", "right_stick"),
    *("left_shoulder", "right_shoulder", "dpad_up", "dpad_down", "dpad_left", "dpad_right"),
)

_Update = CFUNCTYPE(None, c_void_p)
_SetPlayerIndex = CFUNCTYPE(None, c_void_p, c_int)
_Rumble = CFUNCTYPE(c_int, c_void_p, c_uint16, c_uint16)
_SetLed = CFUNCTYPE(c_int, c_void_p, c_uint8, c_uint8, c_uint8)
_SendEffect = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)


class _Description(Structure):
    """``SDL_VirtualJoystickDesc``."""

    _fields_ = (
        ("version", c_uint16),
        ("type", c_uint16),
        ("naxes", c_uint16),
        ("nbuttons", c_uint16),
        ("nhats", c_uint16),
        ("vendor_id", c_uint16),
        ("product_id", c_uint16),
        ("padding", c_uint16),
        ("button_mask", c_uint32),
        ("axis_mask", c_uint32),
        ("name", c_char_p),
        ("userdata", c_void_p),
        ("Update", _Update),
        ("SetPlayerIndex", _SetPlayerIndex),
        ("Rumble", _Rumble),
        ("RumbleTriggers", _Rumble),
        ("SetLED", _SetLed),
        ("SendEffect", _SendEffect),
    )


class Rumbled(NamedTuple):
    """One order to shake that reached the pad, strengths 0..1."""

    low: float
    high: float


class VirtualJoystick:
    """A joystick of any layout, addressed by raw numbers as a kernel driver reports them."""

    def __init__(
        self,
        name: str,
        vendor: int,
        product: int,
        *,
        axes: int,
        buttons: int,
        hats: int = 0,
        is_gamepad: bool = False,
    ) -> None:
        """Plug it in; ``sdl.start`` must have been called.

        Args:
            name: what the maker calls it.
            vendor: USB vendor id.
            product: USB product id.
            axes: how many.
            buttons: how many.
            hats: how many.
            is_gamepad: axes and buttons are in the order of SDL's game controller, so SDL knows their meaning;
                otherwise SDL knows them only through a mapping for this joystick's GUID.

        Raises:
            StationError: SDL will not have it.
        """
        self.rumbles: list[Rumbled] = []
        # SDL copies the description but calls back into these: they must live as long as the joystick.
        self._callbacks = (_Rumble(self._rumble), _SetLed(lambda _data, _r, _g, _b: 0))
        description = _Description(
            version=_DESCRIPTION_VERSION,
            type=_TYPE_GAMEPAD if is_gamepad else _TYPE_UNKNOWN,
            naxes=axes,
            nbuttons=buttons,
            nhats=hats,
            vendor_id=vendor,
            product_id=product,
            button_mask=(1 << buttons) - 1 if is_gamepad else 0,
            axis_mask=(1 << axes) - 1 if is_gamepad else 0,
            name=name.encode(),
        )
        description.Rumble, description.SetLED = self._callbacks
        library = sdl.library()
        index = library.SDL_JoystickAttachVirtualEx(byref(description))
        if index < 0:
            raise StationError(f"SDL {sdl.version()} does not take a virtual pad: {sdl.last_error()}")
        self.guid = sdl.device_guid(index)
        self.instance_id: int = library.SDL_JoystickGetDeviceInstanceID(index)
        self._pointer = library.SDL_JoystickOpen(index)
        self._plugged = True

    def _rumble(self, _data: int, low: int, high: int) -> int:
        self.rumbles.append(Rumbled(low / 65_535, high / 65_535))
        return 0

    @property
    def plugged(self) -> bool:
        """Whether it is still there."""
        return self._plugged

    def set_raw_axis(self, index: int, value: int) -> None:
        """Report axis ``index`` at ``value``, -32768..32767."""
        self._accepted(sdl.library().SDL_JoystickSetVirtualAxis(self._pointer, index, value))

    def set_raw_button(self, index: int, down: bool) -> None:
        """Report button ``index`` as down or up."""
        self._accepted(sdl.library().SDL_JoystickSetVirtualButton(self._pointer, index, int(down)))

    def set_raw_hat(self, index: int, bits: int) -> None:
        """Report hat ``index``; bits are 1 up, 2 right, 4 down, 8 left."""
        self._accepted(sdl.library().SDL_JoystickSetVirtualHat(self._pointer, index, bits))

    def _accepted(self, result: int) -> None:
        if not self._plugged:
            raise StationError("the virtual pad is unplugged; plug it in again before moving it")
        if result != 0:
            raise StationError(f"SDL refused a report of the virtual pad: {sdl.last_error()}")

    def unplug(self) -> None:
        """Pull it out; SDL notices at its next update."""
        if not self._plugged:
            return
        self._plugged = False
        if not sdl.is_started():
            return  # SDL took all joysticks with it when it stopped
        library = sdl.library()
        for index in range(library.SDL_NumJoysticks()):
            if library.SDL_JoystickGetDeviceInstanceID(index) == self.instance_id:
                library.SDL_JoystickDetachVirtual(index)
                break
        library.SDL_JoystickClose(self._pointer)


class VirtualPad(VirtualJoystick):
    """A gamepad, addressed by the names and signs of ``AXES`` and ``BUTTONS``."""

    def __init__(
        self, name: str = "Virtual Gamepad", vendor: int = XBOX_360[0], product: int = XBOX_360[1]
    ) -> None:
        """Plug it in with everything at rest.

        Raises:
            StationError: SDL will not have it.
        """
        super().__init__(
            name, vendor, product, axes=len(_PAD_AXES), buttons=len(_PAD_BUTTONS), is_gamepad=True
        )
        for trigger in ("left_trigger", "right_trigger"):
            # A trigger's raw axis runs from -32768, and a new virtual axis is at 0: half pulled.
            self.set_raw_axis(_PAD_AXES.index(trigger), _TRIGGER_RELEASED)

    def set_axis(self, name: str, value: float) -> None:
        """Move one axis of ``AXES``: stick -1..1 with up and left positive, trigger 0..1.

        Raises:
            StationError: no such axis, a value outside its range, or the pad is unplugged.
        """
        if name not in AXES:
            raise StationError(f"no axis is called {name!r}; axes are {', '.join(AXES)}")
        is_trigger = name.endswith("trigger")
        lowest = 0.0 if is_trigger else -1.0
        if not lowest <= value <= 1.0:
            raise StationError(f"axis {name} is to be {value:g}, outside {lowest:g} .. 1")
        raw = round(value * 65_535) - 32_768 if is_trigger else round(-value * 32_767)
        self.set_raw_axis(_PAD_AXES.index(name), raw)

    def set_button(self, name: str, down: bool) -> None:
        """Press or release one button of ``BUTTONS``.

        Raises:
            StationError: no such button, or the pad is unplugged.
        """
        if name not in BUTTONS:
            raise StationError(f"no button is called {name!r}; buttons are {', '.join(BUTTONS)}")
        self.set_raw_button(_PAD_BUTTONS.index(name), down)

    def set(self, positions: Mapping[str, float]) -> None:
        """Move and press by name; what is not named stays. A button is down from 0.5 on.

        Raises:
            StationError: a name or value that cannot be; nothing named after it is set.
        """
        for name, value in positions.items():
            if name in BUTTONS:
                self.set_button(name, value >= 0.5)
            else:
                self.set_axis(name, value)

    def release(self) -> None:
        """Let go of everything."""
        self.set(dict.fromkeys((*AXES, *BUTTONS), 0.0))
