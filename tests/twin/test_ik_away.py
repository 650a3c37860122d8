"""A hand that is drawn away from what it is too near to goes, and what still holds it back is told."""

import mujoco
import numpy as np
import pytest

from twin.ik.bounds import margins_m
from twin.ik.faces import Faces
from twin.ik.goals import Goals
from twin.ik.model import load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.robot import find_robot, load_robot
from twin.scenery.reading import read_layout
from twin.spatial import Pose, rotation_from_vector

SPEC = load_robot(find_robot("optimus"))
AT_MACHINE = load_kinematics(SPEC, surroundings=read_layout("machine_tending"))
FINGERS = np.array(SPEC.groups["right_hand"], np.intp)
DT, SPEED_M_S, LEASH_M = 0.01, 0.3, 0.03


def closed_on_something(seed: int) -> BodySolver:
    """The right hand was lowered to the table somewhere, and its fingers closed, however deep the table is then."""
    random, solver = np.random.default_rng(seed), BodySolver(AT_MACHINE, Settings())
    hand = solver.hand("right")
    low = Pose(
        random.uniform((0.25, -0.4, 0.85), (0.5, 0.1, 0.95)),
        rotation_from_vector(random.uniform(-0.7, 0.7, 3)) @ hand.rotation,
    )
    for _ in range(90):
        solver.step(Goals({"right": low}), DT)
    begin = solver.position_rad[FINGERS]
    end = random.uniform(begin, np.maximum(SPEC.upper_rad[FINGERS], begin))
    for share in np.linspace(0, 1, 40):
        solver.carry(FINGERS, (1 - share) * begin + share * end, DT, may_touch=True)
    return solver


def distances_m(solver: BodySolver) -> dict[tuple[str, str], tuple[float, float]]:
    """Of every pair that is watched: the least distance, and its clearance."""
    model, data = AT_MACHINE.model, mujoco.MjData(AT_MACHINE.model)
    data.qpos[AT_MACHINE.qpos_address] = solver.position_rad
    mujoco.mj_kinematics(model, data)
    mujoco.mj_collision(model, data)
    found: dict[tuple[str, str], tuple[float, float]] = {}
    margins = margins_m(AT_MACHINE, data.contact.geom)
    for distance, pair, margin in zip(data.contact.dist, data.contact.geom, margins, strict=True):
        names = model.geom(int(pair[0])).name, model.geom(int(pair[1])).name
        found[names] = min(found.get(names, (1.0, 0.0)), (float(distance), float(margin)))
    return found


def draw(solver: BodySolver, way: np.ndarray, ticks: int = 25) -> list[tuple[float, tuple[str, ...]]]:
    """Lead the right hand along ``way`` on a leash; how far it has come after each tick, and what was told."""
    begin = solver.hand("right")
    wanted_m, gone = begin.position_m.copy(), []
    for _ in range(ticks):
        wanted_m = wanted_m + SPEED_M_S * DT * way
        ahead_m = wanted_m - solver.hand("right").position_m
        wanted_m = solver.hand("right").position_m + ahead_m * min(1.0, LEASH_M / np.linalg.norm(ahead_m))
        step = solver.step(Goals({"right": Pose(wanted_m, begin.rotation)}), DT)
        gone.append((float((solver.hand("right").position_m - begin.position_m) @ way), step.limited_by))
    return gone


@pytest.mark.parametrize("seed", [29, 77, 83, 128])
def test_a_hand_lifts_off_whatever_its_fingers_have_closed_on(seed):
    solver = closed_on_something(seed)
    assert min(distance for distance, _ in distances_m(solver).values()) < -0.01, (
        "nothing is deep in the table"
    )
    gone = draw(solver, np.array([0.0, 0.0, 1.0]))
    assert gone[-1][0] > 0.9 * 25 * SPEED_M_S * DT


@pytest.mark.parametrize("seed", range(0, 12, 2))
def test_what_does_not_go_as_led_is_told_and_what_may_not_touch_comes_no_nearer(seed):
    solver = closed_on_something(seed)
    before = distances_m(solver)
    way = np.random.default_rng(seed).normal(size=3)
    gone = draw(solver, way / np.linalg.norm(way))
    for tick in range(5, 25):
        if gone[tick][0] - gone[tick - 5][0] < 0.5 * 5 * SPEED_M_S * DT:
            assert any(told for _, told in gone[tick - 4 : tick + 1])
    for names, (distance, margin) in distances_m(solver).items():
        if margin > SPEC.ik.finger_scene_margin_m:
            had = before.get(names, (margin, margin))[0]
            assert distance > min(0.4 * margin, had - 1e-4), names


def test_a_finger_that_would_sooner_come_out_below_is_measured_from_above():
    solver = closed_on_something(128)
    faces, model, data = solver._motion._faces, AT_MACHINE.model, mujoco.MjData(AT_MACHINE.model)

    def measured(position_rad: np.ndarray, faces: Faces) -> tuple[np.ndarray, np.ndarray]:
        data.qpos[:] = position_rad
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_collision(model, data)
        mujoco.mj_makeConstraint(model, data)
        faces.measure(data, with_rows=True)
        return data.efc_pos.copy(), data.efc_J.reshape(data.nefc, model.nv).copy()

    here = solver._data.qpos.copy()
    plain, _ = measured(here, Faces(AT_MACHINE))
    deep, rows = measured(here, faces)
    changed = np.flatnonzero(deep != plain)
    assert len(changed)
    assert (deep[changed] < plain[changed]).all()
    turn = np.random.default_rng(0).normal(size=model.nv) * 1e-6
    further, _ = measured(here + turn, faces)
    np.testing.assert_allclose((further - deep)[changed], (rows @ turn)[changed], atol=1e-10)
