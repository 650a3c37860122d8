"""`understudy review [TAKE]`: look through takes in a window, trim and mark them."""

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("review", help="look through takes in a window, trim and mark them")
    parser.add_argument(
        "take", nargs="?", default="last", help="a file, an id or its beginning, or `last` (default)"
    )
    parser.add_argument("--takes", type=Path, metavar="DIR", help="folder with takes (default: the user's)")
    parser.add_argument(
        "--station-dir",
        type=Path,
        metavar="DIR",
        help="folder of the station whose robot STOP stops from here",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Open the window and return when it is closed."""
    from app.takes.folder import takes_folder
    from recordings.catalog import find
    from twin.station import default_folder

    path = find(args.take, takes_folder(args.takes))

    from app.review.run import run as show

    show(path.resolve(), args.station_dir or default_folder())
    return 0
