"""The cameras' pictures on their way through this process to the headset, which hears only those that it shows.

Lives in the server's event loop: a picture goes from the cameras' socket to the headset's without a change of thread.
"""

import asyncio
import logging
from collections.abc import Callable

import msgspec
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from google.protobuf.message import DecodeError

from teleop.inputs.webxr.downlink import H264, H264_KEY, JPEG
from teleop.inputs.webxr.server import Server
from twin.station import Station
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS
from twin.wire.stills import EYES, StillsListener

CAMERAS = "camera."
MOST_CAMERAS = 8
_KEY_UNITS = frozenset((5, 7))  # an IDR slice, a sequence parameter set

log = logging.getLogger(__name__)


class Pictures:
    """Feeds the linked headset with what the cameras see."""

    def __init__(self, station: Station, loop: asyncio.AbstractEventLoop, server: Server) -> None:
        """Hear the cameras of ``station`` for the sessions of ``server``, which lives in ``loop``."""
        self._station, self._loop, self._server = station, loop, server
        # The cameras' places in the headset: eyes first, or the one camera that is both; then insets.
        self._places: dict[str, int] = {name: place for place, name in enumerate(EYES)}
        self._told: tuple[int, int] = (0, 0)  # the session that knows them, and how many of them
        self._stills = StillsListener(station)
        self._video: Listener | None = None  # while somebody watches video
        self._watch(self._stills, self._show_stills)
        server.session_changed = self._follow

    def _watch(self, ear: Listener | StillsListener, arrived: Callable[[], None]) -> None:
        # ZeroMQ's descriptor tells that something happened, not that a message waits, and tells it once: ``arrived``
        # takes all there is, and is called whenever the socket was used for something else.
        self._loop.add_reader(ear.socket.fileno(), arrived)

    def _follow(self) -> None:
        """Ask for what the linked headset wants to be shown, and for nothing else."""
        session = self._server.session
        wanted = session.video if session is not None else ""
        self._tell_places()
        self._stills.ask(wanted == "jpeg")
        self._show_stills()
        if wanted == "h264" and self._video is None:
            self._video = Listener(self._station, (CAMERAS,))
            self._watch(self._video, self._show_video)
            self._show_video()
        elif wanted != "h264" and self._video is not None:
            self._hush(self._video)
            self._video = None

    def _tell_places(self) -> None:
        """Before the first picture: a page does not know whose one of an unknown place is."""
        session = self._server.session
        if session is None or self._told == (session.number, len(self._places)):
            return
        self._told = (session.number, len(self._places))
        session.downlink.say(msgspec.json.encode({"type": "cameras", "names": tuple(self._places)}).decode())

    def _show_stills(self) -> None:
        for still in self._stills.newest():
            self._show(still.camera, JPEG, still.sampled_ns, still.jpeg)

    def _show_video(self) -> None:
        for heard in self._video.drain() if self._video is not None else ():
            self._show_unit(heard)

    def _show_unit(self, heard: Heard) -> None:
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
            self._places[camera] = len(self._places)
            self._tell_places()
        place = self._places.get(camera)
        if place is not None:
            session.downlink.show(kind, sampled_ns / NS_PER_MS, picture, place)

    def _hush(self, ear: Listener | StillsListener) -> None:
        self._loop.remove_reader(ear.socket.fileno())
        ear.close()

    def close(self) -> None:
        """Hear no camera any more."""
        self._server.session_changed = lambda: None
        for ear in (self._stills, self._video):
            if ear is not None:
                self._hush(ear)


def is_key(access_unit: bytes) -> bool:
    """Whether a decoder can begin with this Annex B access unit."""
    at = access_unit.find(b"\x00\x00\x01")
    while at >= 0:
        if access_unit[at + 3 : at + 4] and access_unit[at + 3] & 0x1F in _KEY_UNITS:
            return True
        at = access_unit.find(b"\x00\x00\x01", at + 3)
    return False
