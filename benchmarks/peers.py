"""Peers that are not dependencies: installed on request, each into an environment of its own."""

import hashlib
import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs

from twin.errors import UnderstudyError


class PeerError(UnderstudyError):
    """A peer cannot be installed or does not run here."""


def peer_python(name: str, requirements: Sequence[str]) -> Path:
    """The interpreter of an environment that holds ``requirements``, made on the first call.

    Args:
        name: of the peer, for the folder.
        requirements: pinned, e.g. ``("mink==1.3.0",)``.

    Raises:
        PeerError: pip cannot install them; the text holds its last words.
    """
    digest = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:10]
    folder = platformdirs.user_cache_path("understudy") / "peers" / f"{name}-{digest}"
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    if ready.exists():
        return python
    sys.stderr.write(f"installing the peer {name} ({', '.join(requirements)}) ...\n")
    venv.create(folder, with_pip=True, clear=True)
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise PeerError(
            f"the peer {name} cannot be installed: {last[0]}. Without it there is no ratio to show"
        )
    ready.touch()
    return python


def run_peer(python: Path, script: Path, task: dict[str, Any], timeout_s: float = 600) -> dict[str, Any]:
    """Run ``script`` under the peer's interpreter with ``task`` as JSON on its input; its JSON answer.

    Raises:
        PeerError: it failed; the text holds its last words.
    """
    done = subprocess.run(
        [str(python), str(script)],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise PeerError(f"{script.name} failed under {python}: {last[0]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
