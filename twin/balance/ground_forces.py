"""What the ground shall press with: the cheapest forces along the edges of friction pyramids, none of them pulling.

With f >= 0 the weights of edges, G' f the wrench they make on the base, r the wrench that is needed, W what missing it
costs, and D what the edges themselves cost, the cheapest are

    least  1/2 (G' f - r)' W (G' f - r) + 1/2 f' D f.

Their optimality is six equations in the multipliers y = W (G' f - r) of the base's rows:

    f = max(0, -D^-1 G y),   W^-1 y + r = G' f.

They are linear as long as the same edges press. Which do is looked up anew after each solution, until it no longer
changes: a primal-dual active set method, which is Newton's on these equations (Hintermüller, Ito, Kunisch, "The
primal-dual active set strategy as a semismooth Newton method", SIAM J. Optim. 13, 2002). From the edges that pressed a
tick ago it mostly takes one or two looks.
"""

import numpy as np
from scipy.linalg import lapack

from twin.balance.body import Array

_MOST_LOOKS = 12


def press(
    compliance: Array, needed: Array, on_base: Array, cost: Array, pressing: Array
) -> tuple[Array, Array] | None:
    """The multipliers (6,) of the base's rows, and the weights of edges (e,), all >= 0.

    Args:
        compliance: W^-1, (6, 6), positive definite.
        needed: r, (6,).
        on_base: G, wrench on the base of a unit weight of each edge, (e, 6).
        cost: diagonal of D, (e,) > 0.
        pressing: a guess of which edges press, 1 or 0 (e,).

    Returns:
        None if which edges press does not settle.
    """
    answer = on_base.T / -cost
    for _ in range(_MOST_LOOKS):
        stiffness = compliance - (answer * pressing) @ on_base
        _, multipliers, failed = lapack.dposv(stiffness, -needed)
        if failed:
            return None
        weights = multipliers @ answer
        now = (weights > 0.0).astype(np.float64)
        if now.tobytes() == pressing.tobytes():
            return multipliers, weights * pressing
        pressing = now
    return None
