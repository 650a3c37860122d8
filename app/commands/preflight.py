"""`understudy preflight`: whether a running station is ready to work, line by line."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.station import Station, default_folder
from twin.wire.clock import NS_PER_S, now_ns

if TYPE_CHECKING:
    from app.preflight import Check

_LOOK_EVERY_S = 0.02
_MARKS = {"ok": "\u2713", "unknown": "\u00b7", "advisory": "\u25cf", "warning": "\u25b2", "alarm": "\u2b22"}


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("preflight", help="say whether a running station is ready to work")
    parser.add_argument("--station-dir", type=Path, help="the station's folder (default: the user's station)")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long to look (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(func=run)


def look(station: Station, seconds: float) -> "tuple[Check, ...]":
    """What is found within ``seconds``; as soon as everything is ready, it is said."""
    from app.feed import open_feed
    from app.preflight import Preflight, ready
    from twin.robot import load_robot

    preflight = Preflight(load_robot(Path(station.robot_folder), station.revision))
    feed = open_feed(station)
    try:
        until_ns = now_ns() + int(seconds * NS_PER_S)
        while True:
            at_ns = now_ns()
            feed.drain(at_ns)
            preflight.hear(feed, at_ns)
            checks = preflight.checks(feed, None)
            if ready(checks) or at_ns >= until_ns:
                return checks
            time.sleep(_LOOK_EVERY_S)
    finally:
        feed.close()


def run(args: argparse.Namespace) -> int:
    """Look and print; exit code 0 if the station is ready, else 1."""
    from app.preflight import ready

    checks = look(Station.load(args.station_dir or default_folder()), args.seconds)
    if args.json:
        sys.stdout.write(
            json.dumps({"ready": ready(checks), "checks": [asdict(check) for check in checks]}) + "\n"
        )
    else:
        for check in checks:
            print(f"{_MARKS[check.verdict]} {check.what:<13} {check.text}")
            if check.first:
                print(f"  {'':<13} {check.first}")
    return int(not ready(checks))
