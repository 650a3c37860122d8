"""The memory of a step of inverse kinematics, and the compiled functions that work on it (``step.h``)."""

import ctypes
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from twin.ik.compiled.library import mujoco_functions, step_library
from twin.ik.compiled.memory import Layout, Memory

_OF_DATA = ("qpos", "site_xpos", "site_xmat", "xpos", "subtree_com")
_FUNCTIONS = ("mj_kinematics", "mj_comPos", "mj_jacSite", "mj_jacSubtreeCom")
LAYOUT = Layout(
    "twin/ik/compiled/step.h",
    counts=(
        "rows",
        "joints",
        "hands",
        "dofs",
        "coordinates",
        "robot_joints",
        "sites",
        "bodies",
        "gaze_rows",
        "balance_rows",
        "neck_from",
        "head_site",
        "base_body",
        "looks_only",
        "is_mixed",
        "has_goals",
        "has_before",
    ),
    numbers=(
        "damping",
        "error_damping",
        "largest_error_m",
        "largest_error_rad",
        "closing_m_s2",
        "closing_rad_s2",
        "turning_rad_s2",
        "goal_m_s",
        "goal_rad_s",
        "posture_rate_per_s",
        "acceleration_use",
        "curved_from_rad",
        "longest_step_s",
        "longest_ratio",
        "gaze_weight",
        "reached_m",
        "before_s",
        "radian_m",
        "slow_at_condition",
        "stop_at_condition",
        "straightening_time_s",
    ),
    indices={
        "qpos_address": ("joints",),
        "dof_address": ("joints",),
        "joint": ("joints",),
        "hand_site": ("hands",),
        "shoulder_body": ("hands",),
        "arm_from": ("hands",),
        "arm_joints": ("hands",),
    },
    arrays={
        "lower_rad": ("joints",),
        "upper_rad": ("joints",),
        "speed_rad_s": ("joints",),
        "acceleration_rad_s2": ("joints",),
        "stiffness": ("joints",),
        "eased": ("joints",),
        "wanted_rad": ("joints",),
        "weight": ("rows",),
        "reach_m": ("hands",),
        "goal_m": ("hands", 3),
        "goal_rotation": ("hands", 3, 3),
        "gaze_goal": (3, 3),
        "balance_goal": (2,),
        "qpos": ("coordinates",),
        "site_xpos": ("sites", 3),
        "site_xmat": ("sites", 9),
        "xpos": ("bodies", 3),
        "subtree_com": ("bodies", 3),
        "robot_speed_rad_s": ("robot_joints",),
        "jacobian": ("rows", "dofs"),
        "turning": (3, "dofs"),
        "weighted": ("rows", "joints"),
        "before": ("rows", "joints"),
        "midway": ("rows", "joints"),
        "errors": ("rows",),
        "taken": ("rows",),
        "hessian": ("joints", "joints"),
        "gradient": ("joints",),
        "factor": ("joints", "joints"),
        "least_rad": ("joints",),
        "most_rad": ("joints",),
        "step_rad": ("joints",),
        "away_m": ("hands",),
        "arm": (6, "joints"),
        "growth": ("joints",),
        "ways": ("hands", "joints"),
        "least_of_ways": ("hands",),
        "goal_before_m": ("hands", 3),
        "goal_before_rotation": ("hands", 3, 3),
    },
    addresses=("model", "data", *_FUNCTIONS),
)


class StepStruct(ctypes.Structure):
    """``Step`` of ``step.h``, field by field."""

    _fields_ = LAYOUT.fields()


class StepMemory(Memory):
    """The memory of all steps that are asked for the same terms."""

    def __init__(
        self, model: Any, data: Any, values: Mapping[str, float], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        """Point at ``arrays`` and MuJoCo's of ``data``; those that are not named are made here, of zeros.

        Args:
            model: mujoco.MjModel.
            data: mujoco.MjData of it, which the step moves.
            values: counts and numbers by their names in ``step.h``; those that are not named are 0.
            arrays: double precision, indices of 32 bits, contiguous.

        Raises:
            ValueError: an array is not as ``step.h`` has it: the compiled code would read beyond it.
        """
        self._library = step_library(ctypes.sizeof(StepStruct))
        struct = StepStruct(
            **values,
            dofs=model.nv,
            coordinates=model.nq,
            sites=model.nsite,
            bodies=model.nbody,
            model=model._address,
            data=data._address,
            **mujoco_functions(_FUNCTIONS),
        )
        self._kept = model, data  # as long as their addresses are used
        super().__init__(LAYOUT, struct, {**arrays, **{name: getattr(data, name) for name in _OF_DATA}})
        self._check_indices()

    def _check_indices(self) -> None:
        """Every index must be within what it is an index of."""
        struct, arrays = self._struct, self._arrays
        ends = {
            "qpos_address": "coordinates",
            "dof_address": "dofs",
            "joint": "robot_joints",
            "hand_site": "sites",
            "shoulder_body": "bodies",
            "arm_from": "joints",
        }
        for name, end in ends.items():
            if ((arrays[name] < 0) | (arrays[name] >= getattr(struct, end))).any():
                raise ValueError(
                    f"{LAYOUT.header}: {name} leads beyond the {getattr(struct, end)} {end} that there are"
                )
        if ((arrays["arm_joints"] < 1) | (arrays["arm_from"] + arrays["arm_joints"] > struct.joints)).any():
            raise ValueError(
                f"{LAYOUT.header}: arm_joints lead beyond the {struct.joints} joints of the step"
            )
        has_head = 0 <= struct.head_site < struct.sites
        if (struct.gaze_rows and not has_head) or not 0 <= struct.base_body < struct.bodies:
            raise ValueError(f"{LAYOUT.header}: the model has no such head or base")
        if struct.rows != 6 * struct.hands + struct.gaze_rows + struct.balance_rows:
            raise ValueError(f"{LAYOUT.header}: {struct.rows} rows are not those of its terms")

    def look(self) -> None:
        """Write the weighted Jacobian alone."""
        self._library.find_jacobian(self._address)

    def bound(self, dt_s: float) -> None:
        """Write the bounds of a step of ``dt_s`` alone."""
        self._library.bound_step(self._address, dt_s)

    def propose(self, dt_s: float) -> bool:
        """Write the free step of ``dt_s`` and all that it is made of; whether there is one, and it keeps its bounds."""
        return self._library.propose_step(self._address, dt_s) != 0

    def condition(self, hand: int) -> float:
        """The condition number of the arm of ``hand``, and into ``growth`` how its logarithm grows with its joints."""
        return self._library.condition_of_arm(self._address, hand)

    def straighten(self, hand: int, row: int, condition: float, dt_s: float) -> bool:
        """Write the ``row`` that bounds the way of this arm, which was looked at last; False if it must be free."""
        return self._library.straighten(self._address, hand, row, condition, dt_s) != 0

    def take(self, dt_s: float, is_free: bool) -> int:
        """Turn the joints by the step; whether it was free says whether the next one may follow its curve.

        Returns:
            In bits 0 and 1 whether the goals of the first and the second hand are out of reach.
        """
        return self._library.take_step(self._address, is_free, dt_s)

    def forget(self) -> None:
        """The last step tells nothing of the next."""
        self._struct.has_goals = self._struct.has_before = 0

    def forget_curve(self) -> None:
        """The last step tells nothing of the arms' curvature in the next."""
        self._struct.has_before = 0
