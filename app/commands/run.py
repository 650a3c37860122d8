"""`understudy` or `understudy run`: the whole station with its window, until the window is closed."""

import argparse
import signal
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.bases import BASES
from twin.errors import GraphicsError
from twin.places import is_shipped
from twin.station import Station, default_folder
from twin.wire.clock import NS_PER_MS, now_ns

if TYPE_CHECKING:
    from app.role_process import Opening


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("run", help="start the station with its window (the default)")
    _add_folder_options(parser)
    add_station_options(parser)
    parser.set_defaults(func=run)


def _add_folder_options(parser: argparse.ArgumentParser) -> None:
    """Options that say where the station and its takes are; the demo has folders of its own."""
    parser.add_argument(
        "--station", metavar="NAME", default="default", help="a name, to run several side by side"
    )
    parser.add_argument(
        "--station-dir", type=Path, metavar="DIR", help="its folder, instead of one made from the name"
    )
    parser.add_argument("--takes", type=Path, metavar="DIR", dest="takes_folder", help="where takes are kept")


def add_station_options(parser: argparse.ArgumentParser) -> None:
    """Options that say what is in the station; what is not given comes from the settings."""
    parser.add_argument("--robot", metavar="NAME", help="a robot from `understudy robots list`")
    parser.add_argument("--robot-path", type=Path, metavar="DIR", help="a robot's own folder")
    parser.add_argument("--revision", metavar="NAME", help="a hardware revision of the robot")
    parser.add_argument("--scene", metavar="NAME", help="a scene from `understudy scenes list`")
    parser.add_argument(
        "--seed", type=int, help="places the scene's objects; the same seed gives the same places"
    )
    parser.add_argument(
        "--base",
        choices=BASES,
        help="hang by the pelvis, roll on wheels, or stand and walk on its own feet",
    )
    parser.add_argument("--level", type=int, help="how hard the scene is, from 1")
    parser.add_argument("--operator", metavar="NAME", help="who drives; recorded with each take")
    parser.add_argument("--task", metavar="TEXT", help="the instruction recorded with each take")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="another settings file")


def station_from(args: argparse.Namespace, folder: Path | None = None, **overrides: object) -> Station:
    """The station that the settings, the options and ``overrides`` describe, in this order of precedence."""
    from app.settings import load_settings

    given = {
        name: value
        for name in (
            "robot",
            "robot_path",
            "revision",
            "scene",
            "seed",
            "base",
            "level",
            "operator",
            "task",
            "takes_folder",
        )
        if (value := getattr(args, name, None)) is not None  # the demo has no --takes
    }
    settings = load_settings(args.settings) if args.settings else load_settings()
    return settings.to_station(
        folder or args.station_dir or default_folder(args.station), **given, **overrides
    )


def run(args: argparse.Namespace) -> int:
    """Start all roles and wait for the window to be closed."""
    from app.displays import why_no_display
    from app.role_process import window_first

    station = station_from(args)
    folder = Path(station.robot_folder)
    if not is_shipped(folder):
        from twin.robot_apart import vouch_for  # brings the physics library, for which the window would wait

        vouch_for(folder, station.revision)
    if reason := why_no_display():
        raise GraphicsError(reason)
    with window_first(station) as opening:
        return _supervise(station, opening)


def _supervise(station: Station, opening: "Opening") -> int:
    """Read what else is needed while the window starts; then watch over all roles until it is closed."""
    from app.supervisor import Supervisor
    from twin.robot import load_robot, require_base

    robot = load_robot(Path(station.robot_folder), station.revision)
    require_base(robot, station.base)  # said once here, not by every role
    interrupted = False

    def end(_signal: int, _frame: types.FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    with Supervisor(station, opening=opening) as supervisor:
        while not supervisor.ended and not interrupted:
            supervisor.tick(now_ns() + 100 * NS_PER_MS)
            if last_words := supervisor.given_up().get("window"):
                raise GraphicsError(f"the window cannot be shown: {last_words}")
    return 0
