"""Reads a scene's TOML file strictly: every key has a type, unknown keys and wrong names are faults."""

import tomllib
from pathlib import Path

from twin import places
from twin.bases import BASES
from twin.errors import SceneError
from twin.robot_files.faults import Fault, did_you_mean
from twin.robot_files.table import Table
from twin.scenery.layout import (
    GOALS,
    LIFT,
    OBJECT_SHAPES,
    ORDERS,
    PUT,
    SHAPES,
    TEXTURES,
    Fixture,
    FreeObject,
    Goal,
    Layout,
    Level,
    Material,
    Motion,
    Task,
    Tote,
    Zone,
)
from twin.scenery.references import judge_references

_AS_DRAWN = Level("as in the file", 1.0, (), ())


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
    if name not in list_scenes():
        raise SceneError(
            f"no scene is called {name!r}{did_you_mean(name, list_scenes())}; there are {', '.join(list_scenes())}"
        )
    return read_layout_file(scenes_folder() / f"{name}.toml")


def read_layout_file(path: Path) -> Layout:
    """The layout in ``path``.

    Raises:
        SceneError: the file has a fault; the text names the first.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SceneError(f"{path}: cannot be read as TOML: {error}") from error
    faults: list[Fault] = []
    top = Table(path, "", values, faults)
    layout = Layout(
        name=top.take_text("name"),
        title=top.take_text("title"),
        task=_task(top.take_table("task"), tuple(_goal(row) for row in top.take_tables("goals"))),
        levels=tuple(_level(row) for row in top.take_tables("levels")) or (_AS_DRAWN,),
        materials=tuple(_material(row) for row in top.take_tables("materials")),
        fixtures=tuple(_fixture(row) for row in top.take_tables("fixtures")),
        totes=tuple(_tote(row) for row in top.take_tables("totes")),
        zones=tuple(_zone(row) for row in top.take_tables("zones")),
        objects=tuple(_free_object(row) for row in top.take_tables("objects")),
        base=_one_of(top, "base", BASES, ""),
    )
    top.finish()
    if layout.name and layout.name != path.stem:
        top.fault(f"the scene is called {layout.name!r} but its file {path.name!r}")
    judge_references(layout, top)
    if faults:
        raise SceneError(str(faults[0]))
    return layout


def _task(row: Table, goals: tuple[Goal, ...]) -> Task:
    puts = any(goal.kind == PUT for goal in goals)
    task = Task(
        instruction=row.take_text("instruction"),
        order=_one_of(row, "order", ORDERS, ORDERS[0]),
        fallen_below_m=row.take_number("fallen_below_m", None if puts else 0.0),
        goals=goals,
    )
    row.finish()
    return task


def _goal(row: Table) -> Goal:
    kind = _one_of(row, "kind", GOALS)
    if kind == LIFT:
        goal = _lift(row)
    elif kind == PUT or kind not in GOALS:
        thing, into = row.take_text("object"), row.take_text("into")
        lies = f"the {spoken(thing)} lies in the {spoken(into)}"
        goal = Goal(kind, row.take_text("title", lies), object=thing, into=into)
    else:
        between = row.take_numbers("between", 2)
        if between[0] > between[1]:
            row.fault(f"between must be two numbers in rising order, not {list(between)}")
        goal = Goal(kind, row.take_text("title"), fixture=row.take_text("fixture"), between=between)
    row.finish()
    return goal


def _lift(row: Table) -> Goal:
    thing, over = row.take_text("object"), row.take_text("over", "")
    held = f"the {spoken(thing)} is held " + (f"over the {spoken(over)}" if over else "in the air")
    clear_m = row.take_number("clear_m", positive=True)
    return Goal(LIFT, row.take_text("title", held), object=thing, clear_m=clear_m, over=over)


def spoken(name: str) -> str:
    """A name as a person says it."""
    return name.replace("_", " ")


def _level(row: Table) -> Level:
    level = Level(
        title=row.take_text("title"),
        jitter_scale=row.take_number("jitter_scale", 1.0),
        without=row.take_texts("without"),
        shuffle=row.take_texts("shuffle"),
    )
    if level.jitter_scale < 0:
        row.fault(f"jitter_scale must not be less than 0, as {level.jitter_scale:g} is")
    row.finish()
    return level


def _material(row: Table) -> Material:
    material = Material(
        name=row.take_text("name"),
        rgba=row.take_numbers("rgba", 4),
        texture=_one_of(row, "texture", TEXTURES, ""),
        shininess=row.take_number("shininess", 0.3),
    )
    row.finish()
    return material


def _fixture(row: Table) -> Fixture:
    kinds = [kind for kind in ("hinge", "slide") if kind in row.values]
    if len(kinds) == 2:
        row.fault("it cannot have both a hinge and a slide")
    motion = _motion(row.take_table(kinds[0], row.where), kinds[0]) if kinds else None
    if len(kinds) == 2:
        row.take_table(kinds[1])
    carried_by = row.take_text("carried_by", "")
    moves = bool(motion or carried_by)
    fixture = Fixture(
        name=row.take_text("name"),
        shape=_one_of(row, "shape", SHAPES),
        size_m=_lengths(row, "size_m"),
        position_m=row.take_numbers("position_m", 3),
        material=row.take_text("material"),
        motion=motion,
        carried_by=carried_by,
        mass_kg=row.take_number("mass_kg", positive=True) if moves else 0.0,
    )
    row.finish()
    return fixture


def _motion(row: Table, kind: str) -> Motion:
    unit, force = ("rad", "nm") if kind == "hinge" else ("m", "n")
    axis = row.take_numbers("axis", 3)
    if not any(axis):
        row.fault(f"the axis of its {kind} must point somewhere")
    reach = row.take_numbers(f"range_{unit}", 2)
    if reach[0] >= reach[1] or not reach[0] <= 0 <= reach[1]:
        row.fault(f"range_{unit} must rise and hold 0, which is where the file places it; not {list(reach)}")
    motion = Motion(
        kind=kind,
        axis=axis,
        anchor_m=row.take_numbers("anchor_m", 3) if kind == "hinge" else (0.0, 0.0, 0.0),
        range=reach,
        friction=_not_negative(row, f"friction_{force}"),
        damping=_not_negative(row, "damping_nms_rad" if kind == "hinge" else "damping_ns_m"),
        spring=_not_negative(row, "spring_nm_rad" if kind == "hinge" else "spring_n_m"),
    )
    row.finish()
    return motion


def _not_negative(row: Table, key: str) -> float:
    value = row.take_number(key, 0.0)
    if value < 0:
        row.fault(f"{key} must not be less than 0, as {value:g} is")
    return value


def _tote(row: Table) -> Tote:
    tote = Tote(
        name=row.take_text("name"),
        inner_size_m=_lengths(row, "inner_size_m"),
        wall_m=row.take_number("wall_m", positive=True),
        position_m=row.take_numbers("position_m", 3),
        material=row.take_text("material"),
        floor_material=row.take_text("floor_material", ""),
        catch_m=_not_negative(row, "catch_m"),
    )
    row.finish()
    return tote


def _zone(row: Table) -> Zone:
    zone = Zone(
        name=row.take_text("name"),
        size_m=_lengths(row, "size_m", 2),
        position_m=row.take_numbers("position_m", 3),
        catch_m=row.take_number("catch_m", positive=True),
        material=row.take_text("material"),
    )
    row.finish()
    return zone


def _free_object(row: Table) -> FreeObject:
    shape = _one_of(row, "shape", OBJECT_SHAPES)
    free = FreeObject(
        name=row.take_text("name"),
        shape=shape,
        size_m=_lengths(row, "size_m"),
        mass_kg=row.take_number("mass_kg", positive=True),
        position_m=row.take_numbers("position_m", 3),
        jitter_m=row.take_numbers("jitter_m", 2, (0.0, 0.0)),
        yaw_jitter_rad=row.take_number("yaw_jitter_rad", 0.0),
        material=row.take_text("material"),
        wall_m=row.take_number("wall_m", positive=True) if shape == "tote" else 0.0,
    )
    row.finish()
    return free


def _one_of(row: Table, key: str, known: tuple[str, ...], default: str | None = None) -> str:
    value = row.take_text(key, default)
    if value and value not in known:
        can = ", ".join(name for name in known if name)
        row.fault(f"{key} {value!r} is unknown{did_you_mean(value, known)}; it can be {can}")
    return value


def _lengths(row: Table, key: str, count: int = 3) -> tuple[float, ...]:
    lengths = row.take_numbers(key, count)
    if min(lengths) <= 0:
        row.fault(f"{key} must be {count} lengths greater than 0, not {lengths}")
    return lengths
