"""How long a stick's movement takes to the wire and to the motors, in a whole running station."""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.demo import script
from app.demo.pad import sticks
from app.demo.script import TURN_S, Script
from app.demo.stage import open_stage
from app.demo.view import View
from benchmarks import polled_peer
from benchmarks.figures import Figure
from recordings.catalog import takes_in
from recordings.latency import LatencyFigures
from recordings.latency import measure as measure_take
from recordings.verify import verify
from twin.robot import find_robot
from twin.station import Station

TITLE = "latency: stick to wire to motors, with window, cameras and recorder running"
PEER = "polled loops, 60 and 250 Hz"


def measure(quick: bool) -> list[Figure]:
    """All figures of the way from the hand to the motors."""
    seconds = 10.0 if quick else 60.0
    figures, joint_lost, real_time_factor = _driven_station(seconds)
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
        Figure("control period, p50", figures.control_period.p50, "ms", figures.control_period.samples),
        Figure("joint messages lost", joint_lost, "", applied_samples, 0),
        Figure("simulated against wall time", real_time_factor, "", int(seconds * 20), 0.995, at_least=True),
    ]


def _driven_station(seconds: float) -> tuple[LatencyFigures, int, float]:
    with tempfile.TemporaryDirectory(prefix="understudy-bench-") as folder:
        station = Station(
            folder=folder, robot_folder=str(find_robot("optimus")), takes_folder=f"{folder}/takes"
        )
        with open_stage(station) as stage:
            for part in (script.start, script.record):
                stage.play(part(stage.view))
            stage.play(_stir(stage.view, seconds))
            stage.play(script.save(stage.view))
            factor = float(np.mean(stage.noted.real_time_factors))
        take = next(entry.path for entry in takes_in(Path(folder) / "takes") if entry.state == "finished")
        return measure_take(take), verify(take).joint_lost, factor


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
