"""The shift is counted live: takes, marks, time in hand and idle, and when a break is due."""

from app.takes.shift_clock import ShiftClock

S = 1_000_000_000


class Shift:
    def __init__(self) -> None:
        self.clock, self.now_ns = ShiftClock(), 10 * S
        self.saved: int | None = 3
        self.rated = ("", "")
        self.jerk_m_s3 = 0.0

    def goes_on(self, seconds: float, live: bool = False, recording: bool = False) -> None:
        for _ in range(round(seconds * 2)):
            self.now_ns += S // 2
            self.clock.look(live, recording, self.saved, self.rated, self.now_ns, self.jerk_m_s3)

    @property
    def counters(self):
        return self.clock.counters


def test_time_in_hand_and_idle_time_are_told_apart():
    shift = Shift()
    shift.goes_on(60, live=True, recording=True)
    shift.goes_on(30, recording=True)
    shift.goes_on(90)
    counted = shift.counters
    assert abs(counted.clutch_s - 60) < 1
    assert abs(counted.idle_s - 90) < 1


def test_takes_saved_before_are_not_ours_and_a_recorder_that_began_anew_takes_none_away():
    shift = Shift()
    shift.goes_on(150)
    for saved in (4, 5, None, 0, 1):
        shift.saved = saved
        shift.goes_on(1)
    assert shift.counters.takes == 3
    assert 60 < shift.counters.takes_per_hour < 75


def test_a_rate_is_not_told_from_a_few_seconds():
    shift = Shift()
    shift.goes_on(30)
    assert shift.counters.takes_per_hour is None
    assert shift.counters.words == "0 takes · in hand 0 min · idle 0 min"


def test_a_take_that_is_marked_anew_counts_once():
    shift = Shift()
    for rated in (("a", ""), ("a", "good"), ("b", "bad"), ("a", "bad"), ("c", "good")):
        shift.rated = rated
        shift.goes_on(1)
    assert shift.counters.success == 1 / 3


def test_a_break_is_due_after_fifty_minutes_and_taken_by_five_without_driving():
    shift = Shift()
    for _ in range(25):
        shift.goes_on(100, live=True)
        shift.goes_on(20)
    shift.goes_on(2, live=True)
    assert shift.counters.break_due == "50 minutes at the controls: time for a break of five"
    shift.goes_on(200)
    assert shift.counters.break_due
    shift.goes_on(101)
    assert not shift.counters.break_due
    shift.goes_on(600)
    assert not shift.counters.break_due, "a rest needs no break"


def test_a_break_is_due_when_the_hands_become_unsteady_and_not_again_after_it():
    shift = Shift()
    for number, jerk_m_s3 in enumerate((4.0, 4.2, 4.1, 4.8, 5.4, 5.6)):
        assert not shift.counters.break_due
        shift.rated, shift.jerk_m_s3 = (f"take-{number}", ""), jerk_m_s3
        shift.goes_on(30, live=True)
    assert shift.counters.break_due == "the hands are 34% jerkier than at first: time for a break of five"
    shift.goes_on(301)
    shift.goes_on(30, live=True)
    assert shift.counters.jerk_change is None
    assert not shift.counters.break_due


def test_a_window_that_stood_still_counts_nothing_for_that_time():
    shift = Shift()
    shift.goes_on(10, live=True)
    shift.now_ns += 3600 * S
    shift.goes_on(10, live=True)
    assert shift.counters.clutch_s < 22
