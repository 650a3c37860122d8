"""The last stage of latency is from hearing a state to its picture."""

from app.twin_view.drawn_meter import DrawnMeter

MS = 1_000_000


def test_the_last_two_seconds_of_drawing_count_and_are_forgotten_after_a_minute():
    meter = DrawnMeter()
    assert meter.read(0) is None
    for step in range(100):
        at_ns = step * 40 * MS
        meter.note(at_ns - (10 + step % 2) * MS, at_ns)
    stage = meter.read(99 * 40 * MS)
    assert stage is not None
    assert (stage.name, stage.samples) == ("drawn", 51)
    assert 10 <= stage.p50_ms <= 11 <= stage.p95_ms + 1e-9
    later = meter.read(99 * 40 * MS + 30_000 * MS)
    assert later is not None
    assert later.samples == 51, "the twin is on another page"
    assert meter.read(99 * 40 * MS + 61_000 * MS) is None
