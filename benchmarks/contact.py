"""Whether a robot ever touches itself or its table while its hands are sent anywhere: control and the robot's gate.

Hands, fingers, neck and waist go to targets drawn at random, many of them inside the body, the other hand or the table.
Every setpoint that the gate lets out at 500 Hz is judged by the shapes that collide; there is no physics in it.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

import mujoco
import numpy as np

from benchmarks.figures import Figure
from teleop.agent.gate import Gate
from teleop.agent.lease import Lease
from teleop.agent.limits import JointLimits
from teleop.agent.links.base import Reading
from teleop.agent.motion import Motion
from teleop.agent.states import AgentState
from teleop.bindings.bindings import Scale
from teleop.control.intent import Intent
from teleop.driving.driver import Driver
from twin.ik.bounds import is_with_scene, margins_m
from twin.ik.model import SIDES, Indices, load_kinematics
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scenery.reading import read_layout
from twin.spatial import Array, Pose, rotation_from_vector
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import HOLD_TO_RUN, JointCommand, pack
from twin.wire.direct import ReceivedFrame
from twin.wire.messages import RobotState, vector

TITLE = "contact: hands sent anywhere, through control and the robot's gate"
CONTROL_NS, ROBOT_NS = 10 * NS_PER_MS, 2 * NS_PER_MS
_WALKS, _QUICK_WALKS = 10_000, 200
_SHARES = 20  # pieces of work, so that all cores have some
_TICKS = 40  # of control in one walk: 0.4 s
_AS_FAST_AS_IT_GETS = Scale(linear_m_s=1.0, angular_rad_s=4.0)  # of a headset
_CLIENT, _EPOCH = b"walks-at-random!", bytes(range(16))


class Walks:
    """Control's driver and the agent's gate, limits and motion, on a clock that is turned."""

    def __init__(self, spec: RobotSpec, seed: int, scene: str = "table") -> None:
        """Stand in the ready pose at the furniture of ``scene``."""
        self.spec, self._random = spec, np.random.default_rng(seed)
        layout = read_layout(scene)
        self.driver = Driver(spec, layout)
        self._now_ns = NS_PER_S
        lease = Lease()
        lease.acquire(_CLIENT, "walks", self._now_ns)
        self._lease, limits = lease, JointLimits.of(spec)
        self._hash = bytes.fromhex(spec.model_hash)[:8]
        self._gate = Gate(spec.joint_names, limits, _EPOCH, self._hash, lease)
        self._reading = Reading(
            self._now_ns,
            RobotState(position_rad=vector(spec.home_rad), velocity_rad_s=vector(0 * spec.home_rad)),
            True,
        )
        self._motion = Motion(limits, spec.home_rad, self._reading, self._now_ns)
        self.driver.latch(spec.home_rad.copy(), Intent())
        self._gate.engaged_at(spec.home_rad)
        self._seq = 0
        self.refused = 0
        # What counts as contact is measured with a second model, which watches nothing.
        self._shapes = load_kinematics(spec, surroundings=layout)
        self._data = mujoco.MjData(self._shapes.model)
        self.self_contacts = self.scene_contacts = 0  # walks with one
        self.frames = self.near_frames = 0  # setpoints that were judged; those that came within two margins
        self.deepest_m = 0.0

    def walk(self) -> None:
        """One target for everything, and ``_TICKS`` ticks of control on the way there."""
        goals = {side: self._target(side) for side in SIDES}
        fingers = {side: self._fingers(self.driver.fingers[side].hand.joints) for side in self.driver.fingers}
        moves = ("neck.yaw", "neck.pitch", "waist.yaw", "waist.pitch")
        intent = Intent(rates={move: float(self._random.uniform(-1, 1)) for move in moves})
        touched = [False, False]
        for _ in range(_TICKS):
            speed = self.driver.follow(
                goals, fingers, intent, _AS_FAST_AS_IT_GETS, 1.0, CONTROL_NS / NS_PER_S
            )
            self._send(speed)
            for _ in range(CONTROL_NS // ROBOT_NS):
                self._now_ns += ROBOT_NS
                self._motion.advance(AgentState.TELEOP, self._reading, self._now_ns)
                for which, nearest_m in enumerate(self._nearest_m(self._motion.position_rad)):
                    touched[which] |= nearest_m < 0.0
                    self.deepest_m = min(self.deepest_m, nearest_m)
        self.self_contacts += touched[0]
        self.scene_contacts += touched[1]

    def _target(self, side: str) -> Pose:
        """Anywhere around the robot; in every second walk in its middle or at the table."""
        random = self._random
        if random.random() < 0.5:
            place = random.uniform((-0.3, -0.8, 0.5), (0.8, 0.8, 2.0))
        else:
            place = random.uniform((-0.1, -0.25, 0.75), (0.45, 0.25, 1.5))
        turn = rotation_from_vector(random.uniform(-1.5, 1.5, 3))
        return Pose(place, turn @ self.driver.arms.solver.hand(side).rotation)

    def _fingers(self, joints: Indices) -> Array:
        return self._random.uniform(self.spec.lower_rad[joints], self.spec.upper_rad[joints])

    def _send(self, velocity_rad_s: Array) -> None:
        self._seq += 1
        self._lease.retain(_CLIENT, self._now_ns)
        command = JointCommand(
            epoch=_EPOCH,
            lease_seq=self._lease.lease_seq,
            cmd_seq=self._seq,
            sent_ns=self._now_ns,
            not_after_ns=self._now_ns + 80 * NS_PER_MS,
            model_hash=self._hash,
            position_rad=vector(self.driver.position_rad),
            velocity_rad_s=vector(velocity_rad_s),
            torque_ff_nm=vector(0 * velocity_rad_s),
            joint_mask=self.driver.mask,
            hold_to_run_bits=HOLD_TO_RUN,
        )
        verdict = self._gate.judge(ReceivedFrame(_CLIENT, pack(command), self._now_ns))
        if verdict.command is None:
            self.refused += 1
        else:
            self._motion.take(verdict.command)

    def _nearest_m(self, position_rad: Array) -> tuple[float, float]:
        """The least distance between parts of the robot, and between arms or trunk and furniture; 1 if none is near.

        Fingers that close on a table may touch it.
        """
        shapes, data = self._shapes, self._data
        data.qpos[shapes.qpos_address] = position_rad
        mujoco.mj_kinematics(shapes.model, data)
        mujoco.mj_collision(shapes.model, data)
        self.frames += 1
        if not data.ncon:
            return 1.0, 1.0
        distance_m = data.contact.dist
        self.near_frames += bool(distance_m.min() < 2 * self.spec.ik.margin_m)
        with_scene = is_with_scene(shapes, data.contact.geom)
        of_fingers = margins_m(shapes, data.contact.geom) <= self.spec.ik.finger_scene_margin_m
        own, scene = distance_m[~with_scene], distance_m[with_scene & ~of_fingers]
        return float(own.min(initial=1.0)), float(scene.min(initial=1.0))


class Counted(NamedTuple):
    """What some walks have shown; counts add up."""

    walks: int
    self_contacts: int
    scene_contacts: int
    deepest_m: float
    frames: int
    near_frames: int
    refused: int


def walked(seed: int, count: int) -> Counted:
    """Walk ``count`` times at random, each time from wherever the walk before has led to."""
    walks = Walks(load_robot(find_robot("optimus")), seed)
    for _ in range(count):
        walks.walk()
    return Counted(
        count,
        walks.self_contacts,
        walks.scene_contacts,
        walks.deepest_m,
        walks.frames,
        walks.near_frames,
        walks.refused,
    )


def measure(quick: bool) -> list[Figure]:
    """Walk on all cores."""
    share = (_QUICK_WALKS if quick else _WALKS) // _SHARES
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return figures_of(list(pool.map(walked, range(_SHARES), [share] * _SHARES)))


def figures_of(shares: list[Counted]) -> list[Figure]:
    """The figures of all ``shares`` together."""
    count, own, scene, _, frames, near, refused = (sum(column) for column in zip(*shares, strict=True))
    deepest_m = min(each.deepest_m for each in shares)
    return [
        Figure("walks in which the robot touches itself", own, "", int(count), 0),
        Figure("walks in which arms or trunk touch the table", scene, "", int(count), 0),
        Figure("deepest contact", 1000 * abs(deepest_m), "mm", int(frames)),
        Figure(
            "setpoints with shapes within two margins",
            100 * near / frames,
            "%",
            int(frames),
            10,
            at_least=True,
        ),
        Figure("commands that the gate refused", refused, "", int(count) * _TICKS, 0),
    ]
