"""SDL as this process uses it: joysticks and nothing else, without a window, a signal handler or sound."""

import importlib.metadata
import os
import sys
from ctypes import (
    CDLL,
    Structure,
    c_char_p,
    c_int,
    c_int16,
    c_uint8,
    c_void_p,
    create_string_buffer,
)
from functools import cache
from pathlib import Path

from twin import places
from twin.errors import StationError

# Read by SDL when it starts, so they precede the import. Set, not defaulted: a user's SDL_VIDEODRIVER=x11
# would open a connection to a display that this process must not depend on.
os.environ.update(
    SDL_VIDEODRIVER="dummy",
    SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS="1",  # no window of ours ever has the focus
    SDL_JOYSTICK_THREAD="1",  # without it Windows reports only the triggers of an Xbox pad
    SDL_NO_SIGNAL_HANDLERS="1",  # SDL would turn SIGTERM into an event
    PYGAME_HIDE_SUPPORT_PROMPT="1",
)

import pygame as pygame
from pygame._sdl2 import controller as controller

MAPPINGS_FILE = "gamecontrollerdb.txt"


class Guid(Structure):
    """``SDL_JoystickGUID``, passed by value."""

    _fields_ = (("data", c_uint8 * 16),)


def mappings_path() -> Path:
    """The user's own controller mappings, one line of SDL's format each."""
    return places.config_folder() / MAPPINGS_FILE


def start() -> None:
    """Begin to see joysticks; may be called again.

    Raises:
        StationError: SDL does not start here.
    """
    if mappings_path().exists():
        os.environ["SDL_GAMECONTROLLERCONFIG_FILE"] = str(mappings_path())
    try:
        pygame.display.init()  # the event queue lives there; the dummy driver draws nothing
        pygame.joystick.init()
        controller.init()
    except pygame.error as error:
        raise StationError(
            f"SDL {version()} does not start ({error}), so no gamepad works; run `understudy doctor`"
        ) from error
    controller.set_eventstate(True)


def stop() -> None:
    """Let go of all joysticks."""
    controller.quit()
    pygame.joystick.quit()
    pygame.display.quit()


def is_started() -> bool:
    """Whether SDL looks after joysticks now."""
    return pygame.joystick.get_init()


def version() -> str:
    """Of the SDL in use, e.g. "2.28.4"."""
    return ".".join(str(part) for part in pygame.get_sdl_version())


@cache
def library() -> CDLL:
    """The very SDL that pygame's modules are linked to, for what pygame does not offer.

    It is found through the distribution's own list of files: another copy of SDL on the machine would load
    as well, but would have joysticks of its own.

    Raises:
        OSError: pygame came without an SDL that can be found.
    """
    path = _library_path()
    if path is None:
        raise OSError("no SDL2 library belongs to the installed pygame; reinstall pygame")
    sdl = CDLL(str(path))
    sdl.SDL_GetError.restype = c_char_p
    sdl.SDL_JoystickOpen.argtypes, sdl.SDL_JoystickOpen.restype = [c_int], c_void_p
    sdl.SDL_JoystickClose.argtypes, sdl.SDL_JoystickClose.restype = [c_void_p], None
    sdl.SDL_JoystickGetDeviceInstanceID.argtypes = [c_int]
    sdl.SDL_JoystickGetDeviceGUID.argtypes, sdl.SDL_JoystickGetDeviceGUID.restype = [c_int], Guid
    sdl.SDL_JoystickGetGUIDString.argtypes, sdl.SDL_JoystickGetGUIDString.restype = (
        [Guid, c_char_p, c_int],
        None,
    )
    sdl.SDL_JoystickGetGUIDFromString.argtypes, sdl.SDL_JoystickGetGUIDFromString.restype = [c_char_p], Guid
    sdl.SDL_GameControllerMappingForGUID.argtypes = [Guid]
    sdl.SDL_GameControllerMappingForGUID.restype = c_void_p  # freed by SDL_free
    sdl.SDL_GameControllerAddMapping.argtypes = [c_char_p]
    sdl.SDL_free.argtypes, sdl.SDL_free.restype = [c_void_p], None
    sdl.SDL_JoystickSetVirtualAxis.argtypes = [c_void_p, c_int, c_int16]
    sdl.SDL_JoystickSetVirtualButton.argtypes = [c_void_p, c_int, c_uint8]
    sdl.SDL_JoystickSetVirtualHat.argtypes = [c_void_p, c_int, c_uint8]
    sdl.SDL_JoystickDetachVirtual.argtypes = [c_int]
    sdl.SDL_JoystickNameForIndex.argtypes, sdl.SDL_JoystickNameForIndex.restype = [c_int], c_char_p
    return sdl


def _library_path() -> Path | None:
    distribution = "pygame-ce" if getattr(pygame, "IS_CE", False) else "pygame"
    for file in importlib.metadata.files(distribution) or ():
        name = file.name.lower()
        if name.startswith(("libsdl2-2", "sdl2.dll")) or name == "libsdl2.dylib":
            return Path(str(file.locate()))
    if sys.platform == "linux":  # a distribution's own pygame is linked to the system's SDL
        for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
            name = line.split()[-1]
            if "libSDL2-2" in Path(name).name:
                return Path(name)
    return None


def device_guid(index: int) -> str:
    """The GUID under which SDL's mappings know the joystick at ``index``: 32 hex digits."""
    text = create_string_buffer(33)
    library().SDL_JoystickGetGUIDString(library().SDL_JoystickGetDeviceGUID(index), text, len(text))
    return text.value.decode()


def device_name(index: int) -> str:
    """What the maker calls the joystick at ``index``, without opening it."""
    name: bytes | None = library().SDL_JoystickNameForIndex(index)
    return name.decode(errors="replace") if name else "nameless controller"


def instance_id(index: int) -> int:
    """The number of the joystick at ``index``, which no other joystick gets while SDL runs."""
    number: int = library().SDL_JoystickGetDeviceInstanceID(index)
    return number


def last_error() -> str:
    """What SDL last complained about."""
    said: bytes = library().SDL_GetError()
    return said.decode(errors="replace")
