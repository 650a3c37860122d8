"""A file that loses little when the power goes, ends well when the disk is full, and knows its own hash.

Beside it lies ``<name>.reserve``: space kept for the end of the file, so that a take on a disk that filled up can
still be closed properly. Its first bytes are mapped into memory and hold the time of the newest message handed
over: they survive a killed process, so a recovery knows exactly how much is missing.
"""

import errno
import fcntl
import hashlib
import mmap
import os
import struct
import threading
from pathlib import Path

from twin.errors import RecordingError

_RESERVE_BYTES = 8 * 2**20
_SYNC_EVERY_S = 1.0
_FULL = (errno.ENOSPC, errno.EDQUOT)
_MARK = struct.Struct("<q")


def reserve_path(path: Path) -> Path:
    """Where the space for the end of ``path`` is kept."""
    return path.with_name(path.name + ".reserve")


def newest_mark_ns(path: Path) -> int:
    """Time last noted with ``DurableFile.mark`` for ``path``, 0 if there is none."""
    try:
        with reserve_path(path).open("rb") as file:
            return int(_MARK.unpack(file.read(_MARK.size))[0])
    except (OSError, struct.error):
        return 0


class DurableFile:
    """Append-only. ``write``, ``tell`` and ``flush`` are what an MCAP writer wants of its stream."""

    def __init__(self, path: Path) -> None:
        """Create ``path``, keep space for its end, and lock it against other processes.

        Raises:
            RecordingError: the disk or the folder does not allow it.
        """
        self.path = path
        self.trouble = ""  # why the take must end, in words for a person
        self._length = 0
        self._hash = hashlib.sha256()
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._marks = self._keep_space()
        except OSError as error:
            raise RecordingError(
                f"cannot record into {path.parent}: {error.strerror}; free some space there, or choose "
                "another folder for takes"
            ) from error
        self._ended = threading.Event()
        self._syncing = threading.Thread(target=self._sync_often, name="fdatasync", daemon=True)
        self._syncing.start()

    def _keep_space(self) -> mmap.mmap:
        fd = os.open(reserve_path(self.path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.posix_fallocate(fd, 0, _RESERVE_BYTES)
            return mmap.mmap(fd, mmap.PAGESIZE)
        finally:
            os.close(fd)

    def _release_space(self) -> None:
        # Keep the marks: only the space behind them is given back.
        os.truncate(reserve_path(self.path), mmap.PAGESIZE)

    def mark(self, time_ns: int) -> None:
        """Note that messages up to ``time_ns`` have been handed over for writing."""
        _MARK.pack_into(self._marks, 0, time_ns)

    def write(self, content: bytes) -> int:
        """Append ``content``.

        Raises:
            RecordingError: it cannot be written, not even with the space that was kept.
        """
        self._hash.update(content)
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except OSError as error:
                self._give_way(error)
        self._length += len(content)
        return len(content)

    def _give_way(self, error: OSError) -> None:
        """Make room once when the disk is full; otherwise give up."""
        if error.errno in _FULL and not self.trouble:
            self.trouble = (
                f"the disk under {self.path.parent} is full; the take was ended and kept up to here. "
                "Free some space before the next one"
            )
            self._release_space()
            return
        raise RecordingError(
            f"{self.path} can no longer be written ({error.strerror}); what is in it was kept, "
            f"recover it with `understudy takes recover {self.path}`"
        ) from error

    def tell(self) -> int:
        """Bytes written so far."""
        return self._length

    def flush(self) -> None:
        """Nothing waits in this process: every write went to the kernel."""

    def _sync_often(self) -> None:
        while not self._ended.wait(_SYNC_EVERY_S):
            try:
                os.fdatasync(self._fd)
            except OSError as error:
                self.trouble = self.trouble or f"the disk under {self.path.parent} fails: {error.strerror}"

    def close(self) -> str:
        """Make everything durable and return the SHA-256 of what was written, in hex.

        Raises:
            RecordingError: the disk refused.
        """
        self._ended.set()
        self._syncing.join()
        try:
            os.fsync(self._fd)
        except OSError as error:
            raise RecordingError(f"{self.path} could not be made durable: {error.strerror}") from error
        self._let_go()
        reserve_path(self.path).unlink(missing_ok=True)
        return self._hash.hexdigest()

    def abandon(self) -> None:
        """Let go of a file that can no longer be written; what is in it stays, with its marks."""
        if self._fd < 0:
            return
        self._ended.set()
        self._syncing.join()
        self._let_go()

    def _let_go(self) -> None:
        os.close(self._fd)
        self._fd = -1
        self._marks.close()


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, after a rename."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def is_being_written(path: Path) -> bool:
    """Whether a living process has ``path`` open as a ``DurableFile``."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
