"""`understudy doctor`: what this machine offers, and what each lack means."""

import argparse
import json
import textwrap
from dataclasses import asdict
from typing import Any

_MARKS = {"ok": "ok   ", "lack": "LACK ", "fault": "FAULT"}
_TITLE_WIDTH = 38


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("doctor", help="say what this machine offers, and what each lack means")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--probe", help=argparse.SUPPRESS)  # one question, asked of a child process
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Check everything and print it; exit code 1 if the station cannot be used here."""
    if args.probe:
        from app.doctor_checks.probe import answer

        return answer(args.probe)
    from app.doctor import examine_all, is_usable

    checks = examine_all()
    usable = is_usable(checks)
    if args.json:
        print(json.dumps({"usable": usable, "checks": [asdict(check) for check in checks]}, indent=2))
        return int(not usable)
    for check in checks:
        print(f"{_MARKS[check.status]} {check.title:<{_TITLE_WIDTH}} {check.found}")
        for text in (check.meaning, check.remedy):
            if text:
                print(textwrap.indent(textwrap.fill(text, 100), " " * 8))
    lacks = sum(check.status == "lack" for check in checks)
    if not usable:
        print("\nThe station cannot be used here until what is marked FAULT is mended.")
    elif lacks:
        print("\nThe station can be used here; what is marked LACK works less well.")
    else:
        print("\nThe station can be used here.")
    return int(not usable)
