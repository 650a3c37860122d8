"""The twin without a window: the newest of robot and scene, ready to be drawn, and what can be pointed at."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from app.feed import Feed
from twin.mirror import TOPICS, Mirror
from twin.render import marks
from twin.render.balance_marks import BalanceMarks
from twin.render.carriage_marks import CarriageMarks
from twin.render.orbit import OrbitCamera
from twin.render.palette import HOVERED, SELECTED
from twin.render.picking import Picked, pick
from twin.render.subject import Subject
from twin.render.themes import Rgb
from twin.render.views import View
from twin.requested import TOPICS as REQUEST_TOPICS
from twin.requested import Requested
from twin.robot import RobotSpec
from twin.scene import Scene, shown_scene
from twin.station import Station

# What moves less than this since the last picture needs no new one: a fifth of a pixel at arm's length.
_STILL = 2e-4
_MARKS_STILL_M = 1e-3  # they tremble with the sensors' noise while the robot stands
_STALE_AMOUNT, _CONCERN_AMOUNT = 0.65, 0.55

Joints = tuple[int, ...]


@dataclass(frozen=True)
class Looks:
    """What the twin is coloured by, sRGB 0..1."""

    stale: Rgb  # towards which the robot pales while its state is too old to be called now
    requested: Rgb  # outline of what is asked for, where nothing says why it is not done
    concerns: Mapping[str, Rgb] = field(default_factory=dict)  # by joint or frame: what is held back, and why


class TwinModel:
    """One robot in one scene, as the twin draws it."""

    def __init__(self, spec: RobotSpec, scene: Scene) -> None:
        """Build geometry and poses; takes a few tenths of a second."""
        self.spec, self.scene = spec, scene
        self.mirror = Mirror(spec, scene)
        self._subject = Subject(self.mirror)
        self.geometry, self.palette = self._subject.geometry, self._subject.palette
        self.contacts: NDArray[Any] = self._subject.contacts()
        self.shows_balance = True
        self.marks: marks.Marks = marks.NONE
        self._balance, self._carriage = BalanceMarks(self.mirror), CarriageMarks(self.mirror)
        self._drawn_marks: marks.Marks = marks.NONE
        self._joints_of_body = _joints_of_body(spec, scene.model)
        self._heard: dict[str, int] = {}
        self._drawn = np.full_like(self.palette.rows, np.nan)
        self.requested = Requested(spec, scene)
        self._tinted: tuple[bool, Mapping[str, Rgb]] = (False, {})
        self._robot_rows = np.arange(self.geometry.n_robot)

    def follow(self, feed: Feed, now_ns: int, looks: Looks) -> bool:
        """Take in what is new; whether the picture would differ visibly from the last one drawn.

        Args:
            feed: drained.
            now_ns: its time.
            looks: colours of this moment.
        """
        for name in (*TOPICS, *REQUEST_TOPICS):
            heard = feed.newest(name)
            if heard is not None and self._heard.get(name) != heard.received_ns:
                self._heard[name] = heard.received_ns
                self.mirror.hear(heard)
                self.requested.hear(heard)
        self.mirror.update()
        palette, is_stale = self.palette, self.mirror.is_stale(now_ns)
        palette.pose_scene(self.mirror.measured)
        if self.mirror.has_command(now_ns) and not is_stale:
            palette.pose_ghost(self.mirror.commanded)
            self._show_request(now_ns, looks)
        else:
            palette.hide_ghost()
            palette.hide_request()
        self._tint(is_stale, looks)
        balance = self._balance.vertices(now_ns) if self.shows_balance else marks.NONE
        self.marks = np.concatenate([balance, self._carriage.vertices()])
        with np.errstate(invalid="ignore"):
            is_still = bool(np.all(np.abs(palette.rows - self._drawn) < _STILL))
        return not (is_still and self._marks_are_as_drawn())

    def _marks_are_as_drawn(self) -> bool:
        if len(self.marks) != len(self._drawn_marks):
            return False
        away_m = np.abs(self.marks["a_position"] - self._drawn_marks["a_position"])
        return bool(away_m.max(initial=0.0) < _MARKS_STILL_M)

    def _show_request(self, now_ns: int, looks: Looks) -> None:
        if not self.requested.is_known(now_ns):
            self.palette.hide_request()
            return
        self.requested.place(self.mirror.commanded)
        color = next(iter(looks.concerns.values()), looks.requested)
        self.palette.pose_request(self.requested.data, color)

    def drawn(self) -> None:
        """A picture of what the palette holds is being drawn."""
        np.copyto(self._drawn, self.palette.rows)
        self._drawn_marks = self.marks

    def place_contacts(self) -> None:
        """Find anew where things touch what is below them."""
        self.contacts = self._subject.contacts()

    def _tint(self, is_stale: bool, looks: Looks) -> None:
        """Pale the whole robot, or colour what is held back; what is well has its own colour."""
        wanted = (is_stale, {} if is_stale else looks.concerns)
        if wanted == self._tinted and not is_stale:
            return
        if self._tinted != (False, {}):
            self.palette.clear_tints()
        if is_stale:
            self.palette.tint(self._robot_rows, looks.stale, _STALE_AMOUNT, glow=0.0)
        for where, color in wanted[1].items():
            self.palette.tint(self._rows_at(where), color, _CONCERN_AMOUNT)
        self._tinted = wanted

    def _rows_at(self, where: str) -> NDArray[np.int64]:
        """Palette rows of the link that the joint ``where`` moves, or that carries the frame ``where``."""
        if where in self.spec.joint_names:
            return self._rows((self.spec.joint_names.index(where),))
        model = self.scene.model
        if where not in self.spec.frames:
            return np.zeros(0, np.int64)
        body = int(model.site_bodyid[model.site(self.spec.frames[where]).id])
        return np.flatnonzero(self.geometry.bodies == body)

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

    def is_of_robot(self, picked: Picked) -> bool:
        """Whether what was picked belongs to the robot."""
        model = self.scene.model
        return int(model.body_rootid[model.body(picked.body).id]) == self.mirror.robot_root

    def joints_at(self, picked: Picked | None) -> Joints:
        """The robot's joints that move what was picked; empty for what is no part of the robot."""
        if picked is None:
            return ()
        model = self.scene.model
        body = int(model.body(picked.body).id)
        while body > 0 and body not in self._joints_of_body:
            body = int(model.body_parentid[body])
        return self._joints_of_body.get(body, ())

    def place_of(self, joint: int) -> NDArray[np.float64]:
        """Where the link that ``joint`` moves begins, in the world, (3,)."""
        model = self.scene.model
        body = int(model.jnt_bodyid[model.joint(self.spec.joints[joint].name).id])
        place: NDArray[np.float64] = self.mirror.measured.xpos[body].copy()
        return place

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
        lambda: TwinModel(spec, shown_scene(spec, station.scene, station.seed, station.base, station.level))
    )
    loader.shutdown(wait=False)
    return future
