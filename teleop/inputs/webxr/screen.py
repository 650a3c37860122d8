"""What the person in the headset sees of the station: the cameras' pictures, the robot's pose, and words.

Runs in a thread of its own, which hears the station and hands everything to the server's event loop.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from google.protobuf.message import DecodeError

from teleop.inputs.webxr.downlink import FIGURE, H264, H264_KEY, JPEG
from teleop.inputs.webxr.server import Server
from teleop.inputs.webxr.words import TOPICS, words
from twin.errors import UnderstudyError
from twin.station import Station
from twin.wire.bus import Heard, Listener, Waiter
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.stills import EYES, StillsListener

if TYPE_CHECKING:
    from teleop.inputs.webxr.figure import Figure

CAMERAS = "camera."
MOST_CAMERAS = 8
POSES_NS = 50 * NS_PER_MS  # of the small robot; words come with every second one
FIGURE_PLACE = 255
_KEY_UNITS = frozenset((5, 7))  # an IDR slice, a sequence parameter set

log = logging.getLogger(__name__)


class Screen:
    """Feeds the linked headset."""

    def __init__(self, station: Station, loop: asyncio.AbstractEventLoop, server: Server) -> None:
        """Hear ``station`` for the sessions of ``server``, which lives in ``loop``."""
        self._station, self._loop, self._server = station, loop, server
        self._ending = False
        self._heard: dict[str, Heard] = {}
        # The cameras' places in the headset: eyes first, or the one camera that is both; then insets.
        self._places: dict[str, int] = {name: place for place, name in enumerate(EYES)}
        self._told = -1  # the session that knows the cameras' places and the robot's shape
        self._figure: Figure | None = None
        self._thread = threading.Thread(target=self._run, name="headset screen", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop; returns when the thread is gone."""
        self._ending = True
        self._thread.join(1.0)

    def _run(self) -> None:
        video, stills = Listener(self._station, (CAMERAS,)), StillsListener(self._station)
        station = Listener(
            self._station, TOPICS
        )  # looked at when words are due; it would wake us all the time
        waiter = Waiter()
        for source in (video.socket, stills.socket):
            waiter.add(source)
        self._figure = _figure(self._station)
        due_ns, ticks = now_ns(), 0
        try:
            while not self._ending:
                waiter.wait(min(due_ns, now_ns() + POSES_NS))
                session = self._server.session
                stills.ask(session is not None and session.video == "jpeg")
                for heard in video.drain():
                    if session is not None and session.video == "h264":
                        self._show_video(heard)
                for still in stills.newest():
                    self._show(still.camera, JPEG, still.sampled_ns, still.jpeg)
                if now_ns() >= due_ns:
                    due_ns, ticks = now_ns() + POSES_NS, ticks + 1
                    self._heard |= station.newest()
                    self._pose_figure(now_ns())
                    if ticks % 2:
                        self._say_words(now_ns())
        finally:
            for part in (video, stills, station):
                part.close()

    def _show_video(self, heard: Heard) -> None:
        try:
            unit = CompressedVideo.FromString(heard.payload).data
        except DecodeError:
            log.warning("a picture of %s is unreadable", heard.topic)
            return
        kind = H264_KEY if is_key(unit) else H264
        self._show(heard.topic.removeprefix(CAMERAS), kind, heard.sampled_ns, unit)

    def _show(self, camera: str, kind: int, sampled_ns: int, picture: bytes) -> None:
        session = self._server.session
        if session is None:
            return
        if camera not in self._places and len(self._places) < MOST_CAMERAS:
            self._places[camera], self._told = len(self._places), -1
        place = self._places.get(camera)
        if place is not None:
            self._hand_over(session.downlink.show, kind, sampled_ns / NS_PER_MS, picture, place)

    def _say_words(self, at_ns: int) -> None:
        session = self._server.session
        if session is None:
            return
        if session.number != self._told:
            self._told = session.number
            self._hand_over(session.downlink.say, _cameras(self._places))
            if self._figure is not None:
                self._hand_over(session.downlink.say, self._figure.description)
        self._hand_over(session.downlink.say, words(self._heard, at_ns))

    def _pose_figure(self, at_ns: int) -> None:
        session = self._server.session
        if session is None or self._figure is None:
            return
        poses = self._figure.poses(self._heard, at_ns)
        if poses:
            show = session.downlink.show
            self._hand_over(
                show, FIGURE, self._heard["robot.state"].sampled_ns / NS_PER_MS, poses, FIGURE_PLACE
            )

    def _hand_over(self, call: Callable[..., None], *what: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *what)


def _figure(station: Station) -> "Figure | None":
    """The robot's small model; None where there is no robot's folder to read."""
    if not station.robot_folder:
        return None
    from teleop.inputs.webxr.figure import figure_of

    try:
        return figure_of(station.robot_folder, station.revision)
    except UnderstudyError as error:
        log.warning("the headset shows no small robot: %s", error)
        return None


def _cameras(places: dict[str, int]) -> str:
    """The cameras by place, as the page is told."""
    return msgspec.json.encode({"type": "cameras", "names": sorted(places, key=lambda n: places[n])}).decode()


def is_key(access_unit: bytes) -> bool:
    """Whether a decoder can begin with this Annex B access unit."""
    at = access_unit.find(b"\x00\x00\x01")
    while at >= 0:
        if access_unit[at + 3 : at + 4] and access_unit[at + 3] & 0x1F in _KEY_UNITS:
            return True
        at = access_unit.find(b"\x00\x00\x01", at + 3)
    return False
