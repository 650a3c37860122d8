"""What the mouse drags: a hand's pose or joints' sliders, told to ``say`` for as long as the button is held.

The button is the hold-to-run. It counts as let go when it is up, whoever saw it come up, and when the window is no
longer in front. Nothing here moves a robot: control and the robot's gate judge a drag like any other device.
"""

from collections.abc import Callable, Mapping

import msgspec

from twin.spatial import Pose, quaternion_from_rotation
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import DragSample, vector

REPEAT_NS = 50 * NS_PER_MS  # so often while the button is held, so that silence means release


class Dragging:
    """One drag at a time."""

    def __init__(self, say: Callable[[DragSample, int], None], is_down: Callable[[], bool]) -> None:
        """Nothing is dragged.

        Args:
            say: puts a sample on the wire, with the time.
            is_down: whether the mouse's left button is down and the window in front, whatever was heard of it.
        """
        self._say, self._is_down = say, is_down
        self._sample = DragSample()
        self._count = 0
        self._said_ns = 0

    @property
    def held(self) -> bool:
        """Whether something is being dragged."""
        return self._sample.held

    def hand(self, side: str, frame: str, pose: Pose, now_ns: int) -> None:
        """The hand ``side`` is wanted at ``pose``, in ``frame``: "world", or "hand" (its own, where the drag began)."""
        self._begin_or_go_on(
            DragSample(
                held=True,
                side=side,
                frame=frame,
                position_m=vector(pose.position_m),
                orientation_wxyz=vector(quaternion_from_rotation(pose.rotation)),
            ),
            now_ns,
        )

    def joints(self, wanted_rad: Mapping[str, float], now_ns: int) -> None:
        """These joints are wanted at these angles."""
        self._begin_or_go_on(
            DragSample(held=True, joints=tuple(wanted_rad), joints_rad=vector(list(wanted_rad.values()))),
            now_ns,
        )

    def release(self, now_ns: int) -> None:
        """The button came up."""
        if self._sample.held:
            self._tell(DragSample(drag=self._count), now_ns)

    def tick(self, now_ns: int) -> None:
        """Once per frame: repeat what is dragged, or let go of it if the button is not down any more."""
        if not self._sample.held:
            return
        if not self._is_down():
            self.release(now_ns)
        elif now_ns - self._said_ns >= REPEAT_NS:
            self._tell(self._sample, now_ns)

    def _begin_or_go_on(self, sample: DragSample, now_ns: int) -> None:
        if not self._sample.held:
            self._count += 1
        self._tell(msgspec.structs.replace(sample, drag=self._count), now_ns)

    def _tell(self, sample: DragSample, now_ns: int) -> None:
        self._sample, self._said_ns = sample, now_ns
        self._say(sample, now_ns)
