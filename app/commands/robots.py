"""`understudy robots list|check|diff|sculpt`: which robots there are, how they differ, and their shells made."""

import argparse
import json
import pkgutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import teleop.agent.links
from twin.errors import RobotSpecError
from twin.robot import find_robot, list_revisions, list_robots, load_robot
from twin.robot_files.faults import Fault, did_you_mean
from twin.robot_folders import ROBOT_FILE

if TYPE_CHECKING:
    from twin.robot_check import RobotReport
    from twin.robot_diff import Difference


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("robots", help="list robots, check a robot's folder, compare two")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="all robots that can be chosen by name")
    checking = actions.add_parser("check", help="name every fault of a robot's folder, with file and joint")
    checking.add_argument(
        "robot", metavar="ROBOT", help="its name or folder; NAME@REVISION for one revision instead of all"
    )
    differing = actions.add_parser("diff", help="what differs between two robots or two revisions")
    differing.add_argument(
        "before", metavar="A", help="a robot's name or folder, NAME@REVISION, or a revision"
    )
    differing.add_argument("after", metavar="B", help="the other")
    sculpting = actions.add_parser("sculpt", help="make a robot's shells from its shells.toml")
    sculpting.add_argument("robot", metavar="ROBOT", nargs="?", default="optimus", help="its name or folder")
    sculpting.add_argument(
        "--check", action="store_true", help="make nothing; judge the meshes that are there"
    )
    drafting = actions.add_parser("new", help="draft a robot's folder from its MJCF or URDF model")
    drafting.add_argument("model", type=Path, metavar="MODEL", help="an .xml or .urdf file")
    drafting.add_argument("--out", type=Path, metavar="DIR", required=True, help="the folder to make")
    for action in (listing, checking, differing):
        action.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print what was asked for; 1 if a robot has faults."""
    match args.action:
        case "list":
            return _list(args.json)
        case "check":
            return _check(args.robot, args.json)
        case "sculpt":
            return _sculpt(args.robot, args.check)
        case "diff":
            return _diff(args.before, args.after, args.json)
        case _:
            return _new(args.model, args.out)


def _named(text: str) -> tuple[Path, str]:
    """Folder and revision of ``NAME``, ``NAME@REVISION``, ``DIR``, ``DIR@REVISION``, or a robot's own ``REVISION``."""
    if Path(text).exists():
        return Path(text), ""
    robots = list_robots()
    if text not in robots:
        owners = [folder for folder in robots.values() if text in _revisions_in(folder)]
        if len(owners) == 1:
            return owners[0], text
    name, _, revision = text.rpartition("@") if "@" in text else (text, "", "")
    return (Path(name) if Path(name).exists() else find_robot(name)), revision


def _revisions_in(folder: Path) -> tuple[str, ...]:
    try:
        return list_revisions(load_robot(folder))
    except RobotSpecError:  # it cannot be meant by a revision; its name says why when it is asked for
        return ()


def _list(as_json: bool) -> int:
    rows = [_row(name, folder) for name, folder in sorted(list_robots().items())]
    if as_json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        said = row["fault"] or f"{row['title']}, {row['joints']} joints, {_revisions(row['revisions'])}"
        print(f"{row['name']:<16}{said}\n{'':<16}{row['folder']}")
    return 0


def _row(name: str, folder: Path) -> dict[str, Any]:
    row = {"name": name, "folder": str(folder), "title": "", "revisions": [], "joints": 0, "fault": ""}
    try:
        spec = load_robot(folder)
    except RobotSpecError as error:
        return row | {"fault": str(error)}
    return row | {"title": spec.title, "revisions": list(list_revisions(spec)), "joints": len(spec.joints)}


def _revisions(names: list[str]) -> str:
    return f"revision{'s' if names[1:] else ''} {', '.join(names)}"


def _check(text: str, as_json: bool) -> int:
    from twin.robot_apart import check_apart
    from twin.robot_files.revisions import overlay_files

    folder, revision = _named(text)
    reports = [check_apart(folder, revision)]
    if not revision:
        reports += [check_apart(folder, name) for name in overlay_files(folder)]
    rows = [_report_row(report) for report in reports]
    if as_json:
        print(json.dumps(rows[0] | {"ok": all(row["ok"] for row in rows), "others": rows[1:]}, indent=2))
    else:
        _print_reports(folder, reports)
    return 0 if all(row["ok"] for row in rows) else 1


def _report_row(report: "RobotReport") -> dict[str, Any]:
    faults = [*report.faults, *_judge_link(report)]
    return {
        "folder": str(report.folder),
        "ok": not faults and not report.guesses,
        "name": report.name,
        "revision": report.revision,
        "joints": report.joints,
        "mass_kg": round(report.mass_kg, 3),
        "model_hash": report.model_hash,
        "faults": [{"file": str(f.file), "where": f.where, "text": f.text} for f in faults],
        "guesses": [{"file": str(f.file), "where": f.where, "text": f.text} for f in report.guesses],
    }


def _print_reports(folder: Path, reports: "list[RobotReport]") -> None:
    said: dict[str, None] = {}  # a fault that all revisions share is told once
    guesses = reports[0].guesses
    for report in reports:
        faults = [*report.faults, *_judge_link(report)]
        said |= dict.fromkeys(str(fault) for fault in faults)
        if not faults:
            print(
                f"{report.name} ({report.revision}): {report.joints} joints, {report.mass_kg:.1f} kg, "
                f"model {report.model_hash[:12]}; no faults"
            )
    for fault in said:
        print(fault)
    if said:
        print(f"{len(said)} fault{'s' if len(said) > 1 else ''} in {folder}")
    for guess in guesses:
        print(guess)
    if guesses:
        print(f"{len(guesses)} guess{'es' if guesses[1:] else ''} to look at in {folder}")


def _new(model: Path, out: Path) -> int:
    from twin.drafting.write import write_draft

    draft = write_draft(model, out)
    print(
        f"drafted {draft.joints} joints into {out}; {draft.guesses} guesses are marked in {out / ROBOT_FILE}"
    )
    print(f"see them with `understudy robots check {out}`, try it with `understudy --robot-path {out}`")
    return 0


def _diff(before: str, after: str, as_json: bool) -> int:
    from twin.robot_apart import vouch_for
    from twin.robot_diff import diff_robots

    specs = []
    for folder, revision in (_named(before), _named(after)):
        vouch_for(folder, revision)
        specs.append(load_robot(folder, revision))
    rows = diff_robots(specs[0], specs[1])
    titles = [f"{spec.name}@{spec.revision}" for spec in specs]
    if as_json:
        sides = [
            {"robot": title, "model_hash": spec.model_hash} for title, spec in zip(titles, specs, strict=True)
        ]
        print(
            json.dumps(
                {"before": sides[0], "after": sides[1], "differences": [asdict(r) for r in rows]}, indent=2
            )
        )
        return 0
    if not rows:
        print(f"{titles[0]} and {titles[1]} do not differ")
        return 0
    _print_table(titles, rows)
    return 0


def _print_table(titles: list[str], rows: "tuple[Difference, ...]") -> None:
    lines = [("", "", *titles)]
    lines += [
        (
            row.part,
            f"{row.name} {row.what}".strip(),
            _value(row.what, row.before),
            _value(row.what, row.after),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(f"{len(rows)} difference{'s' if rows[1:] else ''}")


def _value(what: str, value: Any) -> str:
    if value is None:
        return "-"
    if not what:
        return "present"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sculpt(robot: str, only_check: bool) -> int:
    from twin.sculpt.check import check_shells

    folder, _ = _named(robot)
    if not only_check:
        from twin.sculpt.workshop import write_shells

        write_shells(folder, print)
    report = check_shells(folder)
    for fault in report.faults:
        print(fault)
    print(
        f"{report.files} meshes in {report.folder}, {report.size_bytes / 1e6:.2f} MB; "
        f"the robot shows {report.triangles:,} triangles"
    )
    return 1 if report.faults else 0


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
