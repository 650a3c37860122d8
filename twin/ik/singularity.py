"""How near an arm is to a pose in which it cannot move its hand in some direction, and what leads there."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.linalg import lapack

from twin.spatial import Array


class Condition(NamedTuple):
    """The condition number of an arm's Jacobian, and its singular value decomposition as far as it is needed."""

    number: float
    smallest: float  # singular value
    largest: float
    weakest_way: Array  # (6,) in which the hand moves least; of length 1
    strongest_way: Array  # (6,)


def condition_of(jacobian: Array) -> Condition:
    """The condition of an arm's weighted ``jacobian``, shape (6, a), from the eigenvalues of ``J J'``."""
    squares, ways, _ = lapack.dsyev(jacobian @ jacobian.T)
    weakest = 6 - min(jacobian.shape)  # an arm of fewer than six joints has ways in which it never moves
    largest = math.sqrt(squares[-1])
    smallest = math.sqrt(max(float(squares[weakest]), 1e-18))
    return Condition(largest / smallest, smallest, largest, ways[:, weakest], ways[:, -1])


def is_surely_below(number: float, jacobian: Array) -> bool:
    """Whether the condition number of ``jacobian``, shape (6, a), is below ``number``; false also where that is close.

    For half the price of knowing it: ``J J'`` less the ``number**2``-th part of its Frobenius norm, which no
    eigenvalue exceeds, has a Cholesky decomposition only if its smallest eigenvalue is larger than that part.
    """
    squared = jacobian.dot(jacobian.T)
    cells = squared.reshape(-1)
    cells[:: len(squared) + 1] -= math.sqrt(cells.dot(cells)) / (number * number)
    _, failed = lapack.dpotrf(squared)
    return not failed


def growth_of(jacobian: Array, condition: Condition, radian_m: float) -> Array:
    """By how much the logarithm of the condition number grows per radian of each joint, shape (a,).

    Args:
        jacobian: of the hand, shape (6, a), its last three rows multiplied by ``radian_m``; columns from the
            shoulder outwards, each joint turning about one axis.
        condition: of this Jacobian.
        radian_m: metres that one radian is worth.
    """
    axes = jacobian[3:] / radian_m
    strongest = _singular_value_growth(jacobian, axes, condition.strongest_way, condition.largest)
    return strongest - _singular_value_growth(jacobian, axes, condition.weakest_way, condition.smallest)


def _singular_value_growth(jacobian: Array, axes: Array, way: Array, value: float) -> Array:
    """``u' dJ/dq v / s`` for the singular value ``s``, whose left vector ``u`` is ``way``, shape (a,).

    A column of the Jacobian turns with every joint before it: ``dJ_i/dq_j = z_j x J_i`` for j <= i, and what joint
    ``j`` beyond ``i`` does to the hand, ``i`` turns: ``dJ_i/dq_j = z_i x J_j`` (H. Bruyninckx, J. De Schutter,
    "Symbolic differentiation of the velocity mapping for a serial kinematic chain", 1996). The axis of joint ``i``
    turns with the joints before it alone.
    """
    joints = way.dot(jacobian)  # the right singular vector, times s
    at_or_before, before = _orders(len(joints))
    line, turn = _crossing(*way.tolist())
    of_moves = line.dot(jacobian[:3])
    by_those_before = axes.T.dot(of_moves + turn.dot(jacobian[3:]))  # (j, i): u . (z_j x J_i)
    by_those_beyond = axes.T.dot(of_moves)  # the same of its first three rows, mirrored
    by_those_before *= at_or_before
    by_those_beyond *= before
    growth: Array = by_those_before.dot(joints)
    growth += joints.dot(by_those_beyond)
    growth /= value * value
    return growth


def _crossing(x: float, y: float, z: float, a: float, b: float, c: float) -> Array:
    """The matrix ``C`` for which ``z . C m`` is ``u . (z x m)``, of each half ``u`` of a vector, shape (2, 3, 3)."""
    return np.array(
        [
            [[0.0, z, -y], [-z, 0.0, x], [y, -x, 0.0]],
            [[0.0, c, -b], [-c, 0.0, a], [b, -a, 0.0]],
        ]
    )


@cache
def _orders(count: int) -> tuple[Array, Array]:
    """Which pairs (j, i) of ``count`` joints have j <= i, and which j < i, as numbers."""
    everything = np.ones((count, count))
    return np.triu(everything), np.triu(everything, 1)
