"""`understudy demonstrate`: record a person in a headset, without any robot; `understudy retarget` makes use of it."""

import argparse
import os
import signal
import sys
import types
from pathlib import Path
from typing import Any

from twin.errors import GraphicsError
from twin.wire.clock import NS_PER_MS, now_ns

_STATION = "demonstration"


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "demonstrate", help="record a person's head and hands through a headset, with no robot"
    )
    parser.add_argument("--station", metavar="NAME", default=_STATION, help="its name (default: %(default)s)")
    parser.add_argument(
        "--station-dir", type=Path, metavar="DIR", help="its folder, instead of one made from the name"
    )
    parser.add_argument("--takes", type=Path, metavar="DIR", dest="takes_folder", help="where takes are kept")
    parser.add_argument("--operator", metavar="NAME", help="who demonstrates; recorded with each take")
    parser.add_argument("--task", metavar="TEXT", help="the instruction recorded with each take")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="another settings file")
    parser.add_argument(
        "--no-window", action="store_true", help="only the headset and the recorder: its A button records"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Start inputs, control and recorder, with a window unless told otherwise, and wait for the end."""
    from app.commands.run import station_from
    from app.displays import why_no_display
    from app.supervisor import Supervisor

    station = station_from(args, demonstration=True)
    roles = ["inputs", "control", "recorder"]
    if not args.no_window:
        if reason := why_no_display():
            raise GraphicsError(f"{reason}; or record without a window: --no-window")
        roles.append("window")
    sys.stderr.write(_how_to_link(args))
    interrupted = False

    def end(_signal: int, _frame: types.FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    with Supervisor(station, roles) as supervisor:
        while not supervisor.ended and not interrupted:
            supervisor.tick(now_ns() + 100 * NS_PER_MS)
    return 0


def _how_to_link(args: argparse.Namespace) -> str:
    where = f"--station-dir {args.station_dir}" if args.station_dir else f"--station {args.station}"
    return (
        "No robot is started, and nothing moves. Link a headset in another terminal:\n"
        f"  understudy headset link {where} --address IP      (a headset's browser; enter with pass-through)\n"
        f"  understudy headset openxr on {where}              (SteamVR, Monado, WiVRn)\n"
        f"  understudy headset webcam on {where}              (bare hands before a webcam)\n"
        f"A starts and saves a take, B twice discards it.{os.linesep}"
    )
