"""Things picked up, shaken and held by the simulated hand, beside the same hand with other contact settings."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import mujoco

from benchmarks import grasp_trials as trials
from benchmarks.figures import Figure
from benchmarks.grasp_trials import Hold, Thing
from twin.scene import Scene
from twin.scenery.reading import list_scenes, read_layout

TITLE = "grasping: things of 0.1 to 1 kg picked up, shaken at 5 m/s2 for 10 s, and held"

_SLIP_BAR_MM, _CRUSH_N = 15.0, 10.0
_SHAPES = {
    "cylinder 60 x 100 mm": ("cylinder", (0.06, 0.06, 0.10)),
    "box 50 x 50 x 100 mm": ("box", (0.05, 0.05, 0.10)),
    "sphere 70 mm": ("sphere", (0.07, 0.07, 0.07)),
}
_MASSES_KG = (0.1, 0.3, 1.0)
_EGG = Thing("sphere", (0.045, 0.045, 0.045), 0.06)
_DEFAULTS = "MuJoCo's default contacts"
_TALLEST_M = 0.15  # what is taller stands where the hand begins: the bottle of ``floor_pick`` is taken there


def as_mujoco_has_it(scene: Scene) -> None:
    """Every contact as MuJoCo has it when nobody says anything."""
    model = scene.model
    model.opt.cone, model.opt.impratio = mujoco.mjtCone.mjCONE_PYRAMIDAL, 1.0
    model.geom_solref[:], model.geom_solimp[:] = (0.02, 1.0), (0.9, 0.95, 0.001, 0.5, 2.0)
    model.geom_condim[:], model.geom_friction[:] = 3, (1.0, 0.005, 0.0001)


def soft(scene: Scene) -> None:
    """Contacts that settle in 20 ms instead of 5."""
    scene.model.geom_solref[:] = (0.02, 1.0)


def pyramidal(scene: Scene) -> None:
    """Friction as a pyramid."""
    scene.model.opt.cone, scene.model.opt.impratio = mujoco.mjtCone.mjCONE_PYRAMIDAL, 1.0


def creeping(scene: Scene) -> None:
    """Friction no stiffer than the normal force."""
    scene.model.opt.impratio = 1.0


def yielding(scene: Scene) -> None:
    """Skin that yields: impedance 0.95 instead of 0.98."""
    scene.model.geom_solimp[scene.model.geom_priority == 1] = (0.95, 0.99, 0.001, 0.5, 2.0)


_OTHERS = {
    "solref 20 ms": soft,
    "pyramidal friction": pyramidal,
    "impratio 1": creeping,
    "impedance 0.95": yielding,
}


def things_of_the_scenes() -> tuple[Thing, ...]:
    """Everything in the scenes that one hand picks up from above, each once; totes want two."""
    things = []
    for each in (each for name in list_scenes() for each in read_layout(name).objects):
        x_m, y_m, z_m = each.size_m
        if each.shape != "tote" and z_m <= _TALLEST_M:
            things.append(Thing(each.shape, (x_m, y_m, z_m), each.mass_kg))
    return tuple(dict.fromkeys(things))


def measure(quick: bool) -> list[Figure]:
    """Every shape and mass with the settings that ship, with MuJoCo's own, and with one changed at a time."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # small matrices: threads only wait for each other
    masses = _MASSES_KG[-1:] if quick else _MASSES_KG
    things = {
        f"{name}, {kg:g} kg": Thing(shape, size_m, kg)
        for name, (shape, size_m) in _SHAPES.items()
        for kg in masses
    }
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        own = list(pool.map(trials.holds, things.values()))
        plain = list(pool.map(partial(trials.holds, soften=as_mujoco_has_it), things.values()))
        eggs = [
            pool.submit(trials.holds_gently, _EGG),
            pool.submit(trials.holds_gently, _EGG, None, as_mujoco_has_it),
        ]
        figures = list(_slips(things, own, plain))
        figures += _egg(*(egg.result() for egg in eggs))
        if not quick:
            of_the_scenes = pool.map(trials.holds, things_of_the_scenes())
            figures.append(_worst("worst slip, everything in the scenes", of_the_scenes, _SLIP_BAR_MM))
        for name, soften in {} if quick else _OTHERS.items():
            figures.append(
                _worst(
                    f"worst slip with {name}", pool.map(partial(trials.holds, soften=soften), things.values())
                )
            )
        for revision in () if quick else ("gen2", "gen3-b"):
            spec = trials.robot_spec(revision)
            held = pool.map(partial(trials.holds, spec=spec), things.values())
            figures.append(_worst(f"worst slip, hands of {revision}", held, _SLIP_BAR_MM))
    return figures


def _slips(things: dict[str, Thing], own: list[Hold], plain: list[Hold]) -> Iterator[Figure]:
    for name, ours, theirs in zip(things, own, plain, strict=True):
        yield Figure(f"slip: {name}", ours.slip_mm, "mm", 1, _SLIP_BAR_MM, False, _DEFAULTS, theirs.slip_mm)
    yield Figure(
        "deepest contact", max(hold.penetration_mm for hold in own), "mm", len(own),
        None, False, _DEFAULTS, max(hold.penetration_mm for hold in plain),
    )  # fmt: skip
    yield Figure(
        "peak acceleration of the palm, least", min(hold.shake_m_s2 for hold in own), "m/s2", len(own),
        trials.SHAKE_M_S2, at_least=True,
    )  # fmt: skip


def _egg(ours: Hold, theirs: Hold) -> list[Figure]:
    name = "egg of 45 mm, 60 g, fingers closed until they feel it"
    return [
        Figure(f"{name}: slip", ours.slip_mm, "mm", 1, _SLIP_BAR_MM, False, _DEFAULTS, theirs.slip_mm),
        Figure(
            f"{name}: hardest contact", ours.squeeze_n, "N", 1, _CRUSH_N, False, _DEFAULTS, theirs.squeeze_n
        ),
    ]


def _worst(name: str, holds: Iterator[Hold], bar: float | None = None) -> Figure:
    slips_mm = [hold.slip_mm for hold in holds]
    return Figure(name, max(slips_mm), "mm", len(slips_mm), bar)
