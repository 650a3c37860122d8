"""The compiled step is the one of plain numpy, everywhere; and what does not fit it is refused before it reads it."""

import ctypes
import re
from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest
from reference_step import ReferenceStep

from twin.errors import StationError
from twin.ik.compiled import library
from twin.ik.compiled.halting import Halting, HaltStruct
from twin.ik.compiled.step import LAYOUT, StepMemory, StepStruct
from twin.ik.goals import Goals
from twin.ik.model import SIDES, load_kinematics
from twin.ik.plan import Plan, Settings
from twin.ik.solver import BodySolver
from twin.robot import find_robot, load_robot
from twin.spatial import Pose, rotation_from_vector

SPEC = load_robot(find_robot("optimus"))
KINEMATICS = load_kinematics(SPEC)
# A head that can be tilted to the side: its neck borrows the joints of the waist.
TILTING = load_kinematics(
    replace(SPEC, groups={**SPEC.groups, "neck": (*SPEC.groups["torso"], *SPEC.groups["neck"]), "torso": ()})
)
DT = 0.01
WAYS = {  # what a step is asked for: hands, gaze, neck, waist, balance
    "both arms": (KINEMATICS, SIDES, ""),
    "left arm": (KINEMATICS, SIDES[:1], ""),
    "right arm, neck by joints": (KINEMATICS, SIDES[1:], "neck"),
    "whole body": (KINEMATICS, SIDES, "gaze waist balance"),
    "balance leans": (KINEMATICS, SIDES, "balance"),
    "gaze alone": (KINEMATICS, (), "gaze"),
    "waist alone": (KINEMATICS, (), "waist"),
    "a head that tilts": (TILTING, SIDES, "gaze"),
}
SETTINGS = {
    "as driven": Settings(),
    "speed alone": Settings(acceleration_use=0.0),
    "uncut": Settings(largest_error_m=10.0, largest_error_rad=4.0, posture_rate_per_s=200.0),
    "stiff": Settings(damping=0.1, error_damping=0.0, curved_from_rad=0.0, acceleration_use=0.5),
}


def random_rotation(random, near):
    """Any, and often by very little or nearly half a turn; what is nearer to that is in test_ik_errors.py."""
    axis = random.normal(size=3)
    angle = 1e-4 if near else random.choice([0.0, 1e-12, 1e-6, 0.3, np.pi - 1e-3, random.uniform(0.0, 3.1)])
    return rotation_from_vector(angle * axis / np.linalg.norm(axis))


def random_goals(random, solver, sides, terms):
    near = random.random() < 0.5  # so near that a step gets there freely
    kinematics, hands, most_m = (
        solver.kinematics,
        {},
        1e-4 if near else random.choice([0.0, 1e-10, 0.05, 1.0]),
    )
    for side in sides:
        pose = solver.hand(side)
        turn = random_rotation(random, near)
        hands[side] = Pose(pose.position_m + random.normal(size=3) * most_m, turn @ pose.rotation)

    def angles(group):
        joints = kinematics.joints[group]
        return solver.position_rad[joints] + random.normal(size=len(joints)) * (1e-4 if near else 1.0)

    return Goals(
        hands,
        gaze=random_rotation(random, near) @ solver.head() if "gaze" in terms else None,
        neck_rad=angles("neck") if "neck" in terms else None,
        waist_rad=angles("torso") if "waist" in terms else None,
        balance_m=solver.balance_m() + random.normal(size=2) * most_m if "balance" in terms else None,
    )


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize(("kinematics", "sides", "terms"), WAYS.values(), ids=WAYS)
def test_a_compiled_step_is_that_of_plain_numpy(kinematics, sides, terms, settings):
    random = np.random.default_rng(7)
    solver = BodySolver(kinematics, settings)
    spec, held = kinematics.spec, 0
    for _ in range(30):
        # One in twenty joints is outside its limits, as others may have turned it.
        angles = random.uniform(spec.lower_rad, spec.upper_rad)
        angles += random.normal(size=len(angles)) * (random.random(len(angles)) < 0.05)
        solver.place(angles)
        solver._motion.speed_rad_s[:] = random.normal(size=len(angles)) * random.choice([0.0, 1.0, 10.0])
        goals = random_goals(random, solver, sides, terms)
        plan, reference = solver._plan(goals.asked), ReferenceStep(kinematics, goals.asked, settings)
        plan.memory.forget()
        for _ in range(4):
            dt_s = float(random.choice([0.002, 0.01, 0.03]))
            plan.aim(goals)
            is_free = plan.memory.propose(dt_s)
            wanted = reference.propose(solver._data, goals, solver._motion.speed_rad_s, dt_s)
            for name, array in wanted._asdict().items():
                np.testing.assert_allclose(plan.memory[name], array, rtol=1e-12, atol=2e-12, err_msg=name)
            step = plan.step.copy()
            np.testing.assert_allclose(
                wanted.hessian @ step, wanted.gradient, atol=1e-11 * max(1.0, float(np.abs(step).max()))
            )
            exact = np.linalg.solve(wanted.hessian, wanted.gradient)
            lost = 1e-15 * np.linalg.cond(wanted.hessian)
            np.testing.assert_allclose(
                step, exact, atol=10.0 * lost * max(1e-3, float(np.abs(exact).max())) + 1e-14
            )
            assert is_free == bool(np.all((step >= wanted.least_rad) & (step <= wanted.most_rad)))
            held += is_free
            plan.step[:] = np.clip(step, wanted.least_rad, wanted.most_rad)
            before = solver.position_rad
            plan.memory.take(dt_s, is_free)
            reference.took(plan.step, wanted.weighted, dt_s, is_free)
            moved = before.copy()
            moved[plan.joints] += plan.step
            np.testing.assert_array_equal(solver.position_rad, moved)
            np.testing.assert_allclose(solver._motion.speed_rad_s[plan.joints] * dt_s, plan.step, atol=1e-15)
            for place, side in enumerate(sides):
                away_m = np.linalg.norm(goals.hands[side].position_m - solver.hand(side).position_m)
                assert plan.away_m[place] == pytest.approx(away_m, abs=1e-14)
            goals = goals._replace(
                hands={
                    side: Pose(
                        goal.position_m + random.normal(size=3) * 0.003,
                        rotation_from_vector(random.normal(size=3) * 0.01) @ goal.rotation,
                    )
                    for side, goal in goals.hands.items()
                }
            )
    if settings.acceleration_use == 0.0:
        assert 0 < held < 120, "every step was bounded, or none"


def test_what_is_out_of_reach_is_told_of_each_hand():
    solver = BodySolver(KINEMATICS, Settings(acceleration_use=0.0))
    far, near = (
        Pose(solver.hand("left").position_m + np.array([by, 0.0, 0.0]), np.eye(3)) for by in (1.0, 0.02)
    )
    step = solver.step(Goals({"left": far, "right": solver.hand("right")}), DT)
    assert "reach:left_hand" in step.limited_by
    assert "reach:right_hand" not in step.limited_by
    assert step.error_m[0] > 0.9
    assert not any(
        reason.startswith("reach:") for reason in solver.step(Goals({"left": near}), DT).limited_by
    )


@pytest.mark.parametrize("broken", ["position", "rotation", "gaze", "balance", "waist"])
def test_a_goal_that_is_not_a_number_moves_nothing_and_spoils_nothing(broken):
    solver = BodySolver(KINEMATICS, Settings())
    hands, nan = {side: solver.hand(side) for side in SIDES}, np.nan
    sound = Goals(hands, solver.head(), None, SPEC.home_rad[KINEMATICS.joints["torso"]], solver.balance_m())
    solver.step(sound, DT)
    left, before = hands["left"], solver.position_rad
    spoilt = {
        "position": {"hands": {**hands, "left": Pose(np.array([nan, 0.0, 0.0]), left.rotation)}},
        "rotation": {"hands": {**hands, "left": Pose(left.position_m, np.full((3, 3), nan))}},
        "gaze": {"gaze": np.full((3, 3), nan)},
        "balance": {"balance_m": np.array([nan, 0.0])},
        "waist": {"waist_rad": np.array([nan, 0.0])},
    }[broken]
    assert not np.isnan(before).any()
    step = solver.step(sound._replace(**spoilt), DT)
    assert "no_solution" in step.limited_by
    np.testing.assert_allclose(solver.position_rad, before, atol=1e-4)
    assert np.isfinite(solver.position_rad).all()
    after = solver.step(sound, DT)
    assert "no_solution" not in after.limited_by
    assert np.isfinite(solver.position_rad).all()


def test_what_has_no_least_step_is_not_stepped():
    settings = Settings(damping=0.0, error_damping=0.0, acceleration_use=0.0)
    solver = BodySolver(KINEMATICS, settings)
    goals = Goals(waist_rad=np.zeros(2))
    plan = solver._plan(goals.asked)
    plan.aim(goals)
    assert plan.memory.propose(DT), "its waist is stiff"
    goals = Goals(balance_m=solver.balance_m())  # two joints, and a third row that counts nothing
    plan = solver._plan(goals.asked)
    plan.aim(goals)
    plan.memory.look()
    plan.memory["weight"][:] = 0.0
    assert not plan.memory.propose(DT)


@pytest.mark.parametrize("acceleration_use", [0.9, 0.0])
def test_the_way_to_a_singular_pose_is_bounded_as_in_plain_numpy(acceleration_use):
    settings, ik, random, near = (
        Settings(acceleration_use=acceleration_use),
        SPEC.ik,
        np.random.default_rng(5),
        0,
    )
    solver = BodySolver(KINEMATICS, settings)
    plan = solver._plan(Goals({side: solver.hand(side) for side in SIDES}).asked)
    memory, spec = plan.memory, KINEMATICS.spec
    for trial in range(400):
        angles = spec.home_rad + random.normal(size=len(spec.home_rad)) * 0.5
        if random.random() < 0.5:  # nearly stretched out
            angles[spec.joint_names.index(f"{SIDES[trial % 2]}_elbow")] = random.normal() * 0.2
        angles = np.clip(angles, spec.lower_rad + 0.05, spec.upper_rad - 0.05)
        solver.place(angles)
        memory.look()
        memory.bound(DT)
        lower, upper = memory["least_rad"].copy(), memory["most_rad"].copy()
        condition = memory.condition(trial % 2)
        assert memory.straighten(trial % 2, 1, condition, DT)
        arm = slice(7 * (trial % 2), 7 * (trial % 2) + 7)
        growth = np.zeros(plan.n)
        growth[arm] = memory["growth"][:7]
        steep = max(1.0, float(np.linalg.norm(growth)))
        most = (1.0 - np.exp(-DT / settings.straightening_time_s)) * np.log(
            max(1.0, ik.stop_at_condition / condition)
        )
        if acceleration_use:
            slope = np.abs(growth)
            braking = 0.4 * float(slope**2 @ plan.acceleration) / float(slope.sum())
            left, latest = max(0.0, 1.0 - condition / ik.stop_at_condition), braking * DT
            most = min(most, (np.sqrt(latest**2 + 2.0 * braking * left) - latest) * DT)
            way = (condition - ik.slow_at_condition) / (ik.stop_at_condition - ik.slow_at_condition)
            most_rad = plan.speed[arm] * DT * (1.0 - 0.6 * np.clip(way, 0.0, 1.0))
            upper[arm] = np.maximum(np.minimum(upper[arm], most_rad), lower[arm])
            lower[arm] = np.minimum(np.maximum(lower[arm], -most_rad), upper[arm])
        np.testing.assert_allclose(memory["ways"][1], -growth / steep, rtol=1e-12)
        np.testing.assert_allclose(memory["least_of_ways"][1], -most / steep, rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(memory["least_rad"], lower, rtol=1e-13)
        np.testing.assert_allclose(memory["most_rad"], upper, rtol=1e-13)
        near += condition > ik.slow_at_condition
    assert 50 < near < 350, "too few of these poses are near a singular one, or all"
    beyond = plan.joints[arm.start]
    angles[beyond] = spec.upper_rad[beyond]
    solver.place(angles)
    memory.look()
    memory.bound(DT)
    lower = memory["least_rad"].copy()
    assert not memory.straighten(trial % 2, 0, memory.condition(trial % 2), DT), "it may pass on its way back"
    np.testing.assert_array_equal(memory["least_rad"], lower)


def test_joints_that_brake_come_to_rest_as_in_plain_numpy():
    random, n = np.random.default_rng(3), len(SPEC.joints)
    for _ in range(300):
        acceleration, sweep = random.uniform(1.0, 30.0, n), random.uniform(0.0, 0.2, n)
        speed, position = random.normal(size=n) * random.choice([0.0, 1e-6, 1.0, 10.0]), random.normal(size=n)
        dt_s = float(random.choice([0.002, 0.01, 0.03]))
        swept_m = float(speed**2 @ sweep)
        for unseen_m, is_within in ((1.001 * swept_m + 1e-12, True), (0.999 * swept_m, False)):
            halting = Halting(acceleration, sweep, unseen_m)
            assert halting.is_within_sight(speed) == is_within
        steps = np.floor(np.abs(speed) / (acceleration * dt_s))
        way = dt_s * steps * (np.abs(speed) - 0.5 * acceleration * dt_s * (steps + 1.0))
        halted = halting.halted(position, speed, dt_s)
        np.testing.assert_allclose(halted, position + np.sign(speed) * way, atol=1e-14)


# --- memory -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "struct"), [("Step", StepStruct), ("Halt", HaltStruct)])
def test_python_lists_the_fields_of_the_header_in_its_order(name, struct):
    header = library.LIBRARY.with_name(f"{name.lower()}.h").read_text(encoding="utf-8")
    body = (
        re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL).split("typedef struct {")[1].split(f"}} {name};")[0]
    )
    listed = []
    for declared in body.split(";"):
        if function := re.search(r"\(\*(\w+)\)", declared):
            listed.append((function[1], ctypes.c_void_p))
        elif declared.strip():
            kind = ctypes.c_int32 if "int32_t" in declared else ctypes.c_double
            kind = ctypes.c_void_p if "*" in declared else kind
            names = re.sub(r"\b(const|int32_t|double|void)\b", "", declared).split(",")
            listed += [(field.strip(" *\n"), kind) for field in names]
    assert listed == struct._fields_


@pytest.fixture
def plan():
    data = mujoco.MjData(KINEMATICS.model)
    speed = np.zeros(len(SPEC.joints))
    return Plan(KINEMATICS, data, Goals({"left": Pose(np.zeros(3), np.eye(3))}).asked, Settings(), speed)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("weight", np.zeros(5)),
        ("weight", np.zeros(6, np.float32)),
        ("weight", np.zeros(12)[::2]),
        ("qpos_address", np.arange(7)),
        ("qpos_address", np.full(7, 10_000, np.int32)),
        ("dof_address", np.full(7, -1, np.int32)),
        ("shoulder_body", np.full(1, KINEMATICS.model.nbody, np.int32)),
        ("arm_from", np.full(1, -1, np.int32)),
        ("arm_joints", np.full(1, 8, np.int32)),
        ("heaviness", np.zeros(6)),
    ],
)
def test_memory_that_the_compiled_code_would_read_beyond_is_refused(plan, name, array):
    struct, kept = plan.memory._struct, plan.memory._arrays
    values = {
        name: getattr(struct, name)
        for name, _ in StepStruct._fields_
        if name in (*LAYOUT.counts, *LAYOUT.numbers)
    }
    for of_model in ("dofs", "coordinates", "sites", "bodies"):
        values.pop(of_model)
    own = {key: value for key, value in kept.items() if key not in ("qpos", "xpos")}
    data = mujoco.MjData(KINEMATICS.model)
    StepMemory(KINEMATICS.model, data, values, own)
    with pytest.raises(ValueError, match=name):
        StepMemory(KINEMATICS.model, data, values, {**own, name: array})


def test_a_library_that_is_missing_or_old_says_what_to_do(monkeypatch, tmp_path):
    with pytest.raises(StationError, match="built from another source than this; run `make compiled`"):
        library.step_library(12)
    with pytest.raises(StationError, match="built from another source than this; run `make compiled`"):
        library.halt_library(12)
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "_step.so")
    with pytest.raises(StationError, match="run `make compiled`"):
        library.step_library(13)
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "_cut.so")
    library.LIBRARY.write_bytes(b"\x7fELF, but cut off")
    with pytest.raises(StationError, match="run `make compiled`"):
        library.halt_library(14)
    (another,) = Path(mujoco.__file__).parent.glob("libmujoco.so*")
    monkeypatch.setattr(library, "LIBRARY", another)
    with pytest.raises(StationError, match="built from another source than this; run `make compiled`"):
        library.step_library(15)
