"""Control's account of itself, as the window shows it."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from teleop.bindings.bindings import Bindings
from teleop.bindings.glyphs import printed
from teleop.bindings.words import SIDES, WALKING_LAYERS
from teleop.control.clutch import ROBOT_STALE_NS
from teleop.control.controller import Controller
from twin.reasons import Reason
from twin.spatial import Array, quaternion_from_rotation
from twin.wire.clock import NS_PER_MS
from twin.wire.clock_offset import Exchange
from twin.wire.messages import ControlStatus, HandGhost, HandGoal, vector

_WHY_NO_WALK = "Walking=not while the robot hangs by its pelvis"


def status_of(
    controller: Controller,
    now_ns: int,
    reasons: Iterable[Reason] = (),
    clock: Exchange | None = None,
    measuring: str = "",
) -> ControlStatus:
    """What ``controller`` makes of the operator's hands at ``now_ns``, and why the robot does not follow them.

    ``clock`` is the exchange that tells most about the robot's clock; None: that is not known. ``measuring`` is what
    an operator who is measured is to do.
    """
    device, selection, driver = controller.devices.driver, controller.selection, controller.driver
    hints = _hints(_ById(controller.bindings), selection.layer, selection.can_walk)
    if device is not None and device.sample.kind == "gamepad":
        hints = printed(hints, device.sample.name)
    coupled = controller.is_coupled
    return ControlStatus(
        input_seq=device.seq if device else 0,
        device=device.sample.device if device else "",
        device_name=device.sample.name if device else "",
        layer=selection.layer,
        scale=selection.scale,
        hold_to_run=bool(device and device.intent.hold_to_run),
        engaged=coupled,
        phase=controller.phase.value,
        reason=controller.reason,
        hands=tuple(_goal(controller, side, now_ns) for side in SIDES),
        limited_by=driver.limited_by if coupled else (),
        hints=(*hints, _WHY_NO_WALK)
        if selection.layer in WALKING_LAYERS and not selection.can_walk
        else hints,
        lease_seq=controller.session.lease_seq,
        solve_us=driver.solve_us,
        side=controller.driven_side,
        note=selection.current_note(now_ns),
        frozen=tuple(sorted(selection.frozen)),
        mirrored=selection.mirrored,
        joint=selection.joint,
        left_handed=controller.left_handed,
        reasons=tuple(str(reason) for reason in reasons),
        latched=bool(device and device.interpreter.is_latched),
        mirror_me=controller.headset.mirrors_me,
        ghosts=_ghosts(controller, now_ns),
        clock_offset_ms=clock.offset_ns / NS_PER_MS if clock else 0.0,
        measuring=measuring,
        wrists_taken=controller.headset.wrists_taken,
        clock_within_ms=0.5 * clock.way_ns / NS_PER_MS if clock else -1.0,
    )


def _ghosts(controller: Controller, now_ns: int) -> tuple[HandGhost, ...]:
    """The robot's hands in the room of the operator who wears a headset; while both are known."""
    if not controller.is_followed or not 0 <= controller.robot.age_ns(now_ns) <= ROBOT_STALE_NS:
        return ()
    held_rad = controller.driver.position_rad if controller.is_coupled else controller.robot.held_rad(now_ns)
    return controller.headset.ghosts(held_rad)


def _goal(controller: Controller, side: str, now_ns: int) -> HandGoal:
    driver, coupled = controller.driver, controller.is_coupled
    band, behind_m = controller.band(side, now_ns)
    fingers = driver.fingers.get(side)
    position_m, rotation = _in_world(controller, side)
    return HandGoal(
        side=side,
        driven=coupled and side in controller.driven_sides,
        position_m=vector(position_m),
        orientation_wxyz=vector(quaternion_from_rotation(rotation)),
        grasp=fingers.preset if fingers else "",
        closure=fingers.closure if fingers else 0.0,
        error_m=driver.error_m[side] if coupled else 0.0,
        band=band,
        behind_m=behind_m,
    )


def _in_world(controller: Controller, side: str) -> tuple[Array, Array]:
    """The wanted pose of a hand in the world; the model's base stands where its description puts it."""
    wanted, base = controller.driver.arms.wanted[side], controller.driver.arms.kinematics.base
    state = controller.robot.state
    if state is None or len(state.base_position_m) != 3 or len(state.base_orientation_wxyz) != 4:
        return wanted.position_m, wanted.rotation
    turn = controller.robot.turn_of(base.rotation)
    moved_m = state.base_position_m.astype(np.float64) + turn @ (wanted.position_m - base.position_m)
    return moved_m, turn @ wanted.rotation


@lru_cache(maxsize=64)
def _hints(bindings: "_ById", layer: str, can_walk: bool) -> tuple[str, ...]:
    """What the controls mean: the same until others drive, which a tick of control need not find out anew."""
    return bindings.bindings.hints(layer, can_walk)


class _ById:
    """Bindings, told apart by being the same object: to compare them row by row takes longer than to read them."""

    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and self.bindings is other.bindings

    def __hash__(self) -> int:
        return id(self.bindings)
