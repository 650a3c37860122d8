"""What a skin feels besides force: how fast that which it touches slides over it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

Array = NDArray[np.float64]
_LEAST_N = 1e-3  # a lighter touch is none


class Skin:
    """The touch sensors of one robot in one compiled model, whose friction cones must be elliptic.

    A sensor feels all contacts of the body that carries its site. MuJoCo lists a contact's constraints as normal,
    then two tangents: ``efc_force`` has the force along each, ``efc_vel`` the speed ("Computation: Constraint model").
    """

    def __init__(self, spec: RobotSpec, model: Any) -> None:
        """Find the bodies that feel."""
        self._count = len(spec.touch_sensors)
        self._sensor_of_body = np.full(model.nbody, -1)
        for number, name in enumerate(spec.touch_sensors):
            site = int(model.sensor_objid[model.sensor(name).id])
            self._sensor_of_body[model.site_bodyid[site]] = number
        self._body_of_geom = np.asarray(model.geom_bodyid)

    def slip_m_s(self, data: Any) -> Array:
        """Speed along the skin at each sensor, shape (k,): the mean over its contacts by force; 0 where none is."""
        slip = np.zeros(self._count)
        if not self._count or not data.ncon:
            return slip
        contacts = data.contact
        sensors = self._sensor_of_body[self._body_of_geom[contacts.geom]]  # (c, 2), -1 feels nothing
        rows = np.asarray(contacts.efc_address)
        felt = (rows >= 0) & (np.asarray(contacts.dim) >= 3) & (sensors >= 0).any(1)
        if not felt.any():
            return slip
        rows, sensors = rows[felt], sensors[felt]
        force_n = np.maximum(data.efc_force[rows], 0.0)
        speed_m_s = np.hypot(data.efc_vel[rows + 1], data.efc_vel[rows + 2])
        total_n = np.zeros(self._count)
        for side in (0, 1):
            feels = sensors[:, side] >= 0
            np.add.at(total_n, sensors[feels, side], force_n[feels])
            np.add.at(slip, sensors[feels, side], (force_n * speed_m_s)[feels])
        return np.where(total_n > _LEAST_N, slip / np.maximum(total_n, _LEAST_N), 0.0)
