"""What a station with 74 joints and three cameras says, for measuring the recorder without the rest."""

import threading
import time
from fractions import Fraction

import numpy as np
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from numpy.typing import NDArray

from twin.station import Station
from twin.wire.bus import Speaker
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.command_frame import JointCommand, pack
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    ControlStatus,
    InputSample,
    MotorState,
    RobotIdentity,
    RobotState,
    SceneState,
    vector,
)

JOINTS = 74
CAMERAS = ("head", "left_wrist", "right_wrist")
WIDTH, HEIGHT, FPS = 640, 480, 30
RATES_HZ = {"state": 500, "fast": 100, "scene": 60, "status": 50, "slow": 20, "identity": 1, "picture": FPS}


def pictures(count: int, seed: int) -> list[NDArray[np.uint8]]:
    """A textured room with two things moving and a sensor's noise; (480, 640, 3)."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(40, 200, (HEIGHT // 16, WIDTH // 16, 3))
    room = np.kron(coarse, np.ones((16, 16, 1)))
    found = []
    for number in range(count):
        picture = room.copy()
        x = int((WIDTH - 80) * (0.5 + 0.5 * np.sin(2 * np.pi * number / count)))
        picture[200:280, x : x + 80] = (220, 60, 40)
        picture[x % (HEIGHT - 60) : x % (HEIGHT - 60) + 60, 300:360] = (40, 90, 220)
        noisy = picture + random.normal(0, 2, picture.shape)
        found.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return found


def encoded(frames: list[NDArray[np.uint8]]) -> tuple[list[bytes], float]:
    """The frames as H.264 access units like the cameras' own, and the CPU seconds that took."""
    import av

    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.thread_count = Fraction(1, FPS), Fraction(FPS), 1
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "g": "10",
        "bf": "0",
        "x264-params": "repeat-headers=1:annexb=1",
    }
    units = []
    begun_s = time.process_time()
    for number, picture in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        units += [bytes(packet) for packet in encoder.encode(frame)]
    return units, time.process_time() - begun_s


class Traffic:
    """Robot, control, inputs and cameras of a station, speaking in real time from one thread."""

    def __init__(self, station: Station, units: dict[str, list[bytes]]) -> None:
        """Say ``units``, the access units of each camera, round and round."""
        self._station, self._units = station, units
        self._ending = threading.Event()
        self.newest_state_ns = 0
        random = np.random.default_rng(0)
        self._wander = random.normal(0, 1, (1000, JOINTS)).cumsum(axis=0).astype(np.float32) * 0.01
        self._thread = threading.Thread(target=self._speak, name="traffic", daemon=True)

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _speak(self) -> None:
        voices = {role: Speaker(self._station, role) for role in ("robot", "control", "inputs", "cameras")}
        begun_ns = now_ns()
        done = dict.fromkeys(RATES_HZ, 0)
        while not self._ending.wait(0.001):
            at_ns = now_ns()
            for what, rate_hz in RATES_HZ.items():
                while done[what] <= (at_ns - begun_ns) * rate_hz // NS_PER_S:
                    done[what] += 1
                    self._say(voices, what, done[what], at_ns)
        for voice in voices.values():
            voice.close()

    def _row(self, number: int) -> NDArray[np.float32]:
        return vector(self._wander[number % len(self._wander)])

    def _say(self, voices: dict[str, Speaker], what: str, number: int, at_ns: int) -> None:
        position = self._row(number)
        robot = voices["robot"]
        match what:
            case "state":
                robot.say(
                    "robot.state",
                    RobotState(
                        position_rad=position,
                        velocity_rad_s=self._row(2 * number),
                        effort_nm=self._row(3 * number),
                    ),
                    at_ns,
                )
                self.newest_state_ns = at_ns
            case "fast":
                self._say_command(voices, number, position, at_ns)
            case "scene":
                robot.say("robot.scene", SceneState(qpos=vector(np.resize(position, 100))), at_ns)
            case "status":
                voices["control"].say("control.status", ControlStatus(hints=("a=hold", "b=release")), at_ns)
            case "slow":
                robot.say("robot.status", AgentStatus(state="TELEOP"), at_ns)
                robot.say("robot.motors", MotorState(temperature_c=position, current_a=position), at_ns)
            case "identity":
                names = tuple(f"joint_{index}" for index in range(JOINTS))
                robot.say("robot.identity", RobotIdentity(joint_names=names, camera_names=CAMERAS), at_ns)
            case "picture":
                for camera, units in self._units.items():
                    message = CompressedVideo(frame_id=camera, format="h264", data=units[number % len(units)])
                    voices["cameras"].say_bytes(f"camera.{camera}", message.SerializeToString(), at_ns)

    def _say_command(
        self, voices: dict[str, Speaker], number: int, position: NDArray[np.float32], at_ns: int
    ) -> None:
        voices["inputs"].say("operator.input", InputSample(device="pad", axes=vector(np.zeros(6))), at_ns)
        frame = pack(
            JointCommand(
                epoch=bytes(16),
                lease_seq=1,
                cmd_seq=number,
                sent_ns=at_ns,
                not_after_ns=at_ns + 80 * NS_PER_MS,
                model_hash=bytes(8),
                position_rad=position,
                velocity_rad_s=self._row(2 * number),
                torque_ff_nm=self._row(3 * number),
                joint_mask=np.ones(JOINTS, np.bool_),
            )
        )
        voices["control"].say_bytes("control.command", frame, at_ns)
        applied = AppliedCommand(command_seq=number, applied_ns=at_ns, position_rad=position, source="teleop")
        voices["robot"].say("robot.applied", applied, at_ns)
