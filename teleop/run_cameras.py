"""The cameras of a simulated robot: draws what it sees from the published scene, and never at its expense."""

import logging
import os
from collections import deque
from pathlib import Path

from teleop.cameras.backend import Probe, find_backend
from teleop.cameras.encoder import compressed_video
from teleop.cameras.pacing import Load, allowed_share, first_pace, next_pace
from teleop.cameras.studio import Studio
from twin.errors import GraphicsError, SceneError
from twin.robot import load_robot
from twin.role import RoleLife, be_nice
from twin.station import Station
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns, wall_offset_ns
from twin.wire.messages import AgentStatus, CamerasStatus, CameraStatus, SceneState
from twin.wire.stills import StillsSpeaker

log = logging.getLogger(__name__)

_NICENESS = 10
_PERIOD_MS = 200.0  # of the slowest pace
_FRESH_NS = NS_PER_S  # older words of the simulation say nothing about now
_RATE_WINDOW_NS = 3 * NS_PER_S
_NO_SCENE = "no scene is heard from the robot, so there is nothing to draw"


class Cameras:
    """The role's loop body: hears the scene, paces itself, shows pictures, states how it does."""

    def __init__(self, life: RoleLife, station: Station) -> None:
        self._life = life
        self._listener = Listener(station, ("robot.scene", "robot.status"))
        life.waiter.add(self._listener.socket)
        self._stills = StillsSpeaker(station)
        self._studio: Studio | None = None
        self._found = Probe("none", works=False)
        self._spec = load_robot(Path(station.robot_folder), station.revision)
        self._wanted_fps = station.camera_fps
        self._size = (station.camera_width, station.camera_height)
        self._fault = ""
        self._open(station)
        start_ns = now_ns()
        self._pace = first_pace(station.camera_fps, allowed_share(os.cpu_count() or 1), start_ns / NS_PER_S)
        self._wall_offset_ns = wall_offset_ns()
        self._factor, self._factor_ns = 1.0, 0
        self._scene_ns, self._next_picture_ns = start_ns, 0
        self._next_status_ns = start_ns
        self._shown_ns: deque[int] = deque()

    def _open(self, station: Station) -> None:
        """Find what draws; without it the role lives on, and says why there is no picture."""
        try:
            self._found = find_backend()
            self._studio = Studio(station, self._spec, self._found)
        except (GraphicsError, SceneError) as error:
            self._fault = str(error)
            log.error("%s", error)
            return
        log.info("cameras are drawn by %s through %s", self._found.renderer, self._found.backend)

    @property
    def next_ns(self) -> int:
        """When to wake at the latest."""
        return self._next_status_ns

    def turn(self, at_ns: int) -> None:
        """Do what is due at ``at_ns``."""
        newest = self._listener.newest()
        if status := newest.get("robot.status"):
            self._factor, self._factor_ns = status.read(AgentStatus).real_time_factor, at_ns
        if scene := newest.get("robot.scene"):
            self._scene_ns = at_ns
            if self._studio is not None and self._is_due(scene.sampled_ns):
                self._show(self._studio, scene)
        if at_ns >= self._next_status_ns:
            self._next_status_ns = at_ns + NS_PER_S
            self._wall_offset_ns = wall_offset_ns()
            note = self._note(at_ns)
            if note == _NO_SCENE and self._life.note != note:
                log.info("%s", note)
            self._life.note = note
            self._life.speaker.say("cameras.status", self._status(at_ns), at_ns)

    def _is_due(self, sampled_ns: int) -> bool:
        """Whether a scene of this time is to be shown; keeps the mean rate though scenes come at their own."""
        period_ns = int(NS_PER_S / self._pace.fps)
        if sampled_ns < self._next_picture_ns - 8 * NS_PER_MS:
            return False
        self._next_picture_ns = max(self._next_picture_ns, sampled_ns - period_ns // 2) + period_ns
        return True

    def _show(self, studio: Studio, scene: Heard) -> None:
        wall_ns = scene.sampled_ns + self._wall_offset_ns
        try:
            for shot in studio.round(scene.read(SceneState), self._wants_still):
                if shot.still:
                    self._stills.show(shot.camera, shot.still, scene.sampled_ns)
                message = compressed_video(shot.camera, shot.access_unit, wall_ns)
                self._life.speaker.say_bytes(f"camera.{shot.camera}", message, scene.sampled_ns)
        except SceneError as error:
            if self._fault != str(error):
                log.error("%s", error)
            self._fault = str(error)
            return
        self._fault = ""
        at_ns = now_ns()
        self._shown_ns.append(at_ns)
        self._adapt(studio, at_ns)

    def _wants_still(self, camera: str) -> bool:
        return self._stills.is_due(camera, now_ns())

    def _adapt(self, studio: Studio, at_ns: int) -> None:
        factor = self._factor if at_ns - self._factor_ns < _FRESH_NS else 1.0
        load = Load(studio.cpu_ms, studio.wall_ms, factor)
        before = self._pace
        self._pace = next_pace(before, load, at_ns / NS_PER_S)
        if self._pace.fps != before.fps:
            log.info(
                "%g pictures a second -> %g: %s", before.fps, self._pace.fps, self._pace.reason or "as wanted"
            )

    def _note(self, at_ns: int) -> str:
        if self._fault:
            return self._fault
        if at_ns - self._scene_ns > _FRESH_NS:
            return _NO_SCENE
        return self._pace.reason

    def _status(self, at_ns: int) -> CamerasStatus:
        while self._shown_ns and self._shown_ns[0] < at_ns - _RATE_WINDOW_NS:
            self._shown_ns.popleft()
        shown = self._shown_ns
        seconds = (shown[-1] - shown[0]) / NS_PER_S if len(shown) > 1 else 0.0
        fps = (len(shown) - 1) / seconds if seconds > 0 else 0.0
        studio, (width, height) = self._studio, self._size
        rows = [
            CameraStatus(
                name=camera.name,
                width=width,
                height=height,
                fps_wanted=self._wanted_fps,
                fps=fps,
                render_ms=studio.render_ms[camera.name] if studio else 0.0,
                encode_ms=studio.encode_ms[camera.name] if studio else 0.0,
            )
            for camera in self._spec.cameras
        ]
        return CamerasStatus(
            cameras=tuple(rows),
            renderer=self._found.renderer,
            backend=self._found.backend,
            note=self._note(at_ns),
        )

    def close(self) -> None:
        """Give graphics and sockets back."""
        if self._studio is not None:
            self._studio.close()
        self._listener.close()
        self._stills.close()


def run(station: Station, supervised: bool = False) -> None:
    """Run the cameras until told to end.

    Raises:
        StationError: this station's cameras are running already.
        RobotSpecError: the robot's folder cannot be used.
    """
    be_nice(_NICENESS)  # before any thread is made, which inherits it
    with RoleLife(station, "cameras", period_ms=_PERIOD_MS, supervised=supervised) as life:
        cameras = Cameras(life, station)
        while not life.ending:
            life.wait(cameras.next_ns)
            cameras.turn(now_ns())
            life.ticked(now_ns())
        cameras.close()
