"""The body that ships weighs what its volume says: every link, and all of them together."""

import mujoco
import numpy as np
import pytest
from scipy.spatial import ConvexHull

from twin.robot import RobotSpec, find_robot, list_revisions, load_robot
from twin.robot_model import compile_model, open_model

OPTIMUS = find_robot("optimus")
# kg/m3 of a link in its hull: from a hollow shell with a drive in it to one full of aluminium and magnets.
LIGHTEST, HEAVIEST = 500.0, 3100.0


def hull_of(model: mujoco.MjModel, body: int) -> ConvexHull:
    """Around all that one sees of a link, in the link's own frame, in metres."""
    corners = []
    for geom in range(model.ngeom):
        if model.geom_bodyid[geom] != body or model.geom_type[geom] != mujoco.mjtGeom.mjGEOM_MESH:
            continue
        mesh, turn = model.geom_dataid[geom], np.zeros(9)
        start = model.mesh_vertadr[mesh]
        mujoco.mju_quat2Mat(turn, model.geom_quat[geom])
        vertices = model.mesh_vert[start : start + model.mesh_vertnum[mesh]]
        corners.append(vertices @ turn.reshape(3, 3).T + model.geom_pos[geom])
    return ConvexHull(np.vstack(corners))


def compiled(spec: RobotSpec) -> mujoco.MjModel:
    return compile_model(spec, open_model(spec))


@pytest.mark.parametrize("revision", list_revisions(load_robot(OPTIMUS)))
def test_every_link_has_the_density_of_a_machine(revision: str):
    model = compiled(load_robot(OPTIMUS, revision))
    for body in range(1, model.nbody):
        density = model.body_mass[body] / hull_of(model, body).volume
        assert LIGHTEST <= density <= HEAVIEST, (model.body(body).name, density)


@pytest.mark.parametrize("revision", list_revisions(load_robot(OPTIMUS)))
def test_the_links_together_weigh_57_kg_and_both_sides_the_same(revision: str):
    model = compiled(load_robot(OPTIMUS, revision))
    masses = {model.body(body).name: float(model.body_mass[body]) for body in range(1, model.nbody)}
    assert sum(masses.values()) == pytest.approx(57.0, abs=0.3)
    for name, mass_kg in masses.items():
        if name.startswith("left_"):
            assert masses[name.replace("left_", "right_")] == pytest.approx(mass_kg)


def test_no_link_has_more_inertia_than_its_mass_could_have_inside_its_hull():
    model = compiled(load_robot(OPTIMUS))
    for body in range(1, model.nbody):
        low, high = hull_of(model, body).min_bound, hull_of(model, body).max_bound
        # A point mass at each corner of the box around the link would have this radius of gyration, or less.
        farthest_m = 0.5 * float(np.linalg.norm(high - low))
        gyration_m = np.sqrt(model.body_inertia[body] / model.body_mass[body])
        assert gyration_m.max() < farthest_m, model.body(body).name
        least, middle, most = np.sort(model.body_inertia[body])
        assert most <= least + middle + 1e-9, model.body(body).name
        assert np.all(model.body_ipos[body] > low - 0.02)
        assert np.all(model.body_ipos[body] < high + 0.02)


def test_it_stands_1_73_m_tall():
    spec = load_robot(OPTIMUS)
    model = compiled(spec)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)

    def heights(name: str) -> np.ndarray:
        body = model.body(name).id
        points = hull_of(model, body).points
        return np.asarray((points @ data.xmat[body].reshape(3, 3).T + data.xpos[body])[:, 2])

    assert heights("head").max() - heights("left_foot").min() == pytest.approx(1.73, abs=0.015)
