"""Reads what a robot changes in the model that it names: locked joints, other bodies, added sites and sensors."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TypeVar

from twin.robot_files.faults import did_you_mean
from twin.robot_files.model_names import ModelNames
from twin.robot_files.table import Table
from twin.robot_parts import (
    AddedSensor,
    AddedShape,
    AddedSite,
    BodyChange,
    CouplingSpec,
    GeomChange,
    JointChange,
    ModelChanges,
)

SHAPES = ("box", "capsule", "cylinder", "ellipsoid", "sphere")
SENSORS = ("touch", "gyro", "accelerometer")

Part = TypeVar("Part")


def read_changes(top: Table, model: ModelNames) -> ModelChanges:
    """The tables ``[locked_joints]``, ``[coupled_joints]``, ``[change.*]``, ``[add.*]``.

    What is added is put into ``model``.
    """
    locked = top.take_table("locked_joints")
    angles = {name: locked.take_number(name) for name in locked.values}
    _judge_names(locked, angles, model.joints, "joint", model)
    coupled = _couplings(top, model)
    for name in coupled.keys() & angles.keys():
        locked.fault(f"joint {name!r} is locked and coupled; it can be one of them")
    change, add = top.take_table("change"), top.take_table("add")
    changes = ModelChanges(
        locked_rad=angles,
        coupled=coupled,
        bodies=_rows(change, "bodies", _body, model.bodies, model),
        joints=_rows(change, "joints", _joint, model.joints, model),
        geoms=_rows(change, "geoms", _geom, model.geoms, model),
        added_shapes=_rows(add, "geoms", _shape, None, model),
        added_sites=_rows(add, "sites", _site, None, model),
        added_sensors=_rows(add, "sensors", _sensor, None, model),
    )
    change.finish()
    add.finish()
    _take_in(add, changes, model)
    return changes


def as_canonical(changes: ModelChanges) -> dict[str, Any]:
    """``changes`` as plain values, for the model hash."""
    return asdict(changes)


def _rows(
    table: Table, key: str, read: Callable[[Table], Part], known: Iterable[str] | None, model: ModelNames
) -> dict[str, Part]:
    rows = table.take_table(key, f"{table.where.rstrip(']')}.{key}]")
    if known is not None:
        _judge_names(rows, rows.values, known, key.removesuffix("s").replace("bodie", "body"), model)
    parts = {}
    for name in rows.values:
        row = rows.take_table(name, f"{rows.where.rstrip(']')}.{name}]")
        parts[name] = read(row)
        row.finish()
    return parts


def _judge_names(
    table: Table, names: Iterable[str], known: Iterable[str], kind: str, model: ModelNames
) -> None:
    for name in names:
        if model.digest and name not in known:
            table.fault(f"{kind} {name!r} is not in the model{did_you_mean(name, known)}")


def _couplings(top: Table, model: ModelNames) -> dict[str, CouplingSpec]:
    rows = top.take_table("coupled_joints")
    _judge_names(rows, rows.values, model.joints, "joint", model)
    couplings = {}
    for name in rows.values:
        row = rows.take_table(name, f"[coupled_joints.{name}]")
        couplings[name] = CouplingSpec(
            row.take_text("to"), row.take_number("ratio"), row.take_number("offset_rad", 0.0)
        )
        row.finish()
    for name, coupling in couplings.items():
        _judge_names(rows, [coupling.to], model.joints, "joint", model)
        if coupling.to in couplings:
            rows.fault(
                f"joint {name!r} follows {coupling.to!r}, which follows another one; name the one that is driven"
            )
    return couplings


def _body(row: Table) -> BodyChange:
    return BodyChange(_numbers(row, "position_m", 3), _positive(row, "mass_kg"), _numbers(row, "centre_m", 3))


def _joint(row: Table) -> JointChange:
    return JointChange(
        _numbers(row, "range_rad", 2), _positive(row, "armature_kg_m2"), _positive(row, "damping_nms_rad")
    )


def _geom(row: Table) -> GeomChange:
    return GeomChange(_numbers(row, "from_to_m", 6), _numbers(row, "position_m", 3), _sizes(row))


def _shape(row: Table) -> AddedShape:
    shape = row.take_text("shape")
    if shape and shape not in SHAPES:
        row.fault(f"shape {shape!r} is unknown{did_you_mean(shape, SHAPES)}; there are {', '.join(SHAPES)}")
    return AddedShape(
        body=row.take_text("body"),
        shape=shape,
        size_m=row.take_numbers("size_m", 3),
        rgba=row.take_numbers("rgba", 4),
        position_m=_numbers(row, "position_m", 3) or (0.0, 0.0, 0.0),
        from_to_m=_numbers(row, "from_to_m", 6),
    )


def _site(row: Table) -> AddedSite:
    return AddedSite(
        body=row.take_text("body"),
        position_m=row.take_numbers("position_m", 3),
        quaternion_wxyz=_numbers(row, "quaternion_wxyz", 4) or (1.0, 0.0, 0.0, 0.0),
        size_m=_sizes(row) or (0.005, 0.005, 0.005),
    )


def _sensor(row: Table) -> AddedSensor:
    kind = row.take_text("kind")
    if kind and kind not in SENSORS:
        row.fault(f"kind {kind!r} is unknown{did_you_mean(kind, SENSORS)}; there are {', '.join(SENSORS)}")
    return AddedSensor(kind, row.take_text("site"))


def _numbers(row: Table, key: str, count: int) -> tuple[float, ...] | None:
    return row.take_numbers(key, count) if row.has(key) else None


def _positive(row: Table, key: str) -> float | None:
    return row.take_number(key, positive=True) if row.has(key) else None


def _sizes(row: Table) -> tuple[float, ...] | None:
    return _numbers(row, "size_m", 3)


def _take_in(add: Table, changes: ModelChanges, model: ModelNames) -> None:
    """Hold what is added against the model, and count it among the model's names."""
    for kind, parts, taken in (
        ("shape", changes.added_shapes, model.geoms),
        ("site", changes.added_sites, model.sites),
        ("sensor", changes.added_sensors, set(model.sensors)),
    ):
        for name, part in parts.items():
            if name in taken:
                add.fault(f"{kind} {name!r} is in the model already; choose another name")
            body = getattr(part, "body", "")
            if model.digest and body and body not in model.bodies:
                add.fault(
                    f"{kind} {name!r}: body {body!r} is not in the model{did_you_mean(body, model.bodies)}"
                )
    model.geoms |= set(changes.added_shapes)
    model.sites |= set(changes.added_sites)
    for name, sensor in changes.added_sensors.items():
        if model.digest and sensor.site not in model.sites:
            add.fault(
                f"sensor {name!r}: site {sensor.site!r} is not in the model{did_you_mean(sensor.site, model.sites)}"
            )
        model.sensors[name] = sensor.kind
