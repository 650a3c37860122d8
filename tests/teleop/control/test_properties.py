"""What holds for every hand: of the latch, of filters, of single joints, and of the whole chain."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.driven_chain import DrivenChain
from teleop.bindings.bindings import HoldToRun
from teleop.bindings.files import load_bindings
from teleop.control.latch import Latch
from teleop.driving.joints import ACCELERATION_RAD_S2, SOFT_LIMIT_RAD, JointDriver
from teleop.following.pose_filter import PoseFilter
from twin.ik.model import load_kinematics
from twin.robot import find_robot, load_robot
from twin.spatial import Pose
from twin.wire.clock import NS_PER_MS

SPEC = load_robot(find_robot("optimus"))
BINDINGS = load_bindings()
LATCHING = HoldToRun(
    input="left_shoulder", label="LB", title="the left bumper", latch=True, drops_after_s=2.0
)
FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 900)), max_size=60))
def test_a_latch_closes_only_by_a_press_and_never_outlives_idleness(steps):
    latch, now_ns, was_held, used_ns = Latch(LATCHING), 0, False, 0
    for held, moves, later_ms in steps:
        now_ns += later_ms * NS_PER_MS
        before = latch.closed
        rates = {"hand.x": 0.5} if moves else {}
        closed = latch.read(held, {"left_shoulder"} if held else set(), rates, now_ns, is_first=False)
        if moves or held != was_held:
            used_ns = now_ns
        if closed and not before:
            assert held
            assert not was_held
        assert not (closed and now_ns - used_ns > 2.0 * 1e9)
        was_held = held


@given(
    st.lists(st.tuples(*(st.floats(-1, 1) for _ in range(3)), st.floats(1e-4, 0.1)), min_size=1, max_size=50)
)
def test_a_filter_never_leaves_what_it_was_shown(points):
    shown = np.zeros(3)
    filter_, at_s = PoseFilter(Pose(shown, np.eye(3)), 0.0), 0.0
    low, high = shown.copy(), shown.copy()
    for *point, later_s in points:
        at_s += later_s
        low, high = np.minimum(low, point), np.maximum(high, point)
        now = filter_.step(Pose(np.array(point), np.eye(3)), at_s).position_m
        assert (now >= low - 1e-12).all()
        assert (now <= high + 1e-12).all()


@given(st.floats(0.02, 2.0))
def test_a_filter_is_as_late_as_it_says(speed_m_s):
    filter_ = PoseFilter(Pose(np.zeros(3), np.eye(3)), 0.0)
    for tick in range(1, 400):
        wanted = np.array([speed_m_s * tick * 0.005, 0.0, 0.0])
        now = filter_.step(Pose(wanted, np.eye(3)), tick * 0.005).position_m
    late_s = float(wanted[0] - now[0]) / speed_m_s
    assert late_s == pytest.approx(filter_.delay_s, abs=0.002)


@pytest.fixture(scope="module")
def driver():
    return JointDriver(load_kinematics(SPEC))


@FEW
@given(
    wishes=st.lists(
        st.tuples(st.integers(0, len(SPEC.joints) - 1), st.floats(-50, 50)), min_size=1, max_size=8
    ),
    dt_s=st.sampled_from([0.004, 0.01, 0.02]),
)
def test_single_joints_keep_range_speed_and_acceleration_whatever_is_asked(driver, wishes, dt_s):
    driver.rest()
    here, before = SPEC.home_rad.copy(), np.zeros(len(SPEC.joints))
    for joint, rate in wishes:
        wanted = np.zeros(len(SPEC.joints))
        wanted[joint] = rate
        for _ in range(15):
            step = driver.turn(here, wanted, dt_s)
            speed = (step.position_rad - here) / dt_s
            assert (np.abs(speed) <= SPEC.max_speed_rad_s).all()
            gathered = np.abs(speed) - np.abs(before)
            assert (gathered <= ACCELERATION_RAD_S2 * dt_s + 1e-9).all()
            here, before = step.position_rad, speed
    # A joint that began beyond a soft end, as some fingers do at home, may stay and come back, not go on.
    assert (here >= np.minimum(SPEC.lower_rad + SOFT_LIMIT_RAD, SPEC.home_rad) - 1e-9).all()
    assert (here <= np.maximum(SPEC.upper_rad - SOFT_LIMIT_RAD, SPEC.home_rad) + 1e-9).all()


@pytest.fixture(scope="module")
def chain():
    return DrivenChain(SPEC, BINDINGS)


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["walk", "arms", "hands", "neck_yaw", "left_elbow"]),
            st.sampled_from(["slow", "normal", "fast"]),
            st.tuples(*(st.floats(-1, 1) for _ in range(4))),
            st.sampled_from([(), ("right_shoulder",), ("dpad_left",), ("right_shoulder", "dpad_up")]),
            st.sampled_from(["", "left_arm", "right_arm", "neck", "waist", "mirror"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_choice_while_driving_is_a_jump(chain, steps):
    """Layer, scale, joint, freezing and mirroring change under deflected sticks; the gate refuses nothing."""
    chain.place(SPEC.home_rad, np.zeros(len(SPEC.joints)))
    chain.take_hold(("left_shoulder",))
    for _ in range(70):
        chain.tick()
    selection, rejected = chain.controller.selection, chain.agent.gate.rejected
    for layer, scale, sticks, buttons, choice in steps:
        if layer in ("walk", "arms", "hands"):
            selection.set_layer(layer)
        else:
            selection.choose_joint(layer)
        selection.scale = scale
        if choice == "mirror":
            selection.mirrored = not selection.mirrored
        elif choice:
            selection.freeze(choice)
        chain.axes = dict(zip(("left_x", "left_y", "right_x", "right_y"), sticks, strict=True))
        chain.buttons = ("left_shoulder", *buttons)
        for _ in range(20):
            chain.tick()
    assert chain.agent.gate.rejected == rejected
    steps_rad = np.abs(np.diff(chain.setpoints, axis=0))
    assert (steps_rad <= SPEC.max_speed_rad_s * 0.01 + 1e-9).all()
    selection.frozen, selection.mirrored = frozenset(), False
    selection.set_layer("arms")
