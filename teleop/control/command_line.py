"""Control's dealings with the robot's agent: lease, power, and the command frames. Thin: it decides nothing."""

import contextlib
import logging
import os
import socket
from pathlib import Path

from teleop.control.robot_view import Session
from twin.errors import NoAnswer, RequestRefused
from twin.station import Station
from twin.wire.ask import Asker, named
from twin.wire.bus import Speaker, Waiter
from twin.wire.clock import NS_PER_MS
from twin.wire.clock_offset import ClockOffset, exchange
from twin.wire.command_frame import JointCommand, pack
from twin.wire.direct import CommandSender, new_client_id
from twin.wire.messages import Reply

RETAIN_NS = 500 * NS_PER_MS
_ANSWER_S = 0.5
_ID_BYTES = 16

log = logging.getLogger(__name__)


class RobotLine:
    """The lease and the line it was granted to."""

    def __init__(self, station: Station, speaker: Speaker) -> None:
        """Connect to the robot of ``station``; every frame is also said by ``speaker``."""
        client_id = _own_id(station.path / "control.id")
        who = f"{station.operator or 'operator'} at {socket.gethostname()}:{os.getpid()}"
        self._sender = CommandSender(station, client_id)
        self._asker = Asker(station, "robot", who, client_id)
        self._speaker = speaker
        self.session = Session()
        self._retain_due_ns = 0
        self._retains: set[int] = set()
        self.clock = ClockOffset()  # of the robot's machine
        self._clock_due_ns = 0
        self._clock_asked: dict[int, int] = {}  # number of the question -> when

    def send(self, command: JointCommand) -> None:
        """Send a frame to the robot, and say the same bytes aloud for the log."""
        frame = pack(command)
        self._sender.send(frame)
        self._speaker.say_bytes("control.command", frame, command.sent_ns)

    def ask(self, action: str, **values: object) -> Reply:
        """Ask the robot for something; never raises."""
        try:
            results = self._asker.ask(action, _ANSWER_S, **values)
        except (RequestRefused, NoAnswer) as refusal:
            return Reply(reason=str(refusal))
        if "lease_seq" in results and "epoch" in results:
            self.session = Session(int(results["lease_seq"]), bytes.fromhex(results["epoch"]))
        return Reply(accepted=True)

    def acquire(self) -> Reply:
        """Make this station the one that drives."""
        if not self.session.lease_seq:
            # What an earlier run of this role held is ours to return: its numbering of commands is over.
            self.ask("lease.return")
        reply = self.ask("lease.acquire")
        if not reply.accepted:
            self.session = Session()
        return reply

    def give_back(self) -> Reply:
        """Let others drive."""
        reply = self.ask("lease.return") if self.session.lease_seq else Reply(accepted=True)
        self.session = Session()
        return reply

    def wake(self, waiter: Waiter) -> None:
        """Let the robot's answers wake ``waiter``; they are taken in with ``hear``."""
        waiter.add(self._asker.socket)

    def hear(self, now_ns: int) -> None:
        """Take in the robot's answers; the sooner, the better its clock is known."""
        for number, reply in self._asker.replies():
            if number in self._retains:
                self._retains.discard(number)
                if not reply.accepted and self.session.lease_seq:
                    log.warning("the lease is lost: %s", reply.reason)
                    self.session = Session()
            elif (asked_ns := self._clock_asked.pop(number, None)) is not None:
                self.clock.take(exchange(asked_ns, named(reply.results), now_ns))

    def tick(self, now_ns: int) -> None:
        """Keep the lease alive, notice when it is gone, and ask what time it is."""
        self.hear(now_ns)
        if now_ns >= self._clock_due_ns:
            self._clock_due_ns = self.clock.due_ns(now_ns)
            # What was not answered by now is too old to tell anything.
            self._clock_asked = {self._asker.post("clock"): now_ns}
        if self.session.lease_seq and now_ns >= self._retain_due_ns:
            self._retain_due_ns = now_ns + RETAIN_NS
            self._retains.add(self._asker.post("lease.retain"))

    def close(self) -> None:
        """Let others drive, and hang up."""
        if self.session.lease_seq:
            self.ask("lease.return")
        self._sender.close()
        self._asker.close()


def _own_id(path: Path) -> bytes:
    """The client id under which the control of this station asks for the lease, the same after a restart.

    So a control that crashed does not lock its own station out until its old lease is revoked.
    """
    with contextlib.suppress(OSError):
        known = path.read_bytes()
        if len(known) == _ID_BYTES:
            return known
    made = new_client_id()
    path.touch(mode=0o600)
    path.write_bytes(made)
    return made
