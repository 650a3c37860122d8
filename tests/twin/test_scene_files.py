# ruff: noqa: E501 - one planted fault a line
"""A fault in a scene's file is named, with where it is and what would do."""

from dataclasses import replace
from pathlib import Path

import pytest

from twin import places
from twin.errors import SceneError
from twin.scenery.reading import read_layout, read_layout_file
from twin.scenery.start import start_poses

KITTING, MACHINE, FLOOR = "kitting", "machine_tending", "floor_pick"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (KITTING, 'into = "red_pocket"', 'into = "red_poket"', "the task wants it in 'red_poket', which is no tote and no zone (did you mean 'red_pocket'?)"),
        (KITTING, 'kind = "put"', 'kind = "putt"', "kind 'putt' is unknown (did you mean 'put'?); it can be put, lift, reach, keep"),
        (KITTING, "jitter_scale = 1.6", "jitter_scale = -1", "jitter_scale must not be less than 0"),
        (KITTING, "jitter_scale = 1.6", "jitter = 1.6", "unknown key 'jitter'"),
        (KITTING, 'without = ["grey_mug"]', 'without = ["gray_mug"]', "level 1 names 'gray_mug', which is no object (did you mean 'grey_mug'?)"),
        (KITTING, 'without = ["grey_mug"]', 'without = ["red_part"]', "level 1 leaves out 'red_part', which the task is about"),
        (KITTING, 'name = "blue_part"', 'name = "red_part"', "two things are called 'red_part'"),
        (KITTING, "fallen_below_m = 0.80", "", "fallen_below_m is missing"),
        (KITTING, "fallen_below_m = 0.80", "fallen_below_m = nan", "fallen_below_m must be a finite number"),
        (KITTING, 'order = "any"', 'order = "all"', "order 'all' is unknown"),
        (KITTING, 'texture = "wood"', 'texture = "wool"', "texture 'wool' is unknown (did you mean 'wood'?)"),
        (KITTING, 'floor_material = "red"', 'floor_material = "ret"', "red_pocket: unknown material 'ret' (did you mean 'red'?)"),
        (KITTING, 'name = "kitting"', 'name = "kits"', "the scene is called 'kits' but its file 'kitting.toml'"),
        (MACHINE, 'fixture = "door"', 'fixture = "panel"', "the task is about 'panel', which is no fixture that moves"),
        (MACHINE, "between = [-2.0, -1.2]", "between = [-1.2, -2.0]", "between must be two numbers in rising order"),
        (MACHINE, 'carried_by = "door"', 'carried_by = "dor"', "carried_by 'dor', which no fixture above it is called (did you mean 'door'?)"),
        (MACHINE, "range_rad = [-2.0, 0.0]", "range_rad = [0.5, 1.0]", "range_rad must rise and hold 0"),
        (MACHINE, "axis = [0, 0, 1]", "axis = [0, 0, 0]", "the axis of its hinge must point somewhere"),
        (FLOOR, 'base = "legs"', 'base = "leg"', "base 'leg' is unknown (did you mean 'legs'?); it can be gantry, wheels, legs"),
        (FLOOR, "clear_m = 0.15", "", "clear_m is missing"),
        (FLOOR, "clear_m = 0.15", "clear_m = -0.1", "clear_m must be greater than 0, not -0.1"),
        (FLOOR, 'object = "bottle"', 'object = "botle"', "the task is about 'botle', which is no object (did you mean 'bottle'?)"),
        (FLOOR, 'over = "marked_place"', 'over = "marked"', "the task wants it over 'marked', which is no tote and no zone"),
        (MACHINE, "friction_nm = 0.05", "friction_nm = -1", "friction_nm must not be less than 0"),
    ],
)  # fmt: skip
def test_a_fault_in_a_scene_file_is_named(tmp_path: Path, name: str, old: str, new: str, said: str):
    text = (places.assets_folder() / "scenes" / f"{name}.toml").read_text()
    assert old in text
    path = tmp_path / f"{name}.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(SceneError) as error:
        read_layout_file(path)
    assert said in str(error.value)


def test_a_level_that_leaves_no_room_is_refused_not_searched_for_ever():
    layout = read_layout("kitting")
    piled = tuple(replace(free, position_m=(0.4, 0.0, 0.967)) for free in layout.objects)
    with pytest.raises(SceneError, match="no places were found at which its objects do not touch"):
        start_poses(replace(layout, objects=piled), layout.levels[0], 0)
