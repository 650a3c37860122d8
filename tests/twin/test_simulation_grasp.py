"""The hand that ships with the robot grasps, lifts, shakes, carries and lets go; the demo stands on this."""

import mujoco
import numpy as np
import pytest

from twin.hands import load_hands
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import load_scene
from twin.simulation.simulation import Simulation

TICK_S = 0.01
UP = np.array([0.0, 0.0, 1.0])
# Where the palm site is when the fingers close, seen from the object, with the ready pose's orientation.
HAND_FROM_OBJECT_M = {
    "power": np.array([-0.013, -0.025, 0.030]),
    "tripod": np.array([-0.018, -0.035, 0.036]),
}


class Reacher:
    """Moves one palm in straight lines, keeping its orientation, by damped least squares on its own model."""

    def __init__(
        self, spec: RobotSpec, seed: int, grasp: str, side: str = "right", thing: str = "red_box"
    ) -> None:
        self.spec = spec
        self.thing = thing
        self.scene = load_scene(spec, "table", seed)
        self.simulation = Simulation(spec, self.scene)
        self.hand = load_hands(spec)[side]
        self.grasp = grasp
        self.wanted_rad = spec.home_rad.copy()
        self.arm = np.array(spec.groups[f"{side}_arm"])
        self.dofs = self.scene.joint_dof_address[self.arm]
        self.own = mujoco.MjData(self.scene.model)
        self.own.qpos[:] = self.scene.initial_qpos
        mujoco.mj_forward(self.scene.model, self.own)
        self.site = self.scene.model.site(f"{side}_palm").id
        self.rotation = self.own.site_xmat[self.site].reshape(3, 3).copy()
        self.palm_m = self.own.site_xpos[self.site].copy()

    def object_m(self) -> np.ndarray:
        return self.simulation.data.body(self.thing).xpos.copy()

    def go(
        self, palm_m: np.ndarray, seconds: float, closure: tuple[float, float], shake_m: float = 0.0
    ) -> None:
        start, ticks = self.palm_m, round(seconds / TICK_S)
        for tick in range(1, ticks + 1):
            share = tick / ticks
            smooth = share * share * (3 - 2 * share)
            self._solve(start + (palm_m - start) * smooth + shake_m * np.sin(4 * np.pi * share * seconds))
            closed = closure[0] + (closure[1] - closure[0]) * share
            self.wanted_rad[self.hand.joints] = self.hand.angles(self.grasp, closed)
            self.simulation.command(self.wanted_rad)
            self.simulation.advance(TICK_S)
        self.palm_m = palm_m

    def _solve(self, palm_m: np.ndarray) -> None:
        model, own = self.scene.model, self.own
        linear, angular = np.zeros((3, model.nv)), np.zeros((3, model.nv))
        address = self.scene.joint_qpos_address[self.arm]
        for _ in range(4):
            mujoco.mj_kinematics(model, own)
            mujoco.mj_comPos(model, own)
            mujoco.mj_jacSite(model, own, linear, angular, self.site)
            turn = self.rotation @ own.site_xmat[self.site].reshape(3, 3).T
            twist = 0.5 * np.array(
                [turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]]
            )
            jacobian = np.vstack([linear[:, self.dofs], 0.3 * angular[:, self.dofs]])
            error = np.concatenate([palm_m - own.site_xpos[self.site], 0.3 * twist])
            posture = 1e-5 * (self.spec.home_rad[self.arm] - own.qpos[address])
            step = np.linalg.solve(jacobian.T @ jacobian + 1e-5 * np.eye(7), jacobian.T @ error + posture)
            own.qpos[address] = np.clip(
                own.qpos[address] + step, self.spec.lower_rad[self.arm], self.spec.upper_rad[self.arm]
            )
        self.wanted_rad[self.arm] = own.qpos[address]


@pytest.fixture(scope="module")
def spec() -> RobotSpec:
    return load_robot(find_robot("optimus"))


@pytest.mark.parametrize("grasp", ["power", "tripod"])
@pytest.mark.parametrize(
    "aim_error_m", [(0, 0, 0), (0.010, 0, 0), (-0.010, 0, 0), (0, 0.010, 0), (0, -0.010, 0), (0, 0, -0.008)]
)
def test_the_box_is_grasped_shaken_carried_and_let_go(
    spec: RobotSpec, grasp: str, aim_error_m: tuple[float, ...]
):
    reacher = Reacher(spec, seed=1, grasp=grasp)
    at_object = reacher.object_m() + HAND_FROM_OBJECT_M[grasp] + aim_error_m
    resting_m = reacher.object_m()[2]
    reacher.go(at_object + 0.10 * UP, 1.0, (0, 0))
    reacher.go(at_object, 1.0, (0, 0))
    reacher.go(at_object, 0.8, (0, 1))
    reacher.go(at_object + 0.16 * UP, 1.0, (1, 1))
    reacher.go(reacher.palm_m, 2.0, (1, 1), shake_m=0.02)
    assert reacher.object_m()[2] > resting_m + 0.12
    penetration_m = min(contact.dist for contact in reacher.simulation.data.contact)
    assert penetration_m > -0.001
    tote = np.array(reacher.scene.layout.totes[0].position_m)
    above = tote + 0.20 * UP + reacher.palm_m - reacher.object_m()
    reacher.go(above, 1.5, (1, 1))
    reacher.go(above, 0.8, (1, 0))
    reacher.simulation.advance(1.0)
    assert reacher.scene.judge(reacher.scene.model, reacher.simulation.data) == (
        True,
        "the red box lies in the tote",
    )


@pytest.mark.parametrize(("thing", "side"), [("green_can", "right"), ("yellow_ball", "left")])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_other_things_can_be_lifted_and_shaken_too(spec: RobotSpec, thing: str, side: str, seed: int):
    reacher = Reacher(spec, seed, "power", side, thing)
    mirror = np.array([1.0, 1.0 if side == "right" else -1.0, 1.0])
    at_object = reacher.object_m() + HAND_FROM_OBJECT_M["tripod"] * mirror
    resting_m = reacher.object_m()[2]
    reacher.go(at_object + 0.12 * UP, 1.0, (0, 0))
    reacher.go(at_object, 1.0, (0, 0))
    reacher.go(at_object, 0.8, (0, 1))
    reacher.go(at_object + 0.16 * UP, 1.0, (1, 1))
    reacher.go(reacher.palm_m, 2.0, (1, 1), shake_m=0.02)
    assert reacher.object_m()[2] > resting_m + 0.05  # a tall can may slide down a little in the hand


@pytest.mark.parametrize("revision", ["gen2", "gen3-b"])
@pytest.mark.parametrize(
    "aim_error_m", [(0, 0, 0), (0.008, 0, 0), (-0.008, 0, 0), (0, 0.008, 0), (0, -0.008, 0)]
)
def test_every_hardware_revision_grasps_the_box(revision: str, aim_error_m: tuple[float, ...]):
    reacher = Reacher(load_robot(find_robot("optimus"), revision), seed=1, grasp="power")
    at_object = reacher.object_m() + HAND_FROM_OBJECT_M["power"] + aim_error_m
    resting_m = reacher.object_m()[2]
    reacher.go(at_object + 0.10 * UP, 1.0, (0, 0))
    reacher.go(at_object, 1.0, (0, 0))
    reacher.go(at_object, 0.8, (0, 1))
    reacher.go(at_object + 0.16 * UP, 1.0, (1, 1))
    reacher.go(reacher.palm_m, 2.0, (1, 1), shake_m=0.02)
    assert reacher.object_m()[2] > resting_m + 0.12
