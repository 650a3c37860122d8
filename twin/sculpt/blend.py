"""A part's field from its steps, its panels between the seams, and the core below them."""

from itertools import product

import numpy as np

from twin.errors import SculptError
from twin.render.primitives import Mesh
from twin.sculpt.fields import Field, Points, Values, join, meet
from twin.sculpt.recipe import Part, Solid
from twin.sculpt.surface import dense, thinned

_MARGIN_M = 0.016  # blends bulge a little out of the boxes of what they join


def blended(solids: tuple[Solid, ...], grown_m: float = 0.0) -> Field:
    """The field of a part's solids, applied in order, then grown by so much."""

    def field(points: Points) -> Values:
        value = solids[0].shape(points)
        for solid in solids[1:]:
            other = solid.shape(points)
            match solid.verb:
                case "add":
                    value = join(value, other, solid.blend_m)
                case "cut":
                    value = meet(value, -other, solid.blend_m)
                case _:
                    value = meet(value, other, solid.blend_m)
        return value - grown_m

    return field


def sculpted(part: Part) -> list[tuple[str, Mesh]]:
    """The meshes of a part with their materials: its panels, and its core if it has one."""
    added = [solid for solid in part.solids if solid.verb == "add"]
    low = np.min([solid.low for solid in added], axis=0) - _MARGIN_M
    high = np.max([solid.high for solid in added], axis=0) + _MARGIN_M
    whole = blended(part.solids, -part.inset_m)
    made = [(panel, dense(panel, low, high, part.cell_m)) for panel in _panels(part, whole)]
    total = sum(len(mesh.triangles) for _, mesh in made if mesh)
    if not total:
        raise SculptError(f"the part {part.name!r} is empty: its cuts leave nothing")
    meshes = [
        (part.material, thinned(panel, mesh, part.cell_m, part.triangles * len(mesh.triangles) // total))
        for panel, mesh in made
        if mesh
    ]
    if part.core_material:
        core = blended(part.solids, -part.inset_m - part.core_inset_m)
        mesh = dense(core, low, high, part.cell_m)
        if mesh:
            meshes.append((part.core_material, thinned(core, mesh, part.cell_m, part.triangles // 4)))
    return meshes


def _panels(part: Part, whole: Field) -> list[Field]:
    """One field for each side of each seam; those that hold nothing are left to be found empty."""
    if not part.seams:
        return [whole]
    panels: list[Field] = []
    for sides in product((1.0, -1.0), repeat=len(part.seams)):

        def panel(points: Points, sides: tuple[float, ...] = sides) -> Values:
            value = whole(points)
            for side, seam in zip(sides, part.seams, strict=True):
                value = meet(value, side * seam.surface(points) + seam.gap_m / 2, seam.bevel_m)
            return value

        panels.append(panel)
    return panels
