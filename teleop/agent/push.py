"""Pushes a simulated robot from outside on request, as a person beside a real one might; bounded in force and time."""

import math
from typing import Protocol, runtime_checkable

import numpy as np

from teleop.agent.limits import Array
from twin.wire.ask import arguments, named
from twin.wire.messages import Reply, Request

ACTION = "push"

MOST_N = 300.0
LONGEST_S = 0.5  # who pushes on asks again
_FARTHEST_M = 2.0  # of the point from the origin of its body
_NUMBERS = ("x_m", "y_m", "z_m", "x_n", "y_n", "z_n", "seconds")


@runtime_checkable
class Pushed(Protocol):
    """A link whose robot can be pushed."""

    def push(self, body: str, point_m: Array, force_n: Array, seconds: float) -> str:
        """Push; says why not, or nothing when it is done.

        Args:
            body: of the robot's model.
            point_m: where, (3,), in the body's frame.
            force_n: in the world's frame, (3,).
            seconds: for how long; another push takes its place.
        """


def answer(link: object, request: Request) -> Reply:
    """Carry out ``push`` or refuse it with a reason. Never raises.

    Arguments: ``body``, the point ``x_m y_m z_m`` in its frame, the force ``x_n y_n z_n`` in the world, ``seconds``.
    A force beyond ``MOST_N`` is made as strong as that.
    """
    if not isinstance(link, Pushed):
        return Reply(reason="this robot is real: push it by hand, and mind your fingers")
    given = named(request.arguments)
    numbers = {name: _number(given.get(name, "0")) for name in _NUMBERS}
    wrong = [name for name, value in numbers.items() if value is None]
    if wrong:
        return Reply(reason=f"push needs a number for {wrong[0]}, not {given[wrong[0]]!r}")
    *place_and_force, seconds = (value or 0.0 for value in numbers.values())
    point_m, force_n = np.array(place_and_force[:3]), np.array(place_and_force[3:])
    if not 0.0 < seconds <= LONGEST_S:
        return Reply(
            reason=f"a push lasts up to {LONGEST_S:g} s, not {seconds:g} s; ask again to go on pushing"
        )
    if float(np.abs(point_m).max()) > _FARTHEST_M:
        return Reply(reason=f"that point is more than {_FARTHEST_M:g} m away from {given.get('body', '')!r}")
    strength_n = float(np.linalg.norm(force_n))
    if strength_n > MOST_N:
        force_n, strength_n = force_n * (MOST_N / strength_n), MOST_N
    why_not = link.push(given.get("body", ""), point_m, force_n, seconds)
    if why_not:
        return Reply(reason=why_not)
    return Reply(
        accepted=True,
        reason=f"pushed with {strength_n:.0f} N for {seconds:g} s",
        results=arguments({"force_n": f"{strength_n:.1f}"}),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
