"""Reads ``shells.toml``: which parts a robot's shells are made of. All lengths in it are millimetres, link frames."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import SculptError
from twin.sculpt import fields
from twin.sculpt.fields import Field

RECIPE_FILE = "shells.toml"
_MM = 0.001
_AXES = {"x": 0, "y": 1, "z": 2}
_BEND_PER_MM = 100.0  # a bend's rise is given for this distance


@dataclass(frozen=True)
class Solid:
    """One step of a blend: a shape that is added, cut away, or kept to."""

    verb: str  # "add", "cut" or "keep"
    shape: Field
    blend_m: float
    low: np.ndarray[Any, Any]  # (3,) corners of a box around an added shape
    high: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Seam:
    """A real gap through a part."""

    surface: Field
    gap_m: float
    bevel_m: float


@dataclass(frozen=True)
class Part:
    """A sculpted part of one link in one material."""

    name: str
    link: str
    material: str
    solids: tuple[Solid, ...]
    seams: tuple[Seam, ...] = ()
    cell_m: float = 0.004
    triangles: int = 1000
    core_material: str = ""  # what shows in the seams; none if empty
    core_inset_m: float = 0.005
    inset_m: float = 0.0  # shrinks (positive) or grows the whole part


@dataclass(frozen=True)
class Turned:
    """A body of revolution, or several on a circle."""

    link: str
    material: str
    start: tuple[float, ...]
    axis: tuple[float, ...]
    profile: tuple[tuple[float, float], ...]
    sides: int
    count: int = 1
    circle_m: float = 0.0


@dataclass(frozen=True)
class Lettering:
    """A line of text on a link."""

    link: str
    material: str
    text: str
    at: tuple[float, ...]
    right: tuple[float, ...]
    up: tuple[float, ...]
    height_m: float
    weight_m: float


@dataclass(frozen=True)
class Copy:
    """A link that wears another's shells, stretched along its axes."""

    link: str
    of: str
    stretch: tuple[float, ...]


@dataclass(frozen=True)
class Recipe:
    """Everything ``shells.toml`` says."""

    folder: str  # of the meshes, within the robot's
    parts: tuple[Part, ...]
    turned: tuple[Turned, ...]
    letterings: tuple[Lettering, ...]
    copies: tuple[Copy, ...] = ()

    @property
    def links(self) -> set[str]:
        """All links that something is made for or that wear a copy."""
        made = [row.link for row in self.parts] + [row.link for row in self.turned]
        return {*made, *(row.link for row in self.letterings), *(row.link for row in self.copies)}


class _Row:
    """A table of the file that notices what nobody asked for."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where, self._left = where, dict(values)

    def take(self, key: str, default: Any = None) -> Any:
        if key not in self._left and default is None:
            raise SculptError(f"{self.where}: {key!r} is missing")
        return self._left.pop(key, default)

    def number(self, key: str, default: float | None = None) -> float:
        value = self.take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise SculptError(f"{self.where}: {key} must be a finite number, not {value!r}")
        return float(value)

    def mm(self, key: str, default: float | None = None) -> float:
        return self.number(key, default) * _MM

    def point(self, key: str, default: Any = None, unit: float = _MM) -> Any:
        value = np.array(self.take(key, default), float)
        if value.shape != (3,) or not np.isfinite(value).all():
            raise SculptError(f"{self.where}: {key} must be three finite numbers")
        return value * unit

    def has(self, key: str) -> bool:
        return key in self._left

    def finish(self) -> None:
        if self._left:
            raise SculptError(f"{self.where}: unknown {', '.join(map(repr, sorted(self._left)))}")


def read_recipe(folder: Path) -> Recipe:
    """The recipe in a robot's folder.

    Raises:
        SculptError: it is missing, or something in it is; the text names the part.
    """
    file = folder / RECIPE_FILE
    try:
        top = _Row(str(file), tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError:
        raise SculptError(f"{file}: there is no {RECIPE_FILE} here, so its shells are not sculpted") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SculptError(f"{file}: cannot be read as TOML: {error}") from error
    parts = tuple(_part(_Row(f"{file}: part {n + 1}", row)) for n, row in enumerate(top.take("part", [])))
    turned = tuple(
        _turned(_Row(f"{file}: turned {n + 1}", row)) for n, row in enumerate(top.take("turned", []))
    )
    letterings = tuple(
        _lettering(_Row(f"{file}: lettering {n + 1}", row)) for n, row in enumerate(top.take("lettering", []))
    )
    copies = tuple(_copy(_Row(f"{file}: copy {n + 1}", row)) for n, row in enumerate(top.take("copy", [])))
    recipe = Recipe(str(top.take("folder")), parts, turned, letterings, copies)
    top.finish()
    return recipe


def _part(row: _Row) -> Part:
    name = str(row.take("name"))
    row.where += f" ({name})"
    part = Part(
        name=name,
        link=str(row.take("link")),
        material=str(row.take("material")),
        solids=tuple(
            _solid(_Row(f"{row.where}, solid {n + 1}", s)) for n, s in enumerate(row.take("solids"))
        ),
        seams=tuple(
            _seam(_Row(f"{row.where}, seam {n + 1}", s)) for n, s in enumerate(row.take("seams", []))
        ),
        cell_m=row.mm("cell", 4),
        triangles=int(row.number("triangles")),
        core_material=str(row.take("core", "")),
        core_inset_m=row.mm("core_inset", 5),
        inset_m=row.mm("inset", 0),
    )
    if not part.solids or part.solids[0].verb != "add":
        raise SculptError(f"{row.where}: its first solid must be added")
    row.finish()
    return part


def _solid(row: _Row) -> Solid:
    verbs = [verb for verb in ("add", "cut", "keep") if row.has(verb)]
    if len(verbs) != 1:
        raise SculptError(f"{row.where}: it must say one of add, cut and keep")
    kind = str(row.take(verbs[0]))
    blend_m = row.mm("blend", 0)
    shape, low, high = _shape(kind, row)
    row.finish()
    return Solid(verbs[0], shape, blend_m, np.asarray(low), np.asarray(high))


def _shape(kind: str, row: _Row) -> tuple[Field, Any, Any]:
    """The field of a shape and the box around it."""
    everywhere = np.full(3, np.inf)
    match kind:
        case "ellipsoid":
            at, radii = row.point("at"), row.point("radii")
            return fields.ellipsoid(at, radii), at - radii, at + radii
        case "box":
            at, half = row.point("at"), row.point("half")
            return fields.rounded_box(at, half, row.mm("round")), at - half, at + half
        case "capsule":
            start, end, radius = row.point("from"), row.point("to"), row.mm("radius")
            radius_to = row.mm("radius_to", radius / _MM)
            wide = max(radius, radius_to)
            shape = fields.capsule(start, end, radius, radius_to)
            return shape, np.minimum(start, end) - wide, np.maximum(start, end) + wide
        case "cylinder":
            start, end, radius = row.point("from"), row.point("to"), row.mm("radius")
            shape = fields.cylinder(start, end, radius, row.mm("round", 2))
            return shape, np.minimum(start, end) - radius, np.maximum(start, end) + radius
        case "loft":
            start, end = row.point("from"), row.point("to")
            rows = np.array(row.take("rows"), float) * [1, _MM, _MM, _MM, _MM, 1]
            across = row.point("across", [1, 0, 0], unit=1.0)
            wide = float(np.abs(rows[:, 1:3]).max() + rows[:, 3:5].max() * 1.05)
            shape = fields.loft(start, end, across, rows, row.mm("round", 8))
            ends = [start + share * (end - start) for share in rows[[0, -1], 0]]
            return shape, np.minimum(*ends) - wide, np.maximum(*ends) + wide
        case "side":
            return fields.plane(row.point("at"), row.point("normal", unit=1.0)), -everywhere, everywhere
        case "seam":
            return _surface(row), -everywhere, everywhere
    raise SculptError(f"{row.where}: there is no shape {kind!r}")


def _surface(row: _Row) -> Field:
    axis = _AXES[str(row.take("axis"))]
    bends = tuple(
        (_AXES[other], rise * _MM / (_BEND_PER_MM * _MM) ** power, float(power))
        for other, rise, power in row.take("bends", [])
    )
    return fields.seam(axis, row.mm("at"), bends)


def _seam(row: _Row) -> Seam:
    seam = Seam(_surface(row), row.mm("gap", 2.5), row.mm("bevel", 5))
    row.finish()
    return seam


def _turned(row: _Row) -> Turned:
    made = Turned(
        link=str(row.take("link")),
        material=str(row.take("material")),
        start=tuple(row.point("from")),
        axis=tuple(row.point("axis", unit=1.0)),
        profile=tuple((float(s) * _MM, float(r) * _MM) for s, r in row.take("profile")),
        sides=int(row.number("sides", 24)),
        count=int(row.number("count", 1)),
        circle_m=row.mm("circle", 0),
    )
    row.finish()
    return made


def _lettering(row: _Row) -> Lettering:
    made = Lettering(
        link=str(row.take("link")),
        material=str(row.take("material")),
        text=str(row.take("text")),
        at=tuple(row.point("at")),
        right=tuple(row.point("right", unit=1.0)),
        up=tuple(row.point("up", unit=1.0)),
        height_m=row.mm("height"),
        weight_m=row.mm("weight"),
    )
    row.finish()
    return made


def _copy(row: _Row) -> Copy:
    made = Copy(str(row.take("link")), str(row.take("of")), tuple(row.point("stretch", [1, 1, 1], unit=1.0)))
    row.finish()
    return made
