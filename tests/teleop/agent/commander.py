"""A correct commander over real sockets: for tests, and as a process of its own that can be killed.

`python commander.py FOLDER SECONDS` drives the robot of the station in FOLDER: one elbow, to and fro.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from robot_side import HOLD_TO_RUN, MS, PRESS, command_for

from twin.robot import load_robot
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener, Waiter
from twin.wire.clock import now_ns
from twin.wire.command_frame import pack
from twin.wire.direct import CommandSender, new_client_id
from twin.wire.messages import AgentStatus, AppliedCommand, vector

TOPICS = ("robot.state", "robot.applied", "robot.status", "robot.event")


class Commander:
    """Drives over the wire and remembers what it heard."""

    def __init__(self, station: Station, hears: tuple[str, ...] = TOPICS) -> None:
        self.station = station
        self.spec = load_robot(Path(station.robot_folder))
        self.client_id = new_client_id()
        self.sender = CommandSender(station, self.client_id)
        self.asker = Asker(station, "robot", "commander", self.client_id)
        self.listener = Listener(station, hears)
        self.waiter = Waiter()
        self.waiter.add(self.listener.socket)
        self.seq = 0
        self.epoch, self.lease_seq = b"", 0
        self.status = AgentStatus()
        self.applied = AppliedCommand()
        self.heard: list[Heard] = []
        self._retained_ns = 0

    def acquire(self) -> None:
        granted = self.asker.ask("lease.acquire", timeout_s=20)
        self.epoch, self.lease_seq = bytes.fromhex(granted["epoch"]), int(granted["lease_seq"])

    def power_on(self) -> None:
        self.acquire()
        self.asker.ask("power.on")
        self.until(lambda: self.status.state == "HOLD")
        self.until(lambda: self.applied.position_rad.size > 0)
        self.listen(120)

    def frame(self, **changes: object) -> bytes:
        """The next command: stay at the pose of the last applied command unless told otherwise."""
        self.seq += 1
        values = {
            "epoch": self.epoch,
            "lease_seq": self.lease_seq,
            "position_rad": self.applied.position_rad,
            "hold_to_run_bits": HOLD_TO_RUN,
        }
        return pack(command_for(self.spec, now_ns(), self.seq, **(values | changes)))

    def drive(self, seconds: float, bits: int = HOLD_TO_RUN, amplitude_rad: float = 0.0) -> None:
        """Send at 100 Hz for ``seconds``; both elbows swing once a second by ``amplitude_rad``."""
        home = self.applied.position_rad.copy()
        elbows = [self.spec.joint_names.index(f"{side}_elbow") for side in ("left", "right")]
        begin = now_ns()
        for step in range(round(seconds * 100)):
            phase = 2 * np.pi * step / 100
            wanted, velocity = home.astype(np.float64), np.zeros(home.size)
            wanted[elbows] += amplitude_rad * np.sin(phase)
            velocity[elbows] = amplitude_rad * 2 * np.pi * np.cos(phase)
            pose = {"position_rad": vector(wanted), "velocity_rad_s": vector(velocity)}
            self.sender.send(self.frame(hold_to_run_bits=bits, **pose))
            self.listen_until(begin + (step + 1) * 10 * MS)

    def engage(self) -> None:
        """Release, press, and drive through the blend; again if this process was kept from sending in time."""
        for _ in range(5):
            self.drive(0.05, 0)
            self.drive(0.05, PRESS)
            self.drive(0.6)
            if self.status.state == "TELEOP":
                return
            self.listen(300)
        raise AssertionError(f"not engaged: {self.status.state}: {self.status.reason}")

    def listen(self, milliseconds: float) -> None:
        self.listen_until(now_ns() + int(milliseconds * MS))

    def listen_until(self, until_ns: int) -> None:
        """Hear, and keep the lease, until then."""
        if self.lease_seq and now_ns() - self._retained_ns > 400 * MS:
            self._retained_ns = now_ns()
            self.asker.post("lease.retain")
        while now_ns() < until_ns:
            self.waiter.wait(until_ns)
            for heard in self.listener.drain():
                self.heard.append(heard)
                if heard.topic == "robot.status":
                    self.status = heard.read(AgentStatus)
                elif heard.topic == "robot.applied":
                    self.applied = heard.read(AppliedCommand)

    def until(self, is_so, within_s: float = 20.0) -> None:
        """Listen until ``is_so()``; fails after ``within_s``."""
        end = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < end, f"still {self.status.state}: {self.status.reason}"
            self.listen(5)

    def counts(self) -> Counter[str]:
        return Counter(heard.topic for heard in self.heard)

    def close(self) -> None:
        for end in (self.sender, self.asker, self.listener):
            end.close()


def main() -> None:
    commander = Commander(Station.load(Path(sys.argv[1])))
    commander.power_on()
    commander.engage()
    os.write(1, b"engaged\n")
    commander.drive(float(sys.argv[2]), amplitude_rad=0.3)


if __name__ == "__main__":
    main()
