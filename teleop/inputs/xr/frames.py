"""From the axes of WebXR and OpenXR to those of the robot; the one place where they are exchanged.

XR has x right, y up, z backward and quaternions xyzw (https://www.w3.org/TR/webxr/#geometric-primitives, the
OpenXR specification 2.16); the robot has x forward, y left, z up and quaternions wxyz. A position is permuted; a
rotation is turned into the new axes on both sides, ``C R C^T``, which permutes the quaternion's vector part in
the same way. So a pose that is no turn stays one, and a flat hand has x to the fingers and z out of its back.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Row i names the XR axis that becomes the robot's axis i.
ROBOT_FROM_XR = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def positions_from_xr(xyz: NDArray[np.floating]) -> Floats:
    """Positions in the robot's axes, shape (..., 3), from ``xyz`` in XR's, shape (..., 3)."""
    return np.asarray(np.asarray(xyz, np.float64) @ ROBOT_FROM_XR.T)


def orientations_from_xr(xyzw: NDArray[np.floating]) -> Floats:
    """Unit quaternions wxyz in the robot's axes, shape (..., 4), from ``xyzw`` in XR's, shape (..., 4), not zero."""
    quaternions = np.asarray(xyzw, np.float64)
    turned = np.concatenate((quaternions[..., 3:], quaternions[..., :3] @ ROBOT_FROM_XR.T), axis=-1)
    return np.asarray(turned / np.linalg.norm(turned, axis=-1, keepdims=True))


def pose_from_xr(pose: tuple[float, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Position and unit quaternion wxyz in the robot's axes, from one ``pose`` x y z, then quaternion xyzw, in XR's.

    The same as the functions above for a single pose, in a tenth of numpy's time. The quaternion is not zero.
    """
    x, y, z, qx, qy, qz, qw = pose
    length = math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw)
    return (-z, -x, y), (qw / length, -qz / length, -qx / length, qy / length)
