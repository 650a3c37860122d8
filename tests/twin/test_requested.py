"""The requested robot stands where control asks for it, with each driven hand where it is wanted."""

from dataclasses import replace

import numpy as np
import pytest

from twin.mirror import Mirror
from twin.requested import Requested
from twin.robot import find_robot, load_robot
from twin.scene import load_scene
from twin.spatial import quaternion_from_rotation, rotation_from_vector
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.command_frame import JointCommand, pack
from twin.wire.messages import ControlStatus, HandGoal, vector

NOW_NS = 5_000_000_000


@pytest.fixture(scope="module")
def spec():
    return load_robot(find_robot("optimus"))


@pytest.fixture(scope="module")
def scene(spec):
    return load_scene(spec, "table")


def command(spec, position_rad) -> JointCommand:
    count = len(spec.joints)
    return JointCommand(
        epoch=b"e" * 16,
        lease_seq=1,
        cmd_seq=1,
        sent_ns=NOW_NS,
        not_after_ns=NOW_NS + 80_000_000,
        model_hash=b"h" * 8,
        position_rad=vector(position_rad),
        velocity_rad_s=vector(np.zeros(count)),
        torque_ff_nm=vector(np.zeros(count)),
        joint_mask=np.ones(count, np.bool_),
    )


def ask(requested: Requested, frame: JointCommand, *hands: HandGoal, engaged: bool = True) -> None:
    status = codec.encode(ControlStatus(engaged=engaged, hands=hands))
    requested.hear(Heard("control.command", 1, NOW_NS, NOW_NS, pack(frame)))
    requested.hear(Heard("control.status", 1, NOW_NS, NOW_NS, status))


def test_joints_stand_where_they_were_asked_to_be_and_those_not_meant_where_commanded(spec, scene):
    mirror, requested = Mirror(spec, scene), Requested(spec, scene)
    wanted = spec.home_rad + 0.1
    meant = np.zeros(len(wanted), np.bool_)
    meant[spec.joint_names.index("left_elbow")] = True
    ask(requested, replace(command(spec, wanted), joint_mask=meant))
    requested.place(mirror.commanded)
    moved = requested.data.qpos[scene.joint_qpos_address] - mirror.commanded.qpos[scene.joint_qpos_address]
    assert moved[meant] == pytest.approx(wanted[meant] - spec.home_rad[meant], abs=1e-6)
    assert not moved[~meant].any()


def test_a_driven_hand_is_carried_stiff_to_its_goal_and_the_other_stays(spec, scene):
    mirror, requested = Mirror(spec, scene), Requested(spec, scene)
    model = scene.model
    palm = model.site(spec.frames["left_hand"]).id
    turn = rotation_from_vector(np.array([0.0, 0.0, 0.4])) @ mirror.commanded.site_xmat[palm].reshape(3, 3)
    goal_m = mirror.commanded.site_xpos[palm] + np.array([0.02, 0.03, 0.05])
    goal = HandGoal(
        side="left",
        driven=True,
        position_m=vector(goal_m),
        orientation_wxyz=vector(quaternion_from_rotation(turn)),
    )
    ask(requested, command(spec, spec.home_rad), goal)
    requested.place(mirror.commanded)
    tip = model.site(spec.frames["left_index_tip"])
    geoms = np.flatnonzero(model.geom_bodyid == tip.bodyid[0])
    before = mirror.commanded.geom_xpos[geoms] - mirror.commanded.site_xpos[palm]
    after = requested.data.geom_xpos[geoms] - goal_m
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), np.linalg.norm(before, axis=1), atol=1e-6)
    assert np.abs(after - before).max() > 0.01  # it turned too
    right = np.flatnonzero(model.geom_bodyid == model.site(spec.frames["right_hand"]).bodyid[0])
    np.testing.assert_allclose(requested.data.geom_xpos[right], mirror.commanded.geom_xpos[right], atol=1e-6)


def test_nothing_is_requested_unless_somebody_drives_now(spec, scene):
    requested = Requested(spec, scene)
    assert not requested.is_known(NOW_NS)
    ask(requested, command(spec, spec.home_rad))
    assert requested.is_known(NOW_NS)
    assert not requested.is_known(NOW_NS + 1_000_000_000)
    ask(requested, command(spec, spec.home_rad), engaged=False)
    assert not requested.is_known(NOW_NS)


def test_a_frame_of_another_robot_and_a_goal_that_is_no_pose_change_nothing(spec, scene):
    mirror, requested = Mirror(spec, scene), Requested(spec, scene)
    ask(
        requested,
        command(spec, spec.home_rad),
        HandGoal(
            side="left", driven=True, position_m=vector([np.nan] * 3), orientation_wxyz=vector([1, 0, 0, 0])
        ),
    )
    requested.hear(Heard("control.command", 2, NOW_NS, NOW_NS, b"not a frame"))
    requested.place(mirror.commanded)
    np.testing.assert_allclose(requested.data.geom_xpos, mirror.commanded.geom_xpos, atol=1e-6)
