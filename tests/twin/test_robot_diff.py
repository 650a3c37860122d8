"""What differs between two revisions or two robots can be read from a table, or by a program."""

import json

import pytest

from app.main import main
from twin.robot import find_robot, load_robot
from twin.robot_diff import Difference, diff_robots


def between(before: str, after: str) -> tuple[Difference, ...]:
    folder = find_robot("optimus")
    return diff_robots(load_robot(folder, before), load_robot(folder, after))


def test_a_revision_does_not_differ_from_itself():
    assert between("gen3-b", "gen3-b") == ()


def test_every_kind_of_difference_is_named_with_both_values():
    rows = {(row.part, row.name, row.what): (row.before, row.after) for row in between("gen3-a", "gen3-b")}
    assert rows["joint", "left_wrist_pitch", "upper_rad"] == (1.0, 1.2)
    assert rows["joint", "right_knee", "motor"] == ("knee", "knee_rotary")
    assert rows["body", "left_wrist", "position_m"] == ((0.0, 0.0, -0.14), (0.0, 0.0, -0.17))
    assert rows["body", "left_forearm", "mass_kg"] == (0.85, 0.97)
    assert rows["sensor", "left_palm_touch", ""] == (None, {"kind": "touch"})
    assert rows["motor", "knee", ""][1] is None


def test_a_joint_that_is_gone_is_one_line():
    rows = [row for row in between("gen3-a", "gen2") if row.name == "left_index_abd"]
    assert [(row.part, row.after) for row in rows] == [("joint", None)]


def test_the_command_prints_a_table_or_one_object(capsys: pytest.CaptureFixture[str]):
    assert main(["robots", "diff", "optimus@gen2", "optimus@gen3-a"]) == 0
    printed = capsys.readouterr().out
    assert "optimus@gen2" in printed.splitlines()[0]
    assert "left_little_touch" in printed
    assert main(["robots", "diff", "optimus@gen2", "optimus", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["after"]["robot"] == "optimus@gen3-a"
    assert {"part": "robot", "name": "optimus", "what": "joints", "before": 52, "after": 74} in report[
        "differences"
    ]
    assert main(["robots", "diff", "optimus@gen2", "optimus@gen9"]) != 0
    assert "revision 'gen9' is not here" in capsys.readouterr().err


def test_revisions_of_the_only_robot_that_has_them_need_no_robot_s_name(capsys: pytest.CaptureFixture[str]):
    assert main(["robots", "diff", "gen2", "gen3-a"]) == 0
    short = capsys.readouterr().out
    assert main(["robots", "diff", "optimus@gen2", "optimus@gen3-a"]) == 0
    assert capsys.readouterr().out == short
    assert main(["robots", "diff", "gen2", "gen9"]) != 0
    assert "no robot is called 'gen9'" in capsys.readouterr().err
