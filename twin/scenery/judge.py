"""Says how far a task is, whether it is done, and whether it is lost, from the simulated world's own state."""

from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np

from twin.scenery.layout import GIVEN_ORDER, KEEP, LIFT, PUT, REACH, Goal, Layout, Tote, Zone
from twin.scenery.lifting import lies_down, lowest_m, touching
from twin.scenery.reading import spoken

_AT_REST_M_S = 0.05
_FALLEN = 0.5  # of the base height at the start; lower, a robot fell: its deepest squat keeps 0.7


@dataclass(frozen=True)
class Progress:
    """What an attempt has been through and the world no longer shows."""

    reached: frozenset[int] = frozenset()  # goals of the kind "reach" that were reached
    failure: str = ""  # why the attempt is lost; it stays lost until it is begun anew


@dataclass(frozen=True)
class Judgement:
    """How the task stands."""

    done: int  # goals
    total: int
    failed: bool
    note: str  # one sentence for a person
    progress: Progress  # to be handed in the next time

    @property
    def succeeded(self) -> bool:
        """Whether all of it is done, and nothing lost."""
        return self.done == self.total and not self.failed


_Check = Callable[[mujoco.MjData], str]  # why not, or "" if it is so


class Judge:
    """The judge of one layout's task in one model. It keeps nothing: an attempt's ``Progress`` goes in and out."""

    def __init__(self, layout: Layout, model: mujoco.MjModel) -> None:
        """Find everything that the task names."""
        self._task = layout.task
        self._model = model
        self._robot = robot_body_ids(layout, model)
        self._places = {place.name: place for place in layout.places}
        self._put = [goal for goal in layout.task.goals if goal.kind == PUT]
        self._lifted = dict.fromkeys(goal.object for goal in layout.task.goals if goal.kind == LIFT)
        self._base = min(self._robot, default=0)
        self._fallen_below_m = _FALLEN * float(model.qpos0[2]) if _floats(model, self._base) else -np.inf
        self._checks = [self._check(goal) for goal in layout.task.goals]

    def __call__(self, _model: mujoco.MjModel, data: mujoco.MjData) -> tuple[bool, str]:
        """Success and one sentence, of an attempt that has no history."""
        judgement = self.look(data, Progress())
        return judgement.succeeded, judgement.note

    def look(self, data: mujoco.MjData, progress: Progress) -> Judgement:
        """Judge the world as it is in ``data`` (after ``mj_forward``), given what went before."""
        goals = self._task.goals
        reached, done, waiting = set(progress.reached), 0, ""
        for number, (goal, check) in enumerate(zip(goals, self._checks, strict=True)):
            if waiting and self._task.order == GIVEN_ORDER and number not in reached:
                continue
            why_not = "" if number in reached else check(data)
            if not why_not and goal.kind == REACH:
                reached.add(number)
            done += not why_not
            waiting = waiting or why_not
        failure = progress.failure or self._failure(data)
        note = failure or waiting or goals[-1].title
        return Judgement(done, len(goals), bool(failure), note, Progress(frozenset(reached), failure))

    def touched_by_robot(self, data: mujoco.MjData) -> str:
        """Something of the surroundings that moves and that the robot is in contact with, as a person says it."""
        for one, other in self._model.geom_bodyid[data.contact.geom[: data.ncon]]:
            if (int(one) in self._robot) != (int(other) in self._robot):
                body = other if int(one) in self._robot else one
                if self._model.body_dofnum[body]:
                    return spoken(self._model.body(body).name)
        return ""

    def _check(self, goal: Goal) -> _Check:
        if goal.kind == PUT:
            return lambda data: self._why_not_in(data, goal.object, self._places[goal.into])
        if goal.kind == LIFT:
            return lambda data: self._why_not_lifted(data, goal)
        address = int(self._model.joint(goal.fixture).qposadr[0])
        low, high = goal.between
        pending = f"not yet: {goal.title}" if goal.kind == REACH else f"not so: {goal.title}"
        assert goal.kind in (REACH, KEEP)
        return lambda data: "" if low <= data.qpos[address] <= high else pending

    def _why_not_in(self, data: mujoco.MjData, thing: str, place: Tote | Zone) -> str:
        body = self._model.body(thing).id
        there = f"the {spoken(thing)} is in the {spoken(place.name)}"
        if not is_inside(place, data.xipos[body]):
            return f"the {spoken(thing)} is not in the {spoken(place.name)}"
        if touching(self._model, data, body) & self._robot:
            return f"{there} but still held"
        dof = int(self._model.body_dofadr[body])
        if np.linalg.norm(data.qvel[dof : dof + 3]) > _AT_REST_M_S:
            return f"{there} but still moving"
        return ""

    def _why_not_lifted(self, data: mujoco.MjData, goal: Goal) -> str:
        thing, body = spoken(goal.object), self._model.body(goal.object).id
        there = touching(self._model, data, body)
        if not there & self._robot:
            return f"the {thing} is not held"
        high_m = lowest_m(self._model, data, body)
        if there - self._robot:
            return f"the {thing} still touches something else than the robot"
        if high_m < goal.clear_m:
            return (
                f"the {thing} is held {100 * high_m:.0f} cm over the ground, not yet {100 * goal.clear_m:.0f}"
            )
        if goal.over and not is_inside(self._places[goal.over], data.xipos[body]):
            return f"the {thing} is held, but not over the {spoken(goal.over)}"
        return ""

    def _failure(self, data: mujoco.MjData) -> str:
        """A fallen robot, a thing on the floor or knocked over, or let go in a place that is for another."""
        if data.xpos[self._base][2] < self._fallen_below_m:
            return "the robot fell"
        for thing in self._lifted:
            body = self._model.body(thing).id
            if lies_down(data, body) and not touching(self._model, data, body) & self._robot:
                return f"the {spoken(thing)} was knocked over"
        for goal in self._put:
            if data.xpos[self._model.body(goal.object).id][2] < self._task.fallen_below_m:
                return f"the {spoken(goal.object)} fell off the table"
        rights = {(goal.object, goal.into) for goal in self._put}
        targets = dict.fromkeys(goal.into for goal in self._put)
        for thing in dict.fromkeys(goal.object for goal in self._put):
            for name in targets:
                if (thing, name) not in rights and not self._why_not_in(data, thing, self._places[name]):
                    return f"the {spoken(thing)} lies in the {spoken(name)}, where it does not belong"
        return ""


def make_judge(layout: Layout, model: mujoco.MjModel) -> Judge:
    """The judge of the layout's task."""
    return Judge(layout, model)


def is_inside(place: Tote | Zone, position_m: np.ndarray) -> bool:
    """Is the point over the place's floor, within its walls and not above what it catches?"""
    offset = np.asarray(position_m) - np.array(place.floor_m)
    half_length, half_width = 0.5 * place.inner_size_m[0], 0.5 * place.inner_size_m[1]
    return bool(
        abs(offset[0]) < half_length and abs(offset[1]) < half_width and 0.0 < offset[2] < place.height_m
    )


def robot_body_ids(layout: Layout, model: mujoco.MjModel) -> frozenset[int]:
    """All bodies that are neither the world nor part of the surroundings."""
    surroundings = {thing.name for thing in layout.things}
    return frozenset(b for b in range(1, model.nbody) if model.body(b).name not in surroundings)


def _floats(model: mujoco.MjModel, body: int) -> bool:
    """Whether ``body`` is free in all six directions, with the first coordinates of all."""
    joint = int(model.body_jntadr[body])
    free = joint >= 0 and model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_FREE
    return bool(free and model.jnt_qposadr[joint] == 0)
