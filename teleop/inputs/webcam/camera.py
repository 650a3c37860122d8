"""Pictures of a webcam, or of a film at the pace at which it was made; the newest counts."""

import threading
import time
from pathlib import Path
from typing import Any

import av

from teleop.inputs.webcam.pictures import Picture
from twin.errors import StationError
from twin.wire.clock import NS_PER_S, now_ns

WIDTH_PX, HEIGHT_PX, HZ = 640, 480, 30
_SILENT_S = 2.0


class NoCamera(StationError):
    """There are no pictures; the text says why and what to do."""


class Camera:
    """Read by a thread of its own, so that a picture is never older than the one before it took to be looked at."""

    def __init__(self, name: str) -> None:
        """Open the device or the film called ``name``.

        Raises:
            NoCamera: it cannot be opened.
        """
        self._name = name
        self._is_device = Path(name).is_char_device() or name.startswith("/dev/")
        self._came = threading.Condition()
        self._newest: tuple[Picture, int] | None = None
        self._ended = ""  # why
        try:
            self._container: Any = _opened(name, self._is_device)
            self._stream = self._container.streams.video[0]
        except (OSError, IndexError, av.FFmpegError) as error:
            raise NoCamera(f"{name}: {_why(error)}") from error
        self.width_px, self.height_px = int(self._stream.width), int(self._stream.height)
        threading.Thread(target=self._read, name="camera", daemon=True).start()

    def next(self) -> tuple[Picture, int]:
        """The newest picture that was not given yet, and when it came (monotonic); waits for it.

        Raises:
            NoCamera: there will be none.
        """
        with self._came:
            if not self._came.wait_for(lambda: self._newest is not None or self._ended, _SILENT_S):
                raise NoCamera(f"{self._name} gives no pictures: is another program using it?")
            if self._newest is None:
                raise NoCamera(f"{self._name}: {self._ended}")
            picture, self._newest = self._newest, None
            return picture

    def _read(self) -> None:
        began_ns, ended = now_ns(), "the film is over" if not self._is_device else "the camera was unplugged"
        try:
            for frame in self._container.decode(self._stream):
                if not self._is_device:
                    due_ns = began_ns + int((frame.time or 0.0) * NS_PER_S)
                    time.sleep(max(0.0, (due_ns - now_ns()) / NS_PER_S))
                at_ns = now_ns()
                picture: Picture = frame.to_ndarray(format="rgb24")
                with self._came:
                    self._newest = picture, at_ns
                    self._came.notify()
        except (OSError, av.FFmpegError) as error:
            ended = _why(error)
        with self._came:
            self._ended = ended
            self._came.notify()


def _opened(name: str, is_device: bool) -> Any:
    if not is_device:
        return av.open(name)
    asked = {"framerate": str(HZ), "video_size": f"{WIDTH_PX}x{HEIGHT_PX}"}
    try:  # as JPEG, most cameras are twice as fast as uncompressed
        return av.open(name, format="v4l2", options={**asked, "input_format": "mjpeg"})
    except OSError:
        return av.open(name, format="v4l2", options=asked)


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such camera or film: `v4l2-ctl --list-devices` lists cameras"
    if isinstance(error, PermissionError):
        return "you may not read it: join the group video (`sudo usermod -aG video $USER`) and log in anew"
    if isinstance(error, IndexError):
        return "it holds no pictures"
    return (getattr(error, "strerror", "") or str(error)).rstrip(".") or type(error).__name__
