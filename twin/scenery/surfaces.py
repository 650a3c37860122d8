"""How surfaces look: colour, shine, and textures made here, always the same."""

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.scenery.layout import Material

_PIXELS = 256

Shade = NDArray[np.float64]


def add_material(tree: mujoco.MjSpec, material: Material) -> None:
    """A material and, where it has one, its texture."""
    made = tree.add_material(
        name=material.name, rgba=list(material.rgba), shininess=material.shininess, specular=0.3
    )
    if not material.texture:
        return
    colours = _TEXTURES[material.texture](np.array(material.rgba[:3]))
    name = f"{material.name}_{material.texture}"
    texture = tree.add_texture(
        name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, width=_PIXELS, height=_PIXELS, nchannel=3
    )
    texture.data = np.clip(colours * 255.0, 0, 255).astype(np.uint8).tobytes()
    made.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
    made.rgba = [1.0, 1.0, 1.0, material.rgba[3]]


def _wood(rgb: Shade) -> Shade:
    """Planks with grain along x."""
    random = np.random.default_rng(7)
    plank = np.arange(_PIXELS) * 6 // _PIXELS
    tone = random.uniform(0.90, 1.06, 6)[plank]
    streaks = np.interp(
        np.arange(_PIXELS), np.arange(0, _PIXELS, 2), random.uniform(0.93, 1.05, _PIXELS // 2)
    )
    seam = np.where(np.diff(plank, prepend=plank[0]) > 0, 0.62, 1.0)
    along = 1.0 + 0.02 * np.sin(np.linspace(0, 9 * math.pi, _PIXELS))[None, :]
    return ((tone * streaks * seam)[:, None] * along)[..., None] * rgb


def _speckle(rgb: Shade) -> Shade:
    """Fine light and dark grains, as of terrazzo or a powder coat."""
    random = np.random.default_rng(11)
    fine = random.normal(1.0, 0.035, (_PIXELS, _PIXELS))
    grain = random.random((_PIXELS // 2, _PIXELS // 2)).repeat(2, 0).repeat(2, 1)
    shade = np.where(grain > 0.985, 1.22, np.where(grain < 0.015, 0.78, fine))
    return shade[..., None] * rgb


def _hazard(rgb: Shade) -> Shade:
    """Slanted stripes, every second one nearly black."""
    across, along = np.meshgrid(np.arange(_PIXELS), np.arange(_PIXELS))
    is_dark = (across + along) * 8 // _PIXELS % 2 == 1
    return np.where(is_dark[..., None], np.full(3, 0.07), rgb)


_TEXTURES = {"wood": _wood, "speckle": _speckle, "hazard": _hazard}
