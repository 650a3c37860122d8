"""Makes all shells of a robot from its recipe: sculpts, turns and letters the parts, bakes the light into them."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import SculptError
from twin.render.primitives import Mesh
from twin.robot_files.folder import read_folder
from twin.robot_files.revisions import overlay_files
from twin.sculpt import mesh_file
from twin.sculpt.blend import sculpted
from twin.sculpt.daylight import Sky
from twin.sculpt.hidden import Key, merge, without_hidden
from twin.sculpt.lettering import lettering
from twin.sculpt.links import Link, home_links
from twin.sculpt.recipe import RECIPE_FILE, Lettering, Recipe, Turned, read_recipe
from twin.sculpt.turned import turned, upright

DIGEST_FILE = "recipe.sha256"
REVISION, NAME = "{revision}", "{name}"  # what lettering is filled with
_MIRRORED = ("left_", "right_")
_FLY_M = 0.2  # from so far in front of the surface, letters are put onto it

Report = Callable[[str], None]


def make_shells(folder: Path, report: Report = lambda _: None) -> dict[str, bytes]:
    """The content of each file of the robot's shells, by name; the same every time.

    Args:
        folder: the robot's.
        report: told what is being made.

    Raises:
        SculptError: the recipe cannot be followed, or a library that only this needs is not installed.
    """
    _need_libraries()
    recipe = read_recipe(folder)
    fields, _ = read_folder(folder)
    links = home_links(fields["model_path"], {j.name: j.home_rad for j in fields["joints"]})
    unknown = sorted(recipe.links - set(links))
    if unknown:
        raise SculptError(f"{folder / RECIPE_FILE}: the model has no link {', '.join(map(repr, unknown))}")
    meshes = _shaped(recipe, report)
    _letter(recipe, meshes, fields["name"], [fields["revision"], *overlay_files(folder)])
    report("light")
    files = _lit(recipe, meshes, links)
    files[DIGEST_FILE] = (recipe_digest(folder) + "\n").encode()
    return files


def write_shells(folder: Path, report: Report = lambda _: None) -> None:
    """Make the shells and put them in the place of those in the robot's folder.

    Raises:
        SculptError: as ``make_shells``; the old shells are then left as they are.
    """
    files = make_shells(folder, report)
    shells = folder / read_recipe(folder).folder
    shells.mkdir(exist_ok=True)
    for old in shells.glob(f"*{mesh_file.SUFFIX}"):
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        (shells / name).write_bytes(content)


def recipe_digest(folder: Path) -> str:
    """SHA-256 of the recipe and of what fills its lettering: it tells whether meshes are of this recipe."""
    fields, _ = read_folder(folder)
    told = [fields["name"], fields["revision"], *overlay_files(folder)]
    told.append((folder / RECIPE_FILE).read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _need_libraries() -> None:
    try:
        import embreex  # noqa: F401
        import fast_simplification  # noqa: F401
    except ImportError as error:
        raise SculptError(
            f"sculpting needs {error.name}, which the station itself does not: pip install 'understudy[sculpt]'"
        ) from error


def _shaped(recipe: Recipe, report: Report) -> dict[Key, list[Mesh]]:
    meshes: dict[Key, list[Mesh]] = defaultdict(list)
    for part in recipe.parts:
        report(f"{part.link} {part.name}")
        for material, mesh in sculpted(part):
            meshes[part.link, material].append(mesh)
    for lathe in recipe.turned:
        meshes[lathe.link, lathe.material] += _turned(lathe)
    return meshes


def _turned(part: Turned) -> list[Mesh]:
    x, y, _ = upright(part.axis)
    angles = 2 * np.pi * np.arange(part.count) / part.count
    starts = [np.array(part.start) + part.circle_m * (np.cos(a) * x + np.sin(a) * y) for a in angles]
    return [turned(start, part.axis, part.profile, part.sides) for start in starts]


def _letter(recipe: Recipe, meshes: dict[Key, list[Mesh]], name: str, revisions: list[str]) -> None:
    """Put the lettering onto what its link shows so far; what names the revision, once for each of them."""
    made: list[tuple[Key, Mesh]] = []
    for line in recipe.letterings:
        sky = Sky([mesh for (link, _), shown in meshes.items() if link == line.link for mesh in shown])
        for revision in revisions if REVISION in line.text else [""]:
            text = line.text.replace(REVISION, revision).replace(NAME, name)
            material = f"{line.material}.{revision}" if revision else line.material
            made.append(((line.link, material), _lettered(line, text, sky)))
    for key, mesh in made:
        meshes[key].append(mesh)


def _lettered(line: Lettering, text: str, sky: Sky) -> Mesh:
    right, up = np.array(line.right), np.array(line.up)
    into = -np.cross(right, up)

    def land(points: NDArray[np.float64]) -> Any:
        return sky.land(points - _FLY_M * into, into)

    mesh = lettering(text, np.array(line.at), right, up, line.height_m, line.weight_m, land)
    if not np.isfinite(mesh.positions).all():
        raise SculptError(f"lettering {text!r} on {line.link} hangs over the edge of what it is put on")
    return mesh


def _lit(recipe: Recipe, meshes: dict[Key, list[Mesh]], links: dict[str, Link]) -> dict[str, bytes]:
    """Each link's meshes of a material as one file, with the light that reaches them in the home pose.

    Only links that are joined to a link by few joints take light from it: they keep their distance.
    """
    seen = without_hidden({key: merge(parts) for key, parts in meshes.items()})
    placed: dict[str, list[Mesh]] = defaultdict(list)
    for name, mesh in _worn(recipe, seen):
        if name in links:  # not every left link has a right one
            placed[name].append(links[name].placed(mesh))
    files = {}
    for name in sorted({name for name, _ in seen}):
        sky = Sky([mesh for near in sorted(links[name].near & set(placed)) for mesh in placed[near]])
        for (_, material), mesh in sorted(item for item in seen.items() if item[0][0] == name):
            link = links[name]
            light = sky.light(link.points(mesh.positions), link.directions(mesh.normals))
            files[f"{name}.{material}{mesh_file.SUFFIX}"] = mesh_file.packed(mesh, light)
    return files


def _worn(recipe: Recipe, merged: dict[Key, Mesh]) -> list[tuple[str, Mesh]]:
    """Every mesh with the link that wears it: made for it, copied, or mirrored to the other side."""
    worn = [(link, mesh) for (link, _), mesh in merged.items()]
    for copy in recipe.copies:
        stretch = np.array(copy.stretch, np.float32)
        worn += [
            (copy.link, Mesh(mesh.positions * stretch, mesh.normals, mesh.triangles))
            for (link, _), mesh in merged.items()
            if link == copy.of
        ]
    flip = np.array([1, -1, 1], np.float32)
    left, right = _MIRRORED
    worn += [
        (right + link.removeprefix(left), Mesh(mesh.positions * flip, mesh.normals * flip, mesh.triangles))
        for link, mesh in list(worn)
        if link.startswith(left)
    ]
    return worn
