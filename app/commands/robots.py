"""`understudy robots list|check`: which robots there are, and what is wrong with a robot's folder."""

import argparse
import json
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import teleop.agent.links
from twin.errors import RobotSpecError
from twin.robot import find_robot, list_robots, load_robot
from twin.robot_files.faults import Fault, did_you_mean
from twin.robot_files.folder import ROBOT_FILE

if TYPE_CHECKING:
    from twin.robot_check import RobotReport


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("robots", help="list robots, or check a robot's folder")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="all robots that can be chosen by name")
    checking = actions.add_parser("check", help="name every fault of a robot's folder, with file and joint")
    checking.add_argument("path", type=Path, metavar="PATH", help="the folder, or the name of a robot")
    for action in (listing, checking):
        action.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print the list or the report; 1 if there are faults."""
    return _list(args.json) if args.action == "list" else _check(args.path, args.json)


def _list(as_json: bool) -> int:
    rows = [_row(name, folder) for name, folder in sorted(list_robots().items())]
    if as_json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        said = row["fault"] or f"{row['title']}, revision {row['revision']}, {row['joints']} joints"
        print(f"{row['name']:<16}{said}\n{'':<16}{row['folder']}")
    return 0


def _row(name: str, folder: Path) -> dict[str, Any]:
    row = {"name": name, "folder": str(folder), "title": "", "revision": "", "joints": 0, "fault": ""}
    try:
        spec = load_robot(folder)
    except RobotSpecError as error:
        return row | {"fault": str(error)}
    return row | {"title": spec.title, "revision": spec.revision, "joints": len(spec.joints)}


def _check(path: Path, as_json: bool) -> int:
    from twin.robot_check import check_robot

    folder = path if path.exists() else find_robot(str(path))
    report = check_robot(folder)
    faults = [*report.faults, *_judge_link(report)]
    if as_json:
        print(
            json.dumps(
                {
                    "folder": str(folder),
                    "ok": not faults,
                    "name": report.name,
                    "revision": report.revision,
                    "joints": report.joints,
                    "mass_kg": round(report.mass_kg, 3),
                    "model_hash": report.model_hash,
                    "faults": [{"file": str(f.file), "where": f.where, "text": f.text} for f in faults],
                },
                indent=2,
            )
        )
        return 1 if faults else 0
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} fault{'s' if faults[1:] else ''} in {folder}")
        return 1
    print(
        f"{report.name} ({report.revision}): {report.joints} joints, {report.mass_kg:.1f} kg, "
        f"model {report.model_hash[:12]}; no faults"
    )
    return 0


def _judge_link(report: "RobotReport") -> list[Fault]:
    """The link must be one that this program has a file for."""
    links = sorted(module.name for module in pkgutil.iter_modules(teleop.agent.links.__path__))
    if not report.link or (report.link in links and report.link != "base"):
        return []
    return [
        Fault(
            report.folder / ROBOT_FILE,
            "",
            f"link {report.link!r} is unknown{did_you_mean(report.link, links)}; there are "
            f"{', '.join(name for name in links if name != 'base')}",
        )
    ]
