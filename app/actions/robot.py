"""Acts on the robot, and when they are allowed: asked of control, except STOP, which goes straight to the robot."""

from collections.abc import Callable, Iterator

from app.actions.drive import control_here, drive_actions
from app.actions.registry import Action, Allowed
from app.feed import Feed
from app.frame.mode import mode_of
from app.requests import Requests
from app.stop.presses import Stop
from twin.bases import GANTRY, LEGS, WHEELS
from twin.wire.clock import now_ns
from twin.wire.messages import AgentStatus, BalanceState, ControlStatus, SceneState

_BASES = (
    (LEGS, "Stand on its own feet", "Ctrl+Alt+L"),
    (WHEELS, "Roll on wheels", "Ctrl+Alt+W"),
    (GANTRY, "Hang by the pelvis", "Ctrl+Alt+G"),
)


def robot_here(feed: Feed) -> str | None:
    """The robot is heard."""
    return None if feed.fresh("robot.status", AgentStatus) else "no robot is heard"


def may_arm(feed: Feed) -> str | None:
    """Motors are off and nothing is latched; or they are on, but this station does not drive, or has paused."""
    status = feed.fresh("robot.status", AgentStatus)
    if status is None:
        return "no robot is heard"
    match status.state:
        case "STANDBY":
            return None
        case "STOPPED_LATCHED":
            return "a stop is latched: reset first"
        case "PROTECTIVE_HOLD":
            return "acknowledge the protective hold first"
        case "FAULT":
            return f"the robot has a fault: {status.reason}"
        case "BOOT" | "POWERING_ON":
            return "the robot is still starting"
        case "HOLD" if _waits_for_arming(feed, status):
            return None
    return "the motors are on already"


def _waits_for_arming(feed: Feed, status: AgentStatus) -> bool:
    control = feed.fresh("control.status", ControlStatus)
    if control is None:
        return False
    return (
        control.lease_seq == 0 or control.lease_seq != status.lease_seq or control.reason.startswith("paused")
    )


def may_take(feed: Feed) -> str | None:
    """Somebody else drives the robot."""
    status, control = feed.fresh("robot.status", AgentStatus), feed.fresh("control.status", ControlStatus)
    if status is None or control is None:
        return "robot and control are not both heard"
    ours = control.lease_seq != 0 and control.lease_seq == status.lease_seq
    return None if status.lease_owner and not ours else "nobody else drives the robot"


def may_disarm(feed: Feed) -> str | None:
    """Motors are on and the robot does not move."""
    status = feed.fresh("robot.status", AgentStatus)
    if status is None:
        return "no robot is heard"
    if mode_of(status).live:
        return "the robot moves: release the hold-to-run first"
    off = status.state in ("BOOT", "STANDBY", "STOPPED_LATCHED", "FAULT")
    return "the motors are off already" if off else None


def may_reset(feed: Feed) -> str | None:
    """Something is latched."""
    status = feed.fresh("robot.status", AgentStatus)
    if status is None:
        return "no robot is heard"
    latched = status.state in ("STOPPED_LATCHED", "PROTECTIVE_HOLD") or status.stop_level != "NONE"
    return None if latched else "nothing is latched"


def may_set_up_scene(feed: Feed) -> str | None:
    """The surroundings are simulated and the robot does not move."""
    if feed.fresh("robot.scene", SceneState) is None:
        return "no simulated surroundings are heard"
    live = mode_of(feed.fresh("robot.status", AgentStatus)).live
    return "the robot moves: release the hold-to-run first" if live else None


def may_walk(feed: Feed) -> str | None:
    """The robot stands on its own feet or on wheels, and walking is off."""
    status = feed.fresh("robot.status", AgentStatus)
    balance = feed.fresh("robot.balance", BalanceState)
    if status is None:
        return "no robot is heard"
    if status.base in ("", GANTRY):
        return "the robot hangs by its pelvis: put it on wheels or on its feet first"
    if balance is not None and balance.fall and status.base == LEGS:
        return "the robot has fallen: stand it up first"
    return "walking is on already" if status.walking else None


def may_stop_walking(feed: Feed) -> str | None:
    """Walking is on."""
    status = feed.fresh("robot.status", AgentStatus)
    return None if status is not None and status.walking else "walking is not on"


def may_change_base(base: str) -> Allowed:
    """The robot holds, offers ``base``, and is not on it already."""

    def why_not(feed: Feed) -> str | None:
        status = feed.fresh("robot.status", AgentStatus)
        if status is None:
            return "no robot is heard"
        if not status.bases:
            return "this robot does not offer to have its base changed"
        if base not in status.bases:
            return f"this robot does not offer it; it offers {', '.join(status.bases)}"
        if status.base == base:
            return "it is so already"
        return None if status.state == "HOLD" else "the base is changed in HOLD only: arm, and let go"

    return why_not


def has_fallen(feed: Feed) -> str | None:
    """The robot lies on the ground."""
    balance = feed.fresh("robot.balance", BalanceState)
    return None if balance is not None and balance.fall else "the robot has not fallen"


def next_seed(feed: Feed) -> int:
    """The seed after the one by which the surroundings are set up now."""
    found = feed.message("robot.scene", SceneState)
    return (found[0].seed + 1) % 2**31 if found else 0


def robot_actions(requests: Requests, stop: Stop, feed: Feed) -> Iterator[Action]:
    """Acts on the robot, through control; STOP goes straight to the robot."""

    def ask(action: str, title: str, **values: object) -> Callable[[], None]:
        return lambda: requests.post("control", action, title, **values)

    yield Action("arm", "Arm: motors on", ask("arm", "Arm"), "F5", "Robot", may_arm, "power enable start")
    yield Action("disarm", "Disarm: motors off", ask("disarm", "Disarm"), "F6", "Robot", may_disarm, "power")
    yield Action(
        "reset", "Reset after a stop", ask("reset", "Reset"), "F7", "Robot", may_reset, "unlatch clear"
    )
    yield Action(
        "why", "Why does it not move?", ask("why", "Why"), "F3", "Robot", control_here, "reason help"
    )
    yield Action(
        "ready_pose",
        "Go to the ready pose",
        ask("ready_pose", "Ready pose"),
        "Ctrl+H",
        "Robot",
        control_here,
        "home",
    )
    yield Action(
        "scene.reset",
        "Set the scene up anew",
        lambda: requests.post("robot", "scene.reset", "Set up anew", seed=next_seed(feed)),
        "Ctrl+N",
        "Robot",
        may_set_up_scene,
        "seed objects restart attempt shuffle",
    )
    yield Action(
        "walk.on",
        "Switch walking on",
        ask("walk.on", "Walking on"),
        "Ctrl+W",
        "Robot",
        may_walk,
        "legs steps feet balance",
    )
    yield Action(
        "walk.off",
        "Switch walking off",
        ask("walk.off", "Walking off"),
        "Alt+W",
        "Robot",
        may_stop_walking,
        "legs steps feet balance",
    )
    yield Action(
        "stand_up",
        "Stand up again",
        ask("stand_up", "Stand up"),
        "Ctrl+U",
        "Robot",
        has_fallen,
        "fall fallen feet",
    )
    for base, title, key in _BASES:
        yield Action(
            f"base.{base}",
            title,
            ask("base.set", title, base=base),
            key,
            "Robot",
            may_change_base(base),
            "mode base pelvis wheels legs gantry feet",
        )
    yield from drive_actions(requests, feed)
    for level, what in (("HOLD", "hold"), ("SETTLE", "settle"), ("CUT", "cut the motors, it may fall")):
        yield Action(f"stop.{level.lower()}", f"STOP: {what}", _stop(stop, level), words="halt")


def _stop(stop: Stop, level: str) -> Callable[[], None]:
    return lambda: stop.press_level(level, now_ns())
