"""The platform's own programs that play a file and speak a sentence, in the order in which they are tried.

Qt's own sound and speech need the 160 MB of PySide6-Addons, and an audio driver inside the window's process could take
STOP down with it. A program of its own that hangs or crashes is only quiet.
"""

import shutil
import sys

# Where PowerShell finds what to play or say: what follows its -Command would be run as a program.
HEARD = "UNDERSTUDY_HEARD"

_PLAYERS: tuple[tuple[str, ...], ...] = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
)
_SPEAKERS: tuple[tuple[str, ...], ...] = (
    ("spd-say", "--wait", "--"),
    ("espeak-ng", "--"),
    ("espeak", "--"),
    ("say", "--"),
)
_POWERSHELL = ("powershell", "-NoProfile", "-NonInteractive", "-Command")


def player() -> tuple[str, ...] | None:
    """The command that plays the file appended to it, or named in ``HEARD``; None where there is none."""
    if sys.platform == "win32":
        return (
            (*_POWERSHELL, f"(New-Object Media.SoundPlayer $env:{HEARD}).PlaySync()")
            if _has("powershell")
            else None
        )
    return next((command for command in _PLAYERS if _has(command[0])), None)


def speaker() -> tuple[str, ...] | None:
    """The command that says the sentence appended to it, or in ``HEARD``; None where there is none."""
    if sys.platform == "win32":
        says = f"(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak($env:{HEARD})"
        says = f"Add-Type -AssemblyName System.Speech; {says}"
        return (*_POWERSHELL, says) if _has("powershell") else None
    return next((command for command in _SPEAKERS if _has(command[0])), None)


def _has(program: str) -> bool:
    return shutil.which(program) is not None
