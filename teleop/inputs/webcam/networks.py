"""The two networks of MediaPipe Hands, run by LiteRT on the processor.

Needs the extra ``webcam`` (ai-edge-litert). The networks ship with us (``assets/hand_tracker``): nothing is fetched,
and nothing is told to anybody. MediaPipe's own library does report its use to its makers, and is not used.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import places
from twin.errors import StationError

NO_EXTRA = "the hand tracker is not installed: pip install 'understudy[webcam]'"
PALMS, LANDMARKS = "palm_detection_full.tflite", "hand_landmark_full.tflite"
_THREADS = 2


class NoHandTracker(StationError):
    """Hands cannot be seen on this machine; the text says why and what to do."""


def is_installed() -> bool:
    """Whether the extra is there; nothing of it is loaded."""
    return find_spec("ai_edge_litert") is not None


def load_library() -> Any:
    """The module of LiteRT's interpreter.

    Raises:
        NoHandTracker: it is not installed, or does not fit this machine.
    """
    try:
        return import_module("ai_edge_litert.interpreter")
    except ModuleNotFoundError as error:
        raise NoHandTracker(NO_EXTRA) from error
    except (ImportError, OSError) as error:
        raise NoHandTracker(f"the hand tracker cannot be loaded on this machine: {error}") from error


class Network:
    """One network: a picture in, its outputs out, in the order of the file."""

    def __init__(self, library: Any, path: Path) -> None:
        """Read the network at ``path``.

        Raises:
            NoHandTracker: it is not there, or is none.
        """
        try:
            self._interpreter = library.Interpreter(model_path=str(path), num_threads=_THREADS)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError, OSError) as error:
            raise NoHandTracker(
                f"{path} is not the network that ships with Understudy: install it again"
            ) from error
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [each["index"] for each in self._interpreter.get_output_details()]

    def __call__(self, picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """What it makes of ``picture``."""
        self._interpreter.set_tensor(self._input, picture)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def open_networks() -> tuple[Network, Network]:
    """For palms, and for the points of a hand.

    Raises:
        NoHandTracker: the extra is missing, or the networks are.
    """
    library, folder = load_library(), places.assets_folder() / "hand_tracker"
    return Network(library, folder / PALMS), Network(library, folder / LANDMARKS)
