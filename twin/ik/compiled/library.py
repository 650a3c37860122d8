"""The compiled part of inverse kinematics: where it is, and what to do where it is missing."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import mujoco

from twin.errors import StationError

LIBRARY = Path(__file__).with_name("_step.so")


class StepLibrary(Protocol):
    """The functions of ``step.c``; the first argument of each is the address of a ``Step``."""

    def find_jacobian(self, step: int, /) -> None:
        """Write ``weighted``, and what it is made of."""

    def bound_step(self, step: int, dt_s: float, /) -> None:
        """Write ``least_rad`` and ``most_rad``."""

    def propose_step(self, step: int, dt_s: float, /) -> int:
        """Write everything up to ``step_rad``; 1 if that is the free step, and keeps its bounds."""

    def condition_of_arm(self, step: int, hand: int, /) -> float:
        """The condition number of an arm; writes ``growth``."""

    def straighten(self, step: int, hand: int, row: int, condition: float, dt_s: float, /) -> int:
        """Write one of ``ways``, and narrow the bounds; 0 if the arm must be free."""

    def take_step(self, step: int, is_free: bool, dt_s: float, /) -> int:
        """Move by ``step_rad``; the hands whose goals are out of reach, as bits."""


class HaltLibrary(Protocol):
    """The functions of ``halting.c``; the first argument of each is the address of a ``Halt``."""

    def is_within_sight(self, halt: int, /) -> int:
        """1 if nothing could meet what is not watched yet."""

    def halt(self, halt: int, dt_s: float, /) -> None:
        """Write ``stops_rad``."""


def step_library(size: int) -> StepLibrary:
    """The library, whose ``Step`` must have the ``size`` in bytes that Python's list of it has.

    Raises:
        StationError: it was not built, not for this machine, or of another version of its source.
    """
    library = _library(LIBRARY)
    _check_size(library.step_size(), size)
    functions: StepLibrary = library
    return functions


def halt_library(size: int) -> HaltLibrary:
    """The library, for a ``Halt`` of that ``size``; likewise."""
    library = _library(LIBRARY)
    _check_size(library.halt_size(), size)
    functions: HaltLibrary = library
    return functions


def _check_size(compiled: int, listed: int) -> None:
    if compiled != listed:
        raise _of_another_source(LIBRARY)


def _of_another_source(path: Path) -> StationError:
    return StationError(f"{path} was built from another source than this; run `make compiled`")


@cache
def _library(path: Path) -> Any:
    try:
        # Its functions take microseconds: to let go of the interpreter for them would cost more than they do.
        library = ctypes.PyDLL(str(path))
    except OSError as error:
        raise StationError(
            f"{path}: the compiled part of inverse kinematics cannot be loaded ({error}); "
            "in a checkout run `make compiled` (elsewhere than in its .venv: `python hatch_build.py`), "
            "or install the wheel anew"
        ) from error
    pointer, number, seconds, whole = ctypes.c_void_p, ctypes.c_double, ctypes.c_double, ctypes.c_int32
    for name, arguments, result in (
        ("step_size", (), ctypes.c_size_t),
        ("halt_size", (), ctypes.c_size_t),
        ("is_within_sight", (pointer,), whole),
        ("halt", (pointer, seconds), None),
        ("find_jacobian", (pointer,), None),
        ("bound_step", (pointer, seconds), None),
        ("propose_step", (pointer, seconds), whole),
        ("condition_of_arm", (pointer, whole), number),
        ("straighten", (pointer, whole, whole, number, seconds), whole),
        ("take_step", (pointer, whole, seconds), whole),
    ):
        function = getattr(library, name, None)
        if function is None:
            raise _of_another_source(path)
        function.argtypes, function.restype = arguments, result
    return library


@cache
def mujoco_functions(names: tuple[str, ...]) -> dict[str, int]:
    """The addresses of MuJoCo's own functions, in the library that its package has loaded.

    Raises:
        StationError: the package does not bring that library.
    """
    found = sorted(Path(mujoco.__file__).parent.glob("libmujoco.so*"))
    if not found:
        raise StationError(
            f"{Path(mujoco.__file__).parent}: there is no libmujoco.so; install mujoco-core of requirements.lock anew"
        )
    library = ctypes.PyDLL(str(found[0]))
    return {name: ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for name in names}
