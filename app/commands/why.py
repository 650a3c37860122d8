"""`understudy why`: why the robot does not move, link by link from the device to the drives."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from twin.errors import NoAnswer, StationError
from twin.station import Station, default_folder
from twin.wire.ask import Asker

_PATIENCE_S = 2.0


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("why", help="say why the robot of a running station does not move")
    parser.add_argument("--station-dir", type=Path, help="the station's folder (default: the user's station)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(func=run)


def ask(folder: Path) -> dict[str, Any]:
    """What control answers in the station ``folder``: ``moves``, ``broken``, and ``links`` in their order.

    Raises:
        StationError: no station runs there.
    """
    asker = Asker(Station.load(folder), "control", "command line")
    try:
        results = asker.ask("why", _PATIENCE_S)
    except NoAnswer:
        raise StationError(
            f"nothing can move: control does not answer in {folder}; start the station with `understudy`, "
            "then ask again"
        ) from None
    finally:
        asker.close()
    broken = results.pop("broken", "")
    links = []
    for name, value in results.items():
        verdict, _, text = value.partition(": ")
        links.append({"link": name, "verdict": verdict, "text": text})
    return {"moves": not broken, "broken": broken, "links": links}


def run(args: argparse.Namespace) -> int:
    """Ask and print; exit code 0 if nothing is in the way, else 1."""
    answer = ask(args.station_dir or default_folder())
    if args.json:
        sys.stdout.write(json.dumps(answer) + "\n")
    else:
        print(words(answer))
    return int(not answer["moves"])


def words(answer: dict[str, Any]) -> str:
    """The answer for a person: the link to mend first, then the whole chain."""
    first = next((link for link in answer["links"] if link["link"] == answer["broken"]), None)
    told = f"{first['link']}: {first['text']}" if first else "Nothing is in the way: it moves."
    rows = [f"  {link['verdict']:<7} {link['link']:<12} {link['text']}" for link in answer["links"]]
    return "\n".join([told, "", *rows])
