import numpy as np
import pytest
import tiny_world

from twin.render.palette import HOVERED, SELECTED, UNMARKED, Palette

COLOUR, MATERIAL, SHOWN, GLOW, FLAG = 3, 4, 3, 2, 3


@pytest.fixture
def world():
    model, data, geometry = tiny_world.build()
    palette = Palette(geometry)
    palette.pose_scene(data)
    return model, data, geometry, palette


def test_a_row_carries_its_geom_to_where_the_model_has_it(world):
    model, _, geometry, palette = world
    turned = tiny_world.posed(model, 0.7)
    palette.pose_scene(turned)
    for row, geom in enumerate(geometry.geoms):
        point = palette.rows[row, :3] @ np.array([0.1, 0.2, 0.3, 1.0])
        expected = turned.geom_xpos[geom] + turned.geom_xmat[geom].reshape(3, 3) @ [0.1, 0.2, 0.3]
        np.testing.assert_allclose(point, expected, atol=1e-6)


def test_a_commanded_link_is_seen_only_where_it_departs_from_the_measured_one(world):
    model, data, geometry, palette = world
    palette.pose_ghost(data)
    assert not palette.ghost_is_visible
    palette.pose_ghost(tiny_world.posed(model, 0.5))
    shown = palette.rows[geometry.n : geometry.n + geometry.n_robot, COLOUR, SHOWN]
    names = [model.geom(int(g)).name for g in geometry.geoms[: geometry.n_robot]]
    assert dict(zip(names, shown, strict=True)) == {"trunk": 0, "forearm": 1, "tip": 1}


def test_a_link_that_turns_in_its_place_departs_too(world):
    model, _, geometry, palette = world
    palette.pose_ghost(tiny_world.posed(model, 0.1))
    forearm = [model.geom(int(g)).name for g in geometry.geoms].index("forearm")
    assert 0 < palette.rows[geometry.n + forearm, COLOUR, SHOWN] <= 1


def test_the_whole_commanded_robot_can_be_asked_for_and_hidden(world):
    _, data, geometry, palette = world
    palette.pose_ghost(data, always=True)
    assert (palette.rows[geometry.n : geometry.n + geometry.n_robot, COLOUR, SHOWN] == 1).all()
    palette.hide_ghost()
    assert not palette.ghost_is_visible


def test_a_tint_colours_only_its_links_and_can_be_taken_back(world):
    _, _, geometry, palette = world
    before = palette.rows.copy()
    rows = geometry.rows_of_body("arm")
    palette.tint(rows, (1.0, 0.5, 0.0), amount=1.0, glow=0.3)
    np.testing.assert_allclose(palette.rows[rows, COLOUR, :3], np.tile([1, 0.5, 0], (len(rows), 1)))
    np.testing.assert_allclose(palette.rows[rows, MATERIAL, GLOW], before[rows, MATERIAL, GLOW] + 0.3)
    others = np.setdiff1d(np.arange(geometry.n), rows)
    np.testing.assert_array_equal(palette.rows[others], before[others])
    palette.clear_tints()
    np.testing.assert_array_equal(palette.rows, before)


def test_a_new_selection_replaces_the_old_and_leaves_what_is_hovered(world):
    _, _, geometry, palette = world
    arm, base = geometry.rows_of_body("arm"), geometry.rows_of_body("base")
    palette.mark(arm, HOVERED)
    palette.mark(base, SELECTED)
    palette.mark(geometry.rows_of_body("ball"), SELECTED)
    flags = palette.rows[: geometry.n, MATERIAL, FLAG]
    assert (flags[arm] == HOVERED).all()
    assert (flags[base] == UNMARKED).all()
    assert (flags[geometry.rows_of_body("ball")] == SELECTED).all()


def test_a_requested_link_is_seen_only_where_it_departs_from_the_commanded_one(world):
    model, _, geometry, palette = world
    asked = slice(geometry.n + geometry.n_robot, None)
    palette.pose_ghost(tiny_world.posed(model, 0.5))
    palette.pose_request(tiny_world.posed(model, 0.5), (1.0, 0.5, 0.0))
    assert not palette.requested_links.any()
    palette.pose_request(tiny_world.posed(model, 0.6), (1.0, 0.5, 0.0))
    names = [model.geom(int(g)).name for g in geometry.geoms[: geometry.n_robot]]
    shown = dict(zip(names, palette.requested_links, strict=True))
    assert shown == {"trunk": False, "forearm": True, "tip": True}
    assert (palette.rows[asked, COLOUR, :3] == [1.0, 0.5, 0.0]).all()
    palette.hide_request()
    assert not palette.requested_links.any()
