"""Where the mouse of the window wants a hand or joints to be, in the frame of the robot's model."""

from collections.abc import Callable

import numpy as np

from teleop.control.selection import turnable_joints
from twin.robot import RobotSpec
from twin.spatial import Pose, rotation_from_quaternion
from twin.wire.messages import DragSample, RobotState


class Drags:
    """The drag that goes on. ``goals`` has the pose of the dragged hand, ``joints`` the angles of dragged joints."""

    def __init__(self, spec: RobotSpec) -> None:
        """Nothing is dragged."""
        self._index = {
            can_walk: {name: spec.joint_names.index(name) for name in turnable_joints(spec, can_walk)}
            for can_walk in (False, True)
        }
        self.goals: dict[str, Pose] = {}
        self.joints: dict[int, float] = {}
        self.fault = ""  # why the drag is not followed
        self._began: tuple[int, str, Pose] | None = None  # drag, side, the hand then

    def let_go(self) -> None:
        """Nothing is dragged; a button that is held latches anew."""
        self.goals, self.joints, self._began = {}, {}, None

    def hear(
        self,
        sample: DragSample,
        hand: Callable[[str], Pose],
        base: Pose,
        state: RobotState | None,
        can_walk: bool,
    ) -> None:
        """Take in the newest ``sample``.

        Args:
            sample: as inputs says it, sound in itself.
            hand: where the hand of a side is commanded to be, in the frame of the model.
            base: where the model puts the body that carries everything.
            state: what the robot measures; says where that body is in the world.
            can_walk: its base moves, so that sliders do not turn its legs.
        """
        self.goals, self.joints, self.fault = {}, {}, ""
        if not sample.held:
            self._began = None
        elif sample.joints:
            index = self._index[can_walk]
            unknown = [name for name in sample.joints if name not in index]
            if unknown:
                self.fault = f"the window drags {unknown[0]!r}, which is not to be turned by itself"
                return
            self.joints = {
                index[name]: float(angle)
                for name, angle in zip(sample.joints, sample.joints_rad, strict=True)
            }
        else:
            self._hear_hand(sample, hand, base, state)

    def _hear_hand(
        self, sample: DragSample, hand: Callable[[str], Pose], base: Pose, state: RobotState | None
    ) -> None:
        if self._began is None or self._began[:2] != (sample.drag, sample.side):
            self._began = sample.drag, sample.side, hand(sample.side)
        wanted = Pose(
            sample.position_m.astype(np.float64),
            rotation_from_quaternion(sample.orientation_wxyz.astype(np.float64)),
        )
        if sample.frame == "hand":
            began = self._began[2]
            goal = Pose(
                began.position_m + began.rotation @ wanted.position_m, began.rotation @ wanted.rotation
            )
        else:
            goal = _in_model(wanted, base, state)
        self.goals = {sample.side: goal}


def _in_model(pose: Pose, base: Pose, state: RobotState | None) -> Pose:
    """``pose`` of the world, in the frame of the model, whose base the world may have somewhere else."""
    if state is None or len(state.base_position_m) != 3 or len(state.base_orientation_wxyz) != 4:
        return pose
    turn = base.rotation @ rotation_from_quaternion(state.base_orientation_wxyz.astype(np.float64)).T
    away_m = pose.position_m - state.base_position_m.astype(np.float64)
    return Pose(base.position_m + turn @ away_m, turn @ pose.rotation)
