"""`understudy pads`: which gamepads there are, how still their sticks rest, and a mapping for an unknown one."""

import argparse
import select
import sys
from typing import Any

from twin.errors import StationError

_POLL_S = 0.01
_LOOK_S = 1.0  # for pads that are plugged in to be found


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "pads", help="list gamepads, measure their sticks at rest, map an unknown one"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="all that is plugged in")
    calibrate = actions.add_parser(
        "calibrate", help="measure how still the sticks rest, and choose a dead zone"
    )
    calibrate.add_argument("--seconds", type=float, default=5.0, help="how long to watch (default 5)")
    calibrate.add_argument("--operator", default="", help="write the dead zone into this person's profile")
    mapping = actions.add_parser("map", help="show an unknown pad, control by control, to SDL")
    mapping.add_argument(
        "--number", type=int, default=-1, help="of `understudy pads list` (default: the unknown one)"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    from teleop.inputs import sdl

    sdl.start()
    try:
        _pass(_LOOK_S)
        match args.action:
            case "calibrate":
                return _calibrate(args.seconds, args.operator)
            case "map":
                return _map(args.number)
        return _list()
    finally:
        sdl.stop()


def _pass(seconds: float) -> None:
    from teleop.inputs.sdl import pygame

    pygame.time.wait(round(1000 * seconds))
    pygame.event.get()


def _list() -> int:
    from teleop.inputs import sdl
    from teleop.inputs.sdl import controller, pygame

    for index in range(pygame.joystick.get_count()):
        known = "" if controller.is_controller(index) else "   unknown to SDL: understudy pads map"
        print(f"{index}  {sdl.device_name(index):<40}{sdl.device_guid(index)}{known}")
    if not pygame.joystick.get_count():
        print("no gamepad is plugged in, or this user may not read it (see understudy doctor)")
    return 0


def _calibrate(seconds: float, operator: str) -> int:
    from teleop.inputs.gamepad import Gamepads
    from teleop.inputs.stick_noise import StickNoise
    from teleop.operators import save_operator
    from twin.station import Station
    from twin.wire.clock import now_ns

    pads = Gamepads(Station(folder="", robot_folder=""))
    noise = StickNoise()
    try:
        _pass(_POLL_S)
        found = [reading for reading in pads.poll(now_ns()) if reading.bound]
        if not found:
            raise StationError("no gamepad that SDL knows is plugged in; see `understudy pads list`")
        print(f"{found[0].name}: let go of both sticks and wait {seconds:g} s")
        end_ns = now_ns() + round(1e9 * seconds)
        while now_ns() < end_ns:
            _pass(_POLL_S)
            for reading in pads.poll(now_ns()):
                if reading.bound and reading.connected:
                    noise.see(reading.axes)
    finally:
        pads.close()
    if noise.touched:
        raise StationError(
            "a stick was moved meanwhile, so nothing was measured; put the pad down and try again"
        )
    rests = ", ".join(f"{side} {out:.3f}" for side, out in noise.farthest.items())
    print(f"the sticks rest within {rests} of the centre; the dead zone to choose is {noise.dead_zone():.2f}")
    if operator:
        save_operator(operator, {"dead_zone": noise.dead_zone()})
        print(f"it is in the profile of {operator}")
    return 0


def _map(number: int) -> int:
    from teleop.inputs import sdl
    from teleop.inputs.mapping_wizard import MappingWizard, Raw, with_line
    from teleop.inputs.sdl import controller, pygame

    unknown = [index for index in range(pygame.joystick.get_count()) if not controller.is_controller(index)]
    index = number if number >= 0 else next(iter(unknown), -1)
    if not 0 <= index < pygame.joystick.get_count():
        raise StationError("there is no unknown gamepad; name one with --number (see `understudy pads list`)")
    joystick = pygame.joystick.Joystick(index)

    def read() -> Raw:
        pygame.event.get()
        return Raw(
            tuple(joystick.get_axis(axis) for axis in range(joystick.get_numaxes())),
            tuple(joystick.get_button(button) for button in range(joystick.get_numbuttons())),
            tuple(_bits(*joystick.get_hat(hat)) for hat in range(joystick.get_numhats())),
        )

    print(
        f"{joystick.get_name()}: do as you are told; Enter skips what the pad does not have. Let go of everything."
    )
    _pass(1.0)
    wizard, told = MappingWizard(read()), ""
    while wizard.prompt:
        if wizard.prompt != told:
            told = wizard.prompt
            print(f"{wizard.note + '. ' if wizard.note else ''}{told}")
        _pass(_POLL_S)
        wizard.see(read())
        if select.select([sys.stdin], [], [], 0)[0]:
            sys.stdin.readline()
            wizard.skip()
    platform = {"linux": "Linux", "darwin": "Mac OS X", "win32": "Windows"}.get(sys.platform, "Linux")
    line = wizard.line(sdl.device_guid(index), joystick.get_name(), platform)
    path = sdl.mappings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(with_line(path.read_text("utf-8") if path.exists() else "", line), "utf-8")
    print(f"{len(wizard.found)} controls are in {path}; start the station again to drive with it")
    return 0


def _bits(x: float, y: float) -> int:
    """A hat as SDL's bits."""
    return (1 if y > 0 else 4 if y < 0 else 0) | (2 if x > 0 else 8 if x < 0 else 0)
