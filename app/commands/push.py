"""`understudy push`: push the simulated robot of a running station, as the mouse does in the twin."""

import argparse
from pathlib import Path
from typing import Any

from twin.errors import NoAnswer, RequestRefused, StationError
from twin.station import Station, default_folder
from twin.wire.ask import Asker


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("push", help="push the simulated robot of a running station")
    parser.add_argument(
        "force", type=float, nargs=3, metavar="N", help="force in the world, N: forward, left, up"
    )
    parser.add_argument("--link", default="torso", help="body of the robot's model (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=0.2, help="how long (default: %(default)s)")
    parser.add_argument("--station-dir", type=Path, help="the station's folder (default: the user's station)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Ask the robot role and print its answer; 1 if it refuses."""
    folder = args.station_dir or default_folder()
    asker = Asker(Station.load(folder), "robot", "command line")
    x, y, z = args.force
    try:
        print(push(asker, args.link, (x, y, z), args.seconds))
    except RequestRefused as refusal:
        print(refusal)
        return 1
    except NoAnswer:
        raise StationError(
            f"nobody was pushed: the robot role does not answer in {folder}; start the station with `understudy`"
        ) from None
    finally:
        asker.close()
    return 0


def push(asker: Asker, link: str, force_n: tuple[float, float, float], seconds: float) -> str:
    """Push the origin of ``link`` and wait for the answer; what the robot made of it.

    Raises:
        RequestRefused: the robot is real, or has no such link, or the push would last too long.
        NoAnswer: there is no robot role.
    """
    x, y, z = force_n
    done = asker.ask("push", body=link, x_n=x, y_n=y, z_n=z, seconds=seconds)
    return f"pushed {link} with {done['force_n']} N for {seconds:g} s"
