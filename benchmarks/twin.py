"""The twin's cost on the window's thread: measured and commanded robot, beside VisPy with one visual per geom."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure
from twin.mirror import Mirror
from twin.render.geometry import VERTEX, Geometry, geometry_of
from twin.render.offscreen import OffscreenTwin, application
from twin.render.palette import Palette
from twin.render.subject import Subject
from twin.robot import find_robot, load_robot
from twin.scene import load_scene
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import AppliedCommand, RobotState, vector

TITLE = "Twin: one frame of measured and commanded robot"

_BAR_MS = 1.5
_GEOMETRY_BAR_MS = 150.0
_PEER = "VisPy, one MeshVisual per geom"
_SMALL_PX = 64


def measure(quick: bool = False) -> list[Figure]:
    """Python's share, with a triangle for each geom in a tiny picture; then whole frames as drawn here."""
    frames = 40 if quick else 200
    spec = load_robot(find_robot("optimus"))
    mirror = Mirror(spec, load_scene(spec, "table"))
    subject = Subject(mirror)
    bare = _bare(subject.geometry)
    ours_ms = _python_ms(subject, bare, frames)
    turning_ms = _python_ms(subject, bare, frames, turn_share=0.01)
    peer_ms = _peer_ms(subject, bare, max(10, frames // 10))
    build_ms = _median_ms(
        lambda: geometry_of(mirror.scene.model, mirror.measured, mirror.robot_root), 3 if quick else 10
    )
    wall_ms, renderer = _whole_frame_ms(subject, 10 if quick else 30)
    geoms = subject.geometry.n + subject.geometry.n_robot
    triangles = len(subject.geometry.triangles)
    return [
        Figure(
            f"Python side of a frame, {geoms} geoms, p50", ours_ms[0], "ms", frames, _BAR_MS,
            peer=_PEER, peer_value=peer_ms,
        ),
        Figure("Python side of a frame, p95", ours_ms[1], "ms", frames),
        Figure("Python side of a frame while the view turns, p50", turning_ms[0], "ms", frames, _BAR_MS),
        Figure("geometry merged and shaded", build_ms, "ms", 3 if quick else 10, _GEOMETRY_BAR_MS),
        Figure(
            f"whole frame 1280x720, {triangles} triangles, {renderer.split(' (')[0]}", wall_ms, "ms",
            10 if quick else 30,
        ),
    ]  # fmt: skip


def _bare(geometry: Geometry) -> Geometry:
    """The same geoms, each a single triangle, so that the driver has next to nothing to do."""
    n = geometry.n
    vertices = np.ones(3 * n, VERTEX)
    vertices["a_position"] = np.tile(0.05 * np.eye(3, dtype=np.float32), (n, 1))
    vertices["a_normal"] = np.full(3, 3**-0.5, np.float32)
    vertices["a_geom"] = np.repeat(np.arange(n), 3)
    triangles = np.arange(3 * n, dtype=np.uint32).reshape(n, 3)
    return replace(geometry, vertices=vertices, triangles=triangles, robot_triangles=geometry.n_robot)


def _say(mirror: Mirror, step: int) -> None:
    """What a window has heard when it draws its frame ``step``: a robot in motion, its command ahead of it."""
    home = mirror.spec.home_rad
    wave = 0.2 * np.sin(0.05 * step + np.arange(len(home)))
    messages = {
        "robot.state": RobotState(position_rad=vector(home + wave)),
        "robot.applied": AppliedCommand(position_rad=vector(home + 1.3 * wave)),
    }
    at_ns = step * 16 * NS_PER_MS
    for name, message in messages.items():
        mirror.hear(Heard(name, step + 1, at_ns, at_ns, codec.encode(message)))


def _python_ms(subject: Subject, bare: Geometry, frames: int, turn_share: float = 0.0) -> tuple[float, float]:
    """p50 and p95 of the thread's time from heard messages to everything handed to the driver.

    Args:
        subject: what is drawn.
        bare: its geoms, a triangle each.
        frames: how many.
        turn_share: the view turns with every frame as if dragged by this share of the picture's height.
    """
    palette, camera = Palette(bare), subject.camera()
    taken_ms = []
    with OffscreenTwin(bare, _SMALL_PX, _SMALL_PX, shadows=False, oversampling=1) as offscreen:
        for step in range(frames + 10):
            _say(subject.mirror, step)
            began = time.thread_time()
            if turn_share:
                camera.orbit(turn_share, 0.0)
            subject.mirror.pose(palette, step * 16 * NS_PER_MS)
            offscreen.draw(camera.view(1.0), palette, subject.contacts())
            taken_ms.append(1000 * (time.thread_time() - began))
            offscreen.finish()
    p50, p95 = np.percentile(taken_ms[10:], (50, 95))
    return float(p50), float(p95)


def _whole_frame_ms(subject: Subject, frames: int) -> tuple[float, str]:
    """Median time until a 1280x720 frame with ghost and patches is drawn, and by what."""
    camera = subject.camera()
    taken_ms = []
    with OffscreenTwin(subject.geometry, 1280, 720, shadows=False, oversampling=1) as offscreen:
        for step in range(frames + 3):
            _say(subject.mirror, step)
            began = time.perf_counter()
            subject.pose(step * 16 * NS_PER_MS)
            offscreen.draw(camera.view(1280 / 720), subject.palette, subject.contacts())
            offscreen.finish()
            taken_ms.append(1000 * (time.perf_counter() - began))
        return float(np.median(taken_ms[3:])), offscreen.gl_renderer


def _peer_ms(subject: Subject, bare: Geometry, frames: int) -> float:
    """Median thread time of the same two robots as VisPy's scene graph draws them, a visual for each geom."""
    from vispy import scene

    mirror, geoms = subject.mirror, bare.geoms
    canvas = scene.SceneCanvas(app=application(), size=(_SMALL_PX, _SMALL_PX), show=True, dpi=96)
    view = canvas.central_widget.add_view()
    view.camera = scene.TurntableCamera(fov=34, distance=3.0, center=(0, 0, 0.9))
    visuals = _visuals(scene, view.scene, bare)
    states = [mirror.measured] * bare.n + [mirror.commanded] * bare.n_robot
    rows = np.concatenate([geoms, geoms[: bare.n_robot]])
    taken_ms = []
    for step in range(frames + 2):
        _say(mirror, step)
        began = time.thread_time()
        mirror.update()
        for visual, data, geom in zip(visuals, states, rows, strict=True):
            visual.transform.matrix = _transposed(data, int(geom))
        canvas.update()
        canvas.app.process_events()
        taken_ms.append(1000 * (time.thread_time() - began))
    canvas.close()
    return float(np.median(taken_ms[2:]))


def _visuals(scene: Any, parent: Any, bare: Geometry) -> list[Any]:
    """One MeshVisual per geom; those of the commanded robot translucent."""
    row = bare.vertices["a_geom"].astype(int)
    owner = row[bare.triangles[:, 0]]
    made = []
    for ghost, count in ((False, bare.n), (True, bare.n_robot)):
        for geom in range(count):
            first = int(np.searchsorted(row, geom))
            colour = (0.37, 0.78, 0.9, 0.4) if ghost else tuple(bare.colours[geom])
            mesh = scene.visuals.Mesh(
                bare.vertices["a_position"][row == geom], bare.triangles[owner == geom] - first,
                color=colour, shading="smooth", parent=parent,
            )  # fmt: skip
            mesh.transform = scene.transforms.MatrixTransform()
            made.append(mesh)
    return made


def _transposed(data: mujoco.MjData, geom: int) -> NDArray[np.float64]:
    """A geom's pose as VisPy wants it: for row vectors."""
    made = np.eye(4)
    made[:3, :3] = data.geom_xmat[geom].reshape(3, 3).T
    made[3, :3] = data.geom_xpos[geom]
    return made


def _median_ms(act: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.thread_time()
        act()
        taken.append(1000 * (time.thread_time() - began))
    return float(np.median(taken))
