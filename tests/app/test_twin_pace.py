"""The twin is drawn as often as the machine can bear, and never so often that the window cannot answer."""

from app.twin_view.pace import TwinPace

MS = 1_000_000


def drawn_in_a_second(pace: TwinPace, cost_ms: float, frame_ms: float = 1000 / 60) -> int:
    drawn = 0
    for frame in range(1, 61):
        if pace.is_due(int(frame * frame_ms * MS)):
            drawn += 1
            pace.drew(int(cost_ms * MS))
    return drawn


def test_a_graphics_card_draws_every_frame_of_the_window():
    assert drawn_in_a_second(TwinPace(is_software=False), 2.0) == 60


def test_a_processor_that_is_quick_enough_draws_every_second_frame():
    assert 28 <= drawn_in_a_second(TwinPace(is_software=True), 8.0) <= 31


def test_dear_pictures_take_half_of_the_windows_time_at_most():
    pace = TwinPace(is_software=True)
    drawn_in_a_second(pace, 50.0)
    assert 90 * MS < pace.interval_ns <= 100 * MS


def test_however_dear_some_pictures_are_drawn():
    pace = TwinPace(is_software=True)
    for _ in range(30):
        pace.drew(2000 * MS)
    assert pace.interval_ns == 200 * MS


def test_what_was_dear_once_is_forgotten():
    pace = TwinPace(is_software=True)
    pace.drew(500 * MS)
    for _ in range(40):
        pace.drew(5 * MS)
    assert pace.interval_ns < 40 * MS
