"""Speaks for all roles of a station, so that a window has something to show. Only for tests.

Every value is made from the time alone; nothing here knows how a real role decides.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twin.robot import RobotSpec
from twin.station import Station
from twin.wire import messages as m
from twin.wire.ask import Answerer
from twin.wire.bus import Speaker
from twin.wire.clock import NS_PER_S
from twin.wire.direct import StopReceiver

HINTS = (
    "LB=hold to run",
    "left stick=hand x, y",
    "right stick=yaw, z",
    "RT=grasp",
    "A=record",
    "B=discard",
    "X=ready pose",
    "Y=next layer",
    "Back=STOP",
)


@dataclass
class Voice:
    """What the roles say; change the fields, then call ``speak``."""

    station: Station
    spec: RobotSpec
    state: str = "TELEOP"
    stop_level: str = "NONE"
    reason: str = ""
    control_reason: str = ""
    simulated: bool = True
    recording: bool = True
    device: str = "gamepad:0"
    device_name: str = "Xbox Wireless Controller"
    latency_ms: float = 7.0
    stops: list[m.StopRequest] = field(default_factory=list)
    acknowledges_stop: bool = True
    knocking: str = ""  # name of a headset that waits to be let in
    asked: list[m.Request] = field(default_factory=list)
    answer: Callable[[m.Request], m.Reply] = lambda _request: m.Reply(accepted=True, reason="done")

    def __post_init__(self) -> None:
        roles = ("inputs", "control", "robot", "cameras", "recorder")
        self.speakers = {role: Speaker(self.station, role) for role in roles}
        self._answerers = [
            Answerer(self.station, role) for role in ("inputs", "control", "recorder", "robot")
        ]
        self._stop_ear = StopReceiver(self.station)
        self._began_ns = 0
        self._input_seq = 0

    def close(self) -> None:
        for socket in (*self.speakers.values(), *self._answerers, self._stop_ear):
            socket.close()

    def listen(self, at_ns: int) -> None:
        """Answer requests and stops."""

        def heard(request: m.Request) -> m.Reply:
            self.asked.append(request)
            return self.answer(request)

        for answerer in self._answerers:
            answerer.answer_all(heard)
        for client, stop in self._stop_ear.drain():
            self.stops.append(stop)
            if self.acknowledges_stop:
                self.stop_level = max(
                    self.stop_level, stop.level, key=("NONE", "HOLD", "SETTLE", "CUT").index
                )
                said = m.StopAcknowledged(
                    stop_id=stop.stop_id, level=self.stop_level, state="STOPPING", latched_ns=at_ns
                )
                self._stop_ear.acknowledge(client, said)

    def speak(self, at_ns: int) -> None:
        """One round of everything that is said often."""
        self._began_ns = self._began_ns or at_ns
        t = (at_ns - self._began_ns) / NS_PER_S
        self._speak_input(t, at_ns)
        self._speak_control(t, at_ns)
        self._speak_robot(t, at_ns)
        self.speakers["recorder"].say("recorder.status", self._recorder(t), at_ns)

    def _angles(self, t: float) -> np.ndarray:
        spec = self.spec
        phase = np.arange(len(spec.joints)) * 0.7
        reach = np.minimum(0.3, 0.4 * (spec.upper_rad - spec.lower_rad))
        moved = spec.home_rad + reach * np.sin(0.8 * t + phase) * (np.arange(len(spec.joints)) >= 16)
        return np.clip(moved, spec.lower_rad, spec.upper_rad)

    def _speak_input(self, t: float, at_ns: int) -> None:
        axes = (math.sin(t), math.cos(t) * 0.6, 0.3 * math.sin(2 * t), 0.0, 0.0, 0.5 + 0.5 * math.sin(t))
        sample = m.InputSample(
            device=self.device,
            kind="gamepad",
            name=self.device_name,
            connected=True,
            axes=m.vector(axes),
            buttons=("left_shoulder",),
            device_sampled_ns=at_ns,
        )
        sampled_ns = at_ns - int(self.latency_ms * 1e6)
        self._input_seq = self.speakers["inputs"].say("operator.input", sample, sampled_ns)
        devices = (
            m.InputDevice(device=self.device, kind="gamepad", name=self.device_name, bound=True),
            m.InputDevice(device="keyboard", kind="keyboard", name="Keyboard"),
        )
        if self.knocking:
            note = "wants to link from 10.0.0.7: let it in?"
            asks = m.InputDevice(device="headset:asks", kind="headset", name=self.knocking, note=note)
            devices = (*devices, asks)
        self.speakers["inputs"].say("inputs.devices", m.InputDevices(devices=devices), at_ns)

    def _speak_control(self, t: float, at_ns: int) -> None:
        hands = (
            m.HandGoal(side="left", grasp="open", closure=0.0, error_m=0.0),
            m.HandGoal(
                side="right", driven=True, grasp="power", closure=0.5 + 0.5 * math.sin(t), error_m=0.012
            ),
        )
        status = m.ControlStatus(
            input_seq=self._input_seq,
            device=self.device,
            device_name=self.device_name,
            layer="arms",
            scale="normal",
            hold_to_run=self.state == "TELEOP",
            engaged=self.state == "TELEOP",
            phase="engaged",
            reason=self.control_reason,
            hands=hands,
            limited_by=("reach:right_hand",),
            hints=HINTS,
            lease_seq=1,
            solve_us=80.0,
        )
        self.speakers["control"].say("control.status", status, at_ns)

    def _speak_robot(self, t: float, at_ns: int) -> None:
        spec, robot = self.spec, self.speakers["robot"]
        position, ahead, count = self._angles(t - 0.04), self._angles(t), len(spec.joints)
        effort = 0.35 * spec.max_effort_nm * np.sin(0.5 * t + np.arange(count))
        robot.say(
            "robot.state",
            m.RobotState(
                position_rad=m.vector(position),
                velocity_rad_s=m.vector((ahead - position) / 0.04),
                effort_nm=m.vector(effort),
                base_position_m=m.vector((0, 0, 0)),
                base_orientation_wxyz=m.vector((1, 0, 0, 0)),
                touch_n=m.vector([1.5] * len(spec.touch_sensors)),
                command_seq=self._input_seq,
            ),
            at_ns,
        )
        robot.say(
            "robot.applied",
            m.AppliedCommand(
                command_seq=self._input_seq,
                input_seq=self._input_seq,
                applied_ns=at_ns,
                position_rad=m.vector(ahead),
                source="teleop",
            ),
            at_ns,
        )
        warm = m.MotorState(temperature_c=m.vector(30 + 8 * np.abs(np.sin(np.arange(count)))))
        robot.say("robot.motors", warm, at_ns)
        robot.say("robot.status", self._status(), at_ns)
        robot.say(
            "robot.identity",
            m.RobotIdentity(
                name=spec.name,
                simulated=self.simulated,
                model_hash=spec.model_hash,
                joint_names=spec.joint_names,
                touch_names=spec.touch_sensors,
                camera_names=tuple(camera.name for camera in spec.cameras),
                scene="table",
            ),
            at_ns,
        )

    def _status(self) -> m.AgentStatus:
        return m.AgentStatus(
            state=self.state,
            reason=self.reason,
            stop_level=self.stop_level,
            epoch=b"e" * 16,
            lease_seq=1,
            simulated=self.simulated,
            worst_joint=self.spec.joint_names.index("right_elbow"),
            worst_joint_use=0.71,
            worst_joint_limit="effort",
        )

    def _recorder(self, t: float) -> m.RecorderStatus:
        if not self.recording:
            return m.RecorderStatus(phase="idle", bytes_free=84_000_000_000, takes_saved=11)
        return m.RecorderStatus(
            phase="recording",
            take="20260101-120000",
            task="put the red cube into the tote",
            seconds=t + 2,
            messages=int(1100 * t),
            video_frames=int(90 * t),
            bytes_written=int(1_400_000 * (t + 2)),
            bytes_free=84_000_000_000,
            takes_saved=11,
            rated_take="01KAAAAAAAAAAAAAAAAAABCDEF",
            suggestion="keep",
            suggestion_reason="nothing speaks against it",
            quality=("lost=0", "latency p95=14 ms", "cameras=29.9 Hz", "limited=2%"),
            queue_task="put the red cube into the tote",
            queue_place=1,
            queue_length=4,
            queue_done=3,
            queue_target=20,
            queue_reset=("cube on the cross", "tote empty"),
            queue_time_limit_s=40.0,
        )


def optimus_station(folder: Path) -> tuple[Station, RobotSpec]:
    """A station of the robot that ships with the program, in ``folder``."""
    from twin.robot import find_robot, load_robot

    robot = find_robot("optimus")
    spec = load_robot(robot)
    station = Station(folder=str(folder), robot_folder=str(robot), operator="anna")
    station.save()
    return station, spec
