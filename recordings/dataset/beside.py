"""Builds a folder beside its place, so that it appears there whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin.errors import ExportError


def check_free(out: Path) -> None:
    """Refuse a place that is taken.

    Raises:
        ExportError: something is there already.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ExportError(f"{out} exists already; choose another folder with --out, or remove it first")


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """A folder to build in, on the same disk as ``out``; whatever is left in it at the end is removed."""
    folder = out.absolute().parent / f".{out.name}.unfinished"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ExportError(f"cannot write beside {out}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportError(f"another export is writing {out} right now; wait for it to end") from None
        for leftover in folder.iterdir():  # of an export that was killed
            shutil.rmtree(leftover)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
