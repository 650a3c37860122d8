"""`understudy scenes list`: which surroundings there are for the simulated robot, and what each asks for."""

import argparse
import json
from typing import Any

from twin.errors import SceneError


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("scenes", help="list the simulated surroundings and their tasks")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="all scenes, with task, steps and levels of difficulty")
    listing.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print the list; 1 if a scene's file has a fault."""
    from twin.scenery.reading import list_scenes

    rows = [row_of(name) for name in list_scenes()]
    print(json.dumps(rows, indent=2) if args.json else "\n".join(_text(row) for row in rows))
    return 1 if any(row["fault"] for row in rows) else 0


def row_of(name: str) -> dict[str, Any]:
    """What is told of one scene; ``fault`` says why it cannot be used."""
    from app.demo.task import can_play
    from twin.scenery.reading import read_layout

    row: dict[str, Any] = {"name": name, "title": "", "instruction": "", "goals": [], "levels": []}
    try:
        layout = read_layout(name)
    except SceneError as error:
        return row | {"objects": [], "demo": False, "fault": str(error)}
    return row | {
        "title": layout.title,
        "instruction": layout.task.instruction,
        "goals": [goal.title for goal in layout.task.goals],
        "levels": [level.title for level in layout.levels],
        "objects": [free.name for free in layout.objects],
        "demo": can_play(layout),
        "fault": "",
    }


def _text(row: dict[str, Any]) -> str:
    if row["fault"]:
        return f"{row['name']:<18}{row['fault']}"
    steps = len(row["goals"])
    told = f"{steps} step{'s' if steps > 1 else ''}" + (
        ", played by `understudy demo`" if row["demo"] else ""
    )
    lines = [f"{row['name']:<18}{row['title']}", f"{'':<18}{row['instruction']} ({told})"]
    lines += [f"{'':<18}level {number}: {title}" for number, title in enumerate(row["levels"], start=1)]
    return "\n".join(lines)
