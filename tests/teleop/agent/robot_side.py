"""What the agent's tests share: the real robot's description, an obedient body, and a correct commander."""

from functools import cache
from pathlib import Path

import numpy as np

from teleop.agent.agent import Agent
from teleop.agent.links.base import DriveMode, Reading
from teleop.agent.requests import answer
from twin.robot import RobotSpec, find_robot, load_robot
from twin.wire.ask import arguments
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN, JointCommand, pack
from twin.wire.direct import ReceivedFrame
from twin.wire.messages import Reply, Request, RobotState, StopRequest, vector

MS = 1_000_000
PRESS = HOLD_TO_RUN | FRESH_PRESS
EPOCH = bytes(range(16))
DRIVER = b"driver-client-id"
STRANGER = b"someone-else-id!"


@cache
def optimus() -> RobotSpec:
    return load_robot(find_robot("optimus"))


def robot_folder() -> Path:
    return find_robot("optimus")


def command_for(spec: RobotSpec, at_ns: int, seq: int, **changes: object) -> JointCommand:
    """A correct command to stay at home, sent now; ``changes`` spoil it."""
    joints = len(spec.joints)
    values: dict[str, object] = {
        "epoch": EPOCH,
        "lease_seq": 1,
        "cmd_seq": seq,
        "sent_ns": at_ns,
        "not_after_ns": at_ns + 80 * MS,
        "model_hash": bytes.fromhex(spec.model_hash)[:8],
        "position_rad": vector(spec.home_rad),
        "velocity_rad_s": np.zeros(joints, np.float32),
        "torque_ff_nm": np.zeros(joints, np.float32),
        "joint_mask": np.ones(joints, np.bool_),
        "hold_to_run_bits": HOLD_TO_RUN | FRESH_PRESS,
    }
    return JointCommand(**(values | changes))  # type: ignore[arg-type]


class Rig:
    """An agent with a body that follows every setpoint exactly, on a clock that the test turns."""

    def __init__(self) -> None:
        self.spec = optimus()
        self.now_ns = 1_000_000 * MS
        self.position_rad = self.spec.home_rad.copy()
        self.velocity_rad_s = np.zeros_like(self.position_rad)
        self.fault = ""
        self.agent = Agent(self.spec, EPOCH, self._reading(DriveMode.PARKED), self.now_ns)
        self.seq = 0
        self.history: list[np.ndarray] = []

    def _reading(self, mode: DriveMode) -> Reading:
        state = RobotState(
            position_rad=vector(self.position_rad),
            velocity_rad_s=vector(self.velocity_rad_s),
            effort_nm=vector(np.zeros_like(self.position_rad)),
        )
        return Reading(self.now_ns, state, mode is DriveMode.POWERED, self.fault)

    def pass_ms(self, milliseconds: float) -> None:
        """Let time pass in ticks of 2 ms."""
        for _ in range(round(milliseconds / 2)):
            self.now_ns += 2 * MS
            setpoint = self.agent.tick(self.now_ns, self._reading(self.agent.drive_mode))
            if self.agent.is_powered:
                self.position_rad = setpoint.position_rad.copy()
                self.velocity_rad_s = setpoint.velocity_rad_s.copy()
            self.history.append(self.position_rad)

    def ask(self, action: str, client: bytes = DRIVER, sender: str = "driver", **values: object) -> Reply:
        request = Request(action=action, sender=sender, client_id=client, arguments=arguments(values))
        return answer(self.agent, request, self.now_ns)

    def send(self, client: bytes = DRIVER, **changes: object) -> str:
        """Send a command from ``client``; returns the verdict's status."""
        self.seq += 1
        seq = changes.pop("cmd_seq", self.seq)
        lease = changes.pop("lease_seq", self.agent.lease.lease_seq)
        command = command_for(self.spec, self.now_ns, seq, lease_seq=lease, **changes)  # type: ignore[arg-type]
        return self.send_bytes(pack(command), client)

    def send_bytes(self, frame: bytes, client: bytes = DRIVER) -> str:
        return self.agent.hear(ReceivedFrame(client, frame, self.now_ns)).status.name

    def stop(self, level: str = "HOLD") -> str:
        return self.agent.stop(StopRequest(level=level, source="test", stop_id=1), self.now_ns).level

    def drive(self, milliseconds: float, bits: int = HOLD_TO_RUN, **changes: object) -> None:
        """Send a command every 10 ms while time passes."""
        for _ in range(round(milliseconds / 10)):
            self.send(hold_to_run_bits=bits, **changes)
            self.pass_ms(10)

    def power_on(self) -> None:
        self.pass_ms(4)
        assert self.ask("lease.acquire").accepted
        assert self.ask("power.on").accepted
        self.pass_ms(100)
        assert self.state == "HOLD"

    def engage(self) -> None:
        """Power on, press, and wait for the blend."""
        self.power_on()
        self.drive(20, HOLD_TO_RUN | FRESH_PRESS)
        self.drive(520)
        assert self.state == "TELEOP"

    @property
    def state(self) -> str:
        return self.agent.state.value

    def moved(self, joint: str, by_rad: float) -> np.ndarray:
        """The home pose with one joint moved."""
        wanted = self.spec.home_rad.copy()
        wanted[self.spec.joint_names.index(joint)] += by_rad
        return vector(wanted)
