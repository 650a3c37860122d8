"""Command frames that must not count: each kind spoils a correct frame in another way, at random places."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from twin.robot import RobotSpec
from twin.wire.clock import NS_PER_MS
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN, JointCommand, frame_length, pack
from twin.wire.messages import vector

NOW_NS = 10**15
EPOCH = bytes(range(16))
DRIVER, STRANGER = b"the-driver-itself", b"somebody-else-now"
# Magic to epoch: whatever is changed there, it is no longer a command to this start of the agent.
_HEAD_BYTES = 33
_BAD_FLOATS = (np.nan, np.inf, -np.inf)


@dataclass(frozen=True)
class Sent:
    """One frame as the robot would receive it."""

    kind: str
    client_id: bytes
    frame: bytes


class BadFrames:
    """An endless stream of them, the kinds in turn."""

    def __init__(self, spec: RobotSpec, seed: int) -> None:
        self._spec = spec
        self._random = np.random.default_rng(seed)
        self._good = self._command()
        self._packed = pack(self._good)
        self._length = frame_length(len(spec.joints))

    def good(self, seq: int) -> bytes:
        """A correct frame of this number."""
        return pack(replace(self._good, cmd_seq=seq))

    def __iter__(self) -> Iterator[Sent]:
        kinds: tuple[tuple[str, Callable[[], bytes]], ...] = (
            ("damaged head", self._damaged_head),
            ("bad float", self._bad_float),
            ("wrong length", self._wrong_length),
            ("rubbish", self._rubbish),
            ("other epoch", lambda: self._spoilt(epoch=self._random.bytes(16))),
            ("older lease", lambda: self._spoilt(lease_seq=0)),
            ("lease never granted", lambda: self._spoilt(lease_seq=int(self._random.integers(2, 2**62)))),
            ("old sequence", lambda: self._spoilt(cmd_seq=0)),
            ("expired", lambda: self._spoilt(not_after_ns=NOW_NS - int(self._random.integers(1, 10**12)))),
            ("sent long ago", lambda: self._spoilt(sent_ns=NOW_NS - self._random_ms(81, 10**6))),
            ("valid too long", lambda: self._spoilt(not_after_ns=NOW_NS + self._random_ms(201, 10**6))),
            ("from the future", lambda: self._spoilt(sent_ns=NOW_NS + self._random_ms(30, 10**6))),
            ("other model", lambda: self._spoilt(model_hash=self._random.bytes(8))),
            ("unknown mode", lambda: self._spoilt(mode=int(self._random.integers(2, 2**31)))),
        )
        while True:
            for kind, make in kinds:
                yield Sent(kind, DRIVER, make())
            yield Sent("a stranger's", STRANGER, self._packed)

    def _command(self) -> JointCommand:
        joints = len(self._spec.joints)
        return JointCommand(
            epoch=EPOCH,
            lease_seq=1,
            cmd_seq=1,
            sent_ns=NOW_NS,
            not_after_ns=NOW_NS + 80 * NS_PER_MS,
            model_hash=bytes.fromhex(self._spec.model_hash)[:8],
            position_rad=vector(self._spec.home_rad),
            velocity_rad_s=vector(np.zeros(joints)),
            torque_ff_nm=vector(np.zeros(joints)),
            joint_mask=np.ones(joints, np.bool_),
            hold_to_run_bits=HOLD_TO_RUN | FRESH_PRESS,
        )

    def _spoilt(self, **changes: object) -> bytes:
        return pack(replace(self._good, **changes))  # type: ignore[arg-type]

    def _random_ms(self, least: int, most: int) -> int:
        return int(self._random.integers(least, most)) * NS_PER_MS

    def _damaged_head(self) -> bytes:
        frame = bytearray(self._packed)
        frame[int(self._random.integers(_HEAD_BYTES))] ^= int(self._random.integers(1, 256))
        return bytes(frame)

    def _bad_float(self) -> bytes:
        name = ("position_rad", "velocity_rad_s", "torque_ff_nm")[int(self._random.integers(3))]
        values = getattr(self._good, name).copy()
        values[int(self._random.integers(values.size))] = _BAD_FLOATS[int(self._random.integers(3))]
        return self._spoilt(**{name: values})

    def _wrong_length(self) -> bytes:
        length = int(self._random.integers(0, 2 * self._length))
        return (self._packed * 2)[: length + (length == self._length)]

    def _rubbish(self) -> bytes:
        return self._random.bytes(self._length)
