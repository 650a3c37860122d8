"""Says whether a task is done, from the simulated world's own state."""

from collections.abc import Callable

import mujoco
import numpy as np

from twin.scenery.layout import Layout, Tote

Judge = Callable[[mujoco.MjModel, mujoco.MjData], tuple[bool, str]]

_AT_REST_M_S = 0.05


def make_judge(layout: Layout, model: mujoco.MjModel) -> Judge:
    """The judge of the layout's task: ``(succeeded, note)``, where the note is one sentence for a person."""
    tote = next(tote for tote in layout.totes if tote.name == layout.task.tote)
    body = model.body(layout.task.object).id
    dof = int(model.body_dofadr[body])
    robot_bodies = robot_body_ids(layout, model)
    name = layout.task.object.replace("_", " ")

    def judge(model: mujoco.MjModel, data: mujoco.MjData) -> tuple[bool, str]:
        position = data.xpos[body]
        if not is_inside(tote, position):
            return False, f"the {name} is not in the {tote.name}"
        if _touches(model, data, body, robot_bodies):
            return False, f"the {name} is in the {tote.name} but still held"
        if np.linalg.norm(data.qvel[dof : dof + 3]) > _AT_REST_M_S:
            return False, f"the {name} is in the {tote.name} but still moving"
        return True, f"the {name} lies in the {tote.name}"

    return judge


def is_inside(tote: Tote, position_m: np.ndarray) -> bool:
    """Is the point within the tote's inner walls and below its rim?"""
    offset = np.asarray(position_m) - np.array(tote.position_m) - np.array([0.0, 0.0, tote.wall_m])
    half_length, half_width, depth = (
        0.5 * tote.inner_size_m[0],
        0.5 * tote.inner_size_m[1],
        tote.inner_size_m[2],
    )
    return bool(abs(offset[0]) < half_length and abs(offset[1]) < half_width and 0.0 < offset[2] < depth)


def robot_body_ids(layout: Layout, model: mujoco.MjModel) -> frozenset[int]:
    """All bodies that are neither the world nor part of the surroundings."""
    surroundings = {thing.name for thing in layout.things}
    return frozenset(b for b in range(1, model.nbody) if model.body(b).name not in surroundings)


def _touches(model: mujoco.MjModel, data: mujoco.MjData, body: int, others: frozenset[int]) -> bool:
    pairs = model.geom_bodyid[data.contact.geom[: data.ncon]]
    return any(
        (int(a) == body and int(b) in others) or (int(b) == body and int(a) in others) for a, b in pairs
    )
