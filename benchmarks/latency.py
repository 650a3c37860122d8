"""How long a stick's movement takes to the wire and to the motors, in a whole running station."""

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.demo import script
from app.demo.pad import sticks
from app.demo.script import TURN_S, Script
from app.demo.stage import Stage, open_stage
from app.demo.view import View
from benchmarks import polled_peer
from benchmarks.figures import Figure
from recordings.catalog import takes_in
from recordings.checking.verify import verify
from recordings.latency import LatencyFigures
from recordings.latency import measure as measure_take
from recordings.log import read_take
from twin.robot import find_robot
from twin.spatial import Array
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import InputSample, RobotState, Vector

TITLE = "latency: stick to wire to motors, with window, cameras and recorder running"
PEER = "polled loops, 60 and 250 Hz"
_STILL_RAD, _MOVED_RAD = 1.5e-3, 1e-3  # a joint at rest, noise included; and one that certainly moved


def measure(quick: bool) -> list[Figure]:
    """All figures of the way from the hand to the motors."""
    seconds = 10.0 if quick else 60.0
    driven = _driven_station(seconds)
    figures, joint_lost, real_time_factor = driven.figures, driven.joint_lost, driven.real_time_factor
    peer = polled_peer.measure_ms(seconds / 3)
    whole = figures.input_to_wire.p50 + figures.wire_to_applied.p50
    input_samples, applied_samples = figures.input_to_wire.samples, figures.wire_to_applied.samples
    return [
        Figure("input to wire, p50", figures.input_to_wire.p50, "ms", input_samples, 4.0),
        Figure("input to wire, p95", figures.input_to_wire.p95, "ms", input_samples, 10.0),
        Figure("wire to applied, p50", figures.wire_to_applied.p50, "ms", applied_samples),
        Figure("wire to applied, p95", figures.wire_to_applied.p95, "ms", applied_samples, 6.0),
        Figure("wire to applied, p99", figures.wire_to_applied.p99, "ms", applied_samples),
        Figure(
            "input to applied, p50",
            whole,
            "ms",
            applied_samples,
            peer=PEER,
            peer_value=float(np.median(peer)),
        ),
        Figure("stick to measured joint motion, p50", driven.onset_p50_ms, "ms", driven.onsets),
        Figure("stick to measured joint motion, p95", driven.onset_p95_ms, "ms", driven.onsets, 50.0),
        Figure(
            "CPU of inputs and control, both arms and hands",
            driven.cpu_percent,
            "%",
            driven.cpu_samples,
            35.0,
        ),
        Figure("control period, p50", figures.control_period.p50, "ms", figures.control_period.samples),
        Figure("joint messages lost", joint_lost, "", applied_samples, 0),
        Figure("simulated against wall time", real_time_factor, "", int(seconds * 20), 0.995, at_least=True),
    ]


@dataclass(frozen=True)
class _Driven:
    figures: LatencyFigures
    joint_lost: int
    real_time_factor: float
    onset_p50_ms: float
    onset_p95_ms: float
    onsets: int
    cpu_percent: float  # of one core
    cpu_samples: int


def _driven_station(seconds: float) -> _Driven:
    with tempfile.TemporaryDirectory(prefix="understudy-bench-") as folder:
        station = Station(
            folder=folder, robot_folder=str(find_robot("optimus")), takes_folder=f"{folder}/takes"
        )
        with open_stage(station) as stage:
            for part in (script.start, script.record):
                stage.play(part(stage.view))
            stage.play(_stir(stage.view, seconds))
            stage.play(_flicks(stage.view, round(seconds / 2)))
            stage.play(script.save(stage.view))
            asker = Asker(stage.station, "control", "benchmark")
            asker.ask("mirror", on="true")
            cpu = _cpu_while(stage, min(20.0, seconds))
            asker.close()
            factor = float(np.mean(stage.noted.real_time_factors))
        take = next(entry.path for entry in takes_in(Path(folder) / "takes") if entry.state == "finished")
        onsets = onsets_ms(take)
        p50, p95 = np.percentile(onsets, (50, 95)) if len(onsets) else (math.nan, math.nan)
        return _Driven(
            figures=measure_take(take),
            joint_lost=verify(take).joint_lost,
            real_time_factor=factor,
            onset_p50_ms=float(p50),
            onset_p95_ms=float(p95),
            onsets=len(onsets),
            cpu_percent=100 * float(np.mean(cpu)),
            cpu_samples=len(cpu),
        )


def onsets_ms(take: Path) -> Array:
    """From each push of a resting stick, at its earliest, to the first measured joint that moved, in ms."""
    pushes, quiet = list[int](), True
    times_ns, moved = list[int](), list[Vector]()
    for heard in read_take(take, ["operator.input", "robot.state"]):
        if heard.topic == "robot.state":
            times_ns.append(heard.sampled_ns)
            moved.append(heard.read(RobotState).position_rad)
            continue
        sample = heard.read(InputSample)
        if sample.kind != "gamepad" or len(sample.axes) < 4:
            continue
        deflected = float(np.abs(sample.axes[:4]).max()) > 0.5
        if deflected and quiet and "left_shoulder" in sample.buttons:
            pushes.append(heard.sampled_ns - sample.device_waited_ns)
        quiet = not deflected
    at_ns, path = np.array(times_ns), np.array(moved, np.float64)
    found = []
    for push_ns in pushes:
        first = int(np.searchsorted(at_ns, push_ns))
        before = path[max(0, first - 50) : first]
        after = path[first : first + 250]  # half a second
        if len(before) < 50 or len(after) < 250 or np.ptp(before, axis=0).max() > _STILL_RAD:
            continue  # it was not at rest
        away = np.abs(after - before.mean(axis=0)).max(axis=1)
        if away.max() > _MOVED_RAD:
            found.append((int(at_ns[first + int(np.argmax(away > _MOVED_RAD))]) - push_ns) / NS_PER_MS)
    return np.array(found)


def _cpu_while(stage: Stage, seconds: float) -> list[float]:
    """Share of a core that inputs and control take together, once a second, while everything is driven."""
    shares: list[float] = []

    def driven() -> Script:
        held = {"left_shoulder": 1.0}
        yield from script.engage(stage.view, held)
        for second in range(round(seconds)):
            for turn in range(round(1.0 / TURN_S)):
                phase = 2 * math.pi * (second + turn * TURN_S) / 2.0
                trigger = 0.5 - 0.5 * math.cos(phase)
                circle = sticks(0.5 * np.array([math.cos(phase), math.sin(phase), 0.0]))
                yield held | circle | {"left_trigger": trigger, "right_trigger": trigger}
            if second > 2:  # what the roles tell is of the second before
                shares.append(sum(stage.noted.cpu_share.get(role, 0.0) for role in ("inputs", "control")))
        yield from script.rest(0.3, {})

    stage.play(driven())
    return shares


def _flicks(view: View, count: int) -> Script:
    """Push a resting stick to its end and let it spring back, again and again."""
    held = {"left_shoulder": 1.0}
    yield from script.engage(view, held)
    yield from script.rest(0.8, held)
    for number in range(count):
        yield from script.rest(0.2, held | {"right_y": 1.0 if number % 2 else -1.0})
        yield from script.rest(0.7, held)
    yield from script.rest(0.3, {})


def _stir(view: View, seconds: float) -> Script:
    """Hold to run and move the hand round in circles of about 5 cm."""
    held = {"left_shoulder": 1.0}
    yield from script.engage(view, held)
    yield from _circles(held, seconds)
    yield from script.rest(0.3, {})


def _circles(held: dict[str, float], seconds: float) -> Iterator[dict[str, float]]:
    for turn in range(round(seconds / TURN_S)):
        phase = 2 * math.pi * turn * TURN_S / 2.0
        yield held | sticks(0.6 * np.array([math.cos(phase), math.sin(phase), 0.0]))
