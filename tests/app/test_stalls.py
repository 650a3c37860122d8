"""A window that stands still says so, seldom and with numbers."""

import logging

from app.stalls import Stalls

MS = 1_000_000


def test_many_stalls_make_one_line_in_ten_seconds(caplog):
    stalls = Stalls()
    with caplog.at_level(logging.WARNING):
        at_ms = 100_000
        for gap_ms in [16] * 10 + [300] * 20 + [900] + [16] * 800:
            at_ms += gap_ms
            stalls.frame(at_ms * MS)
    assert [record.getMessage() for record in caplog.records] == [
        "the window stood still 1 times, 300 ms at most; is the machine busy?",
        "the window stood still 20 times, 900 ms at most; is the machine busy?",
    ]


def test_what_was_asked_for_is_no_stall(caplog):
    stalls = Stalls()
    with caplog.at_level(logging.WARNING):
        stalls.frame(100_000 * MS)
        stalls.forgive()
        stalls.frame(105_000 * MS)
        stalls.frame(105_016 * MS)
    assert caplog.records == []
