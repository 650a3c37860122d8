"""The page of all benchmarks: each has a section of its own, replaced whenever it is measured anew."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure, machine, markdown_table, versions

_HEAD = "# Benchmarks\n\nKept by `make bench`; `understudy bench NAME --markdown FILE` measures one section anew.\n"
_NEXT_SECTION = re.compile(r"^(?=## )", re.MULTILINE)


def keep_section(path: Path, title: str, figures: Sequence[Figure]) -> None:
    """Write ``figures`` as the section ``title`` of the page ``path``; its other sections stay as they are.

    A run takes more than an hour, so what was measured is kept even if a later benchmark is interrupted. Each
    section says when and on what it was measured, since they need not be of one run.
    """
    found = _NEXT_SECTION.split(path.read_text(encoding="utf-8"))[1:] if path.exists() else []
    sections = {section.splitlines()[0].removeprefix("## "): section.rstrip() + "\n" for section in found}
    told = f"{date.today().isoformat()}. {machine()}. {versions()}."
    sections[title] = f"## {title}\n\n{told}\n\n{markdown_table(figures)}\n"
    path.write_text("\n".join([_HEAD, *sections.values()]), encoding="utf-8")
