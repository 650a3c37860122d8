"""How the real OpenXR loader finds a runtime that is written in Python, in the process that uses it.

The loader loads the shared library that a manifest names and asks it for one symbol. Five lines of C, compiled here,
hand that question on to Python; from there every function of the runtime is a callback.
"""

import ctypes as c
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

_SHIM = """
typedef int (*negotiate)(const void *, void *);
static negotiate asked;
void hand_over_to(negotiate to) { asked = to; }
int xrNegotiateLoaderRuntimeInterface(const void *a, void *b) { return asked ? asked(a, b) : -1; }
"""
P, U32, U64, I64, TEXT = c.c_void_p, c.c_uint32, c.c_uint64, c.c_int64, c.c_char_p
_UNSUPPORTED, _FAILED = -7, -2  # XR_ERROR_FUNCTION_UNSUPPORTED, XR_ERROR_RUNTIME_FAILURE


def serves(name: str, *kinds: Any) -> Callable[[Any], Any]:
    """Mark a method as the runtime's ``xr<name>``, whose arguments are of ``kinds``; None means success."""

    def marked(method: Any) -> Any:
        method.serves, method.kinds = name, kinds
        return method

    return marked


def missing() -> str:
    """Why the runtime cannot be made here; empty if it can."""
    if importlib.util.find_spec("xr") is None:
        return "pyopenxr is not installed: pip install 'understudy[openxr]'"
    return "" if shutil.which("cc") else "there is no C compiler (cc)"


class _Negotiation(c.Structure):
    _fields_ = (
        ("type", U32),
        ("version", U32),
        ("size", c.c_size_t),
        ("interface", U32),
        ("api", U64),
        ("ask", P),
    )


class PythonRuntime:
    """Base of a runtime: its methods marked with ``serves`` are what it offers.

    Lives as long as the process; the loader keeps pointers into it.
    """

    def __init__(self, folder: Path) -> None:
        """Compile the shim into ``folder`` and make this the active runtime of this process."""
        self.spent_ns = 0  # in the functions below
        library = folder / "libmade_openxr.so"
        (folder / "shim.c").write_text(_SHIM)
        subprocess.run(
            [str(shutil.which("cc")), "-shared", "-fPIC", "-o", library, folder / "shim.c"], check=True
        )
        manifest = folder / "made_openxr.json"
        described = {
            "file_format_version": "1.0.0",
            "runtime": {"name": "made", "library_path": str(library)},
        }
        manifest.write_text(json.dumps(described))
        os.environ["XR_RUNTIME_JSON"] = str(manifest)
        self.xr: Any = import_module("xr")
        self._kept: dict[bytes, Any] = {}
        self._functions: dict[str, tuple[Callable[..., int | None], tuple[Any, ...]]] = {
            function.serves: (getattr(self, name), function.kinds)
            for name, function in vars(type(self)).items()
            if hasattr(function, "serves")
        }
        self._negotiate = c.CFUNCTYPE(c.c_int, P, P)(self._negotiated)
        self._ask = c.CFUNCTYPE(c.c_int, P, TEXT, P)(self._asked)
        self._library = c.CDLL(str(library))
        self._library.hand_over_to(self._negotiate)

    # --- how the loader finds functions ---------------------------------------------------------------

    def _negotiated(self, _info: int, request: int) -> int:
        row = _Negotiation.from_address(request)
        row.interface, row.api, row.ask = 1, 1 << 48 | 1 << 32 | 40, c.cast(self._ask, P).value
        return 0

    def _asked(self, _instance: int, name: bytes, out: int) -> int:
        short = name.decode().removeprefix("xr")
        found, kinds = self._functions.get(short, (None, ()))
        place = P.from_address(out)
        if found is None:
            place.value = None
            return _UNSUPPORTED
        if name not in self._kept:
            self._kept[name] = c.CFUNCTYPE(c.c_int, *kinds)(self._guarded(short, found))
        place.value = c.cast(self._kept[name], P).value
        return 0

    def before(self, name: str) -> int:
        """What the function ``name`` answers without being called; 0 to call it."""
        raise NotImplementedError

    def _guarded(self, name: str, function: Callable[..., int | None]) -> Callable[..., int]:
        def call(*values: Any) -> int:
            began_ns = time.perf_counter_ns()
            try:
                return self.before(name) or function(*values) or 0
            except Exception as error:  # noqa: BLE001 - nothing may be raised into C
                sys.stderr.write(f"made runtime, {name}: {error!r}\n")
                return _FAILED
            finally:
                self.spent_ns += time.perf_counter_ns() - began_ns

        return call
