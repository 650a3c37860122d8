"""Notices a fall, if possible before it happens, and never forgets it by itself."""

import math

from twin.balance.body import Array, Body

_TILTED_RAD = 0.9
_LOW = 0.45  # share of the home height of the centre of mass
_LOST_M = 0.60  # a DCM this far from all support cannot be caught by one step
_CERTAIN_AFTER_S = 0.10


class FallWatch:
    """Latches the reason of a fall."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._lost_s = 0.0
        self.reason = ""  # empty while upright

    def look(
        self, pelvis: Array, com_above_ground_m: float, margin_m: float, dt_s: float, lean_rad: float = 0.0
    ) -> str:
        """The reason of a fall, empty while upright.

        Args:
            pelvis: its axes in the world, (3, 3).
            com_above_ground_m: height of the centre of mass over the lower foot.
            margin_m: of the DCM to the edge of the support, negative outside.
            dt_s: since the last look.
            lean_rad: by how much the body is bent forwards on purpose.
        """
        if self.reason:
            return self.reason
        tilt_rad = math.acos(min(max(float(pelvis[2, 2]), -1.0), 1.0))
        self._lost_s = self._lost_s + dt_s if margin_m < -_LOST_M else 0.0
        if tilt_rad > _TILTED_RAD + abs(lean_rad):
            self.reason = f"fallen: the pelvis is tilted by {math.degrees(tilt_rad):.0f} degrees"
        elif com_above_ground_m < _LOW * self._body.home_com_m:
            self.reason = f"fallen: the centre of mass is {com_above_ground_m:.2f} m above the ground"
        elif self._lost_s >= _CERTAIN_AFTER_S:
            self.reason = f"falling: no step can catch it, {-margin_m:.2f} m outside the feet"
        return self.reason
