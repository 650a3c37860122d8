"""The twin without a window: the newest of robot and scene, ready to be drawn, and what can be pointed at."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from app.feed import Feed
from twin.mirror import TOPICS, Mirror
from twin.render.orbit import OrbitCamera
from twin.render.palette import HOVERED, SELECTED
from twin.render.picking import Picked, pick
from twin.render.subject import Subject
from twin.render.views import View
from twin.robot import RobotSpec
from twin.scene import Scene, load_scene
from twin.station import Station

# What moves less than this since the last picture needs no new one: a fifth of a pixel at arm's length.
_STILL = 2e-4
_STALE_AMOUNT = 0.65

Joints = tuple[int, ...]


class TwinModel:
    """One robot in one scene, as the twin draws it."""

    def __init__(self, spec: RobotSpec, scene: Scene) -> None:
        """Build geometry and poses; takes a few tenths of a second."""
        self.spec, self.scene = spec, scene
        self.mirror = Mirror(spec, scene)
        self._subject = Subject(self.mirror)
        self.geometry, self.palette = self._subject.geometry, self._subject.palette
        self.contacts: NDArray[Any] = self._subject.contacts()
        self._joints_of_body = _joints_of_body(spec, scene.model)
        self._heard: dict[str, int] = {}
        self._drawn = np.full_like(self.palette.rows, np.nan)
        self._is_stale = False
        self._robot_rows = np.arange(self.geometry.n_robot)

    def follow(self, feed: Feed, now_ns: int, stale_color: tuple[float, float, float]) -> bool:
        """Take in what is new; whether the picture would differ visibly from the last one drawn.

        Args:
            feed: drained.
            now_ns: its time.
            stale_color: sRGB 0..1, towards which the robot pales while its state is too old to be called now.
        """
        for name in TOPICS:
            heard = feed.newest(name)
            if heard is not None and self._heard.get(name) != heard.received_ns:
                self._heard[name] = heard.received_ns
                self.mirror.hear(heard)
        self.mirror.update()
        palette = self.palette
        palette.pose_scene(self.mirror.measured)
        if self.mirror.has_command(now_ns):
            palette.pose_ghost(self.mirror.commanded)
        else:
            palette.hide_ghost()
        self._show_staleness(self.mirror.is_stale(now_ns), stale_color)
        with np.errstate(invalid="ignore"):
            return not bool(np.all(np.abs(palette.rows - self._drawn) < _STILL))

    def drawn(self) -> None:
        """A picture of what the palette holds is being drawn."""
        np.copyto(self._drawn, self.palette.rows)

    def place_contacts(self) -> None:
        """Find anew where things touch what is below them."""
        self.contacts = self._subject.contacts()

    def _show_staleness(self, is_stale: bool, color: tuple[float, float, float]) -> None:
        if is_stale:
            self.palette.tint(self._robot_rows, color, _STALE_AMOUNT, glow=0.0)
            self.palette.hide_ghost()
        elif self._is_stale:
            self.palette.clear_tints()
        self._is_stale = is_stale

    def camera(self) -> OrbitCamera:
        """A camera at the view "home", with all named views as presets."""
        return self._subject.camera()

    @property
    def middle_m(self) -> tuple[float, float]:
        """World x and y of the robot, around which the ground is lit."""
        x, y = self.mirror.measured.xpos[max(self.mirror.robot_root, 0)][:2]
        return float(x), float(y)

    # --- pointing -----------------------------------------------------------------------------------------

    def pick(self, view: View, x_share: float, y_share: float) -> Picked | None:
        """What is at this place of the picture (shares of its width and height), if anything."""
        return pick(self.scene.model, self.mirror.measured, view, x_share, y_share)

    def joints_at(self, picked: Picked | None) -> Joints:
        """The robot's joints that move what was picked; empty for what is no part of the robot."""
        if picked is None:
            return ()
        model = self.scene.model
        body = int(model.body(picked.body).id)
        while body > 0 and body not in self._joints_of_body:
            body = int(model.body_parentid[body])
        return self._joints_of_body.get(body, ())

    def mark(self, selected: Joints, hovered: Joints) -> None:
        """Mark the links that these joints move."""
        self.palette.mark(self._rows(hovered), HOVERED)
        self.palette.mark(self._rows(selected), SELECTED)

    def _rows(self, joints: Joints) -> NDArray[np.int64]:
        bodies = [body for body, moved in self._joints_of_body.items() if set(moved) & set(joints)]
        return np.flatnonzero(np.isin(self.geometry.bodies, bodies))


def _joints_of_body(spec: RobotSpec, model: mujoco.MjModel) -> dict[int, Joints]:
    found: dict[int, Joints] = {}
    for joint in spec.joints:
        body = int(model.jnt_bodyid[model.joint(joint.name).id])
        found[body] = (*found.get(body, ()), joint.index)
    return found


def load_in_background(spec: RobotSpec, station: Station) -> "Future[TwinModel]":
    """Build the station's twin beside the window's thread, which stays free for STOP."""
    loader = ThreadPoolExecutor(1, thread_name_prefix="twin-model")
    future = loader.submit(
        lambda: TwinModel(spec, load_scene(spec, station.scene, station.seed, station.base, station.level))
    )
    loader.shutdown(wait=False)
    return future
