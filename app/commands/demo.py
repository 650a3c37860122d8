"""`understudy demo`: the whole way from a hand on a gamepad to a dataset, played by a script, without a display."""

import argparse
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

from app.commands.run import add_station_options, station_from


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "demo",
        help="a scripted operator on a virtual gamepad: drive (and walk: --base legs), grasp, record, verify, export",
    )
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="record at least so long (default: %(default)s)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="gets takes, dataset and pictures")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_station_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Play it and print what came of it; 0 only if all of it held."""
    from app.demo.demo import run_demo
    from twin.places import data_folder
    from twin.robot_apart import vouch_for

    out = args.out or data_folder() / "demos" / time.strftime("%Y%m%d-%H%M%S")
    logging.getLogger(__name__).info("the demo goes to %s", out)
    # The folder is only a name here; the stage makes one of its own.
    station = station_from(args, folder=out)
    vouch_for(Path(station.robot_folder), station.revision)
    summary = run_demo(station, args.seconds, out)
    if args.json:
        sys.stdout.write(json.dumps(summary.as_json()) + "\n")
    else:
        print(summary.text())
    return 0 if summary.ok else 1
