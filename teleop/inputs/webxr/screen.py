"""What the person in the headset sees of the station: the head camera's pictures and a line of words.

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

from teleop.inputs.webxr.downlink import H264, H264_KEY, JPEG
from teleop.inputs.webxr.server import Server
from twin.errors import WireError
from twin.station import Station
from twin.wire.bus import Heard, Listener, Waiter
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import AgentStatus, ControlStatus, RecorderStatus

if TYPE_CHECKING:
    from teleop.inputs.webxr.jpeg import JpegStream

CAMERA = "camera.head"
WORDS_NS = 100 * NS_PER_MS
_SILENT_NS = 1000 * NS_PER_MS  # words older than that are not shown as if they were true
_KEY_UNITS = frozenset((5, 7))  # an IDR slice, a sequence parameter set

log = logging.getLogger(__name__)


class Screen:
    """Feeds the linked headset."""

    def __init__(self, station: Station, loop: asyncio.AbstractEventLoop, server: Server) -> None:
        """Hear ``station`` for the sessions of ``server``, which lives in ``loop``."""
        self._station, self._loop, self._server = station, loop, server
        self._ending = False
        self._heard: dict[str, Heard] = {}
        self._jpeg: JpegStream | None = None
        self._thread = threading.Thread(target=self._run, name="headset screen", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop; returns when the thread is gone."""
        self._ending = True
        self._thread.join(1.0)

    def _run(self) -> None:
        listener = Listener(self._station, (CAMERA, "control.status", "recorder.status", "robot.status"))
        waiter = Waiter()
        waiter.add(listener.socket)
        due_ns = now_ns()
        try:
            while not self._ending:
                waiter.wait(min(due_ns, now_ns() + WORDS_NS))
                for heard in listener.drain():
                    if heard.topic == CAMERA:
                        self._show(heard)
                    else:
                        self._heard[heard.topic] = heard
                if now_ns() >= due_ns:
                    due_ns = now_ns() + WORDS_NS
                    self._say_words(now_ns())
        finally:
            listener.close()

    def _show(self, heard: Heard) -> None:
        session = self._server.session
        if session is None:
            self._jpeg = None
            return
        try:
            unit = CompressedVideo.FromString(heard.payload).data
        except DecodeError:
            log.warning("a picture of %s is unreadable", heard.topic)
            return
        sampled_ms = heard.sampled_ns / NS_PER_MS
        if session.video == "h264":
            self._hand_over(session.downlink.show, H264_KEY if is_key(unit) else H264, sampled_ms, unit)
            return
        if self._jpeg is None:
            from teleop.inputs.webxr.jpeg import JpegStream

            self._jpeg = JpegStream()
        picture = self._jpeg.picture(unit)
        if picture:
            self._hand_over(session.downlink.show, JPEG, sampled_ms, picture)

    def _say_words(self, at_ns: int) -> None:
        session = self._server.session
        if session is not None:
            self._hand_over(session.downlink.say, words(self._heard, at_ns))

    def _hand_over(self, call: Callable[..., None], *what: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *what)


def is_key(access_unit: bytes) -> bool:
    """Whether a decoder can begin with this Annex B access unit."""
    at = access_unit.find(b"\x00\x00\x01")
    while at >= 0:
        if access_unit[at + 3 : at + 4] and access_unit[at + 3] & 0x1F in _KEY_UNITS:
            return True
        at = access_unit.find(b"\x00\x00\x01", at + 3)
    return False


def words(heard: dict[str, Heard], at_ns: int) -> str:
    """What the display in the headset says, from the newest message of each topic."""
    shown: dict[str, object] = {"type": "words"}
    try:
        control = _fresh(heard, "control.status", at_ns)
        if control is not None:
            status = control.read(ControlStatus)
            shown |= {
                "phase": status.phase,
                "reason": status.reason,
                "scale": status.scale,
                "note": status.note,
                "limits": status.limited_by,
            }
        robot = _fresh(heard, "robot.status", at_ns)
        if robot is not None:
            agent = robot.read(AgentStatus)
            shown |= {"robot": agent.state, "stop": agent.stop_level, "lease": agent.lease_owner}
        recorder = _fresh(heard, "recorder.status", at_ns)
        if recorder is not None:
            take = recorder.read(RecorderStatus)
            shown |= {"recorder": take.phase, "seconds": round(take.seconds, 1), "task": take.task}
    except WireError as error:
        shown["reason"] = str(error)
    return msgspec.json.encode(shown).decode()


def _fresh(heard: dict[str, Heard], topic: str, at_ns: int) -> Heard | None:
    newest = heard.get(topic)
    return newest if newest is not None and at_ns - newest.received_ns <= _SILENT_NS else None
