"""From frames of a headset to samples that may be believed; whatever is doubtful lets go in the same frame.

Pure: knows only the times it is given. A hand that was lost must be tracked steadily and its grip be opened
before it may take hold again. A bare hand has no grip: a pedal, a key, or the controller in the other hand is
its grip (SAFETY 5.5: never a gesture alone).
"""

import numpy as np
from numpy.typing import NDArray

from teleop.inputs.xr.frames import orientations_from_xr, pose_from_xr, positions_from_xr
from teleop.inputs.xr.grip import Grip
from teleop.inputs.xr.plausible import STEADY_FRAMES, PoseWatch
from teleop.inputs.xr.seen import SIDES, Numbers, SeenFrame, SeenHand
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import EMPTY, Vector, XrHand, XrSample, vector, vectors

STALE_NS = 50 * NS_PER_MS
FROZEN_PICTURE_MS = 1000.0
# From between the eyes to the middle of a palm that grasps a headset at its side or its strap is 0.10 to 0.18 m.
AT_HEAD_M = 0.20
_CLOCKS_DIFFER_NS = 100 * NS_PER_MS
_SQUEEZE = 1  # number of the button in the xr-standard mapping


class _HandGuard:
    """Watches over one hand."""

    def __init__(self, side: str, hard_squeeze_lets_go: bool) -> None:
        self.side = side
        self.grip = Grip(hard_squeeze_lets_go)
        self._pose = PoseWatch()
        self._source = ""

    def lose(self) -> None:
        """Let go, and look anew."""
        self.grip.block()
        self._pose.forget()

    def sample(
        self, hand: SeenHand, head: Numbers | None, lent: float, frame_ns: int, at_ns: int, doubt: str
    ) -> XrHand:
        """The hand as it may be believed.

        Args:
            hand: what was seen of it.
            head: the head in the same frame, if it was seen.
            lent: 0..1, the grip of a bare hand: a pedal, or the controller in the other hand.
            frame_ns: the moment the pose was predicted for.
            at_ns: when the frame arrived.
            doubt: what is wrong with the whole frame; empty if nothing is.
        """
        source = _source(hand)
        if source != self._source:
            self._source = source
            self.lose()
        # The palm of a bare hand has no grip pose in every browser; its wrist is what moves.
        pose = hand.grip if hand.grip is not None or hand.joints is None else tuple(hand.joints[0].tolist())
        wrong = self._pose.fault(pose, frame_ns)
        if not wrong and hand.emulated:
            wrong = "is out of the headset's sight"
        if not wrong and _is_at_head(pose, head):
            wrong = "is at the head: is the headset being taken off?"
        value = lent if source == "hand" else _squeeze(hand)
        fault = doubt or (f"the {self.side} {source or 'hand'} {wrong}" if wrong else "")
        if fault or not source:
            self.grip.block()
        else:
            self.grip.turn(value, self._pose.steady >= STEADY_FRAMES, at_ns)
            if self.grip.panicked:
                fault = f"the {self.side} grip was squeezed hard: open it, then hold it lightly"
        position_m, orientation_wxyz, aim_position_m, aim_orientation_wxyz, buttons, axes = vectors(
            *_placed(pose if not wrong else None), *_placed(hand.aim), hand.buttons or (), hand.axes
        )
        joints_m, joints_wxyz = _joints(hand.joints)
        return XrHand(
            side=self.side,
            source=source,
            fault=fault,
            held=self.grip.held,
            grip=value,
            emulated=hand.emulated,
            position_m=position_m,
            orientation_wxyz=orientation_wxyz,
            aim_position_m=aim_position_m,
            aim_orientation_wxyz=aim_orientation_wxyz,
            joints_m=joints_m,
            joints_wxyz=joints_wxyz,
            buttons=buttons,
            axes=axes,
            jumped=self._pose.jumped,
        )


class Guard:
    """Watches over one headset for as long as it is connected."""

    def __init__(self, device: str, hard_squeeze_lets_go: bool = False) -> None:
        """Nothing was seen yet; ``device`` is its name on the wire."""
        self.device = device
        self.has_bare_hands = False  # in the newest frame
        self.anchor = 1
        self.seq = 0  # of the newest frame
        self.arrived_ns = 0  # of the newest frame
        self._lost = 0
        self._hands = {side: _HandGuard(side, hard_squeeze_lets_go) for side in SIDES}
        self._interrupted = ""  # why, until the next frame

    def interrupt(self, reason: str) -> None:
        """Something happened after which poses are no longer what they were: let go of everything."""
        self.anchor += 1
        self._interrupted = reason
        for hand in self._hands.values():
            hand.lose()

    def sample(self, frame: SeenFrame, arrived_ns: int, pedal_held: bool = False) -> XrSample | None:
        """What may be believed of ``frame``, with a key or pedal held for bare hands; None if it is no news."""
        if frame.seq <= self.seq:
            return None
        if self.seq:
            self._lost += frame.seq - self.seq - 1
        self.seq, self.arrived_ns = frame.seq, arrived_ns
        left, right, lent = frame.hands["left"], frame.hands["right"], 1.0 if pedal_held else 0.0
        self.has_bare_hands = _source(left) == "hand" or _source(right) == "hand"
        doubt, self._interrupted = self._interrupted or self._doubt(frame, arrived_ns), ""
        head_position_m, head_orientation_wxyz = vectors(*_placed(frame.head))
        return XrSample(
            device=self.device,
            fault=doubt,
            anchor=self.anchor,
            mode=frame.mode,
            head_position_m=head_position_m,
            head_orientation_wxyz=head_orientation_wxyz,
            hands=(
                self._hands["left"].sample(
                    left, frame.head, lent or _squeeze(right), frame.frame_ns, arrived_ns, doubt
                ),
                self._hands["right"].sample(
                    right, frame.head, lent or _squeeze(left), frame.frame_ns, arrived_ns, doubt
                ),
            ),
            frame_seq=frame.seq,
            frame_ns=frame.frame_ns,
            lost_frames=self._lost,
            link_ms=max(0.0, (arrived_ns - frame.sent_ns) / NS_PER_MS),
            picture_age_ms=frame.picture_age_ms,
        )

    def silent(self, at_ns: int) -> XrSample | None:
        """A sample without hands if the page has been silent for too long at ``at_ns``; else None."""
        if not self.seq or at_ns - self.arrived_ns <= STALE_NS:
            return None
        return self.without_hands(f"the headset has sent nothing for {STALE_NS // NS_PER_MS} ms")

    def without_hands(self, reason: str) -> XrSample:
        """A sample in which nothing is held, because of ``reason``."""
        self.interrupt(reason)
        self.has_bare_hands = False
        return XrSample(
            device=self.device,
            fault=reason,
            anchor=self.anchor,
            hands=tuple(XrHand(side=side, fault=reason) for side in SIDES),
            frame_seq=self.seq,
            lost_frames=self._lost,
        )

    def _doubt(self, frame: SeenFrame, arrived_ns: int) -> str:
        if not frame.mode or not frame.visible:
            return "the headset shows something else, or is not worn"
        if frame.head is None or not any(frame.head[3:]):
            return "the headset does not know where it is"
        late_ns = arrived_ns - frame.sent_ns
        if late_ns > STALE_NS:
            return f"the frame is {late_ns // NS_PER_MS} ms old: the headset's network is too slow"
        if late_ns < -_CLOCKS_DIFFER_NS:
            return "the headset's clock runs ahead of ours: reload its page"
        return _blindness(frame)


def _is_at_head(hand: Numbers | None, head: Numbers | None) -> bool:
    if hand is None or head is None:
        return False
    x, y, z, *_ = hand
    head_x, head_y, head_z, *_ = head
    return (x - head_x) ** 2 + (y - head_y) ** 2 + (z - head_z) ** 2 < AT_HEAD_M**2


def _source(hand: SeenHand) -> str:
    return "controller" if hand.buttons is not None else "hand" if hand.joints is not None else ""


def _squeeze(hand: SeenHand) -> float:
    """How far the grip of a controller in this hand is squeezed, 0..1."""
    return hand.buttons[_SQUEEZE] if hand.buttons is not None else 0.0


def _blindness(frame: SeenFrame) -> str:
    """Why the person cannot see what the robot does; in AR the room is seen without any picture."""
    if frame.picture_age_ms > FROZEN_PICTURE_MS:
        return "the picture in the headset stands still"
    if frame.picture_age_ms < 0.0 and frame.mode == "vr":
        return "the headset has no picture of the robot: is the camera on?"
    return ""


def _placed(pose: Numbers | None) -> tuple[Numbers, Numbers]:
    """Position and quaternion in the robot's axes; both empty for what was not seen, or has no direction."""
    if pose is None or not any(pose[3:]):
        return (), ()
    return pose_from_xr(pose)


def _joints(joints: NDArray[np.float32] | None) -> tuple[Vector, Vector]:
    """Likewise for all joints of a hand, as they travel."""
    if joints is None or not joints[:, 3:].any(axis=1).all():
        return EMPTY, EMPTY
    return vector(positions_from_xr(joints[:, :3])), vector(orientations_from_xr(joints[:, 3:]))
