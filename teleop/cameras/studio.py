"""Rounds of pictures: one of every camera, all of the same moment, drawn and encoded, with account of the cost."""

from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import NamedTuple

from teleop.cameras.backend import Probe
from teleop.cameras.encoder import Encoder
from teleop.cameras.simulated import SimulatedCameras
from teleop.cameras.still import encode_still
from twin.robot import RobotSpec
from twin.scene import shown_scene
from twin.station import Station
from twin.wire.messages import SceneState


class Shot(NamedTuple):
    """The picture of one camera."""

    camera: str
    access_unit: bytes  # of its H.264 stream
    still: bytes  # JPEG; empty if nobody wants one


class Studio:
    """Draws and encodes; times are running means."""

    def __init__(self, station: Station, spec: RobotSpec, found: Probe) -> None:
        """Build the scene and open what draws."""
        scene = shown_scene(spec, station.scene, station.seed, station.base, station.level)
        width, height = station.camera_width // 2 * 2, station.camera_height // 2 * 2
        names = {camera.name: camera.mjcf_camera for camera in spec.cameras}
        self.names, self.size = tuple(names), (width, height)
        self._cameras = SimulatedCameras(scene.model, names, found, width, height)
        self._encoders = {name: Encoder(width, height) for name in names}
        for _ in range(2):  # a software renderer compiles its shaders with the first pictures
            self._cameras.take_state(scene.initial_qpos)
            for name in names:
                self._cameras.picture(name)
        self.rounds = 0
        self.render_ms = dict.fromkeys(names, 0.0)
        self.encode_ms = dict.fromkeys(names, 0.0)
        self.cpu_ms = self.wall_ms = 0.0

    def round(self, state: SceneState, wants_still: Callable[[str], bool]) -> Iterator[Shot]:
        """One picture of each camera, all of the same state, each as soon as it is made; to be gone through to the end.

        Raises:
            SceneError: the state is of another scene.
        """
        began, cpu_began = perf_counter(), process_time()
        self._cameras.take_state(state.qpos)
        self.rounds += 1
        for name, encoder in self._encoders.items():
            start = perf_counter()
            picture = self._cameras.picture(name)
            drawn = perf_counter()
            shot = Shot(name, encoder.encode(picture), encode_still(picture) if wants_still(name) else b"")
            self.render_ms[name] = self._smooth(self.render_ms[name], drawn - start)
            self.encode_ms[name] = self._smooth(self.encode_ms[name], perf_counter() - drawn)
            yield shot
        self.cpu_ms = self._smooth(self.cpu_ms, process_time() - cpu_began)
        self.wall_ms = self._smooth(self.wall_ms, perf_counter() - began)

    def _smooth(self, mean_ms: float, new_s: float) -> float:
        """A running mean over about ten rounds."""
        return mean_ms + max(0.1, 1.0 / self.rounds) * (1000 * new_s - mean_ms)

    def close(self) -> None:
        """Give the graphics back."""
        self._cameras.close()
