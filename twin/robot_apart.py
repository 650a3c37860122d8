"""Looks at a robot's folder in a process of its own with little room, because a model may be built to do harm.

A model that needs more memory or time than any robot does, or that brings the physics library down, takes only
that process with it.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from twin import places
from twin.drafting.facts import ModelFacts, read_facts
from twin.errors import RobotSpecError
from twin.robot_check import RobotReport, check_robot
from twin.robot_files.faults import Fault
from twin.robot_folders import ROBOT_FILE

MEMORY_BYTES = 2 * 1024**3  # of address space
CPU_S = 10
_WALL_S = 60.0  # a busy machine gives a process its ten seconds late
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000  # CLONE_NEWUSER | CLONE_NEWNET
_OUT_OF_MEMORY = 86  # exit status of the child


def check_apart(folder: Path, revision: str = "", cpu_s: int = CPU_S) -> RobotReport:
    """``check_robot`` in a process that has 2 GiB of memory, ``cpu_s`` of processor time, and no network."""
    try:
        return _report(_ask("check", folder, revision, cpu_s))
    except RobotSpecError as error:
        fault = Fault(folder / ROBOT_FILE, "", str(error))
        return RobotReport(folder, "", "", 0, 0.0, "", "", (fault,))


def facts_apart(model: Path) -> ModelFacts:
    """``read_facts`` in a process as narrow as that of ``check_apart``.

    Raises:
        RobotSpecError: the model cannot be read there.
    """
    fields = _ask("facts", model, "", CPU_S)
    if "error" in fields:
        raise RobotSpecError(str(fields["error"]))
    return msgspec.convert(fields, ModelFacts)


def _ask(task: str, path: Path, revision: str, cpu_s: int) -> dict[str, Any]:
    """What the child found.

    Raises:
        RobotSpecError: it found nothing, because it ran into its limits or fell.
    """
    words = [sys.executable, "-m", "twin.robot_apart", task, str(path.absolute()), revision, str(cpu_s)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module
            words, capture_output=True, timeout=_WALL_S, check=False, stdin=subprocess.DEVNULL, text=True
        )
    except subprocess.TimeoutExpired:
        raise RobotSpecError(f"its model was not read within {_WALL_S:g} s, so it is not used") from None
    if ended.returncode != 0:
        raise RobotSpecError(_reason(ended.returncode, ended.stderr, cpu_s))
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def vouch_for(folder: Path, revision: str = "") -> None:
    """Look at a robot that did not ship with the program, before any process of the station opens its model.

    Raises:
        RobotSpecError: it has a fault, which is in the text.
    """
    if places.is_shipped(folder):
        return
    faults = check_apart(folder, revision).faults
    if faults:
        more = f" (and {len(faults) - 1} more; see `understudy robots check {folder}`)" if faults[1:] else ""
        raise RobotSpecError(f"{faults[0]}{more}")


def _reason(status: int, said: str, cpu_s: int) -> str:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"its model takes more than {cpu_s} s to read, so it is not used; make it smaller"
    if status == _OUT_OF_MEMORY or "alloc" in said:
        return f"its model needs more than {MEMORY_BYTES >> 30} GiB of memory, so it is not used; make it smaller"
    last = said.strip().splitlines()[-1] if said.strip() else f"exit status {status}"
    return f"its model brings the physics library down, so it is not used: {last}"


def _report(fields: dict[str, Any]) -> RobotReport:
    faults, guesses = (
        tuple(Fault(Path(row["file"]), row["where"], row["text"]) for row in fields[key])
        for key in ("faults", "guesses")
    )
    return RobotReport(**(fields | {"folder": Path(fields["folder"]), "faults": faults, "guesses": guesses}))


def _shut_in(cpu_s: int) -> None:
    """Give this process little room. Where the kernel grants no network of one's own, the limits must do."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER_AND_NETWORK)


def main(task: str, path: str, revision: str, cpu_s: str) -> int:
    """The child's side: write what was found as one line of JSON."""
    _shut_in(int(cpu_s))
    found: dict[str, Any]
    try:
        found = asdict(check_robot(Path(path), revision) if task == "check" else read_facts(Path(path)))
    except RobotSpecError as error:
        found = {"error": str(error)}
    except MemoryError:
        return _OUT_OF_MEMORY
    sys.stdout.write(json.dumps(found, default=str) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    status = main(*sys.argv[1:5])
    os._exit(status)  # nothing of the model may run any more
