"""Gamepads that SDL knows: plugged in and pulled out at any time, the first one drives."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from teleop.inputs import sdl
from teleop.inputs.base import AT_REST, BUTTONS, Reading, normalised
from teleop.inputs.sdl import controller, pygame
from teleop.inputs.virtual_pad import VirtualPad
from twin.errors import StationError
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import InputDevice, Reply, Request

KIND = "gamepad"
LONGEST_RUMBLE_MS = 5000
# SDL tells of whatever changes on a pad. So often every pad is read all the same, in case it once does not.
READ_ANYWAY_NS = 20 * NS_PER_MS

_AXES = (
    pygame.CONTROLLER_AXIS_LEFTX,
    pygame.CONTROLLER_AXIS_LEFTY,
    pygame.CONTROLLER_AXIS_RIGHTX,
    pygame.CONTROLLER_AXIS_RIGHTY,
    pygame.CONTROLLER_AXIS_TRIGGERLEFT,
    pygame.CONTROLLER_AXIS_TRIGGERRIGHT,
)
_BUTTONS = {
    "a": pygame.CONTROLLER_BUTTON_A,
    "b": pygame.CONTROLLER_BUTTON_B,
    "x": pygame.CONTROLLER_BUTTON_X,
    "y": pygame.CONTROLLER_BUTTON_Y,
    "back": pygame.CONTROLLER_BUTTON_BACK,
    "start": pygame.CONTROLLER_BUTTON_START,
    "guide": pygame.CONTROLLER_BUTTON_GUIDE,
    "left_stick": pygame.CONTROLLER_BUTTON_LEFTSTICK,
    "right_stick": pygame.CONTROLLER_BUTTON_RIGHTSTICK,
    "left_shoulder": pygame.CONTROLLER_BUTTON_LEFTSHOULDER,
    "right_shoulder": pygame.CONTROLLER_BUTTON_RIGHTSHOULDER,
    "dpad_up": pygame.CONTROLLER_BUTTON_DPAD_UP,
    "dpad_down": pygame.CONTROLLER_BUTTON_DPAD_DOWN,
    "dpad_left": pygame.CONTROLLER_BUTTON_DPAD_LEFT,
    "dpad_right": pygame.CONTROLLER_BUTTON_DPAD_RIGHT,
}
_CODES = tuple(_BUTTONS[name] for name in BUTTONS)
_NAMES = {code: name for name, code in _BUTTONS.items()}
_FULL = 32_767  # SDL's raw end of an axis
_CAME_OR_WENT = (
    pygame.CONTROLLERDEVICEADDED,
    pygame.CONTROLLERDEVICEREMOVED,
    pygame.JOYDEVICEADDED,
    pygame.JOYDEVICEREMOVED,
)
_BOTH_STICKS = frozenset(("left_stick", "right_stick"))


@dataclass
class _Pad:
    """One open controller."""

    handle: controller.Controller
    reading: Reading
    raw: tuple[int, ...] = ()
    held: set[str] = field(default_factory=set)  # STOP buttons down, as far as events and state told


class Gamepads:
    """Every gamepad of this process's SDL. The first one to come drives; the others only stop."""

    kind = KIND

    def __init__(self, station: Station) -> None:
        """Start SDL; with ``station.virtual_pad`` also plug a virtual pad into it."""
        sdl.start()
        self.stops_pressed: list[str] = []
        self.cut_held = False
        self._pads: dict[int, _Pad] = {}  # by instance id, in the order they came
        self._unknown: list[InputDevice] = []
        self._virtual_allowed = station.virtual_pad
        self._virtual = VirtualPad() if station.virtual_pad else None
        self._look_again = True
        self._polled_ns = 0  # a change that SDL tells of now happened after this
        self._read_ns = 0
        self._readings: list[Reading] = []

    def wake_sources(self) -> tuple[()]:
        """None: SDL offers nothing to wait on, so pads are polled."""
        return ()

    def poll(self, at_ns: int) -> list[Reading]:
        """All pads now, and once more each that was pulled out."""
        self.stops_pressed.clear()
        events = pygame.event.get()
        if events or self._look_again or at_ns - self._read_ns >= READ_ANYWAY_NS:
            gone = self._read_all(events, at_ns)
            self._read_ns = self._polled_ns = at_ns
            return [*gone, *self._readings]
        self._polled_ns = at_ns
        return self._readings

    def _read_all(self, events: Sequence[pygame.event.Event], at_ns: int) -> list[Reading]:
        """Take in ``events`` and how every pad stands; the last words of those that were pulled out."""
        for event in events:
            if event.type in _CAME_OR_WENT:
                self._look_again = True
            elif event.type in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
                self._button(event.instance_id, event.button, event.type == pygame.CONTROLLERBUTTONDOWN)
        if self._look_again:
            self._look_again = False
            self._find(at_ns)
        gone = self._gone(at_ns)
        changed_after_ns = self._polled_ns if events else self._read_ns
        for number, pad in self._pads.items():
            self._read(number, pad, at_ns, at_ns - (changed_after_ns or at_ns))
        self._readings = [pad.reading for pad in self._pads.values()]
        self.cut_held = any("back" in pad.held for pad in self._pads.values())
        return gone

    def _find(self, at_ns: int) -> None:
        """Open what came, and list what SDL cannot give a meaning to."""
        self._unknown.clear()
        for index in range(pygame.joystick.get_count()):
            number, name = sdl.instance_id(index), sdl.device_name(index)
            if number in self._pads:
                continue
            device = f"{KIND}:{number}"
            if not controller.is_controller(index):
                note = (
                    f"SDL does not know this controller (GUID {sdl.device_guid(index)}): put its line of SDL's "
                    f"controller mappings into {sdl.mappings_path()} and start the station again"
                )
                self._unknown.append(InputDevice(device=device, kind=KIND, name=name, note=note))
                continue
            handle = controller.Controller(index)
            reading = Reading(device, KIND, name, True, not self._pads, AT_REST, (), at_ns)
            self._pads[number] = _Pad(handle, reading)

    def _gone(self, at_ns: int) -> list[Reading]:
        """Forget the pads that were pulled out. What SDL still says of them (all at rest) is not reported."""
        gone = [number for number, pad in self._pads.items() if not pad.handle.attached()]
        last_words: list[Reading] = []
        for number in gone:
            pad = self._pads.pop(number)
            pad.handle.quit()
            last_words.append(
                replace(pad.reading, connected=False, axes=AT_REST, buttons=(), changed_ns=at_ns)
            )
        if self._pads and not any(pad.reading.bound for pad in self._pads.values()):
            # Nothing moves by this: a new driver must be seen released and pressed before it counts.
            heir = next(iter(self._pads.values()))
            heir.reading = replace(heir.reading, bound=True)
        return last_words

    def _read(self, number: int, pad: _Pad, at_ns: int, waited_ns: int) -> None:
        handle = pad.handle
        raw = (*[handle.get_axis(axis) for axis in _AXES], *[handle.get_button(code) for code in _CODES])
        if raw == pad.raw:
            return
        pad.raw = raw
        axes = normalised(*(value / _FULL for value in raw[: len(_AXES)]))
        buttons = tuple(name for name, down in zip(BUTTONS, raw[len(_AXES) :], strict=True) if down)
        pad.reading = replace(
            pad.reading,
            axes=axes,
            buttons=buttons,
            changed_ns=at_ns,
            waited_ns=waited_ns,
        )
        # Events told of presses already; the state also tells of what was held when the pad came.
        for name in sorted(set(buttons) - pad.held):
            self._button(number, _BUTTONS[name], True)
        pad.held &= set(buttons)

    def _button(self, number: int, code: int, down: bool) -> None:
        """Note a press even if it was released again within the same poll: STOP must not be missed."""
        pad, name = self._pads.get(number), _NAMES.get(code, "")
        if pad is None:
            return
        if not down:
            pad.held.discard(name)
        elif name not in pad.held:
            pad.held.add(name)
            if name == "back":
                self.stops_pressed.append(f"{pad.reading.device} back")
            elif name in _BOTH_STICKS and pad.held >= _BOTH_STICKS:
                self.stops_pressed.append(f"{pad.reading.device} left_stick+right_stick")

    def devices(self) -> list[InputDevice]:
        """All pads, the one that drives, and why the others do not."""
        driver = next((pad.reading.name for pad in self._pads.values() if pad.reading.bound), "")
        known = [
            InputDevice(
                device=pad.reading.device,
                kind=KIND,
                name=pad.reading.name,
                bound=pad.reading.bound,
                note="" if pad.reading.bound else f"ignored: {driver} drives; its STOP buttons work",
            )
            for pad in self._pads.values()
        ]
        return known + self._unknown

    def lack(self) -> str:
        """Why no gamepad drives."""
        if self._pads:
            return ""
        return "the gamepad is not one that SDL knows" if self._unknown else "no gamepad"

    def answer(self, request: Request) -> Reply | None:
        """``rumble`` (low, high 0..1, duration_ms), and ``pad.*`` where the station has a virtual pad."""
        values = named(request.arguments)
        try:
            if request.action == "rumble":
                return self._answer_rumble(values)
            if request.action.startswith("pad."):
                return self._answer_pad(request.action.removeprefix("pad."), values)
        except ValueError as error:
            return Reply(reason=f"{request.action}: {error}")
        except StationError as error:
            return Reply(reason=str(error))
        return None

    def _answer_rumble(self, values: dict[str, str]) -> Reply:
        low, high = float(values.get("low", 0)), float(values.get("high", 0))
        duration_ms = int(values.get("duration_ms", 200))
        if not (0 <= low <= 1 and 0 <= high <= 1 and 0 <= duration_ms <= LONGEST_RUMBLE_MS):
            return Reply(reason=f"rumble: low and high are 0..1, duration_ms is 0..{LONGEST_RUMBLE_MS}")
        pad = next((pad for pad in self._pads.values() if pad.reading.bound), None)
        if pad is None:
            return Reply(reason="no gamepad is there to rumble")
        if not pad.handle.rumble(low, high, duration_ms):
            return Reply(reason=f"{pad.reading.name} cannot rumble")
        return Reply(accepted=True)

    def _answer_pad(self, action: str, values: dict[str, str]) -> Reply:
        if not self._virtual_allowed:
            return Reply(reason="this station was started without a virtual pad")
        if action == "plug":
            self._virtual = self._virtual or VirtualPad()
            return Reply(accepted=True, results=arguments({"device": f"{KIND}:{self._virtual.instance_id}"}))
        if self._virtual is None:
            return Reply(reason=f"pad.{action}: the virtual pad is unplugged; ask for pad.plug first")
        if action == "set":
            self._virtual.set({name: float(value) for name, value in values.items()})
            return Reply(accepted=True, results=arguments({"set_ns": now_ns()}))
        if action == "unplug":
            self._virtual.unplug()
            self._virtual = None
            return Reply(accepted=True, results=arguments({"unplugged_ns": now_ns()}))
        if action == "rumbled":
            rumbles = self._virtual.rumbles
            low, high = rumbles[-1] if rumbles else (0.0, 0.0)
            return Reply(accepted=True, results=arguments({"count": len(rumbles), "low": low, "high": high}))
        return Reply(reason=f"a virtual pad does not do {action!r}: it knows set, plug, unplug and rumbled")

    def close(self) -> None:
        """Let go of all pads and of SDL."""
        for pad in self._pads.values():
            pad.handle.quit()
        self._pads.clear()
        if self._virtual is not None:
            self._virtual.unplug()
            self._virtual = None
        sdl.stop()


def open_input(station: Station) -> Gamepads:
    """The gamepads of this machine."""
    return Gamepads(station)
