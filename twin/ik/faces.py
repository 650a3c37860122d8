"""By which face fingers that close on furniture have entered it, and how deep they are from there.

Furniture does not hold back fingers that close: their angles go on where a table keeps the real ones. Deeper than half
the thickness of a box the nearest way out is on its other side, and a hand that is drawn back would be held by that.
"""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.ik.model import Kinematics
from twin.spatial import Array

_SEEN_M = 0.01  # further than any finger goes in a step


class Faces:
    """Remembers of each finger's shape and each piece of furniture the plane between them before they met."""

    def __init__(self, kinematics: Kinematics) -> None:
        """Nothing has met."""
        model, spec = kinematics.model, kinematics.spec
        is_finger = np.isclose(kinematics.scene_margin_m, spec.ik.finger_scene_margin_m)
        self._is_finger: NDArray[np.bool_] = is_finger & (model.geom_type == mujoco.mjtGeom.mjGEOM_CAPSULE)
        self._kinematics = kinematics
        # (shape, furniture) -> normal out of the furniture, and a point of its face; in the frame of its shape
        self._planes: dict[tuple[int, int], tuple[Array, Array]] = {}
        self._moves = np.zeros((3, model.nv))

    def watch(self, data: Any) -> None:
        """See where fingers would enter what they are near, with the contacts in ``data``."""
        contact = data.contact
        for which in np.flatnonzero((contact.dist >= 0.0) & (contact.dist < _SEEN_M)).tolist():
            pair = self._pair(*contact.geom[which].tolist())
            if pair is not None:
                outward = _outward(contact, which, pair)
                face_m = contact.pos[which] - 0.5 * contact.dist[which] * outward
                turn = data.geom_xmat[pair[1]].reshape(3, 3)
                self._planes[pair] = outward @ turn, (face_m - data.geom_xpos[pair[1]]) @ turn

    def measure(self, data: Any, with_rows: bool) -> None:
        """Write into the contacts in ``data`` how deep fingers are that would sooner come out on the other side.

        They are measured from the face by which they entered.

        Args:
            data: after ``mj_collision``.
            with_rows: also into its constraints, which ``mj_makeConstraint`` made.
        """
        if not self._planes:
            return
        contact = data.contact
        for which in np.flatnonzero(contact.dist < 0.0).tolist():
            pair = self._pair(*contact.geom[which].tolist())
            plane = self._planes.get(pair) if pair is not None else None
            if pair is None or plane is None:
                continue
            distance_m, deepest_m, outward = self._distance(data, *pair, *plane)
            if float(outward @ _outward(contact, which, pair)) >= 0.0:
                continue  # the nearest way out is the way it came
            contact.dist[which] = distance_m
            row = int(contact.efc_address[which]) if with_rows else -1
            if row >= 0:
                model = self._kinematics.model
                mujoco.mj_jac(model, data, self._moves, None, deepest_m, model.geom_bodyid[pair[0]])
                data.efc_pos[row] = distance_m
                data.efc_J.reshape(data.nefc, model.nv)[row] = outward @ self._moves

    def _pair(self, one: int, other: int) -> tuple[int, int] | None:
        """Shape of a finger and furniture; None if they are not."""
        is_scene = self._kinematics.is_scene
        if is_scene[one]:
            one, other = other, one
        return (one, other) if self._is_finger[one] and is_scene[other] else None

    def _distance(
        self, data: Any, finger: int, furniture: int, normal: Array, face_m: Array
    ) -> tuple[float, Array, Array]:
        """Of the capsule from the face, the middle of its deeper end, and the normal out of the face."""
        turn = data.geom_xmat[furniture].reshape(3, 3)
        outward: Array = turn @ normal
        radius_m, half_m = self._kinematics.model.geom_size[finger][:2].tolist()
        along = half_m * data.geom_xmat[finger].reshape(3, 3)[:, 2]
        deepest = data.geom_xpos[finger] - along if outward @ along > 0.0 else data.geom_xpos[finger] + along
        away_m = deepest - data.geom_xpos[furniture] - turn @ face_m
        return float(outward @ away_m) - radius_m, deepest, outward


def _outward(contact: Any, which: int, pair: tuple[int, int]) -> Array:
    """The normal out of the furniture of ``pair``, shape (3,); MuJoCo's points from the first shape to the second."""
    normal: Array = contact.frame[which][:3]
    return normal if pair[0] == contact.geom[which][1] else -normal
