"""A hand of known joints before a camera, as a picture and as a film: the hand model of the WebXR input profiles."""

import json
import os
import struct
from pathlib import Path

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import av
import numpy as np
import pygame

from teleop.inputs.webcam.networks import lack

WIDTH_PX, HEIGHT_PX, FOCAL_PX = 640, 480, 560.0
_MESHES = (
    Path(__file__).parents[2] / "headset/node_modules/@webxr-input-profiles/assets/dist/profiles/generic-hand"
)
_FINER = 2  # drawn so much larger, then made smaller, for soft edges
_SKIN, _WALL = np.array([225, 172, 145]), (90, 110, 120)
_LIGHT = np.array([0.3, -0.6, -0.74])
_KINDS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_TYPES = {5126: "<f4", 5121: "u1", 5123: "<u2"}
_FINGERS = ("index-finger", "middle-finger", "ring-finger", "pinky-finger")
_PHALANGES = ("phalanx-proximal", "phalanx-intermediate", "phalanx-distal")
ORDER = (
    "wrist",
    *(f"thumb-{part}" for part in ("metacarpal", "phalanx-proximal", "phalanx-distal", "tip")),
    *(f"{finger}-{part}" for finger in _FINGERS for part in ("metacarpal", *_PHALANGES, "tip")),
)


def missing():
    """What is not there of all that it takes to look at a hand, and how to get it; empty if nothing."""
    return lack() or (
        "" if _MESHES.is_dir() else "the hands to look at are not there: npm ci --prefix tests/headset"
    )


def _turn(axis, angle_rad):
    x, y, z = axis
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle_rad) * across + (1 - np.cos(angle_rad)) * across @ across


class RenderedHand:
    """In the axes of the camera: x right, y down, z away. Fingers up, and the palm or the back to the camera."""

    def __init__(self, side):
        data = (_MESHES / f"{side}.glb").read_bytes()
        length = struct.unpack_from("<I", data, 12)[0]
        self._said, self._blob = json.loads(data[20 : 20 + length]), data[28 + length :]
        mesh, skin = self._said["meshes"][0]["primitives"][0], self._said["skins"][0]
        names = [self._said["nodes"][node]["name"] for node in skin["joints"]]
        place = [names.index(name) for name in ORDER]
        self._faces = self._rows(mesh["indices"]).reshape(-1, 3).astype(int)
        corners = self._rows(mesh["attributes"]["POSITION"]).astype(float)
        weights = np.zeros((len(corners), len(names)))
        joints = self._rows(mesh["attributes"]["JOINTS_0"]).astype(int)
        np.add.at(
            weights, (np.arange(len(corners))[:, None], joints), self._rows(mesh["attributes"]["WEIGHTS_0"])
        )
        self._weights = weights[:, place] / weights.sum(1, keepdims=True)
        bound = np.linalg.inv(self._rows(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1))
        joints_m = bound[place, :3, 3]
        up = joints_m[11] - joints_m[0]
        up /= np.linalg.norm(up)
        thumbwards = joints_m[6] - joints_m[21]
        thumbwards -= up * (thumbwards @ up)
        thumbwards /= np.linalg.norm(thumbwards)
        # The palm of a right hand that points up shows its thumb on the right.
        right = thumbwards if side == "right" else -thumbwards
        axes = np.stack((right, -up, np.cross(right, -up)))
        middle = joints_m.mean(0)
        self._corners, self.joints = (corners - middle) @ axes.T, (joints_m - middle) @ axes.T
        self._bends_about = np.array([1.0, 0.0, 0.0])

    def _rows(self, number):
        row = self._said["accessors"][number]
        view = self._said["bufferViews"][row["bufferView"]]
        width, start = _KINDS[row["type"]], view.get("byteOffset", 0) + row.get("byteOffset", 0)
        return np.frombuffer(self._blob, _TYPES[row["componentType"]], row["count"] * width, start).reshape(
            -1, width
        )

    def placed(self, at_m, turn=(0.0, 0.0, 0.0), curl_rad=0.0):
        """Corners and joints with the middle of the open hand at ``at_m``, turned about x, y, z, fingers bent."""
        corners, joints = self._curled(curl_rad)
        whole = np.eye(3)
        for axis, angle in zip(np.eye(3), turn, strict=True):
            whole = _turn(axis, angle) @ whole
        return corners @ whole.T + at_m, joints @ whole.T + at_m

    def _curled(self, curl_rad):
        turns, shifts = np.tile(np.eye(3), (25, 1, 1)), np.zeros((25, 3))
        for first in (6, 11, 16, 21):  # each phalanx turns about its joint, and takes along what follows
            for place in range(first, first + 3):
                turn = _turn(self._bends_about, curl_rad)
                about = turns[place] @ self.joints[place] + shifts[place]
                for later in range(place, first + 4):
                    turns[later] = turn @ turns[later]
                    shifts[later] = turn @ (shifts[later] - about) + about
        moved = np.einsum("jab,vb->vja", turns, self._corners) + shifts
        joints = np.einsum("jab,jb->ja", turns, self.joints) + shifts
        return np.einsum("vj,vja->va", self._weights, moved), joints

    def draw(self, surface, corners):
        """Paint the hand, far parts first."""
        points = corners[:, :2] / corners[:, 2:] * FOCAL_PX + (WIDTH_PX / 2, HEIGHT_PX / 2)
        faces = corners[self._faces]
        normals = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
        shades = 0.35 + 0.65 * np.clip(normals @ _LIGHT, 0, None)
        for face in np.argsort(-faces[:, :, 2].mean(1)):
            colour = tuple(int(part) for part in _SKIN * shades[face])
            pygame.draw.polygon(surface, colour, (_FINER * points[self._faces[face]]).tolist())


def picture(*hands):
    """A picture of ``hands``, each a ``RenderedHand`` with its corners."""
    surface = pygame.Surface((_FINER * WIDTH_PX, _FINER * HEIGHT_PX))
    surface.fill(_WALL)
    for hand, corners in hands:
        hand.draw(surface, corners)
    small = pygame.transform.smoothscale(surface, (WIDTH_PX, HEIGHT_PX))
    return np.ascontiguousarray(pygame.surfarray.array3d(small).transpose(1, 0, 2))


def write_film(path, pictures, hz=30):
    """``pictures`` as a film of JPEG, which every camera gives."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mjpeg", rate=hz)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuvj420p"
        for each in pictures:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(each, format="rgb24")))
        film.mux(stream.encode(None))
