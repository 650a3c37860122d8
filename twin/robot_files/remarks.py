"""Remarks in a drafted robot folder that mark a guess, until a person has looked at it."""

from pathlib import Path

from twin.robot_files.faults import Fault

UNSURE = "# unsure:"


def unsure_lines(file: Path) -> list[Fault]:
    """Every line of ``file`` that is still only a guess."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [
        Fault(file, f"line {number}", f"unsure: {remark.strip()}; look at it, then delete the remark")
        for number, line in enumerate(lines, start=1)
        if UNSURE in line
        for what, _, remark in [line.partition(UNSURE)]
        if what.strip() and not what.lstrip().startswith("#")
    ]
