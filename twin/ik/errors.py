"""What is missing to the goals of a step, row by row, and how much of it one step makes up for.

In plain numbers: for vectors of three numpy is slower.
"""

import math

from twin.ik.goals import Goals
from twin.ik.plan import Plan, Settings
from twin.spatial import Array, vector_from_rotation

_NOTHING = 1e-9
_NO_SINE = 1e-9
_STILL = (0.0, 0.0, 0.0)

Vector = tuple[float, float, float]


def errors_of(plan: Plan, goals: Goals, settings: Settings) -> list[float]:
    """What is missing in each row of ``plan``, in the outer frame; cut where the settings say so."""
    largest_m, largest_rad = settings.largest_error_m, settings.largest_error_rad
    errors: list[float] = []
    turns: list[float] = []
    for side, (position, rotation) in zip(plan.sides, plan.pose_views, strict=True):
        goal = goals.hands[side]
        errors += _shortened(_between(position, goal.position_m), largest_m)
        turns += _shortened(_turn_between(rotation, goal.rotation), largest_rad)
    errors += turns
    if goals.gaze is not None and plan.head_rotation is not None:
        errors += _gaze_error(plan, goals.gaze, plan.head_rotation, largest_rad)
    if goals.balance_m is not None:
        (wanted_x, wanted_y), (x, y, _) = goals.balance_m.tolist(), plan.centre_m.tolist()
        errors += _shortened((wanted_x - x, wanted_y - y, 0.0), largest_m)
    return errors


def made_up_for(
    plan: Plan, goals: Goals, errors: list[float], settings: Settings, dt_s: float
) -> list[float]:
    """What of ``errors`` this step shall make up for, so that the arms can brake before their goals.

    As far as a goal moved since the last step it is followed at once: whoever follows steadily is not late. What was
    left over then is closed with the speed from which a stepped motion still comes to rest on it.
    """
    before, poses = plan.goals, tuple([goals.hands[side] for side in plan.sides])
    plan.goals = poses
    taken = errors.copy()
    for number, goal in enumerate(poses):
        of_m, of_rad = plan.hand_rows[number]
        error_m, error_rad = _vector(errors, of_m), _vector(errors, of_rad)
        moved_m, moved_rad = error_m, error_rad  # at first, all of it is new
        if before:
            moved_m = _between(before[number].position_m, goal.position_m)
            moved_rad = _turn_between(before[number].rotation, goal.rotation)
        taken[of_m] = _taken(error_m, moved_m, settings.goal_m_s, settings.closing_m_s2, dt_s)
        taken[of_rad] = _taken(error_rad, moved_rad, settings.goal_rad_s, settings.closing_rad_s2, dt_s)
    if plan.gaze_view is not None:
        x, y, z = (*errors[plan.gaze_rows], 0.0, 0.0)[:3]
        turned = _taken((x, y, z), _STILL, 0.0, settings.turning_rad_s2, dt_s)
        taken[plan.gaze_rows] = turned[: len(plan.gaze_view)]
    return taken


def _vector(errors: list[float], rows: slice) -> Vector:
    x, y, z = errors[rows]
    return x, y, z


def _taken(error: Vector, moved: Vector, fastest: float, acceleration: float, dt_s: float) -> Vector:
    """What of ``error`` a step makes up for, if the goal ``moved`` by so much."""
    x, y, z = error
    length = math.sqrt(x * x + y * y + z * z)
    if length < _NOTHING:
        return error
    # As far as the goal moved away, and never more than is missing: no step leads beyond its goal.
    new = min(max((x * moved[0] + y * moved[1] + z * moved[2]) / length, 0.0), fastest * dt_s, length)
    gain = acceleration * dt_s
    closed = (math.sqrt(gain * gain + 2.0 * acceleration * (length - new)) - gain) * dt_s
    share = min(1.0, (new + closed) / length)
    return share * x, share * y, share * z


def _between(now: Array, wanted: Array) -> Vector:
    (x, y, z), (wanted_x, wanted_y, wanted_z) = now.tolist(), wanted.tolist()
    return wanted_x - x, wanted_y - y, wanted_z - z


def _turn_between(now: Array, wanted: Array) -> Vector:
    """The rotation vector by which ``now`` must be turned to be ``wanted``, in the outer frame."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = now.tolist()
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = wanted.tolist()
    # Of wanted @ now.T: twice its sine along the axis, and twice its cosine.
    x = cx * yx + cy * yy + cz * yz - bx * zx - by * zy - bz * zz
    y = ax * zx + ay * zy + az * zz - cx * xx - cy * xy - cz * xz
    z = bx * xx + by * xy + bz * xz - ax * yx - ay * yy - az * yz
    cosine = ax * xx + ay * xy + az * xz + bx * yx + by * yy + bz * yz + cx * zx + cy * zy + cz * zz - 1.0
    sine = math.sqrt(x * x + y * y + z * z)
    if sine < _NO_SINE:  # not turned, or by half a turn
        x, y, z = vector_from_rotation(wanted @ now.T).tolist()
        return x, y, z
    scale = math.atan2(sine, cosine) / sine
    return scale * x, scale * y, scale * z


def _shortened(vector: Vector, longest: float) -> Vector:
    """``vector``, shortened to ``longest`` if it is longer; its direction stays."""
    x, y, z = vector
    length = math.sqrt(x * x + y * y + z * z)
    if length <= longest:
        return vector
    share = longest / length
    return share * x, share * y, share * z


def _gaze_error(plan: Plan, wanted: Array, now: Array, largest_rad: float) -> tuple[float, ...]:
    """By what the head must be turned, at most ``largest_rad``.

    About the axes of the world, or of a head that only looks, about its own y and z.
    """
    if not plan.looks_only:
        return _shortened(_turn_between(now, wanted), largest_rad)
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = now.tolist()
    (x, _, _), (y, _, _), (z, _, _) = wanted.tolist()  # where to look
    ahead, left, up = xx * x + yx * y + zx * z, xy * x + yy * y + zy * z, xz * x + yz * y + zz * z
    aside = math.hypot(left, up)
    angle = min(math.atan2(aside, ahead), largest_rad)
    # Straight behind: about its z, as one turns to look there.
    about_y, about_z = (-up / aside, left / aside) if aside > _NO_SINE else (0.0, 1.0)
    turn = (angle * about_y, angle * about_z)
    return turn if plan.gaze_view is None else turn[: len(plan.gaze_view)]
