from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from teleop.cameras.pacing import STEPS_FPS, Load, allowed_share, first_pace, next_pace


def after(pace, load, seconds, start_s=0.0, every_s=0.1):
    """The pace after the same load for some seconds."""
    for step in range(round(seconds / every_s)):
        pace = next_pace(pace, load, start_s + step * every_s)
    return pace


CHEAP, DEAR, RUINOUS = Load(6, 5), Load(36, 30), Load(300, 200)


def test_cheap_pictures_reach_the_wanted_rate_and_need_no_excuse():
    pace = after(first_pace(30, 0.6, 0), CHEAP, 3)
    assert pace.fps == 30
    assert pace.reason == ""


def test_dear_pictures_stay_within_the_allowed_share_and_say_why():
    pace = after(first_pace(30, 0.6, 0), DEAR, 10)
    assert pace.fps == 15
    assert pace.fps * DEAR.cpu_ms / 1000 <= 0.6
    assert "36 ms of a processor" in pace.reason
    assert "15 pictures a second instead of 30" in pace.reason


def test_the_slowest_rate_is_kept_however_dear_pictures_are():
    assert after(first_pace(30, 0.6, 0), RUINOUS, 5).fps == 5


def test_a_busy_machine_is_told_apart_from_dear_pictures():
    pace = after(first_pace(30, 0.6, 0), Load(cpu_ms=20, wall_ms=80), 5)
    assert pace.fps == 10
    assert "busy" in pace.reason


def test_the_first_word_that_physics_is_behind_slows_the_cameras_at_once():
    pace = after(first_pace(30, 0.6, 0), CHEAP, 3)
    pace = next_pace(pace, Load(6, 5, real_time_factor=0.98), 3.0)
    assert pace.fps == 25
    assert "0.98 of real time" in pace.reason
    assert next_pace(pace, Load(6, 5, real_time_factor=0.98), 3.05).fps == 25  # the effect is not seen yet
    assert next_pace(pace, Load(6, 5, real_time_factor=0.98), 4.5).fps == 20


def test_physics_far_behind_slows_them_all_the_way():
    pace = after(first_pace(30, 0.6, 0), CHEAP, 3)
    assert next_pace(pace, Load(6, 5, real_time_factor=0.7), 3.0).fps == 5


def test_after_physics_was_behind_the_rate_comes_back_step_by_step_and_ever_more_slowly():
    pace = after(first_pace(30, 0.6, 0), CHEAP, 3)
    pace = next_pace(pace, Load(6, 5, real_time_factor=0.95), 3.0)
    assert after(pace, CHEAP, 4, start_s=3.1).fps == 25
    recovered = after(pace, CHEAP, 8, start_s=3.1)
    assert recovered.fps == 30
    again = next_pace(pace, Load(6, 5, real_time_factor=0.95), 5.0)
    assert again.regain_s > pace.regain_s
    assert after(again, CHEAP, 8, start_s=5.1).fps == again.fps


def test_a_wanted_rate_between_the_steps_is_reached_exactly():
    assert after(first_pace(24, 0.6, 0), CHEAP, 3).fps == 24


def test_a_cost_that_swings_does_not_swing_the_rate_with_it():
    pace, rates = after(first_pace(30, 0.6, 0), DEAR, 5), []
    for second in range(5, 25):
        pace = after(pace, Load(36, 45 if second % 2 else 80), 1, start_s=second)
        rates.append(pace.fps)
    assert sum(a != b for a, b in pairwise(rates)) <= 8
    assert set(rates) <= {10, 15}


def test_more_cores_allow_a_larger_share():
    assert allowed_share(1) == allowed_share(2) == 0.6
    assert allowed_share(8) == 2.0


LOADS = st.builds(
    Load,
    cpu_ms=st.floats(0, 500),
    wall_ms=st.floats(0, 500),
    real_time_factor=st.sampled_from([0.5, 0.95, 0.99, 1.0, 1.01]),
)


@given(
    wanted=st.sampled_from([30.0, 24.0, 10.0, 5.0]),
    loads=st.lists(st.tuples(LOADS, st.floats(0, 3)), max_size=60),
)
def test_whatever_happens_the_rate_is_one_of_the_steps_and_a_lower_one_has_a_reason(wanted, loads):
    pace, now_s = first_pace(wanted, 0.6, 0.0), 0.0
    for load, wait_s in loads:
        now_s += wait_s
        before, pace = pace, next_pace(pace, load, now_s)
        assert pace.fps in (wanted, *STEPS_FPS)
        assert pace.fps <= wanted
        assert (pace.fps == wanted) == (pace.reason == "") or load.real_time_factor < 0.99
        if load.real_time_factor < 0.99:
            assert pace.fps <= before.fps
