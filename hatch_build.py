"""Compiles what of the twin is C, whenever this project is built or installed: with zig, which comes as a wheel.

So a workstation needs neither a compiler nor headers. By hand: ``make compiled``, or ``python hatch_build.py`` in an
environment of one's own.
"""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = "twin/ik/compiled"
LIBRARY = f"{FOLDER}/_step.so"
GLIBC = "2.28"  # Debian 10; what MuJoCo's own wheels ask for
# Without contracted operations results are the same on every machine; without a mistake that a compiler can see.
FLAGS = ("-std=c11", "-O2", "-s", "-shared", "-fPIC", "-ffp-contract=off")
STRICT = ("-Wall", "-Wextra", "-Wconversion", "-Werror")
MACHINES = ("x86_64", "aarch64")


class CompiledPart(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling asks before it packs a wheel, or makes the checkout importable."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and say for which machines the wheel is now."""
        del version
        compile_library(Path(self.root))
        build_data["artifacts"].append(f"/{LIBRARY}")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-manylinux_{GLIBC.replace('.', '_')}_{platform.machine()}"


def compile_library(root: Path, *more_flags: str) -> Path:
    """Compile the library in the checkout ``root``; whoever has loaded the one before keeps it.

    Raises:
        SystemExit: this is no machine to build on, or the compiler said no.
    """
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        raise SystemExit(
            f"Understudy is built on Linux, {' or '.join(MACHINES)}; this is {platform.platform()}."
        )
    target, sources = root / LIBRARY, sorted((root / FOLDER).glob("*.c"))
    with tempfile.TemporaryDirectory(prefix="understudy-") as scratch:
        made = Path(scratch) / target.name
        # The cache is made of glibc's symbols, not of this project: 54 MB that nobody would find again.
        environment = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": scratch, "ZIG_LOCAL_CACHE_DIR": scratch}
        compiler = [
            sys.executable,
            "-m",
            "ziglang",
            "cc",
            "-target",
            f"{platform.machine()}-linux-gnu.{GLIBC}",
        ]
        command = [*compiler, *FLAGS, *STRICT, *more_flags, *map(str, sources), "-o", str(made), "-lm"]
        run = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(f"{root / FOLDER} cannot be compiled:\n{run.stderr}{run.stdout}".rstrip())
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        beside.write_bytes(made.read_bytes())
        beside.chmod(0o755)
        beside.replace(target)
    return target


if __name__ == "__main__":
    compile_library(Path(__file__).parent)
