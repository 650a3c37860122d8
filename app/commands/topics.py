"""`understudy topics`: what is being said in a running station, how fast, how old, and what was lost."""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.clock_words import clock_words
from twin.errors import StationError
from twin.station import Station, default_folder
from twin.wire.bus import Listener, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import ControlStatus
from twin.wire.topics import TOPICS, topic


@dataclass
class TopicRow:
    """What was heard of one topic."""

    topic: str
    speaker: str
    message: str
    rate_hz: float
    nominal_hz: float
    age_ms: float | None  # of the newest message; None: nothing heard
    lost: int
    twice: int  # came again, and were left out
    late: int  # came after a newer one, and were left out
    bytes_per_s: float


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "topics", help="list the topics of a running station with rate, age, losses"
    )
    parser.add_argument("--station-dir", type=Path, help="the station's folder (default: the user's station)")
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="how long to listen (default: %(default)s)"
    )
    parser.add_argument("--all", action="store_true", help="also topics on which nothing was said")
    parser.add_argument("--json", action="store_true", help="print one JSON array")
    parser.set_defaults(func=run)


def listen(station: Station, seconds: float) -> list[TopicRow]:
    """One row per topic, after listening to the station for ``seconds``."""
    listener = Listener(station, [""])
    waiter = Waiter()
    waiter.add(listener.socket)
    counts: dict[str, int] = {}
    sizes: dict[str, int] = {}
    newest_ns: dict[str, int] = {}
    begun_ns = now_ns()
    end_ns = begun_ns + int(seconds * NS_PER_S)
    while now_ns() < end_ns:
        waiter.wait(min(end_ns, now_ns() + 100 * NS_PER_MS))
        for heard in listener.drain():
            counts[heard.topic] = counts.get(heard.topic, 0) + 1
            sizes[heard.topic] = sizes.get(heard.topic, 0) + len(heard.payload)
            newest_ns[heard.topic] = heard.sampled_ns
    at_ns = now_ns()
    arrivals = listener.arrivals.copy()
    listener.close()
    rows = []
    for name in sorted({*TOPICS, *counts}):
        row = topic(name)
        rows.append(
            TopicRow(
                topic=name,
                speaker=row.speaker,
                message=row.message.__name__ if row.message else row.encoding,
                rate_hz=round(counts.get(name, 0) / seconds, 1),
                nominal_hz=row.rate_hz,
                age_ms=round((at_ns - newest_ns[name]) / NS_PER_MS, 1) if name in newest_ns else None,
                lost=arrivals.lost.get(name, 0),
                twice=arrivals.duplicates.get(name, 0),
                late=arrivals.reordered.get(name, 0),
                bytes_per_s=round(sizes.get(name, 0) / seconds),
            )
        )
    return rows


def run(args: argparse.Namespace) -> int:
    """Listen and print."""
    folder = args.station_dir or default_folder()
    station = Station.load(folder)
    rows = listen(station, args.seconds)
    if not any(row.age_ms is not None for row in rows):
        raise StationError(f"nobody speaks in {folder}: start the station with `understudy`, then ask again")
    if not args.all:
        rows = [row for row in rows if row.age_ms is not None]
    if args.json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows]) + "\n")
        return 0
    print(
        f"{'topic':<20} {'speaker':<11} {'message':<17} {'rate':>7} {'of':>5} {'age ms':>9} "
        f"{'lost':>5} {'twice':>5} {'late':>5} {'kB/s':>7}"
    )
    for row in rows:
        age = "-" if row.age_ms is None else f"{row.age_ms:.1f}"
        nominal = f"{row.nominal_hz:g}" if row.nominal_hz else "-"
        print(
            f"{row.topic:<20} {row.speaker:<11} {row.message:<17} {row.rate_hz:>7.1f} {nominal:>5} "
            f"{age:>9} {row.lost:>5} {row.twice:>5} {row.late:>5} {row.bytes_per_s / 1000:>7.1f}"
        )
    print(_clock(station))
    return 0


def _clock(station: Station) -> str:
    """What control knows of the robot's clock; it says so fifty times a second."""
    listener, waiter, end_ns = Listener(station, ["control.status"]), Waiter(), now_ns() + NS_PER_S // 2
    waiter.add(listener.socket)
    newest = None
    while newest is None and now_ns() < end_ns:
        waiter.wait(end_ns)
        newest = listener.newest().get("control.status")
    listener.close()
    return clock_words(newest.read(ControlStatus) if newest else None)
