"""What a workstation installs: the wheel, apart from the checkout that it was built from."""

import os
import platform
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest

CHECKOUT = Path(__file__).parents[2]
INSTALLED_ASSETS = "data/share/understudy/assets/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return built


def tracked_assets() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "assets"], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    return {line.removeprefix("assets/") for line in listed.stdout.splitlines()}


def test_every_asset_is_in_the_wheel(wheel: Path) -> None:
    if not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout: nobody says which assets there are")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name.split(INSTALLED_ASSETS)[1] for name in archive.namelist() if INSTALLED_ASSETS in name}
    assert tracked_assets() <= packed


def test_the_wheel_brings_what_is_compiled_for_this_machine_and_nothing_of_the_compiler(wheel: Path) -> None:
    assert wheel.name.endswith(f"-py3-none-manylinux_2_28_{platform.machine()}.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        compiled = archive.getinfo("twin/ik/compiled/_step.so")
    assert compiled.file_size < 100_000, "it carries what only a debugger reads"
    assert [name for name in names if "_step.so" in name] == [compiled.filename]
    packages = ("app/", "teleop/", "recordings/", "twin/", "benchmarks/", "understudy-0.1.0.d")
    assert all(name.startswith(packages) for name in names)
    assert not [name for name in names if "zig" in name or name.endswith((".o", ".a", ".lib"))]


def test_installed_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Its own environment has the wheel alone; libraries are this environment's."""
    home = tmp_path / "env"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True, timeout=60)
    (site,) = home.glob("lib/python*/site-packages")
    # Libraries, and not this checkout: an editable install is named by a .pth file, which is not followed from here.
    (site / "libraries.pth").write_text(f"{Path(np.__file__).parents[1]}\n")

    def said(*command: str) -> str:
        outside = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        run = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        return run.stdout

    where = "import app, twin.places; print(app.__path__[0]); print(twin.places.assets_folder())"
    assert all(Path(path).is_relative_to(home) for path in said(str(python), "-c", where).split())
    understudy = str(home / "bin" / "understudy")
    step = (
        "import numpy as np; from twin.ik.goals import Goals; from twin.ik.model import load_kinematics\n"
        "from twin.ik.plan import Settings; from twin.ik.solver import BodySolver\n"
        "from twin.robot import find_robot, load_robot\n"
        "solver = BodySolver(load_kinematics(load_robot(find_robot('optimus'))), Settings())\n"
        "print(solver.step(Goals(waist_rad=np.zeros(2)), 0.01).limited_by)"
    )
    assert said(str(python), "-c", step).startswith("(")
    assert "optimus" in said(understudy, "robots", "list")
    assert "machine_tending" in said(understudy, "scenes", "list")
