"""`understudy shift`: the tasks of a shift and how far they are, and what became of a day."""

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recordings.shift.shift import Shift


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("shift", help="tasks of a shift, and the report of a day")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--takes", type=Path, metavar="DIR", help="folder with takes (default: the user's)")
    actions.add_parser("tasks", parents=[shared], help="check tasks.toml, and show how far each task is")
    report = actions.add_parser(
        "report", parents=[shared], help="takes per hour, success, time in the clutch"
    )
    report.add_argument(
        "--day",
        type=datetime.date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="which day (default: today)",
    )
    report.add_argument("--html", type=Path, metavar="FILE", help="write a page that needs nothing else")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write one row per take")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit code."""
    from app.takes.folder import takes_folder

    folder = takes_folder(args.takes)
    return _tasks(folder) if args.action == "tasks" else _report(folder, args)


def _tasks(folder: Path) -> int:
    from recordings.shift.task_queue import TaskQueue, find_file, good_takes, load_tasks

    path = find_file(folder)
    if path is None:
        print(f"there is no tasks.toml in {folder} or in the user's configuration folder")
        return 0
    queue = TaskQueue(load_tasks(path), good_takes(folder))
    print(path)
    for place, task in enumerate(queue.tasks):
        arrow = ">" if place == queue.place and not queue.is_finished else " "
        print(f"{arrow} {queue.good.get(task.instruction, 0):>4} of {task.target:<4} {task.instruction}")
    return 0


def _report(folder: Path, args: argparse.Namespace) -> int:
    from recordings.shift.page import as_csv, as_html
    from recordings.shift.shift import read_shift

    shift = read_shift(folder, args.day or datetime.datetime.now().astimezone().date())
    _print(shift)
    if args.html:
        _write(args.html, as_html(shift))
    if args.csv:
        _write(args.csv, as_csv(shift))
    return 0


def _print(shift: "Shift") -> None:
    from recordings.shift.page import figures, jerk_words

    print(f"{shift.day}: {len(shift.takes)} takes begun")
    if not shift.takes:
        return
    titles = ("takes", "/hour", "success", "good", "bad", "discarded", "clutch", "idle")
    print(f"{'':<32}" + "".join(f" {title:>9}" for title in titles))
    for counters in (shift.whole, *shift.per_task, *shift.per_operator):
        print(f"{counters.name[:32]:<32}" + "".join(f" {value:>9}" for value in figures(counters)))
    print(jerk_words(shift))


def _write(path: Path, text: str) -> None:
    from twin.errors import RecordingError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RecordingError(f"{path} cannot be written: {error.strerror}; choose another place") from error
    print(f"{path} written")
