"""`understudy retarget`: a person's demonstration becomes a take of a robot, and what the robot cannot do is shown."""

import argparse
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recordings.retargeted.performance import Performance
    from recordings.take import Manifest

_SHOWN = 5  # stretches


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "retarget", help="turn a person's demonstration into a take of a robot, and see what it could reach"
    )
    parser.add_argument("name", metavar="TAKE", help="a file, an id or its beginning, or `last`")
    robot = parser.add_mutually_exclusive_group(required=True)
    robot.add_argument("--robot", metavar="NAME", help="a robot from `understudy robots list`")
    robot.add_argument("--robot-path", type=Path, metavar="DIR", help="a robot's own folder")
    parser.add_argument("--revision", default="", metavar="NAME", help="a hardware revision of the robot")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR|TAKE",
        help="a folder for the new take, or its file (.mcap) (default: beside the source)",
    )
    parser.add_argument(
        "--height",
        type=_height_m,
        default=0.0,
        metavar="M",
        help="the person's (default: as their profile says, else measured from the take)",
    )
    parser.add_argument(
        "--hand",
        type=_hand_m,
        default=0.0,
        metavar="M",
        help="the person's, from the wrist to the tip of the middle finger (default: as their profile says, else "
        "measured from frames in which it is open)",
    )
    parser.add_argument(
        "--tolerance-mm", type=float, default=20.0, metavar="MM", help="near enough (default: %(default)g)"
    )
    parser.add_argument(
        "--tolerance-deg", type=float, default=15.0, metavar="DEG", help="likewise (default: %(default)g)"
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="where the drawing goes (default: beside the take)"
    )
    parser.add_argument("--takes", type=Path, metavar="DIR", help="folder with takes (default: the user's)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(func=run)


def _height_m(text: str) -> float:
    from twin.demonstration.person import SHORTEST_M, TALLEST_M

    height_m = float(text)
    if not SHORTEST_M <= height_m <= TALLEST_M:
        raise argparse.ArgumentTypeError(f"{text} is not between {SHORTEST_M:g} and {TALLEST_M:g} m")
    return height_m


def _hand_m(text: str) -> float:
    from twin.retarget.keypoints import LONGEST_HAND_M, SHORTEST_HAND_M

    with contextlib.suppress(ValueError):
        if SHORTEST_HAND_M <= (length_m := float(text)) <= LONGEST_HAND_M:
            return length_m
    raise argparse.ArgumentTypeError(f"{text!r} is not between {SHORTEST_HAND_M:g} and {LONGEST_HAND_M:g} m")


def run(args: argparse.Namespace) -> int:
    """Retarget, write, tell, and return the exit code."""
    import time
    from math import radians

    from app.progress import progress_bar
    from app.takes.folder import takes_folder
    from recordings.catalog import find
    from recordings.retargeted.demonstration import read_demonstration
    from recordings.retargeted.performance import Performance
    from recordings.retargeted.reach_page import as_html
    from recordings.retargeted.take import write_retargeted
    from recordings.take import FINISHED, new_take_id
    from teleop.operators import load_operator
    from twin.demonstration.reach import Tolerance
    from twin.demonstration.retarget import retarget
    from twin.robot import find_robot, load_robot
    from twin.robot_apart import vouch_for

    path = find(args.name, takes_folder(args.takes))
    folder = args.robot_path or find_robot(args.robot)
    vouch_for(folder, args.revision)
    spec = load_robot(folder, args.revision)
    out = args.out or path.parent
    is_file = out.suffix == FINISHED
    name = out.name.removesuffix(FINISHED) if is_file else new_take_id(time.time_ns())
    tolerance = Tolerance(args.tolerance_mm / 1000, radians(args.tolerance_deg))
    with progress_bar() as progress:
        progress(0.0, f"reading {path.name}")
        source = read_demonstration(path)
        operator = load_operator(source.episode.operator)
        made = retarget(
            source.motion,
            spec,
            args.height or operator.height_m or 0.0,
            lambda done: progress(0.05 + 0.75 * done, "joint angles"),
            operator.arm_length_m or 0.0,
            hand_m := args.hand or operator.hand_length_m or 0.0,
        )
        performance = Performance(source, spec, made, tolerance)
        written, manifest = write_retargeted(
            performance,
            out.parent if is_file else out,
            name,
            lambda done: progress(0.8 + 0.2 * done, "writing"),
        )
    page = args.page or written.with_suffix(".reach.html")
    page.write_text(as_html(performance, name), encoding="utf-8")
    if args.json:
        facts = {"person_hand_m": hand_m, "path": str(written), "page": str(page)}
        print(json.dumps(_facts(performance, manifest) | facts, indent=2))
    else:
        _tell(written, page, performance, manifest, hand_m)
    return 0


def _facts(performance: "Performance", manifest: "Manifest") -> dict[str, object]:
    from dataclasses import asdict

    made, reach = performance.made, performance.reach
    return {
        "take": manifest.take,
        "retargeted_from": manifest.retargeted_from,
        "retargeted_from_sha256": manifest.retargeted_from_sha256,
        "robot": manifest.robot,
        "revision": manifest.revision,
        "model_hash": manifest.model_hash,
        "seconds": manifest.seconds,
        "person": {"height_m": made.person.height_m, "is_measured": made.person.is_measured},
        "person_arm_m": made.person.arm_m,
        "scale": made.scale,
        "hand_scales": made.hand_scales,
        "hands": {
            side: asdict(each) if each.seen_share else {"seen_share": 0.0} for side, each in reach.items()
        },
        "suggestion": manifest.suggestion.word if manifest.suggestion else "",
        "suggestion_reason": manifest.suggestion.reason if manifest.suggestion else "",
    }


def _tell(written: Path, page: Path, performance: "Performance", manifest: "Manifest", hand_m: float) -> None:
    made, reach = performance.made, performance.reach
    robot = " ".join(filter(None, (manifest.robot, manifest.revision)))
    print(f"{written}: {manifest.seconds:.1f} s of {robot}, retargeted from {manifest.retargeted_from}")
    measured = "measured" if made.person.is_measured else "not measured; name it with --height"
    own = ", as their profile says" if made.person.own_arm_m else ""
    longer = f"arm {made.person.arm_m:.2f} m{own}; the robot's is {made.scale:.2f} times as long"
    print(f"  person    {made.person.height_m:.2f} m tall ({measured}), {longer}")
    fingers = ", ".join(f"{side} {scale:.2f}" for side, scale in made.hand_scales.items())
    if fingers:
        of_what = f"of a hand {hand_m:.3f} m long" if hand_m else "measured"
        print(f"  fingers   {of_what}; the robot's are {fingers} times as long")
    for side, each in reach.items():
        if not each.seen_share:
            print(f"  {side:<9} never seen")
            continue
        print(
            f"  {side:<9} where it should be in {each.reached_share:.1%} of {each.seen_share:.0%} seen; off by "
            f"{each.error_mm_p50:.1f} mm (median), {each.error_mm_p95:.1f} mm (p95)"
        )
        for words, share in each.reasons.items():
            print(f"    {share:>6.1%} {words}")
        for stretch in each.stretches[:_SHOWN]:
            print(
                f"    {stretch.from_s:.2f} to {stretch.to_s:.2f} s: {stretch.reason}, "
                f"up to {1000 * stretch.largest_m:.0f} mm off"
            )
    if manifest.suggestion:
        print(f"  advice    {manifest.suggestion.word}: {manifest.suggestion.reason}")
    print(f"  drawn in  {page}")
