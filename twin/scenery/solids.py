"""Solid things as parts of a model: boxes, cylinders, spheres, totes with walls, painted zones."""

from collections.abc import Iterator

import mujoco

from twin.scenery.layout import FreeObject, Tote, Zone

_SHAPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
}
# Contacts settle within 2.5 steps of 2 ms: softer ones let spheres squeeze out of a hand and boxes slide.
_STIFF_CONTACT = [0.005, 1.0]
_STIFF_IMPEDANCE = [0.95, 0.99, 0.001, 0.5, 2.0]
FRICTION = [1.0, 0.01, 0.0002]
_PAINT_M = 0.001
_HANDLE_M = (0.028, 0.026, 0.10)  # out from the wall, high, along the wall

Box = tuple[tuple[float, float, float], tuple[float, float, float]]  # centre and full lengths


def add_solid(
    body: mujoco.MjsBody,
    name: str,
    shape: str,
    size_m: tuple[float, ...],
    material: str,
    mass_kg: float = 0.0,
    centre_m: tuple[float, ...] = (0.0, 0.0, 0.0),
) -> None:
    """One shape of full lengths ``size_m``, its centre at ``centre_m`` in the body's frame."""
    half = [0.5 * length for length in size_m]
    size = {"box": half, "cylinder": [half[0], half[2], 0.0], "sphere": [half[0], 0.0, 0.0]}[shape]
    body.add_geom(
        name=name,
        type=_SHAPES[shape],
        pos=list(centre_m),
        size=size,
        material=material,
        mass=mass_kg,
        condim=4 if shape != "sphere" else 6,
        friction=FRICTION,
        solref=_STIFF_CONTACT,
        solimp=_STIFF_IMPEDANCE,
    )


def add_tote(world: mujoco.MjsBody, tote: Tote) -> None:
    """An open box that does not move."""
    body = world.add_body(name=tote.name, pos=list(tote.position_m))
    for part, (centre, size) in _walls(tote.inner_size_m, tote.wall_m):
        body.add_geom(
            name=f"{tote.name}_{part}",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=list(centre),
            size=[0.5 * edge for edge in size],
            mass=0.0,
            material=(part == "floor" and tote.floor_material) or tote.material,
            friction=FRICTION,
            solref=_STIFF_CONTACT,
        )


def add_zone(world: mujoco.MjsBody, zone: Zone) -> None:
    """Paint: seen, not felt."""
    body = world.add_body(name=zone.name, pos=list(zone.position_m))
    body.add_geom(
        name=zone.name,
        type=mujoco.mjtGeom.mjGEOM_BOX,
        size=[0.5 * zone.size_m[0], 0.5 * zone.size_m[1], _PAINT_M],
        material=zone.material,
        mass=0.0,
        contype=0,
        conaffinity=0,
    )


def add_free_object(world: mujoco.MjsBody, free: FreeObject) -> None:
    """Something to be grasped, on a free joint of its own name."""
    body = world.add_body(name=free.name, pos=list(free.position_m))
    body.add_freejoint(name=free.name)
    if free.shape != "tote":
        add_solid(body, free.name, free.shape, free.size_m, free.material, free.mass_kg)
        return
    length, width, height = free.size_m
    wall = free.wall_m
    parts = [*_walls((length - 2 * wall, width - 2 * wall, height - wall), wall), *_handles(free.size_m)]
    volume = sum(size[0] * size[1] * size[2] for _, (_, size) in parts)
    for part, (centre, size) in parts:
        mass_kg = free.mass_kg * size[0] * size[1] * size[2] / volume
        add_solid(body, f"{free.name}_{part}", "box", size, free.material, mass_kg, centre)


def _walls(inner_m: tuple[float, ...], wall: float) -> Iterator[tuple[str, Box]]:
    """Floor and four walls about this inner room, the underside's centre at the origin."""
    length, width, depth = inner_m
    middle = wall + 0.5 * depth
    yield "floor", ((0.0, 0.0, 0.5 * wall), (length + 2 * wall, width + 2 * wall, wall))
    yield "front", ((0.5 * (length + wall), 0.0, middle), (wall, width + 2 * wall, depth))
    yield "back", ((-0.5 * (length + wall), 0.0, middle), (wall, width + 2 * wall, depth))
    yield "left", ((0.0, 0.5 * (width + wall), middle), (length, wall, depth))
    yield "right", ((0.0, -0.5 * (width + wall), middle), (length, wall, depth))


def _handles(size_m: tuple[float, ...]) -> Iterator[tuple[str, Box]]:
    """A bar at each end of y, below the rim: fingers go under it."""
    out, high, along = _HANDLE_M
    for side, sign in (("left", 1.0), ("right", -1.0)):
        centre = (0.0, sign * 0.5 * (size_m[1] + out), size_m[2] - 1.5 * high)
        yield f"{side}_handle", (centre, (along, out, high))
