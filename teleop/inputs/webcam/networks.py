"""The two networks of MediaPipe Hands, run by LiteRT on the processor.

Needs the extra ``webcam`` (ai-edge-litert), and the networks, which are fetched once (``fetching``). Nothing is told to
anybody. MediaPipe's own library does report its use to its makers, and is not used.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teleop.inputs.webcam.fetching import LANDMARKS, PALMS, are_fetched, networks_folder
from twin.errors import StationError

NO_EXTRA = "the hand tracker is not installed: pip install 'understudy[webcam]'"
NO_NETWORKS = "the hand tracker's networks are not there yet: understudy headset webcam fetch (36 MB, once)"
_THREADS = 2


class NoHandTracker(StationError):
    """Hands cannot be seen on this machine; the text says why and what to do."""


def lack() -> str:
    """What is missing to see hands, and what to do; empty if nothing is. Nothing is loaded for it."""
    if find_spec("ai_edge_litert") is None:
        return NO_EXTRA
    return "" if are_fetched() else NO_NETWORKS


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
                f"{path} is not the network that was fetched: understudy headset webcam fetch"
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
    library, folder = load_library(), networks_folder()
    if not are_fetched():
        raise NoHandTracker(NO_NETWORKS)
    return Network(library, folder / PALMS), Network(library, folder / LANDMARKS)
