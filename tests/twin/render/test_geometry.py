import mujoco
import numpy as np
import pytest
import tiny_world

from twin.errors import GraphicsError
from twin.render.geometry import geometry_of
from twin.render.materials import METAL, ROUGHNESS


def shown_names(model, geometry):
    return [model.geom(int(g)).name for g in geometry.geoms]


def test_the_robot_comes_first_and_collision_shapes_and_the_ground_are_left_out():
    model, _, geometry = tiny_world.build()
    names = shown_names(model, geometry)
    assert set(names[: geometry.n_robot]) == {"trunk", "forearm", "tip"}
    assert set(names[geometry.n_robot :]) == {"green", "ball"}


def test_every_vertex_lies_in_its_geoms_bounding_box_and_the_robots_triangles_stop_where_the_robot_does():
    model, _, geometry = tiny_world.build()
    row = geometry.vertices["a_geom"].astype(int)
    box = model.geom_aabb[geometry.geoms[row]]
    assert (np.abs(geometry.vertices["a_position"] - box[:, :3]) <= box[:, 3:] + 1e-5).all()
    carried = row[geometry.triangles]
    assert (carried[: geometry.robot_triangles] < geometry.n_robot).all()
    assert (carried[geometry.robot_triangles :] >= geometry.n_robot).all()


def test_a_mesh_has_one_vertex_for_each_corner_that_differs():
    model, _, geometry = tiny_world.build()
    row = shown_names(model, geometry).index("tip")
    part = geometry.vertices[geometry.vertices["a_geom"] == row]
    assert len(part) == len(np.unique(part)) >= 4


def test_a_material_gives_colour_metal_and_roughness_unless_the_geom_has_its_own_colour():
    model, _, geometry = tiny_world.build()
    names = shown_names(model, geometry)
    forearm, trunk = names.index("forearm"), names.index("trunk")
    np.testing.assert_allclose(geometry.colours[forearm], [0.2, 0.3, 0.4, 1], atol=1e-6)
    assert geometry.materials[forearm, METAL] == 1
    assert geometry.materials[forearm, ROUGHNESS] == pytest.approx(0.3)
    np.testing.assert_allclose(geometry.colours[trunk], [0.9, 0.1, 0.1, 1], atol=1e-6)


def test_the_links_of_a_body_are_found_by_its_name():
    model, _, geometry = tiny_world.build()
    names = shown_names(model, geometry)
    assert {names[row] for row in geometry.rows_of_body("arm")} == {"forearm", "tip"}
    assert len(geometry.rows_of_body("nobody")) == 0


def test_light_is_blocked_where_links_meet_and_free_where_nothing_is_near():
    model, _, geometry = tiny_world.build()
    row = shown_names(model, geometry).index("trunk")
    trunk = geometry.vertices[geometry.vertices["a_geom"] == row]
    top, bottom = trunk["a_position"][:, 2] > 0.09, trunk["a_position"][:, 2] < -0.09
    assert trunk["a_open"][top].min() < trunk["a_open"][bottom].min()
    things = geometry.vertices["a_geom"] >= geometry.n_robot
    assert (geometry.vertices["a_open"][things] == 1).all()


def test_a_model_that_shows_nothing_is_refused_in_words():
    model = mujoco.MjModel.from_xml_string(
        '<mujoco><worldbody><geom size="1" group="3"/></worldbody></mujoco>'
    )
    with pytest.raises(GraphicsError, match="shows nothing"):
        geometry_of(model, mujoco.MjData(model), -1)
