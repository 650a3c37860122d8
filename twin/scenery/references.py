"""Holds the names in a layout against each other: every name that is used must be one that is given."""

from collections.abc import Collection

from twin.robot_files.faults import did_you_mean
from twin.robot_files.table import Table
from twin.scenery.layout import ABOUT_OBJECTS, PUT, Goal, Layout


def judge_references(layout: Layout, top: Table) -> None:
    """Note in ``top`` every name that nothing bears, and every name that two things bear."""
    _judge_names(layout, top)
    _judge_materials(layout, top)
    _judge_fixtures(layout, top)
    if not layout.task.goals:
        top.fault("there is no goal: the task needs at least one [[goals]]")
    for goal in layout.task.goals:
        _judge_goal(goal, layout, top)
    objects = [free.name for free in layout.objects]
    asked_for = {goal.object for goal in layout.task.goals}
    for number, level in enumerate(layout.levels, start=1):
        for name in (*level.without, *level.shuffle):
            _must_be(top, f"level {number} names {name!r}, which is no object", name, objects)
        for name in sorted(asked_for.intersection(level.without)):
            top.fault(f"level {number} leaves out {name!r}, which the task is about")


def _judge_names(layout: Layout, top: Table) -> None:
    names = [thing.name for thing in layout.things]
    for name in sorted({name for name in names if names.count(name) > 1}):
        top.fault(f"two things are called {name!r}")


def _judge_materials(layout: Layout, top: Table) -> None:
    materials = {material.name for material in layout.materials}
    used = [(thing.name, thing.material) for thing in layout.things]
    used += [(tote.name, tote.floor_material) for tote in layout.totes if tote.floor_material]
    for thing, material in used:
        _must_be(top, f"{thing}: unknown material {material!r}", material, materials)


def _judge_fixtures(layout: Layout, top: Table) -> None:
    movable = [fixture.name for fixture in layout.fixtures if fixture.motion]
    before: list[str] = []
    for fixture in layout.fixtures:
        if fixture.carried_by:
            text = f"{fixture.name}: carried_by {fixture.carried_by!r}, which no fixture above it is called"
            _must_be(top, text, fixture.carried_by, before)
        before.append(fixture.name)
    for goal in layout.task.goals:
        if goal.kind not in ABOUT_OBJECTS:
            text = f"the task is about {goal.fixture!r}, which is no fixture that moves"
            _must_be(top, text, goal.fixture, movable)


def _judge_goal(goal: Goal, layout: Layout, top: Table) -> None:
    if goal.kind not in ABOUT_OBJECTS:
        return
    text = f"the task is about {goal.object!r}, which is no object"
    _must_be(top, text, goal.object, [free.name for free in layout.objects])
    where, place = ("in", goal.into) if goal.kind == PUT else ("over", goal.over)
    if place or goal.kind == PUT:
        text = f"the task wants it {where} {place!r}, which is no tote and no zone"
        _must_be(top, text, place, [known.name for known in layout.places])


def _must_be(top: Table, text: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        top.fault(f"{text}{did_you_mean(name, known)}")
