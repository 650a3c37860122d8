"""The real inputs role with an open headset link, and an ear for what it says."""

import asyncio
import subprocess
import sys
from pathlib import Path

from benchmarks.emulated_headset import config_environment, free_port, pin_of, until
from twin.robot import find_robot
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener, Speaker
from twin.wire.clock import now_ns
from twin.wire.messages import InputSample, XrSample
from twin.wire.stills import StillsSpeaker


class InputsRole:
    """Started as a process of its own."""

    def __init__(self, folder: Path, speaks_for: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> None:
        self.folder = folder
        robot = str(find_robot("optimus")) if others else ""
        self.station = Station(folder=str(folder / "s"), robot_folder=robot, virtual_pad=not others)
        self.station.save()
        self.speakers = {role: Speaker(self.station, role) for role in speaks_for}
        self.stills = StillsSpeaker(self.station) if "cameras" in speaks_for else None
        self.processes = [self._start(name) for name in ("inputs", *others)]
        self.asker = Asker(self.station, "inputs", "test")
        self.listener = Listener(self.station, ("operator.xr", "operator.input", "inputs.devices"))
        self.samples: list[tuple[Heard, XrSample]] = []
        self.inputs: list[tuple[Heard, InputSample]] = []
        self.port = free_port()

    def _start(self, role: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "app.main", "role", role, "--station-dir", self.station.folder],
            env=config_environment(self.folder / "config"),
            stdin=subprocess.DEVNULL,
        )

    @property
    def config(self) -> Path:
        """The folder of the link's certificate and of the paired headsets."""
        return self.folder / "config" / "understudy" / "headset"

    async def open(self) -> dict[str, str]:
        """Open the link; what the role says of it."""
        await asyncio.to_thread(self.asker.ask, "headset.link", 10.0, switch="on", port=self.port)
        facts: dict[str, str] = {}

        def is_open() -> bool:
            facts.update(self.asker.ask("headset.status"))
            assert facts["state"] != "failed", facts
            return facts["state"] == "open"

        await until(is_open, "the link opens", 20.0)
        return facts

    async def let_in(self) -> None:
        """Be the person at the station who lets in the headset that knocks."""

        def is_let_in() -> bool:
            facts = self.asker.ask("headset.status")
            if "asking_id" in facts:
                self.asker.ask("headset.allow", id=facts["asking_id"])
            return "asking_id" in facts

        await until(is_let_in, "a headset knocks", 30.0)

    def pin(self) -> str:
        """What a browser is told to trust."""
        return pin_of(self.config / "server.pem")

    def hear(self) -> None:
        """Take in what the role said since."""
        for heard in self.listener.drain():
            if heard.topic == "operator.xr":
                self.samples.append((heard, heard.read(XrSample)))
            elif heard.topic == "operator.input":
                sample = heard.read(InputSample)
                if sample.kind == "headset":
                    self.inputs.append((heard, sample))

    @property
    def newest(self) -> XrSample:
        """The newest head and hands; empty if there were none."""
        self.hear()
        return self.samples[-1][1] if self.samples else XrSample()

    @property
    def input(self) -> InputSample:
        """The newest sample of the headset's controllers; empty if there was none."""
        self.hear()
        return self.inputs[-1][1] if self.inputs else InputSample()

    @property
    def buttons(self) -> tuple[str, ...]:
        """What is held on the controllers."""
        return self.input.buttons

    def held_since(self, at_ns: int) -> list[InputSample]:
        """Samples after ``at_ns`` in which a grip counts as held."""
        self.hear()
        return [
            sample for heard, sample in self.inputs if heard.received_ns > at_ns and "grip" in sample.buttons
        ]

    def now(self) -> int:
        """The clock of the wire, in nanoseconds."""
        return now_ns()

    def terminate(self) -> None:
        """Tell all processes to end; ``close`` waits for them."""
        for process in self.processes:
            process.terminate()

    def close(self) -> None:
        """End all processes."""
        self.terminate()
        for process in self.processes:
            process.wait(10)
        self.asker.close()
        self.listener.close()
        for speaker in self.speakers.values():
            speaker.close()
        if self.stills is not None:
            self.stills.close()
