"""A bar on standard error for work that takes a while, where a person is watching it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Told how far the work is (0..1) and what is being done now.
Progress = Callable[[float, str], None]


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Gone again when the work is done."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(file=sys.stderr)
    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        def progress(done: float, what: str) -> None:
            bar.update(task, completed=done, description=what)

        yield progress
