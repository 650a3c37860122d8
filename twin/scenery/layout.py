"""Reads a scene's TOML file: what stands, lies and is asked for."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from twin import places
from twin.errors import SceneError
from twin.robot_files.faults import Fault, did_you_mean
from twin.robot_files.table import Table

SHAPES = ("box", "cylinder", "sphere")
TASKS = ("into_tote",)


@dataclass(frozen=True)
class Material:
    """How a surface looks."""

    name: str
    rgba: tuple[float, ...]
    texture: str  # "" | "wood"
    shininess: float


@dataclass(frozen=True)
class Fixture:
    """A solid that does not move."""

    name: str
    shape: str
    size_m: tuple[float, ...]  # full lengths along x, y, z
    position_m: tuple[float, ...]
    material: str


@dataclass(frozen=True)
class Tote:
    """An open box, fastened to what it stands on."""

    name: str
    inner_size_m: tuple[float, ...]
    wall_m: float
    position_m: tuple[float, ...]  # centre of its underside
    material: str


@dataclass(frozen=True)
class FreeObject:
    """Something to be grasped."""

    name: str
    shape: str
    size_m: tuple[float, ...]
    mass_kg: float
    position_m: tuple[float, ...]
    jitter_m: tuple[float, ...]  # (2,) half width in x and y
    yaw_jitter_rad: float
    material: str


@dataclass(frozen=True)
class Task:
    """What is asked for, and how one knows that it is done."""

    kind: str
    object: str
    tote: str
    instruction: str


@dataclass(frozen=True)
class Layout:
    """A scene as its file gives it."""

    name: str
    title: str
    task: Task
    materials: tuple[Material, ...]
    fixtures: tuple[Fixture, ...]
    totes: tuple[Tote, ...]
    objects: tuple[FreeObject, ...]

    @property
    def things(self) -> "tuple[Fixture | Tote | FreeObject, ...]":
        """All that is there, each with its name and material."""
        return (*self.fixtures, *self.totes, *self.objects)


def scenes_folder() -> Path:
    """Where scenes lie."""
    return places.assets_folder() / "scenes"


def list_scenes() -> tuple[str, ...]:
    """Names of all scenes."""
    return tuple(sorted(path.stem for path in scenes_folder().glob("*.toml")))


def read_layout(name: str) -> Layout:
    """The layout of the scene called ``name``.

    Raises:
        SceneError: there is no such scene, or its file has a fault; the text names the first.
    """
    path = scenes_folder() / f"{name}.toml"
    if name not in list_scenes():
        raise SceneError(
            f"no scene is called {name!r}{did_you_mean(name, list_scenes())}; there are {', '.join(list_scenes())}"
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SceneError(f"{path}: cannot be read as TOML: {error}") from error
    faults: list[Fault] = []
    top = Table(path, "", values, faults)
    layout = Layout(
        name=top.take_text("name"),
        title=top.take_text("title"),
        task=_task(top.take_table("task")),
        materials=tuple(_material(row) for row in top.take_tables("materials")),
        fixtures=tuple(_fixture(row) for row in top.take_tables("fixtures")),
        totes=tuple(_tote(row) for row in top.take_tables("totes")),
        objects=tuple(_free_object(row) for row in top.take_tables("objects")),
    )
    top.finish()
    _judge_references(layout, top)
    if faults:
        raise SceneError(str(faults[0]))
    return layout


def _task(row: Table) -> Task:
    task = Task(
        kind=_one_of(row, "kind", TASKS),
        object=row.take_text("object"),
        tote=row.take_text("tote"),
        instruction=row.take_text("instruction"),
    )
    row.finish()
    return task


def _material(row: Table) -> Material:
    material = Material(
        name=row.take_text("name"),
        rgba=row.take_numbers("rgba", 4),
        texture=row.take_text("texture", ""),
        shininess=row.take_number("shininess", 0.3),
    )
    row.finish()
    return material


def _fixture(row: Table) -> Fixture:
    fixture = Fixture(
        name=row.take_text("name"),
        shape=_one_of(row, "shape", SHAPES),
        size_m=_lengths(row, "size_m"),
        position_m=row.take_numbers("position_m", 3),
        material=row.take_text("material"),
    )
    row.finish()
    return fixture


def _tote(row: Table) -> Tote:
    tote = Tote(
        name=row.take_text("name"),
        inner_size_m=_lengths(row, "inner_size_m"),
        wall_m=row.take_number("wall_m", positive=True),
        position_m=row.take_numbers("position_m", 3),
        material=row.take_text("material"),
    )
    row.finish()
    return tote


def _free_object(row: Table) -> FreeObject:
    free = FreeObject(
        name=row.take_text("name"),
        shape=_one_of(row, "shape", SHAPES),
        size_m=_lengths(row, "size_m"),
        mass_kg=row.take_number("mass_kg", positive=True),
        position_m=row.take_numbers("position_m", 3),
        jitter_m=row.take_numbers("jitter_m", 2, (0.0, 0.0)),
        yaw_jitter_rad=row.take_number("yaw_jitter_rad", 0.0),
        material=row.take_text("material"),
    )
    row.finish()
    return free


def _one_of(row: Table, key: str, known: tuple[str, ...]) -> str:
    value = row.take_text(key)
    if value and value not in known:
        row.fault(f"{key} {value!r} is unknown{did_you_mean(value, known)}; it can be {', '.join(known)}")
    return value


def _lengths(row: Table, key: str) -> tuple[float, ...]:
    lengths = row.take_numbers(key, 3)
    if min(lengths) <= 0:
        row.fault(f"{key} must be three lengths greater than 0, not {lengths}")
    return lengths


def _judge_references(layout: Layout, top: Table) -> None:
    materials = {material.name for material in layout.materials}
    for thing in layout.things:
        if thing.material not in materials:
            top.fault(
                f"{thing.name}: unknown material {thing.material!r}{did_you_mean(thing.material, materials)}"
            )
    objects, totes = [o.name for o in layout.objects], [t.name for t in layout.totes]
    if layout.task.object not in objects:
        top.fault(
            f"the task is about {layout.task.object!r}, which is no object{did_you_mean(layout.task.object, objects)}"
        )
    if layout.task.tote not in totes:
        top.fault(
            f"the task wants it in {layout.task.tote!r}, which is no tote{did_you_mean(layout.task.tote, totes)}"
        )
