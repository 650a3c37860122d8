"""`understudy role NAME`: one process of a station, alone in a terminal or under the supervisor."""

import argparse
import logging
from importlib import import_module
from pathlib import Path
from typing import Any

from app.roles import MODULES, last_words_file
from twin.errors import StationError, UnderstudyError
from twin.station import Station, default_folder, is_anyone_in


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("role", help="run one process of a station by itself")
    parser.add_argument("role", metavar="NAME", choices=tuple(MODULES), help=", ".join(MODULES))
    parser.add_argument("--station-dir", type=Path, help="the station's folder (default: the user's station)")
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Run the role until it is told to end."""
    folder = args.station_dir or default_folder()
    if folder.exists() and not folder.is_dir():
        raise StationError(f"{folder} is not a folder; choose another with --station-dir")
    last_words = last_words_file(folder, args.role)
    last_words.unlink(missing_ok=True)
    try:
        station = _station(folder, is_ours=args.station_dir is None)
        import_module(MODULES[args.role]).run(station, args.supervised)
    except UnderstudyError as error:
        if folder.is_dir():
            last_words.write_text(str(error), encoding="utf-8")
        raise
    logging.getLogger(__name__).info("ended")
    return 0


def _station(folder: Path, is_ours: bool) -> Station:
    """The station of ``folder``; where there is none, one made from the user's settings.

    The user's own (``is_ours``) that nobody runs in is made anew, so that it follows the settings of today.
    """
    if (folder / "station.json").exists() and not (is_ours and not is_anyone_in(folder)):
        return Station.load(folder)
    from app.settings import load_settings

    try:
        station = load_settings().to_station(folder)
        station.save()
    except OSError as error:
        raise StationError(f"{folder} cannot be made ({error}); choose another with --station-dir") from error
    return station
