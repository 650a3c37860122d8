"""How many pictures a second the cameras allow themselves, so that physics never waits for them. Pure."""

import math
from dataclasses import dataclass, replace

STEPS_FPS = (30.0, 25.0, 20.0, 15.0, 10.0, 5.0)

REAL_TIME = 0.99  # below this the simulation is behind, and the cameras give way
FAR_BEHIND = 0.90  # below this they give way all the way
_WALL_USE = 0.9  # share of a period that drawing may last
_SLACK = 1.1  # a faster rate must be affordable with this much to spare
_SETTLE_S = 1.2  # the simulation's factor is a mean over one second: what a change did is seen after this
_RISE_S = 4.0  # after slowing down; a busy machine's cost swings within seconds
_FIRST_REGAIN_S, _LAST_REGAIN_S = 5.0, 80.0


@dataclass(frozen=True)
class Load:
    """What one round of pictures (one of each camera) was found to cost, and how the simulation does."""

    cpu_ms: float  # processor time of the whole process per round, all threads
    wall_ms: float  # time per round
    real_time_factor: float = 1.0  # newest word of the simulation; 1 where there is none


@dataclass(frozen=True)
class Pace:
    """The rate now, and what led to it. Times are seconds of any one clock."""

    wanted_fps: float
    share: float  # of one core that the cameras may use
    fps: float
    reason: str = ""  # why ``fps`` is lower than wanted
    changed_s: float = -math.inf
    slowed_s: float = -math.inf
    gave_way_s: float = -math.inf  # when they last slowed down for the simulation
    ceiling_fps: float = math.inf  # not faster than this, because the simulation fell behind
    calm_since_s: float = -math.inf  # since when it has not been behind
    regain_s: float = _FIRST_REGAIN_S  # how long it must not be, before the ceiling is raised

    @property
    def steps_fps(self) -> tuple[float, ...]:
        """Rates to choose from, fastest first."""
        return (self.wanted_fps, *(step for step in STEPS_FPS if step < self.wanted_fps))

    def step_within(self, fps: float) -> float:
        """The fastest rate that is not faster than ``fps``; the slowest if all are."""
        return next((step for step in self.steps_fps if step <= fps), self.steps_fps[-1])


def allowed_share(cores: int) -> float:
    """Share of one core that the cameras may use on a machine of ``cores`` cores."""
    return 0.6 if cores <= 2 else min(2.0, 0.25 * cores)


def first_pace(wanted_fps: float, share: float, now_s: float) -> Pace:
    """Begin in the middle: what the pictures cost is not known yet."""
    pace = Pace(wanted_fps, share, wanted_fps, changed_s=now_s)
    return replace(pace, fps=pace.step_within(15.0), reason=_slower(pace, "their cost is being measured"))


def next_pace(pace: Pace, load: Load, now_s: float) -> Pace:
    """The rate from now on.

    Slower at once when the simulation is behind; slower or faster with the cost when the last change has shown
    its effect; faster, after the simulation was behind, only after a while that doubles each time.
    """
    if load.real_time_factor < REAL_TIME:
        return _give_way(pace, load.real_time_factor, now_s)
    pace = _regain(pace, now_s)
    affordable_fps = 1000 * min(pace.share / max(load.cpu_ms, 1e-3), _WALL_USE / max(load.wall_ms, 1e-3))
    fps = pace.fps
    if now_s - pace.changed_s >= _SETTLE_S:
        slower = pace.step_within(min(affordable_fps, pace.ceiling_fps))
        faster = pace.step_within(min(affordable_fps / _SLACK, pace.ceiling_fps))
        may_rise = now_s - pace.slowed_s >= _RISE_S
        fps = min(max(pace.fps, faster) if may_rise else pace.fps, slower)
    if fps < pace.fps:
        pace = replace(pace, slowed_s=now_s)
    if fps != pace.fps:
        pace = replace(pace, fps=fps, changed_s=now_s)
    return replace(pace, reason=_why(pace, load))


def _why(pace: Pace, load: Load) -> str:
    """What keeps the rate below the wanted one; empty if nothing does."""
    if pace.fps >= pace.wanted_fps:
        return ""
    if pace.fps >= pace.ceiling_fps:
        return _slower(pace, "the simulation was behind real time a moment ago")
    if load.wall_ms / _WALL_USE > load.cpu_ms / pace.share:
        return _slower(pace, f"the machine is busy, one round takes {load.wall_ms:.0f} ms")
    cost = f"one round costs {load.cpu_ms:.0f} ms of a processor, of which the cameras may use "
    return _slower(pace, f"{cost}{100 * pace.share:.0f} %")


def _give_way(pace: Pace, factor: float, now_s: float) -> Pace:
    """One step slower, or to the slowest if the simulation is far behind; then wait for the effect."""
    if now_s - pace.gave_way_s < _SETTLE_S:
        return replace(pace, calm_since_s=now_s)
    steps = pace.steps_fps
    one_slower = next((step for step in steps if step < pace.fps), steps[-1])
    fps = steps[-1] if factor < FAR_BEHIND else one_slower
    again = pace.ceiling_fps < pace.wanted_fps
    pace = replace(
        pace,
        fps=fps,
        changed_s=now_s,
        gave_way_s=now_s,
        ceiling_fps=fps,
        calm_since_s=now_s,
        regain_s=min(2 * pace.regain_s, _LAST_REGAIN_S) if again else pace.regain_s,
    )
    return replace(pace, reason=_slower(pace, f"the simulation ran at {factor:.2f} of real time"))


def _regain(pace: Pace, now_s: float) -> Pace:
    """Raise the ceiling by one step after a calm while."""
    if pace.ceiling_fps >= pace.wanted_fps or now_s - pace.calm_since_s < pace.regain_s:
        return pace
    ceiling = min(step for step in pace.steps_fps if step > pace.ceiling_fps)
    return replace(pace, ceiling_fps=ceiling, calm_since_s=now_s)


def _slower(pace: Pace, why: str) -> str:
    return f"{pace.fps:g} pictures a second instead of {pace.wanted_fps:g}: {why}"
