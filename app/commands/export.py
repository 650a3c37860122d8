"""`understudy export`: takes become a dataset that learners load."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recordings.catalog import Entry
    from recordings.exporters.base import ExportReport


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    from app.commands.takes import add_only

    parser = subparsers.add_parser("export", help="turn takes into a dataset")
    parser.add_argument(
        "names", nargs="+", metavar="TAKE", help="a file, an id or its beginning, `last`, or `all`"
    )
    parser.add_argument("--format", default="lerobot", help="lerobot (v3.0; the default)")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder to make for the dataset"
    )
    parser.add_argument(
        "--fps", type=int, metavar="N", help="rows per second (default: the head camera's rate)"
    )
    add_only(parser)
    parser.add_argument("--takes", type=Path, metavar="DIR", help="folder with takes (default: the user's)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Export, and return the exit code."""
    from app.progress import progress_bar
    from app.takes.folder import takes_folder
    from recordings.catalog import find, takes_in
    from recordings.exporters.base import exporter

    chosen = exporter(args.format)
    folder = takes_folder(args.takes)
    paths: list[Path] = []
    for name in args.names:
        if name == "all":
            entries = takes_in(folder)
            paths += [entry.path for entry in entries if not _left_out(entry)]
            for entry in entries:
                if why := _left_out(entry):
                    sys.stderr.write(f"{entry.name} is left out ({why}); name it to export it\n")
        else:
            paths.append(find(name, folder))
    paths = _selected(list(dict.fromkeys(paths)), args.only)
    with progress_bar() as progress:
        report = chosen.export(paths, args.out, args.fps, progress)
    if args.json:
        print(json.dumps(asdict(report) | {"path": str(report.path)}, indent=2))
    else:
        _print_report(report)
    return 0


def _left_out(entry: "Entry") -> str:
    """Why `all` does not mean this take; empty if it does."""
    if entry.state != "finished" or entry.manifest is None:
        return entry.state
    return "it shows a person" if entry.manifest.shows == "person" else ""


def _selected(paths: list[Path], only: list[str]) -> list[Path]:
    """The takes with one of the marks ``only``; the others are counted on standard error.

    Raises:
        ExportError: none is left.
    """
    from recordings.shift.rating import is_selected
    from recordings.take import load_manifest
    from twin.errors import ExportError

    kept = [path for path in paths if is_selected(load_manifest(path), only)]
    if paths and not kept:
        raise ExportError(
            f"none of the {len(paths)} takes is marked {' or '.join(only)}; mark some with "
            "`understudy takes mark good TAKE`, or leave --only out"
        )
    if len(kept) < len(paths):
        sys.stderr.write(
            f"{len(paths) - len(kept)} of {len(paths)} takes are left out: not {' or '.join(only)}\n"
        )
    return kept


def _print_report(report: "ExportReport") -> None:
    print(
        f"{report.path}: {report.episodes} episodes, {report.frames} rows at {report.fps} per second, "
        f"cameras {', '.join(report.cameras)}, {report.bytes / 1e6:.1f} MB"
    )
    for each in report.reports:
        encoded = [camera for camera in report.cameras if camera not in each.copied_cameras]
        how = "pictures copied" if not encoded else f"encoded again: {', '.join(encoded)}"
        oldest = max(each.age_ms_p95, key=lambda name: each.age_ms_p95[name])
        stale = f", {each.stale_rows} stale rows" if each.stale_rows else ""
        print(
            f"  {each.take}: {each.frames} rows, {each.seconds:.1f} of {each.take_seconds:.1f} s, {how}{stale}; "
            f"oldest at a row: {oldest}, p95 {each.age_ms_p95[oldest]:.0f} ms"
        )
