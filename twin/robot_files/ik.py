"""Reads the table ``[ik]``: what counts how much in one step of inverse kinematics."""

import math
from dataclasses import fields
from typing import Any

from twin.robot_files.table import Table
from twin.robot_parts import IkSpec, TermSpec

_TERMS = ("hands", "head", "waist", "balance")
_PRIORITIES = (1, 2)
_LARGEST_WEIGHT = 100.0
_LARGEST_MARGIN_M = 0.03  # from 50 mm on a pair of shapes is watched


def read_ik(top: Table) -> IkSpec:
    """The table; what it leaves out is as ``IkSpec`` has it."""
    row, given = top.take_table("ik"), IkSpec()
    terms = {name: _term(row.take_table(name, f"[ik] {name}"), getattr(given, name)) for name in _TERMS}
    numbers = {
        item.name: row.take_number(item.name, getattr(given, item.name), positive=True)
        for item in fields(IkSpec)
        if item.name not in _TERMS
    }
    for name in ("margin_m", "scene_margin_m", "finger_scene_margin_m"):
        if numbers[name] > _LARGEST_MARGIN_M:
            row.fault(f"{name} {numbers[name]:g} is more than {_LARGEST_MARGIN_M:g}; it is read as metres")
    slow, stop = numbers["slow_at_condition"], numbers["stop_at_condition"]
    if slow >= stop or slow <= 1.0:
        row.fault(
            f"slow_at_condition {slow:g} must be more than 1 and less than stop_at_condition {stop:g}: "
            "an arm is slowed before it is stopped"
        )
    row.finish()
    values: dict[str, Any] = {**terms, **numbers}
    return IkSpec(**values)


def _term(row: Table, given: TermSpec) -> TermSpec:
    weight = row.take_number("weight", given.weight, positive=True)
    priority = row.take_number("priority", given.priority)
    if weight > _LARGEST_WEIGHT:
        row.fault(f"weight {weight:g} is more than {_LARGEST_WEIGHT:g}")
    if priority not in _PRIORITIES and not math.isnan(priority):
        row.fault(f"priority {priority:g} is unknown; it can be 1, or 2 for what may have only what is left")
    row.finish()
    return TermSpec(weight, int(priority) if priority in _PRIORITIES else given.priority)
