"""Which rows the joint grid shows in which order, and why a joint wants to be looked at."""

from itertools import pairwise

import numpy as np
import pytest
from joint_figures import ELBOW, at, figures

from app.joints.grid_columns import columns_for
from app.joints.grid_rows import JointFigures, concern, grouped_rows, joint_use, listed_rows, worst_first


def test_every_joint_stands_under_the_head_of_its_group(grid_spec):
    rows = grouped_rows(grid_spec, "", frozenset())
    assert [row.group for row in rows if row.is_head] == list(grid_spec.groups)
    assert sorted(row.joint for row in rows if not row.is_head) == list(range(74))


def test_a_closed_group_shows_its_head_alone_but_a_filter_looks_into_it(grid_spec):
    closed = frozenset({"left_hand"})
    assert sum(row.group == "left_hand" for row in grouped_rows(grid_spec, "", closed)) == 1
    assert sum(row.group == "left_hand" for row in grouped_rows(grid_spec, "hand", closed)) == 23


def test_a_filter_wants_every_word_in_any_order(grid_spec):
    rows = listed_rows(grid_spec, "arm left", range(74))
    assert {row.group for row in rows} == {"left_arm"}
    assert not listed_rows(grid_spec, "left right", range(74))


def test_the_worst_joint_comes_first(grid_spec):
    use = joint_use(grid_spec, figures(grid_spec, effort_nm=at(grid_spec, ELBOW, -40.0)))
    assert use.worst[ELBOW] == pytest.approx(0.8)
    assert worst_first(use.worst, [])[0] == ELBOW


def test_rows_do_not_dance_for_a_small_difference():
    order = worst_first(np.array([0.50, 0.49, 0.2]), [])
    assert worst_first(np.array([0.49, 0.52, 0.2]), order) == [0, 1, 2]
    assert worst_first(np.array([0.49, 0.60, 0.2]), order) == [1, 0, 2]


def test_an_error_counts_by_what_the_joint_can_do_in_a_moment_not_by_radians(grid_spec):
    use = joint_use(grid_spec, figures(grid_spec, commanded_rad=at(grid_spec, 3, 0.1)))
    assert use.error[3] == pytest.approx(0.5)  # 0.1 rad is half of 50 ms at 4 rad/s


@pytest.mark.parametrize(
    ("change", "severity", "word"),
    [
        ({}, "", ""),
        ({"temperature_c": 95.0}, "alarm", "hot"),
        ({"temperature_c": 91.0}, "warning", "hot"),
        ({"effort_nm": 51.0}, "warning", "torque"),
        ({"effort_nm": -46.0}, "warning", "torque"),
        ({"velocity_rad_s": 3.8}, "warning", "speed"),
        ({"commanded_rad": 0.3}, "warning", "lags"),
    ],
)
def test_what_is_wrong_with_a_joint_is_one_word(grid_spec, change, severity, word):
    made = figures(grid_spec, **{key: at(grid_spec, ELBOW, value) for key, value in change.items()})
    assert concern(joint_use(grid_spec, made), {}, ELBOW) == (severity, word)


def test_what_was_refused_is_named_before_what_is_near_a_limit(grid_spec):
    made = figures(grid_spec, effort_nm=at(grid_spec, ELBOW, 46.0))
    assert concern(joint_use(grid_spec, made), {ELBOW: "acceleration"}, ELBOW) == ("warning", "accel")


def test_a_finger_that_presses_with_all_its_force_does_its_duty(grid_spec):
    finger = grid_spec.groups["left_hand"][3]
    made = figures(grid_spec, effort_nm=at(grid_spec, finger, 50.0), commanded_rad=at(grid_spec, finger, 0.7))
    use = joint_use(grid_spec, made)
    assert concern(use, {}, finger) == ("", "")
    assert use.worst[finger] == 0


def test_nothing_known_is_nothing_used(grid_spec):
    assert joint_use(grid_spec, JointFigures.unknown(74)).worst.max() == 0


@pytest.mark.parametrize("width", [320, 480, 640, 860, 1600])
def test_columns_fill_the_width_without_overlap_and_keep_name_and_range(width):
    columns = columns_for(width)
    assert {"name", "bar", "position"} <= {column.key for column in columns}
    assert all(a.right == b.left for a, b in pairwise(columns))
    assert columns[-1].right <= width
