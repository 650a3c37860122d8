"""What a geom is made of: colour, metal, roughness, glow; read from a MuJoCo model."""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

# Columns of a material row, which is also the fifth texel of a palette row.
METAL, ROUGHNESS, GLOW, FLAG = range(4)

_PLAIN_ROUGHNESS = 0.42


def colours(model: Any, geoms: NDArray[np.int64]) -> NDArray[np.float32]:
    """Colour of each geom, sRGB with alpha, shape (n, 4); a textured material counts with its mean colour."""
    rgba = np.array(model.geom_rgba[geoms], np.float32)
    material = np.asarray(model.geom_matid)[geoms]
    # MuJoCo's rule: a geom's own colour wins over its material's, unless it is the default grey.
    plain = np.all(np.isclose(rgba, 0.5 * np.array([1, 1, 1, 2])), axis=1)
    uses_material = (material >= 0) & plain
    rgba[uses_material] = model.mat_rgba[material[uses_material]]
    for index in np.flatnonzero(material >= 0):
        mean = _mean_texture(model, int(material[index]))
        if mean is not None:
            rgba[index, :3] *= mean
    return rgba


def rows(model: Any, geoms: NDArray[np.int64]) -> NDArray[np.float32]:
    """Metal, roughness, glow and flag (0) of each geom, shape (n, 4)."""
    made = np.zeros((len(geoms), 4), np.float32)
    made[:, ROUGHNESS] = _PLAIN_ROUGHNESS
    material = np.asarray(model.geom_matid)[geoms]
    has = np.flatnonzero(material >= 0)
    chosen = material[has]
    metal, rough = np.asarray(model.mat_metallic)[chosen], np.asarray(model.mat_roughness)[chosen]
    shine = np.asarray(model.mat_shininess)[chosen]
    made[has, METAL] = np.where(metal >= 0, metal, 0.0)
    # A material without roughness tells it by its shininess: 0 is chalk, 1 is polish.
    made[has, ROUGHNESS] = np.where(rough >= 0, rough, 0.75 - 0.6 * np.clip(shine, 0, 1))
    made[has, GLOW] = np.asarray(model.mat_emission)[chosen]
    made[:, ROUGHNESS] = np.clip(made[:, ROUGHNESS], 0.12, 1.0)
    return made


def _mean_texture(model: Any, material: int) -> NDArray[np.float32] | None:
    """Mean colour (3,) in 0..1 of the texture that colours ``material``, if one does."""
    texture = int(model.mat_texid[material][mujoco.mjtTextureRole.mjTEXROLE_RGB])
    if texture < 0:
        return None
    channels = int(model.tex_nchannel[texture])
    if channels < 3:
        return None
    size = int(model.tex_height[texture]) * int(model.tex_width[texture]) * channels
    start = int(model.tex_adr[texture])
    pixels = np.asarray(model.tex_data[start : start + size]).reshape(-1, channels)[:, :3]
    mean: NDArray[np.float32] = (pixels.mean(axis=0) / 255.0).astype(np.float32)
    return mean
