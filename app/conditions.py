"""What is wrong with the station now, as the window hears it on the bus."""

from collections.abc import Container, Iterator

from app.alarms import Condition
from app.feed import Feed
from twin.wire.messages import (
    AgentEvent,
    AgentStatus,
    BalanceState,
    CamerasStatus,
    RecorderStatus,
    RobotIdentity,
    StationRoles,
)
from twin.wire.topics import TOPICS

_LATENCY_BANDS_MS = ((300.0, "alarm"), (200.0, "warning"), (100.0, "advisory"))
_STRAINED_USE = 0.9
_NARROW_M = 0.01
_DISK_BANDS_MIN = ((3.0, "alarm"), (15.0, "warning"))
_SILENT = (
    ("robot.status", "alarm", "the robot", "wait for it to come back; it holds by itself"),
    ("control.status", "warning", "control", "release the hold-to-run; it is started again"),
    ("recorder.status", "warning", "the recorder", "takes are safe to their last chunk; it is started again"),
    ("cameras.status", "advisory", "the cameras", "drive by the twin until the picture is back"),
    ("inputs.devices", "warning", "the input devices", "hold still; they are started again"),
)


def latency_severity(p95_ms: float) -> str:
    """What a latency from hand to motor of ``p95_ms`` is: advisory, warning, alarm, or empty for nothing."""
    return next((severity for limit_ms, severity in _LATENCY_BANDS_MS if p95_ms > limit_ms), "")


def disk_minutes(recorder: RecorderStatus) -> float | None:
    """How long the disk lasts at the rate of the open or last take; None before there was one."""
    if recorder.seconds < 1.0 or recorder.bytes_written <= 0:
        return None
    return recorder.bytes_free / (recorder.bytes_written / recorder.seconds) / 60


def joint_severity(status: AgentStatus, fingers: Container[int]) -> str:
    """What the worst joint's use of its limit is: warning, alarm, or empty.

    To rest at the end of its range is no trouble for a joint, and to squeeze with all its force none for a finger.
    """
    use, limit = status.worst_joint_use, status.worst_joint_limit
    if limit == "temperature" and use >= 1.0:
        return "alarm"
    strained = limit == "temperature" or (limit == "effort" and status.worst_joint not in fingers)
    return "warning" if strained and use >= _STRAINED_USE else ""


def balance_severity(balance: BalanceState) -> str:
    """What the margin of a robot on its own feet is: alarm, warning, or empty.

    While it steps, the DCM leaves the support with every step and the next foothold catches it.
    """
    if balance.fall:
        return "alarm"
    return "warning" if balance.phase == "stand" and balance.margin_m < _NARROW_M else ""


def conditions(feed: Feed, fingers: Container[int] = ()) -> Iterator[Condition]:
    """Everything that is wrong now; ``fingers`` are the joints of the hands."""
    yield from _silences(feed)
    yield from _roles(feed)
    yield from _robot(feed, fingers)
    yield from _balance(feed)
    yield from _latency(feed)
    yield from _cameras(feed)
    yield from _disk(feed)


def events(feed: Feed) -> Iterator[Condition]:
    """What the robot said in this frame that a person should know of."""
    for heard in feed.all("robot.event"):
        event = heard.read(AgentEvent)
        if event.severity in ("advisory", "warning", "alarm"):
            yield Condition(f"event.{event.code}", event.severity, event.text)


def _silences(feed: Feed) -> Iterator[Condition]:
    for name, severity, who, first in _SILENT:
        age_s = feed.age_s(name)
        if age_s is not None and age_s > max(1.0, 2 * TOPICS[name].stale_after_s):
            yield Condition(f"silent.{name}", severity, f"{who} has been silent for {age_s:.0f} s", first)


def _roles(feed: Feed) -> Iterator[Condition]:
    roles = feed.fresh("station.roles", StationRoles)
    for row in roles.rows if roles else ():
        if row.state == "given up":
            yield Condition(f"role.{row.role}", "alarm", f"{row.role} does not run: {row.note}", at_once=True)
        elif row.state == "restarting":
            yield Condition(f"role.{row.role}", "advisory", f"{row.role} is started again: {row.note}")


def _robot(feed: Feed, fingers: Container[int]) -> Iterator[Condition]:
    status = feed.fresh("robot.status", AgentStatus)
    if status is None:
        return
    if status.degraded:
        yield Condition("robot.degraded", "advisory", f"the robot's deadlines are wider: {status.degraded}")
    if status.simulated and 0 < status.real_time_factor < 0.97:
        factor = status.real_time_factor
        yield Condition("robot.slow", "advisory", f"the simulation runs at {factor:.2f} of real time")
    severity = joint_severity(status, fingers)
    if severity:
        joint, use = _joint_name(feed, status.worst_joint), status.worst_joint_use
        text = f"{joint} uses {use:.0%} of its {status.worst_joint_limit}"
        yield Condition("robot.worst", severity, text, "reduce the load")


def _balance(feed: Feed) -> Iterator[Condition]:
    balance = feed.balance
    if balance is None:
        return
    if balance.fall:
        first = "acknowledge, then stand it up again (Ctrl+U)"
        yield Condition("balance.fall", "alarm", f"the robot fell: {balance.fall}", first, at_once=True)
        return
    for reason in balance.reasons:
        # One condition for each thing that is held back, whatever figure stands behind it now.
        what = reason.partition(":")[0]
        yield Condition(f"balance.{what}", "advisory", f"balance: {reason}")
    if balance_severity(balance):
        text = f"the stability margin is {100 * balance.margin_m:.1f} cm"
        yield Condition("balance.margin", "warning", text, "bring the hands closer to the body")


def _joint_name(feed: Feed, joint: int) -> str:
    identity = feed.message("robot.identity", RobotIdentity)
    if identity and 0 <= joint < len(identity[0].joint_names):
        return identity[0].joint_names[joint].replace("_", " ")
    return f"joint {joint}"


def _latency(feed: Feed) -> Iterator[Condition]:
    latency = feed.latency
    severity = latency_severity(latency.p95_ms) if latency else ""
    if latency and severity:
        yield Condition(
            "latency",
            severity,
            f"from hand to motor takes {latency.p95_ms:.0f} ms",
            "drive at the slow scale",
        )


def _cameras(feed: Feed) -> Iterator[Condition]:
    cameras = feed.fresh("cameras.status", CamerasStatus)
    if cameras and cameras.backend == "none":
        yield Condition("cameras.none", "advisory", cameras.note or "the cameras cannot draw")


def _disk(feed: Feed) -> Iterator[Condition]:
    recorder = feed.fresh("recorder.status", RecorderStatus)
    minutes = disk_minutes(recorder) if recorder else None
    if minutes is None:
        return
    severity = next((name for limit, name in _DISK_BANDS_MIN if minutes < limit), "")
    if severity:
        yield Condition(
            "disk", severity, f"the disk is full in {minutes:.0f} min", "end the take and make room"
        )
