"""Rotations and poses in small numpy arrays: right-handed, metres, radians, quaternions wxyz."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Pose(NamedTuple):
    """Where a frame is, seen from another one that the variable's name tells, e.g. ``hand_in_base``."""

    position_m: Array  # (3,)
    rotation: Array  # (3, 3); its columns are the frame's axes


def cross(a: Array, b: Array) -> Array:
    """The cross product of two vectors (3,); numpy's own costs ten times as much on a single one."""
    ax, ay, az = a.tolist()
    bx, by, bz = b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def rotation_from_vector(vector_rad: Array) -> Array:
    """The rotation by ``|vector_rad|`` about its direction (Rodrigues' formula), shape (3, 3)."""
    x, y, z = vector_rad.tolist()
    angle = math.sqrt(x * x + y * y + z * z)
    if angle < 1e-12:
        return np.array([[1.0, -z, y], [z, 1.0, -x], [-y, x, 1.0]])
    x, y, z = x / angle, y / angle, z / angle
    c, s = math.cos(angle), math.sin(angle)
    t = 1.0 - c
    return np.array(
        [
            [t * x * x + c, t * x * y - s * z, t * x * z + s * y],
            [t * x * y + s * z, t * y * y + c, t * y * z - s * x],
            [t * x * z - s * y, t * y * z + s * x, t * z * z + c],
        ]
    )


def vector_from_rotation(rotation: Array) -> Array:
    """The rotation vector of ``rotation``, shape (3,), its length in [0, pi]."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = rotation.tolist()
    x, y, z = zy - yz, xz - zx, yx - xy
    twice_sine = math.sqrt(x * x + y * y + z * z)
    twice_cosine = xx + yy + zz - 1.0
    if twice_sine > 1e-9:
        scale = math.atan2(twice_sine, twice_cosine) / twice_sine
        return np.array([scale * x, scale * y, scale * z])
    if twice_cosine > 0.0:
        return np.array([0.5 * x, 0.5 * y, 0.5 * z])
    # Half a turn: the axis is the column of (R + I) that is longest.
    columns = (rotation + np.eye(3)) * 0.5
    longest = columns[:, int(np.argmax(np.diag(columns)))]
    return np.asarray(longest * (math.pi / math.sqrt(float(longest @ longest))))


def rotation_from_quaternion(wxyz: Array) -> Array:
    """The rotation of a quaternion of any length > 0, shape (3, 3)."""
    w, x, y, z = (np.asarray(wxyz, np.float64) / math.sqrt(float(np.dot(wxyz, wxyz)))).tolist()
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def quaternion_from_rotation(rotation: Array) -> Array:
    """The unit quaternion wxyz of ``rotation`` with w >= 0, shape (4,)."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = rotation.tolist()
    if (trace := xx + yy + zz) > 0.0:
        twice_w = math.sqrt(1.0 + trace)
        scale = 0.5 / twice_w
        return np.array([0.5 * twice_w, (zy - yz) * scale, (xz - zx) * scale, (yx - xy) * scale])
    vector = vector_from_rotation(rotation)
    angle = math.sqrt(float(vector @ vector))
    scale = 0.5 if angle < 1e-12 else math.sin(angle / 2) / angle
    return np.array([math.cos(angle / 2), *(vector * scale).tolist()])


def heading_of(rotation: Array) -> Array:
    """The rotation about the vertical alone that points where ``rotation`` points its x axis, shape (3, 3).

    A frame that looks straight up or down has no heading; its own z axis then stands in for x.
    """
    x, y = float(rotation[0, 0]), float(rotation[1, 0])
    if math.hypot(x, y) < 1e-6:
        x, y = float(-rotation[0, 2]), float(-rotation[1, 2])
    yaw = math.atan2(y, x)
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def heading_of_bowed(rotation: Array) -> Array:
    """The rotation about the vertical that is left of ``rotation`` once its z axis is stood upright, shape (3, 3).

    The twist of the swing-twist decomposition: the heading of a body that may bow further than level, where its x axis
    points backwards. Not one that stands on its head.
    """
    yaw = math.atan2(float(rotation[1, 0] - rotation[0, 1]), float(rotation[0, 0] + rotation[1, 1]))
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def turned_by(rotation: Array, vector_rad: Array) -> Array:
    """``rotation`` turned further by ``vector_rad``, which is given in the outer frame. Kept orthonormal."""
    turned = rotation_from_vector(vector_rad) @ rotation
    # One Newton step towards the nearest rotation keeps thousands of small turns from drifting.
    return np.asarray(turned @ (1.5 * np.eye(3) - 0.5 * (turned.T @ turned)))
