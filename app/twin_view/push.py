"""Pushing the simulated robot with the mouse: a dragged link is pulled towards the pointer while the button is held.

Each request to the robot role pushes for a moment only, so that a window that hangs pushes no longer than that.
"""

import numpy as np
from numpy.typing import NDArray

from app.twin_view.model import TwinModel
from twin.render.balance_marks import PUSH_M_PER_N
from twin.render.picking import Picked
from twin.render.views import View
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.clock import NS_PER_MS, now_ns

MOST_N = 250.0
_LASTS_S = 0.15
_AGAIN_NS = 50 * NS_PER_MS
_ENDS_S = 0.002  # a push of nothing takes the place of the last one

Point = NDArray[np.float64]


class TwinPush:
    """At most one push at a time."""

    def __init__(self, model: TwinModel, station: Station | None) -> None:
        """Push the robot of ``station`` as ``model`` shows it; nothing is connected before the first push.

        Without a station there is only a picture, and nothing to be pushed.
        """
        self._model, self._station = model, station
        self._asker: Asker | None = None
        self._body = ""
        self._point_m: Point = np.zeros(3)  # in the body's frame
        self._force_n: Point = np.zeros(3)
        self._told_ns = 0
        self.refused = ""  # why the robot would not be pushed

    @property
    def is_held(self) -> bool:
        """Whether a link is being dragged."""
        return bool(self._body)

    @property
    def words(self) -> str:
        """What is going on, for a person; empty when nothing is."""
        if not self._body:
            return ""
        return self.refused or f"push {np.linalg.norm(self._force_n):.0f} N"

    def grab(self, picked: Picked) -> bool:
        """Take hold of a link; False where nothing of a simulated robot is under the pointer."""
        mirror = self._model.mirror
        if self._station is None or mirror.scene_state is None or not self._model.is_of_robot(picked):
            return False
        data, body = mirror.measured, mirror.scene.model.body(picked.body).id
        self._body, self._force_n, self.refused = picked.body, np.zeros(3), ""
        self._point_m = data.xmat[body].reshape(3, 3).T @ (picked.point_m - data.xpos[body])
        return True

    def pull(self, view: View, x_share: float, y_share: float) -> None:
        """Pull towards a place of the picture, in the plane through the link that faces the viewer."""
        if not self._body:
            return
        data = self._model.mirror.measured
        body = data.body(self._body)
        at_m = body.xpos + body.xmat.reshape(3, 3) @ self._point_m
        origin, direction = view.ray(x_share, y_share)
        facing = -view.view[2, :3].astype(np.float64)
        distance = float(np.dot(at_m - origin, facing) / max(float(np.dot(direction, facing)), 1e-6))
        force_n = (origin + distance * direction - at_m) / PUSH_M_PER_N
        strength_n = float(np.linalg.norm(force_n))
        self._force_n = force_n * min(1.0, MOST_N / max(strength_n, 1e-9))
        self.tick(now_ns())

    def tick(self, now_ns: int) -> None:
        """Go on pushing while the button is held; hear what the robot says to it."""
        if self._asker is not None:
            for _, reply in self._asker.replies():
                self.refused = "" if reply.accepted else reply.reason
        if self._body and np.any(self._force_n) and now_ns - self._told_ns >= _AGAIN_NS:
            self._told_ns = now_ns
            self._ask(self._force_n, _LASTS_S)

    def release(self) -> None:
        """Let go: the push ends."""
        if self._body and self._told_ns:
            self._ask(np.zeros(3), _ENDS_S)
        self._body, self._told_ns = "", 0

    def _ask(self, force_n: Point, seconds: float) -> None:
        if self._asker is None:
            assert self._station is not None  # nothing is grabbed without one
            self._asker = Asker(self._station, "robot", "window")
        values = dict(zip(("x_m", "y_m", "z_m"), self._point_m, strict=True))
        values |= dict(zip(("x_n", "y_n", "z_n"), force_n, strict=True))
        told = {name: f"{value:.4f}" for name, value in values.items()}
        self._asker.post("push", body=self._body, seconds=seconds, **told)

    def close(self) -> None:
        """Hang up."""
        self.release()
        if self._asker is not None:
            self._asker.close()
            self._asker = None
