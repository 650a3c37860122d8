"""A film of a take as the twin would have shown it: robot, scene, balance, footsteps and pushes, in an MP4."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recordings.log import TakeHead, read_take
from twin.base_coordinates import with_base
from twin.errors import RecordingError
from twin.mirror import SCENE, STATE, TOPICS, Mirror
from twin.render.balance_marks import BalanceMarks
from twin.render.carriage_marks import CarriageMarks
from twin.render.offscreen import Image, OffscreenTwin
from twin.render.subject import Subject
from twin.render.themes import DARK, RenderTheme
from twin.robot import RobotSpec
from twin.scene import Scene, load_scene
from twin.video_colours import say_colours
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import SceneState

_CODING = {"crf": "27", "preset": "slow"}


@dataclass(frozen=True)
class Look:
    """How a film is made."""

    view: str = "home"  # one of ``twin.render.standpoints.NAMES``
    theme: RenderTheme = DARK
    width_px: int = 640
    height_px: int = 480
    fps: int = 20
    speed: float = 1.0  # 2: twice as fast as it was
    begin_s: float = 0.0
    end_s: float = np.inf


def film(path: Path, spec: RobotSpec, out: Path, look: Look, progress: Callable[[float], None]) -> int:
    """Write a film of the take ``path`` to ``out`` and return the number of its pictures.

    Args:
        path: the take.
        spec: its robot.
        out: gets the film.
        look: how.
        progress: told the second of the take that was drawn last.

    Raises:
        RecordingError: the take tells nothing of a simulated scene, or is of another robot.
        GraphicsError: nothing can be drawn on this machine.
    """
    scene = _scene_of(path, spec)
    mirror = Mirror(spec, scene)
    subject, balance, carriage = Subject(mirror), BalanceMarks(mirror), CarriageMarks(mirror)
    camera = subject.camera()
    camera.go_to(look.view, glide_s=0.0)
    before, count = _middle(mirror), 0
    with (
        OffscreenTwin(subject.geometry, look.width_px, look.height_px, look.theme) as offscreen,
        _Coder(out, look) as coder,
    ):
        for at_ns, second in _pictures(path, mirror, look):
            subject.pose(at_ns)
            vertices = np.concatenate([balance.vertices(at_ns), carriage.vertices()])
            middle = _middle(mirror)
            camera.go_along(np.append(middle - before, 0.0))
            before = middle
            view = camera.view(look.width_px / look.height_px)
            centre = (float(middle[0]), float(middle[1]))
            coder.add(offscreen.image(view, subject.palette, subject.contacts(), centre, vertices))
            count += 1
            progress(second)
    if not count:
        raise RecordingError(f"{path} has nothing to show between {look.begin_s:g} and {look.end_s:g} s")
    return count


def _pictures(path: Path, mirror: Mirror, look: Look) -> Iterator[tuple[int, float]]:
    """Hear the take, and stop at each moment of which a picture is wanted: its time, and its second of the take."""
    first_ns = due_ns = 0
    step_ns = int(look.speed * NS_PER_S / look.fps)
    for heard in read_take(path, TOPICS):
        if not first_ns and heard.topic == STATE:
            first_ns = heard.sampled_ns
            due_ns = first_ns + int(look.begin_s * NS_PER_S)
        mirror.hear(heard)
        if heard.topic == SCENE:
            mirror.update()
        if not first_ns or heard.topic != STATE or heard.sampled_ns < due_ns:
            continue
        second = (heard.sampled_ns - first_ns) / NS_PER_S
        if second > look.end_s:
            return
        due_ns += step_ns
        yield heard.sampled_ns, second


def _middle(mirror: Mirror) -> Any:
    return mirror.measured.xpos[max(mirror.robot_root, 0)][:2].copy()


def _scene_of(path: Path, spec: RobotSpec) -> Scene:
    """The scene that the take was made in, with a base that floats if it may: what a bolted one says fits it, too."""
    episode = TakeHead(path).episode
    said = next(iter(read_take(path, (SCENE,))), None)
    if said is None or not episode.scene:
        raise RecordingError(
            f"{path} was not made in a simulated scene, so that there is nothing to draw it in"
        )
    state: SceneState = Heard.read(said, SceneState)
    scene = load_scene(spec, episode.scene, episode.seed, spec.bases[-1], state.level or 1)
    if scene.model.nq == len(with_base(scene.model, state.qpos)):
        return scene
    raise RecordingError(
        f"{path} is of {episode.robot} {episode.revision} in the scene {episode.scene!r}, which does not fit "
        f"{spec.name} {spec.revision}: name the robot it was made with"
    )


class _Coder:
    """Puts pictures into an MP4 that every browser plays."""

    def __init__(self, path: Path, look: Look) -> None:
        import av

        path.parent.mkdir(parents=True, exist_ok=True)
        self._av = av
        self._file = av.open(str(path), "w", options={"movflags": "faststart"})
        self._stream: Any = self._file.add_stream("libx264", rate=look.fps, options=_CODING)
        self._stream.width, self._stream.height = look.width_px, look.height_px
        self._stream.pix_fmt = "yuv420p"
        say_colours(self._stream.codec_context)

    def __enter__(self) -> "_Coder":
        return self

    def add(self, image: Image) -> None:
        """The next picture."""
        frame = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        self._file.mux(self._stream.encode(frame))

    def __exit__(self, *_: object) -> None:
        self._file.mux(self._stream.encode())
        self._file.close()
