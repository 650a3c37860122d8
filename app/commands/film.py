"""`understudy film TAKE --out FILE`: a film of a take as the twin shows it, with balance, footsteps and pushes."""

import argparse
import sys
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("film", help="make a film of a take as the twin shows it")
    parser.add_argument("take", help='a file, an id or its beginning, or "last"')
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="the film, an MP4")
    parser.add_argument("--takes", type=Path, metavar="DIR", help="folder with takes (default: the user's)")
    parser.add_argument("--robot", metavar="NAME", help="the take's robot (default: as the take says)")
    parser.add_argument("--view", default="home", metavar="NAME", help="from where (default: %(default)s)")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--size", default="640x480", metavar="WxH", help="in pixels (default: %(default)s)")
    parser.add_argument("--fps", type=int, default=20, help="pictures a second (default: %(default)s)")
    parser.add_argument("--speed", type=float, default=1.0, help="2: twice as fast as it was")
    parser.add_argument("--begin", type=float, default=0.0, metavar="S", help="second of the take")
    parser.add_argument("--end", type=float, default=float("inf"), metavar="S", help="second of the take")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Draw it."""
    from app.takes.folder import takes_folder
    from recordings.catalog import find
    from recordings.film import Look, film
    from recordings.log import TakeHead
    from twin.errors import RecordingError
    from twin.render.standpoints import NAMES
    from twin.render.themes import DARK, LIGHT
    from twin.robot import find_robot, load_robot

    if args.view not in NAMES:
        raise RecordingError(f"there is no view {args.view!r}; there are {', '.join(NAMES)}")
    width_px, height_px = _size(args.size)
    if not 1 <= args.fps <= 120 or not 0.1 <= args.speed <= 100:
        raise RecordingError("a film has 1 to 120 pictures a second, and 0.1 to 100 times the speed")
    take = find(args.take, takes_folder(args.takes))
    episode = TakeHead(take).episode
    spec = load_robot(find_robot(args.robot or episode.robot), "" if args.robot else episode.revision)
    look = Look(
        view=args.view,
        theme=LIGHT if args.theme == "light" else DARK,
        width_px=width_px,
        height_px=height_px,
        fps=args.fps,
        speed=args.speed,
        begin_s=args.begin,
        end_s=args.end,
    )
    count = film(take, spec, args.out, look, _tell)
    sys.stderr.write("\n")
    print(f"{args.out}: {count} pictures, {count / args.fps:.1f} s, {args.out.stat().st_size / 1e6:.1f} MB")
    return 0


def _size(text: str) -> tuple[int, int]:
    from twin.errors import RecordingError

    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) % 2 or int(height) % 2:
        raise RecordingError(f"the size {text!r} is not two even numbers such as 640x480")
    return int(width), int(height)


def _tell(second: float) -> None:
    sys.stderr.write(f"\r{second:6.1f} s ")
    sys.stderr.flush()
