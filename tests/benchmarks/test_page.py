"""The page of benchmarks."""

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.page import keep_section


def test_a_section_measured_anew_replaces_itself_and_leaves_the_others(tmp_path: Path):
    page = tmp_path / "benchmarks.md"
    keep_section(page, "one: of arms", [Figure("error", 3.0, "mm", 10)])
    keep_section(page, "two: of hands", [Figure("grip", 5.0, "N", 10)])
    keep_section(page, "one: of arms", [Figure("error", 2.0, "mm", 20)])
    text = page.read_text()
    assert text.startswith("# Benchmarks")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## one: of arms",
        "## two: of hands",
    ]
    assert "2 mm" in text
    assert "3 mm" not in text
    assert "5 N" in text
    assert text.count("# Benchmarks") == 1
