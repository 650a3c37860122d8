"""Everything about the drawn geoms that changes: poses, colours, marks, in one array that is uploaded once a frame.

One row per geom, five RGBA32F texels wide:

    0..2  the rows of its 3x4 pose in the world
    3     colour (sRGB), and how strongly it is shown (0: not at all)
    4     metal, roughness, glow, mark

The first ``n`` rows are the scene as measured; the ``n_robot`` rows after them are the commanded robot, and
those after them the requested one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.render.geometry import Geometry
from twin.render.materials import FLAG, GLOW

TEXELS = 5
_COLOUR, _MATERIAL = 3, 4
_SHOWN = 3  # column of the colour texel

UNMARKED, HOVERED, SELECTED = 0.0, 1.0, 2.0

# A commanded link is shown once it departs this far from the measured one, and fully at the second figure.
_GHOST_FROM_M, _GHOST_FULL_M = 0.003, 0.015
# Nearer than that for the requested one: at a limit it is kept within 6 mm of what was reached.
_REQUEST_FROM_M, _REQUEST_FULL_M = 0.002, 0.005
_GHOST_LEVER_M = 0.08  # a turned link counts with the way a point this far from its origin goes


class Palette:
    """The array behind the palette texture; ``rows`` is what is uploaded."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        n, robot = geometry.n, geometry.n_robot
        self.rows = np.zeros((n + 2 * robot, TEXELS, 4), np.float32)
        self._scene, self._ghost, self._request = np.split(self.rows, (n, n + robot))
        self._scene[:, _MATERIAL] = geometry.materials
        self._ghost[:, _MATERIAL] = self._request[:, _MATERIAL] = geometry.materials[:robot]
        self.clear_tints()

    @property
    def ghost_is_visible(self) -> bool:
        """Whether any commanded link is shown."""
        return bool(self._ghost[:, _COLOUR, _SHOWN].any())

    @property
    def ghost_links(self) -> NDArray[np.bool_]:
        """Which geoms of the commanded robot (n_robot,) are shown."""
        shown: NDArray[np.bool_] = self._ghost[:, _COLOUR, _SHOWN] > 0
        return shown

    @property
    def requested_links(self) -> NDArray[np.bool_]:
        """Which geoms of the requested robot (n_robot,) are shown."""
        shown: NDArray[np.bool_] = self._request[:, _COLOUR, _SHOWN] > 0
        return shown

    def pose_scene(self, data: Any) -> None:
        """Place every geom where ``data`` (MuJoCo, after ``mj_kinematics``) has it."""
        self._place(self._scene, data, self.geometry.geoms)

    def pose_ghost(self, data: Any, always: bool = False) -> None:
        """Place the commanded robot, and show its links as far as they depart from the measured ones.

        Args:
            data: MuJoCo state of the commanded robot, after ``mj_kinematics``.
            always: show all links, however near.
        """
        robot = self.geometry.n_robot
        self._place(self._ghost, data, self.geometry.geoms[:robot])
        share = _share_apart(self._ghost, self._scene[:robot], _GHOST_FROM_M, _GHOST_FULL_M)
        self._ghost[:, _COLOUR, _SHOWN] = 1.0 if always else share

    def pose_request(self, data: Any, srgb: tuple[float, float, float]) -> None:
        """Place the requested robot, and show its links as far as they depart from the commanded ones.

        Args:
            data: MuJoCo state of the requested robot, after ``mj_kinematics``; ``pose_ghost`` comes before.
            srgb: colour of its outline, 0..1.
        """
        self._place(self._request, data, self.geometry.geoms[: self.geometry.n_robot])
        self._request[:, _COLOUR, :3] = srgb
        self._request[:, _COLOUR, _SHOWN] = _share_apart(
            self._request, self._ghost, _REQUEST_FROM_M, _REQUEST_FULL_M
        )

    def hide_request(self) -> None:
        """Show no requested robot, as when nobody asks for anything."""
        self._request[:, _COLOUR, _SHOWN] = 0.0

    def hide_ghost(self) -> None:
        """Show no commanded robot, as when none is known."""
        self._ghost[:, _COLOUR, _SHOWN] = 0.0

    def clear_tints(self) -> None:
        """Give every geom its own colour and glow back."""
        geometry = self.geometry
        self._scene[:, _COLOUR, :3] = geometry.colours[:, :3]
        self._scene[:, _COLOUR, _SHOWN] = 1.0
        self._ghost[:, _COLOUR, :3] = geometry.colours[: geometry.n_robot, :3]
        self._scene[:, _MATERIAL, GLOW] = geometry.materials[:, GLOW]

    def tint(
        self, rows: NDArray[np.int64], srgb: tuple[float, float, float], amount: float, glow: float = 0.25
    ) -> None:
        """Colour geoms for a reason: a joint at its limit, a hot motor.

        Args:
            rows: which, e.g. from ``Geometry.rows_of_body``.
            srgb: colour of the reason, 0..1.
            amount: 0 keeps their own colour, 1 covers it.
            glow: light of its own at ``amount`` 1, so that the colour is seen in the dark too.
        """
        own = self.geometry.colours[rows, :3]
        self._scene[rows, _COLOUR, :3] = own + amount * (np.asarray(srgb, np.float32) - own)
        self._scene[rows, _MATERIAL, GLOW] = self.geometry.materials[rows, GLOW] + amount * glow

    def mark(self, rows: NDArray[np.int64], kind: float) -> None:
        """Mark geoms as ``HOVERED`` or ``SELECTED`` and all others of that kind as not."""
        column = self._scene[:, _MATERIAL, FLAG]
        column[column == kind] = UNMARKED
        column[rows] = kind

    @staticmethod
    def _place(rows: NDArray[np.float32], data: Any, geoms: NDArray[np.int64]) -> None:
        rows[:, :3, :3] = data.geom_xmat[geoms].reshape(-1, 3, 3)
        rows[:, :3, 3] = data.geom_xpos[geoms]


def _share_apart(
    rows: NDArray[np.float32], others: NDArray[np.float32], from_m: float, full_m: float
) -> NDArray[np.float32]:
    """How strongly to show each of ``rows``: 0 within ``from_m`` of the other robot's link, 1 from ``full_m``."""
    apart = rows[:, :3] - others[:, :3]
    shift_m = np.sqrt(np.einsum("ni,ni->n", apart[..., 3], apart[..., 3]))
    # |R1 - R2| (Frobenius) is sqrt(8) sin(angle / 2): about sqrt(2) times the angle while it is small.
    turn_rad = np.sqrt(np.einsum("nij,nij->n", apart[..., :3], apart[..., :3]) / 2)
    away_m = shift_m + _GHOST_LEVER_M * turn_rad
    share: NDArray[np.float32] = np.clip((away_m - from_m) / (full_m - from_m), 0.0, 1.0)
    return share
