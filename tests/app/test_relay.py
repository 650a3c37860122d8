"""Which hand the scripted operator sends where, and where one lays down what the other is to take."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.relay import TOO_FAR_M, free_spot, nearest_hand, side_of

LEFT_M = st.floats(-0.5, 0.5)


@pytest.mark.parametrize(
    ("thing_left_m", "place_left_m", "hand", "across_m"),
    [
        (0.2, 0.4, "left", 0.0),
        (-0.2, -0.4, "right", 0.0),
        (
            0.08,
            -0.4,
            "right",
            0.08,
        ),  # the bin is far: the right hand reaches over for what lies near the middle
        (0.33, -0.06, "left", 0.06),  # the pocket is near the middle: the left hand sets it in there
        (0.33, -0.4, "right", 0.33),  # neither
    ],
)
def test_the_hand_goes_that_has_less_far_to_the_other_side(thing_left_m, place_left_m, hand, across_m):
    chosen = nearest_hand(np.array([0.4, thing_left_m, 1.0]), np.array([0.4, place_left_m, 1.0]))
    assert chosen == (hand, pytest.approx(across_m))


@given(LEFT_M, LEFT_M)
def test_left_and_right_are_alike_and_two_hands_are_needed_only_across(thing_left_m, place_left_m):
    thing_m, place_m = np.array([0.4, thing_left_m, 1.0]), np.array([0.4, place_left_m, 1.0])
    _, across_m = nearest_hand(thing_m, place_m)
    mirrored = np.array([1.0, -1.0, 1.0])
    assert nearest_hand(thing_m * mirrored, place_m * mirrored)[1] == across_m
    assert across_m <= min(abs(thing_left_m), abs(place_left_m))
    if across_m > TOO_FAR_M:
        assert side_of(thing_m) != side_of(place_m)


@given(st.lists(st.tuples(st.floats(0.3, 0.6), LEFT_M), max_size=8), st.floats(0.35, 0.6))
def test_what_is_laid_down_lies_in_the_middle_as_high_as_before_and_not_nearer_to_the_edge(others, ahead_m):
    taken_m = [np.array([x, y, 0.97]) for x, y in others]
    lay_m = np.array([ahead_m, 0.3, 1.0])
    spot_m = free_spot(lay_m, taken_m)
    assert abs(spot_m[1]) <= 0.02
    assert spot_m[2] == lay_m[2]
    assert spot_m[0] >= min([ahead_m, *(float(each[0]) for each in taken_m)])
    crowded = [*taken_m, spot_m]
    assert taken_m == [] or not np.array_equal(free_spot(lay_m, crowded), spot_m)
