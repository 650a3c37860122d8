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
from teleop.inputs.webxr.words import FREQUENT_TOPICS, TOPICS, words
from twin.errors import UnderstudyError
from twin.station import Station
from twin.wire.bus import Heard, Listener, Waiter
from twin.wire.clock import NS_PER_MS, now_ns

if TYPE_CHECKING:
    from teleop.inputs.webxr.figure import Figure
    from teleop.inputs.webxr.jpeg import JpegStream

CAMERAS = "camera."
# The cameras in the order of their places in the headset: eyes first, or the one camera that is both; then insets.
FIRST_CAMERAS = ("head", "head_left", "head_right")
MOST_CAMERAS = 8
POSES_NS = 50 * NS_PER_MS  # of the small robot; words come with every second one
FIGURE_PLACE = 255
_INSET_JPEG_NS = 150 * NS_PER_MS  # single pictures of small views are encoded no more often than that
_KEY_UNITS = frozenset((5, 7))  # an IDR slice, a sequence parameter set

log = logging.getLogger(__name__)


class Screen:
    """Feeds the linked headset."""

    def __init__(self, station: Station, loop: asyncio.AbstractEventLoop, server: Server) -> None:
        """Hear ``station`` for the sessions of ``server``, which lives in ``loop``."""
        self._station, self._loop, self._server = station, loop, server
        self._ending = False
        self._heard: dict[str, Heard] = {}
        self._jpegs: dict[str, JpegStream] = {}
        self._encoded_ns: dict[str, int] = {}
        self._places: dict[str, int] = {name: place for place, name in enumerate(FIRST_CAMERAS)}
        self._told = -1  # the session that knows the cameras' places and the robot's shape
        self._figure: Figure | None = None
        self._thread = threading.Thread(target=self._run, name="headset screen", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop; returns when the thread is gone."""
        self._ending = True
        self._thread.join(1.0)

    def _run(self) -> None:
        listener = Listener(self._station, (CAMERAS, *TOPICS))
        frequent = Listener(self._station, FREQUENT_TOPICS)
        waiter = Waiter()
        waiter.add(listener.socket)
        self._figure = _figure(self._station)
        due_ns, ticks = now_ns(), 0
        try:
            while not self._ending:
                waiter.wait(min(due_ns, now_ns() + POSES_NS))
                for heard in listener.drain():
                    if heard.topic.startswith(CAMERAS):
                        self._show(heard)
                    else:
                        self._heard[heard.topic] = heard
                if now_ns() >= due_ns:
                    due_ns, ticks = now_ns() + POSES_NS, ticks + 1
                    self._heard |= frequent.newest()
                    self._pose_figure(now_ns())
                    if ticks % 2:
                        self._say_words(now_ns())
        finally:
            listener.close()
            frequent.close()

    def _show(self, heard: Heard) -> None:
        session = self._server.session
        if session is None:
            self._jpegs.clear()
            return
        name = heard.topic.removeprefix(CAMERAS)
        if name not in self._places and len(self._places) < MOST_CAMERAS:
            self._places[name], self._told = len(self._places), -1
        place = self._places.get(name)
        if place is None:
            return
        try:
            unit = CompressedVideo.FromString(heard.payload).data
        except DecodeError:
            log.warning("a picture of %s is unreadable", heard.topic)
            return
        sampled_ms = heard.sampled_ns / NS_PER_MS
        if session.video == "h264":
            kind = H264_KEY if is_key(unit) else H264
            self._hand_over(session.downlink.show, kind, sampled_ms, unit, place)
            return
        picture = self._as_jpeg(name, unit)
        if picture:
            self._hand_over(session.downlink.show, JPEG, sampled_ms, picture, place)

    def _as_jpeg(self, name: str, unit: bytes) -> bytes:
        """The picture that ``unit`` completes, if it is time for one of this camera."""
        from teleop.inputs.webxr.jpeg import JpegStream

        stream = self._jpegs.setdefault(name, JpegStream())
        at_ns = now_ns()
        is_due = name in FIRST_CAMERAS or at_ns - self._encoded_ns.get(name, 0) >= _INSET_JPEG_NS
        if is_due:
            self._encoded_ns[name] = at_ns
        return stream.picture(unit, is_due)

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
