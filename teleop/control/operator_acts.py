"""What is done once because a button, a key or a window asked for it; each act is a name of ``bindings.words.DOES``."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from teleop.bindings.words import SIDES
from teleop.control.intent import LATCH_DROPPED

if TYPE_CHECKING:
    from teleop.control.controller import Controller

FOR_OTHERS = ("record", "discard", "redo", "take.good", "take.bad", "task.next", "arm", "pause")
_CHOICES = ("layer.", "scale.", "side.", "freeze.", "mirror")
# What moves something, and so needs hold-to-run.
_GESTURES = ("relatch", "ready_pose", "ready_pose.both", "open_hand", "neck.recentre")
_NUDGES = ("body.up", "body.down", "trim.left", "trim.right")


def carry_out(controller: "Controller", actions: Iterable[str], now_ns: int) -> tuple[str, ...]:
    """Carry out ``actions``; returns those that others must do."""
    wishes = []
    for action in actions:
        if action in FOR_OTHERS:
            wishes.append(action)
        else:
            _act(controller, action, now_ns)
    return tuple(wishes)


def _act(controller: "Controller", action: str, now_ns: int) -> None:
    selection = controller.selection
    if action in ("discard.once", "redo.once"):
        what = action.removesuffix(".once")
        selection.note(f"press again within 2 s to {what} the take", now_ns)
    elif action == LATCH_DROPPED:
        selection.note("hold-to-run let go: nothing was moved for a while", now_ns)
    elif action.startswith("grasp."):
        for side in controller.driven_sides if selection.mirrored else (controller.driven_side,):
            selection.note(controller.driver.grasp(action.removeprefix("grasp."), side), now_ns)
    elif action == "mirror_me":
        selection.note(controller.headset.switch(not controller.headset.mirrors_me), now_ns)
    elif action == "wrists":
        take_wrists(controller, now_ns)
    elif action in ("joint.next", "joint.previous"):
        step = 1 if action == "joint.next" else -1
        selection.step_joint(controller.turnable_joints, step, now_ns)
    elif action.startswith(_CHOICES):
        selection.choose(action, controller.bindings, now_ns)
    elif action in _GESTURES or action in _NUDGES:
        _move(controller, action, now_ns)


def take_wrists(controller: "Controller", now_ns: int) -> str:
    """As the operator's hands in a headset are turned, so the robot's belong; returns what was noted."""
    robot = controller.robot
    held_rad = controller.driver.position_rad if robot.state is None else robot.held_rad(now_ns)
    told = controller.headset.take_wrists(held_rad)
    controller.selection.note(told, now_ns)
    return told


def _move(controller: "Controller", action: str, now_ns: int) -> None:
    selection, driver = controller.selection, controller.driver
    if not controller.is_coupled:
        press = controller.bindings.hold_to_run.title
        selection.note(f"hold {press} as well: nothing moves without it", now_ns)
    elif action in _NUDGES:
        controller.walk.nudge(action)
    elif controller.is_followed:
        _gesture_of_followers(controller, action)
    elif action == "ready_pose" and selection.layer == "walk":
        driver.gesture("ready_pose.body", controller.driven_side)
    elif action == "ready_pose" and selection.mirrored:
        driver.gesture("ready_pose.both", controller.driven_side)
    else:
        for side in sorted(controller.driven_sides) or SIDES:
            driver.gesture(action, side)


def _gesture_of_followers(controller: "Controller", action: str) -> None:
    """With a headset every gesture is for both hands; one that moves waits for the grips to be opened after."""
    if action == "relatch":
        controller.headset.followers.let_go()
        controller.headset.head_follower.recentre()
    else:
        controller.headset.followers.wait_for_release()
    for side in SIDES:
        controller.driver.gesture("ready_pose.both" if action == "ready_pose" else action, side)
