"""The recorder's process: hears every topic, answers requests, tells how it is. Never in anyone's way."""

import logging
from pathlib import Path

from recordings.recorder.disk import SpaceLimits
from recordings.recorder.recorder import Recorder
from twin import places
from twin.role import RoleLife, be_nice, calm_memory
from twin.station import Station
from twin.wire.ask import Answerer, answered
from twin.wire.bus import Listener
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import Reply, Request

# Messages are taken from the socket in handfuls: waking for each of a thousand a second costs more than
# writing them. It is also how coarse the time of receipt in a take is; the time of sampling is exact.
_PERIOD_MS = 5
_STATUS_EVERY_NS = 200 * NS_PER_MS
_NICENESS = 5

log = logging.getLogger(__name__)


def takes_folder(station: Station) -> Path:
    """Where the takes of ``station`` go."""
    return Path(station.takes_folder) if station.takes_folder else places.data_folder() / "takes"


def run(station: Station, supervised: bool) -> None:
    """Record until told to end."""
    be_nice(_NICENESS)
    limits = SpaceLimits(smallest_bytes=int(station.free_disk_gib * 2**30))
    with RoleLife(station, "recorder", _PERIOD_MS, supervised=supervised) as life:
        answerer = Answerer(station, "recorder")
        life.waiter.add(answerer.socket)
        listener = Listener(station, [""])
        recorder = Recorder(station, takes_folder(station), limits, joint_groups(station))
        recorder.arrivals = listener.arrivals
        log.info(
            "ready to record what the station in %s says; takes go to %s",
            station.folder,
            takes_folder(station),
        )
        calm_memory()

        def answer(request: Request) -> Reply:
            recorder.hear(listener.drain())  # what was said before the request belongs before it
            reply = recorder.answer(request, now_ns())
            life.speaker.say("recorder.answered", answered(request, reply), now_ns())
            return reply

        status_due_ns = 0
        while not life.ending:
            life.wait(now_ns() + _PERIOD_MS * NS_PER_MS)
            recorder.hear(listener.drain())
            asked = answerer.answer_all(answer)
            at_ns = now_ns()
            recorder.look_after(at_ns)
            if asked or at_ns >= status_due_ns:
                status_due_ns = at_ns + _STATUS_EVERY_NS
                life.speaker.say("recorder.status", recorder.status(), at_ns)
            life.ticked(at_ns)
        recorder.hear(listener.drain())
        recorder.close(now_ns())
        listener.close()
        answerer.close()


def joint_groups(station: Station) -> dict[str, tuple[int, ...]]:
    """Names of groups of joints, from the robot's folder."""
    from twin.robot import load_robot

    return dict(load_robot(Path(station.robot_folder), station.revision).groups)
