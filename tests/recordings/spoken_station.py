"""A station's voices for the recorder's tests: real messages, real H.264, numbered pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo

from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import JointCommand, pack
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    InputSample,
    RobotIdentity,
    RobotState,
    SceneState,
    vector,
)

JOINTS = 74
NAMES = tuple(f"joint_{number:02d}" for number in range(JOINTS))
CAMERAS = ("head", "left_wrist", "right_wrist")
WIDTH, HEIGHT, BITS = 96, 64, 12
MODEL_HASH = "ab" * 32


def numbered_picture(number: int) -> np.ndarray:
    """A picture that shows ``number`` as twelve bars, white for one."""
    picture = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            picture[:, bit * 8 : bit * 8 + 8] = 220
    picture[: HEIGHT // 4] = (number * 3 % 200, 90, 120)
    return picture


def number_in(picture: np.ndarray) -> int:
    """The number a picture shows."""
    bars = picture[HEIGHT // 2 :, :, :].mean(axis=(0, 2)).reshape(BITS, 8)[:, 2:6].mean(axis=1)
    return sum(1 << bit for bit in range(BITS) if bars[bit] > 140)


class Camera:
    """An encoder as the cameras role has it."""

    def __init__(
        self, name: str, fps: int = 30, group: int = 10, width: int = WIDTH, height: int = HEIGHT
    ) -> None:
        self.name, self._fps, self._number = name, fps, 0
        self._size = (height, width)
        self._codec = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height, self._codec.pix_fmt = width, height, "yuv420p"
        self._codec.time_base, self._codec.framerate = Fraction(1, fps), fps
        self._codec.thread_count = 1
        self._codec.options = {
            "preset": "ultrafast", "tune": "zerolatency", "g": str(group), "bf": "0", "crf": "18",
            "x264-params": "repeat-headers=1:annexb=1",
        }  # fmt: skip

    def shoot(self, sampled_ns: int, number: int | None = None) -> bytes:
        """The next picture, as a message's payload."""
        shown = self._number if number is None else number
        picture = numbered_picture(shown)
        if self._size != (HEIGHT, WIDTH):
            rows = np.arange(self._size[0]) * HEIGHT // self._size[0]
            columns = np.arange(self._size[1]) * WIDTH // self._size[1]
            picture = np.ascontiguousarray(picture[rows][:, columns])
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = self._number, Fraction(1, self._fps)
        self._number += 1
        (packet,) = self._codec.encode(frame)
        message = CompressedVideo(frame_id=self.name, format="h264", data=bytes(packet))
        message.timestamp.FromNanoseconds(max(0, sampled_ns))
        return message.SerializeToString()


def position_at(time_ns: int) -> np.ndarray:
    """Where the joints are, so that a test can compute what a row must hold."""
    return np.sin(time_ns / NS_PER_S + np.arange(JOINTS)).astype(np.float32)


def applied_at(time_ns: int) -> np.ndarray:
    """What the drives were told."""
    return (position_at(time_ns) + 0.5).astype(np.float32)


def identity(model_hash: str = MODEL_HASH) -> RobotIdentity:
    return RobotIdentity(
        name="optimus", revision="gen2", simulated=True, model_hash=model_hash, joint_names=NAMES,
        camera_names=CAMERAS, scene="table",
    )  # fmt: skip


def state(time_ns: int) -> RobotState:
    position = vector(position_at(time_ns))
    return RobotState(position_rad=position, velocity_rad_s=position, effort_nm=position)


def applied(time_ns: int, number: int) -> AppliedCommand:
    return AppliedCommand(
        command_seq=number, input_seq=number, command_sent_ns=time_ns - 2 * NS_PER_MS, applied_ns=time_ns,
        position_rad=vector(applied_at(time_ns)), source="teleop",
    )  # fmt: skip


def command(time_ns: int, number: int, input_sampled_ns: int) -> bytes:
    return pack(
        JointCommand(
            epoch=b"e" * 16, lease_seq=1, cmd_seq=number, sent_ns=time_ns, not_after_ns=time_ns + 80 * NS_PER_MS,
            model_hash=b"h" * 8, position_rad=vector(position_at(time_ns)), velocity_rad_s=vector(np.zeros(JOINTS)),
            torque_ff_nm=vector(np.zeros(JOINTS)), joint_mask=np.ones(JOINTS, np.bool_), hold_to_run_bits=1,
            input_seq=number, input_sampled_ns=input_sampled_ns, device="gamepad:1",
        )
    )  # fmt: skip


@dataclass
class Script:
    """What is said when, for takes that are made without waiting. Times are monotonic nanoseconds."""

    seconds: float = 2.0
    begin_ns: int = 1_000 * NS_PER_S
    state_hz: float = 500
    fps: int = 30
    group: int = 10
    cameras: tuple[str, ...] = CAMERAS
    silent_cameras: tuple[str, ...] = ()  # the robot has them, but they show nothing
    model_hash: str = MODEL_HASH
    succeeded: bool = True
    jitter_ms: float = 0.0
    lost: dict[str, set[int]] = field(default_factory=dict)  # numbers per topic that never arrive
    camera_offset_ms: dict[str, float] = field(default_factory=dict)
    picture_size: tuple[int, int] = (WIDTH, HEIGHT)
    alter: Callable[[Heard], Heard] | None = None

    def messages(self) -> list[Heard]:
        """Everything, in the order of arrival."""
        said = [("robot.identity", self.begin_ns, codec.encode(identity(self.model_hash)))]
        end_ns = self.begin_ns + int(self.seconds * NS_PER_S)
        state_times = _times(self.begin_ns, end_ns, self.state_hz)
        said += [("robot.state", at_ns, codec.encode(state(at_ns))) for at_ns in state_times]
        for number, at_ns in enumerate(_times(self.begin_ns, end_ns, 100), start=1):
            sample = InputSample(device="gamepad:1", connected=True, axes=vector(np.zeros(6)))
            said.append(("operator.input", at_ns - 3 * NS_PER_MS, codec.encode(sample)))
            said.append(
                (
                    "control.command",
                    at_ns - NS_PER_MS,
                    command(at_ns - NS_PER_MS, number, at_ns - 3 * NS_PER_MS),
                )
            )
            said.append(
                ("robot.applied", at_ns + NS_PER_MS, codec.encode(applied(at_ns + NS_PER_MS, number)))
            )
        for at_ns in _times(self.begin_ns, end_ns, 20):
            said.append(("robot.status", at_ns, codec.encode(AgentStatus(state="TELEOP"))))
            scene = SceneState(
                qpos=vector(np.zeros(100)), task="put the cube away", task_succeeded=self.succeeded
            )
            said.append(("robot.scene", at_ns, codec.encode(scene)))
        said += self._pictures(end_ns)
        heard = [each for each in _heard(said) if each.seq not in self.lost.get(each.topic, ())]
        return [self.alter(each) for each in heard] if self.alter else heard

    def _pictures(self, end_ns: int) -> Iterator[tuple[str, int, bytes]]:
        random = np.random.default_rng(0)
        for name in self.cameras:
            camera = Camera(name, self.fps, self.group, *self.picture_size)
            offset_ms = self.camera_offset_ms.get(name, 0.0)
            for number, at_ns in enumerate(_times(self.begin_ns, end_ns, self.fps)):
                sampled_ns = at_ns + int((offset_ms + random.uniform(-1, 1) * self.jitter_ms) * NS_PER_MS)
                yield f"camera.{name}", sampled_ns, camera.shoot(sampled_ns, number)


def _times(begin_ns: int, end_ns: int, rate_hz: float) -> list[int]:
    count = int((end_ns - begin_ns) * rate_hz / NS_PER_S)
    return [begin_ns + int(number * NS_PER_S / rate_hz) for number in range(count)]


def _heard(said: list[tuple[str, int, bytes]]) -> list[Heard]:
    seq: dict[str, int] = {}
    found: list[Heard] = []
    for topic, at_ns, payload in sorted(said, key=lambda row: row[1]):
        seq[topic] = seq.get(topic, 0) + 1
        found.append(Heard(topic, seq[topic], at_ns, at_ns + NS_PER_MS, payload))
    return found


def make_take(
    folder: Path, script: Script | None = None, task: str = "put the cube away", name: str = ""
) -> Path:
    """A finished take with what ``script`` says, written by the recorder's own writer, without waiting."""
    from recordings.recorder.open_take import OpenTake, TakeOrder
    from recordings.take import Episode, new_take_id

    script = script or Script()
    messages = script.messages()
    offset_ns = 1_700_000_000 * NS_PER_S
    folder.mkdir(parents=True, exist_ok=True)
    episode = Episode(
        take=name or new_take_id(script.begin_ns + offset_ns),
        started_utc_ns=script.begin_ns + offset_ns,
        task=task,
        operator="Ada",
        robot="optimus",
        revision="gen2",
        model_hash=script.model_hash,
        simulated=True,
        joint_names=NAMES,
        camera_names=script.cameras + script.silent_cameras,
        joint_groups={"left": tuple(range(37)), "right": tuple(range(37, 74))},
        scene="table",
    )
    order = TakeOrder(
        folder=folder, episode=episode, wall_offset_ns=offset_ns, started_ns=script.begin_ns,
        attachments=[("robot.toml", "application/toml", b"[robot]")],
    )  # fmt: skip
    opened = OpenTake(order)
    for begin in range(0, len(messages), 50):
        opened.put(messages[begin : begin + 50])
    opened.end("stopped by the operator", messages[-1].received_ns)
    assert opened.wait_saved(30)
    assert opened.manifest is not None, opened.trouble
    return opened.path
