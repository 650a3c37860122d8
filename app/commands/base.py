"""`understudy base MODE`: how the base of a running station's robot is held, changed while the robot holds."""

import argparse
from pathlib import Path
from typing import Any

from twin.bases import BASES
from twin.errors import NoAnswer, RequestRefused, StationError
from twin.station import Station, default_folder
from twin.wire.ask import Asker


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "base", help="hang the robot of a running station, put it on wheels, or on its own feet"
    )
    parser.add_argument("mode", choices=BASES, help="how its base shall be held")
    parser.add_argument("--station-dir", type=Path, help="the station's folder (default: the user's station)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Ask control, which has the lease, and print the answer; 1 if the robot refuses."""
    folder = args.station_dir or default_folder()
    asker = Asker(Station.load(folder), "control", "command line")
    try:
        asker.ask("base.set", 5.0, base=args.mode)
    except RequestRefused as refusal:
        print(refusal)
        return 1
    except NoAnswer:
        raise StationError(
            f"nothing was changed: control does not answer in {folder}; start the station with `understudy`"
        ) from None
    finally:
        asker.close()
    print(f"the base is on {args.mode} now; walking is off")
    return 0
