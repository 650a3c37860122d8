"""`understudy bench`: figures of this program beside those of its peers, measured in one run."""

import argparse
import importlib.util
import inspect
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from twin.errors import UnderstudyError

# Each is a module in benchmarks with `TITLE` and `measure(quick: bool) -> list[Figure]`.
# One that takes hours has `measure(quick, only, kept)`, so that it can be run in pieces.
BENCHMARKS = (
    "latency",
    "twin",
    "ik",
    "contact",
    "engage",
    "hands",
    "recorder",
    "safety",
    "startup",
    "window",
    "balance",
    "headset",
    "openxr",
    "physics",
    "grasp",
    "load",
    "operators",
)


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("bench", help="measure this program beside its peers")
    parser.add_argument("name", choices=("list", "all", *BENCHMARKS), help="which benchmark")
    parser.add_argument("--quick", action="store_true", help="fewer samples: a look, not a result")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="also keep the tables in FILE, one section a benchmark"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="just the rows in whose name TEXT is")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="keep each trial's outcome in FILE as it comes, and run none again that is there",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print; exit code 1 if a bar is missed."""
    if importlib.util.find_spec("benchmarks") is None:
        raise UnderstudyError(
            "the benchmarks are not part of this installation; run them from a source checkout"
        )
    from rich.console import Console

    from benchmarks.figures import as_json, machine, versions
    from benchmarks.page import keep_section

    if args.name == "list":
        for name in BENCHMARKS:
            print(f"{name:<10} {import_module(f'benchmarks.{name}').TITLE}")
        return 0
    console = Console(stderr=args.json, width=None if sys.stdout.isatty() else 150)
    console.print(f"{machine()}\n{versions()}", highlight=False)
    results: dict[str, Any] = {}
    for name in BENCHMARKS if args.name == "all" else (args.name,):
        module = import_module(f"benchmarks.{name}")
        console.rule(module.TITLE)
        results[name] = _measure(module, args)
        console.print(_table(results[name]))
        if args.markdown:
            keep_section(args.markdown, module.TITLE, results[name])
    if args.json:
        found = {name: [as_json(figure) for figure in figures] for name, figures in results.items()}
        sys.stdout.write(
            json.dumps({"machine": machine(), "versions": versions(), "benchmarks": found}) + "\n"
        )
    return int(any(figure.met is False for figures in results.values() for figure in figures))


def _measure(module: Any, args: argparse.Namespace) -> Any:
    if not args.only and args.keep is None:
        return module.measure(args.quick)
    if "kept" not in inspect.signature(module.measure).parameters:
        raise UnderstudyError(f"{module.__name__} is not run in pieces: leave out --only and --keep")
    figures = module.measure(args.quick, args.only, args.keep)
    if not figures:
        raise UnderstudyError(f"no row of {module.__name__} has {args.only!r} in its name")
    return figures


def _table(figures: Any) -> Any:
    from rich.table import Table

    from benchmarks.figures import HEADINGS, row

    table = Table(*HEADINGS)
    for figure in figures:
        table.add_row(*row(figure), style="bold red" if figure.met is False else "")
    return table
