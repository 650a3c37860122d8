"""Trims finished takes beside the recording: to measure a part means to read it, and nobody waits for that."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from recordings.take import Manifest
from recordings.trim import trim, trim_to_driving, whole
from twin.errors import RecordingError


class Trimmer:
    """One take at a time; of several wishes that wait only the newest counts, as while a handle is dragged."""

    def __init__(self) -> None:
        """Nothing is to be done."""
        self._thread: threading.Thread | None = None
        self._next: tuple[Path, Callable[[], Manifest]] | None = None
        self._done: tuple[Path, Manifest] | None = None
        self._trouble = ""

    def begin(self, path: Path, values: Mapping[str, str]) -> None:
        """Trim the take ``path`` as a request asks: ``to`` driving, whole or part; a part from and to seconds.

        Raises:
            RecordingError: the request cannot be understood.
        """
        match values.get("keep", "part"):
            case "driving":
                self._next = path, lambda: trim_to_driving(path)
            case "whole":
                self._next = path, lambda: whole(path)
            case "part":
                from_s, to_s = (_seconds(values, name) for name in ("from_s", "to_s"))
                self._next = path, lambda: trim(path, from_s, to_s)
            case other:
                raise RecordingError(f"of a take one keeps driving, whole or part, not {other!r}")
        self._go_on()

    def collect(self) -> tuple[Path, Manifest] | None:
        """A take that was trimmed since the last call.

        Raises:
            RecordingError: it could not be trimmed.
        """
        if self._thread is not None and self._thread.is_alive():
            return None
        done, self._done = self._done, None
        trouble, self._trouble = self._trouble, ""
        self._go_on()
        if trouble:
            raise RecordingError(trouble)
        return done

    def wait(self) -> None:
        """Let what was begun come to its end."""
        if self._thread is not None:
            self._thread.join()

    def _go_on(self) -> None:
        if self._next is None or (self._thread is not None and self._thread.is_alive()):
            return
        (path, act), self._next = self._next, None
        self._thread = threading.Thread(target=self._run, args=(path, act), name="trim", daemon=True)
        self._thread.start()

    def _run(self, path: Path, act: Callable[[], Manifest]) -> None:
        try:
            self._done = path, act()
        except RecordingError as error:
            self._trouble = str(error)


def _seconds(values: Mapping[str, str], name: str) -> float | None:
    text = values.get(name, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise RecordingError(f"{name} is {text!r}; it is a number of seconds since the take began") from None
