"""Whether the shells in a robot's folder are those of its recipe, sound, and small enough."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.errors import SculptError
from twin.render.primitives import Mesh
from twin.robot_files.folder import read_folder
from twin.sculpt import mesh_file
from twin.sculpt.recipe import RECIPE_FILE, read_recipe
from twin.sculpt.workshop import DIGEST_FILE, recipe_digest

MOST_TRIANGLES = 100_000  # of the whole robot, copies and mirrored links counted
MOST_BYTES = 6_000_000
_LARGEST_M = 1.0  # no link is larger
_UNIT_SLACK = 0.02


@dataclass(frozen=True)
class ShellReport:
    """What was found."""

    folder: Path
    files: int
    size_bytes: int
    triangles: int  # as the model shows them
    faults: tuple[str, ...]


def check_shells(folder: Path) -> ShellReport:
    """Hold the meshes of a robot's folder against its recipe and its model.

    Raises:
        SculptError: the robot has no recipe, or it cannot be read.
    """
    recipe = read_recipe(folder)
    shells = folder / recipe.folder
    found = sorted(shells.glob(f"*{mesh_file.SUFFIX}"))
    shown = _shown(read_folder(folder)[0]["model_path"])
    faults: list[str] = []
    counts: dict[str, int] = {}
    for file in found:
        counts[file.name] = _count(file, faults)
        if file.name not in shown:
            faults.append(f"{file}: the model does not use it; remove it, or name it in the model")
    triangles = sum(counts.get(name, 0) for name in shown)
    size = sum(file.stat().st_size for file in found)
    digest = shells / DIGEST_FILE
    if not digest.is_file() or digest.read_text(encoding="utf-8").strip() != recipe_digest(folder):
        faults.append(
            f"{shells}: the meshes are not of the present {RECIPE_FILE}; run `understudy robots sculpt`"
        )
    if triangles > MOST_TRIANGLES:
        faults.append(f"{shells}: the robot shows {triangles:,} triangles, more than {MOST_TRIANGLES:,}")
    if size > MOST_BYTES:
        faults.append(f"{shells}: the meshes are {size:,} bytes, more than {MOST_BYTES:,}")
    return ShellReport(folder, len(found), size, triangles, tuple(faults))


def _shown(model_path: Path) -> list[str]:
    """File names of the sculpted meshes as often as the model shows them."""
    root = ElementTree.parse(model_path).getroot()  # noqa: S314 - local file, expat limits entities
    files = {
        mesh.get("name"): Path(mesh.get("file", "")).name for mesh in root.iter("mesh") if mesh.get("file")
    }
    return [files[name] for geom in root.iter("geom") if (name := geom.get("mesh")) in files]


def _count(file: Path, faults: list[str]) -> int:
    """How many triangles a file holds; whatever is wrong with it is appended to ``faults``."""
    try:
        mesh, light = mesh_file.unpacked(file.read_bytes())
    except SculptError as error:
        faults.append(f"{file}: {error}")
        return 0
    faults += [f"{file}: {fault}" for fault in mesh_faults(mesh)]
    if not ((light >= 0) & (light <= 1)).all():
        faults.append(f"{file}: its light must lie between 0 and 1")
    return len(mesh.triangles)


def mesh_faults(mesh: Mesh) -> list[str]:
    """What makes a mesh unfit to be drawn."""
    if not np.isfinite(mesh.positions).all() or not np.isfinite(mesh.normals).all():
        return ["it has coordinates that are no numbers"]
    faults = []
    if np.abs(mesh.positions).max(initial=0) > _LARGEST_M:
        faults.append(f"it reaches farther than {_LARGEST_M:g} m from its link")
    if not len(mesh.triangles) or mesh.triangles.max() >= len(mesh.positions):
        faults.append("it has no triangles, or some with vertices that it does not have")
    if np.abs(np.linalg.norm(mesh.normals, axis=1) - 1).max(initial=0) > _UNIT_SLACK:
        faults.append("it has normals that are not of length 1")
    return faults
