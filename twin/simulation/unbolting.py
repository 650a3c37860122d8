"""A simulated robot comes off the bolts of its gantry: one whose base floats goes on where the other one was."""

from dataclasses import replace

import mujoco
import numpy as np

from twin.base_coordinates import with_base
from twin.simulation.simulation import Simulation


def unbolt(bolted: Simulation, free: Simulation) -> None:
    """Let ``free`` go on where ``bolted`` is: time, angles, speeds, things, setpoints, warmth, and the task so far.

    Both are of one robot in one scene. The base floats where it was bolted, at rest, and nothing holds it yet. A push
    that still goes on ends.
    """
    data, was = free.data, bolted.data
    mujoco.mj_resetData(free.model, data)
    data.time = was.time
    data.qpos[:] = with_base(free.model, was.qpos)
    own, others = _matching_dofs(bolted, free)
    data.qvel[own], data.qacc_warmstart[own] = was.qvel[others], was.qacc_warmstart[others]
    data.ctrl[:] = was.ctrl
    mujoco.mj_forward(free.model, data)
    here, before = free.snapshot(), bolted.snapshot()
    worked_nm = []
    for was_nm in before.warmth.worked_nm:
        worked_nm.append(np.zeros(free.model.nv))
        worked_nm[-1][own] = was_nm[others]
    moved = replace(
        before,
        state=here.state,
        warmth=replace(before.warmth, worked_nm=tuple(worked_nm)),
        sensor_data=here.sensor_data,
        sensors=here.sensors,
        push=None,
    )
    free.restore(moved)
    free.limp = bolted.limp


def _matching_dofs(bolted: Simulation, free: Simulation) -> tuple[list[int], list[int]]:
    """The degrees of freedom of ``free`` that ``bolted`` has too, and which those are there."""
    own: list[int] = []
    others: list[int] = []
    for joint in range(bolted.model.njnt):
        name = bolted.model.joint(joint).name
        here, there = (
            int(np.atleast_1d(model.joint(name).dofadr)[0]) for model in (free.model, bolted.model)
        )
        wide = len(bolted.data.joint(joint).qvel)
        own += range(here, here + wide)
        others += range(there, there + wide)
    return own, others
