"""Gamepads and the library that reads them."""

import os
from pathlib import Path

from app.doctor_checks.examination import Examination, Finding, Trouble
from app.doctor_checks.probe import ProbeFailed, ask

_BTN_GAMEPAD, _BTN_JOYSTICK = 0x130, 0x120  # linux/input-event-codes.h


def has_key(capabilities: str, code: int) -> bool:
    """Whether an input device has the key ``code``.

    Args:
        capabilities: content of ``/sys/class/input/event*/device/capabilities/key``: hexadecimal words of 64
            bits, the highest first.
        code: from ``linux/input-event-codes.h``.
    """
    words = capabilities.split()
    bits = sum(int(word, 16) << (64 * place) for place, word in enumerate(reversed(words)))
    return bool(bits >> code & 1)


def unreadable_pads(sys_class_input: Path, dev_input: Path) -> list[str]:
    """Names of plugged-in gamepads that this user may not read."""
    names: list[str] = []
    for event in sorted(sys_class_input.glob("event*")):
        keys = event / "device/capabilities/key"
        if not keys.exists():
            continue
        capabilities = keys.read_text(encoding="ascii")
        if not (has_key(capabilities, _BTN_GAMEPAD) or has_key(capabilities, _BTN_JOYSTICK)):
            continue
        node = dev_input / event.name
        if not os.access(node, os.R_OK):
            name = event / "device/name"
            names.append(name.read_text(encoding="utf-8").strip() if name.exists() else event.name)
    return names


def _gamepads() -> Finding:
    try:
        found = ask("sdl")
    except ProbeFailed as error:
        return Finding(f"SDL does not start: {error}", "no_sdl")
    sdl = f"SDL {found['version']}"
    if not found["virtual"]:
        return Finding(f"{sdl}, which takes no virtual pad", "old_sdl")
    devices = found["devices"]
    drivers = [each["name"] for each in devices if each["known"]]
    if drivers:
        others = len(devices) - 1
        return Finding(
            f"{drivers[0]} drives" + (f", {others} more plugged in" if others else "") + f" ({sdl})"
        )
    if devices:
        return Finding(f"{devices[0]['name']}: {devices[0]['note']}", "unknown_pad")
    forbidden = unreadable_pads(Path("/sys/class/input"), Path("/dev/input"))
    if forbidden:
        return Finding(f"{', '.join(forbidden)} may not be read ({sdl})", "forbidden")
    return Finding(f"none plugged in ({sdl})", "none")


EXAMINATIONS = (
    Examination(
        "gamepads",
        "Gamepads",
        _gamepads,
        {
            "none": Trouble(
                "lack",
                "No gamepad is found",
                "The keyboard drives while the window has the focus: hold left Shift to let the robot move.",
                "Plug in a gamepad, by cable or Bluetooth, at any time; it is seen at once.",
            ),
            "unknown_pad": Trouble(
                "lack",
                "The gamepad is plugged in but ignored: SDL does not know it",
                "Without SDL's mapping nobody can say which raw axis is which stick, so it does not drive.",
                "Put its line of SDL's controller mappings into the file that is named and start again; the "
                "GUID is named too.",
            ),
            "forbidden": Trouble(
                "lack",
                "A gamepad is plugged in but this user may not read it",
                "The system gives the device to other users only, so it cannot drive.",
                "Add the user to the group that owns it (`sudo usermod -aG input $USER`) and log in again.",
            ),
            "old_sdl": Trouble(
                "lack",
                "SDL is older than 2.24",
                "Real gamepads work; `understudy demo`, which drives a virtual one, does not.",
                "Install pygame from its wheel: `pip install --force-reinstall --only-binary pygame pygame`.",
            ),
            "no_sdl": Trouble(
                "lack",
                "SDL does not start",
                "No gamepad works; the keyboard does.",
                "Run `make env` in a source checkout, or reinstall pygame.",
            ),
        },
    ),
)
