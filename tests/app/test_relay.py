"""Which hand the scripted operator sends where, and where one lays down what the other is to take."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.relay import TOO_FAR_M, Footprint, free_spot, nearest_hand, side_of

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


PART = Footprint(np.array([0.40, 0.30]), np.full(2, 0.03))
EDGE_M = 0.25


def part(ahead_m: float, left_m: float) -> Footprint:
    return Footprint(np.array([ahead_m, left_m]), PART.half_m)


@given(st.lists(st.tuples(st.floats(0.3, 0.6), LEFT_M), max_size=8), st.floats(0.30, 0.6))
def test_what_is_laid_down_lies_in_the_middle_of_the_table_and_no_further_off_than_before(others, ahead_m):
    taken = [part(*each) for each in others]
    lay = part(ahead_m, 0.3)
    spot_m = free_spot(lay, EDGE_M, taken)
    assert abs(spot_m[1]) <= 0.02
    assert EDGE_M + 0.03 < spot_m[0] <= max(ahead_m, EDGE_M + 0.04)
    crowded = [*taken, part(*spot_m)]
    assert taken == [] or not np.array_equal(free_spot(lay, EDGE_M, crowded), spot_m)


def test_with_room_enough_a_thing_is_laid_as_far_ahead_as_it_lay():
    np.testing.assert_array_equal(free_spot(PART, EDGE_M, [part(0.40, 0.3), part(0.40, -0.3)]), [0.40, 0.0])


def test_between_pockets_a_thing_is_laid_before_them_rather_than_on_their_rims():
    pockets = [Footprint(np.array([0.37, left]), np.full(2, 0.05)) for left in (-0.08, 0.08)]
    lay = Footprint(np.array([0.41, 0.35]), np.full(2, 0.0275))
    spot_m = free_spot(lay, EDGE_M, pockets)
    assert spot_m[0] < 0.30
    assert all(Footprint(spot_m, lay.half_m).gap_m(pocket) > 0.0 for pocket in pockets)


def test_a_gap_is_measured_from_edge_to_edge_also_round_a_corner_and_below_zero_within():
    assert part(0.4, 0.0).gap_m(part(0.5, 0.0)) == pytest.approx(0.04)
    assert part(0.4, 0.0).gap_m(part(0.5, 0.09)) == pytest.approx(0.05)
    assert part(0.4, 0.0).gap_m(part(0.44, 0.01)) == pytest.approx(-0.02)
