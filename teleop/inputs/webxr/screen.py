"""What the person in the headset reads and sees of the robot itself: words, and the robot as a small model.

Runs in a thread of its own, which hears the station and hands everything to the server's event loop: to make words and
poses takes longer than a frame of the headset may wait.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from teleop.inputs.webxr.downlink import FIGURE
from teleop.inputs.webxr.server import Server
from teleop.inputs.webxr.words import TOPICS, words
from twin.errors import UnderstudyError
from twin.station import Station
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns

if TYPE_CHECKING:
    from teleop.inputs.webxr.figure import Figure

POSES_NS = 50 * NS_PER_MS  # of the small robot; words come with every second one
FIGURE_PLACE = 255

log = logging.getLogger(__name__)


class Screen:
    """Feeds the linked headset."""

    def __init__(self, station: Station, loop: asyncio.AbstractEventLoop, server: Server) -> None:
        """Hear ``station`` for the sessions of ``server``, which lives in ``loop``."""
        self._station, self._loop, self._server = station, loop, server
        self._end = threading.Event()
        self._heard: dict[str, Heard] = {}
        self._told = -1  # the session that knows the robot's shape
        self._figure: Figure | None = None
        self._thread = threading.Thread(target=self._run, name="headset screen", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop; returns when the thread is gone."""
        self._end.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        station = Listener(
            self._station, TOPICS
        )  # looked at when words are due; it would wake us all the time
        self._figure = _figure(self._station)
        due_ns, ticks = now_ns(), 0
        try:
            while not self._end.wait(max(0, due_ns - now_ns()) / NS_PER_S):
                at_ns = now_ns()
                due_ns, ticks = at_ns + POSES_NS, ticks + 1
                self._heard |= station.newest()
                self._pose_figure(at_ns)
                if ticks % 2:
                    self._say_words(at_ns)
        finally:
            station.close()

    def _say_words(self, at_ns: int) -> None:
        session = self._server.session
        if session is None:
            return
        if session.number != self._told:
            self._told = session.number
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
