"""What this machine offers, and what each lack means for the person at it."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.doctor_checks import devices, drawing, headsets, machine, software
from app.doctor_checks.examination import Check, Examination, examine

EXAMINATIONS: tuple[Examination, ...] = (
    *software.EXAMINATIONS,
    *drawing.EXAMINATIONS,
    *devices.EXAMINATIONS,
    *headsets.EXAMINATIONS,
    *machine.EXAMINATIONS,
)
BEGIN, END = "<!-- troubleshooting:begin -->", "<!-- troubleshooting:end -->"

_AT_ONCE = 4  # most of the time goes into waiting for children


def examine_all() -> list[Check]:
    """Carry out all checks, some of them beside each other; the order is that of ``EXAMINATIONS``."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(examine, EXAMINATIONS))


def is_usable(checks: Sequence[Check]) -> bool:
    """Whether the station can be used here, if perhaps with less than everything."""
    return all(check.status != "fault" for check in checks)


def troubleshooting_markdown() -> str:
    """The README's troubleshooting: every trouble the doctor knows, in the doctor's words."""
    lines = ["`understudy doctor` looks for all of these and says which ones this machine has.", ""]
    for examination in EXAMINATIONS:
        for trouble in examination.troubles.values():
            lines += [f"**{trouble.sign}.** {trouble.meaning} {trouble.remedy}", ""]
    return "\n".join(lines).rstrip() + "\n"


def with_troubleshooting(document: str) -> str:
    """``document`` with the text between its two markers made anew.

    Raises:
        ValueError: a marker is missing.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there are no markers {BEGIN} and {END} for the troubleshooting")
    return f"{before}{BEGIN}\n{troubleshooting_markdown()}{END}{after}"


def _main(words: list[str]) -> int:
    """Print the troubleshooting, or put it into the documents that are named."""
    if words[:1] != ["--troubleshooting"]:
        sys.stderr.write(
            "usage: python -m app.doctor --troubleshooting [FILE...]   (the checks are `understudy doctor`)\n"
        )
        return 2
    for name in words[1:]:
        document = Path(name)
        document.write_text(with_troubleshooting(document.read_text(encoding="utf-8")), encoding="utf-8")
    if len(words) == 1:
        sys.stdout.write(troubleshooting_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
