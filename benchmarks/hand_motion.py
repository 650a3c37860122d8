"""A person's hand that opens, closes and pinches, made from a robot hand's own kinematics with other limbs and noise.

Fingers are 6 % shorter and the thumb is 5 % longer than the robot's, each bone about the one before, so that no pose of
the robot fits exactly; a tracker's noise of 0.5 mm is added to every point.
"""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from twin.retarget.keypoints import FINGERS, POINTS
from twin.retarget.model import HandModel

STEP_S = 0.01
FINGER_SCALE, THUMB_SCALE = 0.94, 1.05
NOISE_M = 0.0005
Array = NDArray[np.float64]


def hand_points(hand: HandModel, data: Any) -> Array:
    """The 25 points of the robot's hand as it is in ``data``, in its wrist's frame; a hand of five fingers."""
    points = np.zeros((POINTS, 3))
    for place, finger in enumerate(hand.fingers):
        chain = _bodies(hand, place)
        tip = 5 * finger + 4
        points[tip - 3 : tip] = data.xpos[chain]
        points[tip] = data.site_xpos[hand.tip_sites[place]]
        if finger:  # the metacarpals beside the thumb's are inside the palm
            points[tip - 4] = hand.wrist_m + 0.25 * (data.xpos[chain[0]] - hand.wrist_m)
    points[0] = hand.wrist_m
    return np.asarray((points - hand.wrist_m) @ hand.axes)


def motion(hand: HandModel, frames: int, seed: int = 0) -> Array:
    """Joint angles of opening, closing, and a pinch with every finger in turn, shape (frames, h)."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames) * STEP_S
    lower, upper = hand.lower_rad, hand.upper_rad
    span = upper - lower
    names = [hand.model.joint(int(j)).name for j in _joint_ids(hand)]
    frequency, phase = rng.uniform(0.1, 0.7, (len(names), 3)), rng.uniform(0, 2 * np.pi, (len(names), 3))
    waves = np.sin(2 * np.pi * frequency[:, :, None] * t + phase[:, :, None]).mean(1).T
    angles = (lower + upper) / 2 + 0.35 * span * waves
    grip = 0.5 - 0.5 * np.cos(2 * np.pi * 0.4 * t)
    flexing = [n for n, name in enumerate(names) if name.endswith(("mcp", "pip", "dip", "_ip"))]
    share = 0.08 + 0.6 * grip[:, None] * (0.7 + 0.3 * waves[:, flexing])
    angles[:, flexing] = lower[flexing] + span[flexing] * np.clip(share, 0.0, 1.0)
    pinches = [pinch(hand, place) for place in range(1, len(hand.fingers))]
    weight = np.clip(1.6 * np.sin(2 * np.pi * 0.25 * t), 0.0, 1.0)[:, None]
    turn = (t * 0.25).astype(int) % len(pinches)
    return np.asarray(np.clip((1 - weight) * angles + weight * np.array(pinches)[turn], lower, upper))


def pinch(hand: HandModel, place: int) -> Array:
    """Angles that bring the thumb's tip and the tip of finger ``place`` together, shape (h,)."""
    data = mujoco.MjData(hand.model)
    lower, upper = hand.lower_rad, hand.upper_rad
    rest = lower + 0.3 * (upper - lower)

    def residual(angles: Array) -> Array:
        data.qpos[hand.qpos_address] = angles
        mujoco.mj_kinematics(hand.model, data)
        gap = data.site_xpos[hand.tip_sites[0]] - data.site_xpos[hand.tip_sites[place]]
        return np.concatenate((20 * gap, 0.02 * (angles - rest)))

    return np.asarray(least_squares(residual, rest, bounds=(lower - 1e-6, upper + 1e-6)).x)


def as_person(
    hand: HandModel, angles: Array, seed: int = 0, noise_m: float = NOISE_M, mismatch: bool = True
) -> Array:
    """What a tracker sees of a person who makes the motion ``angles``, shape (frames, 25, 3)."""
    data = mujoco.MjData(hand.model)
    points = np.zeros((len(angles), POINTS, 3))
    for frame, values in enumerate(angles):
        data.qpos[hand.qpos_address] = values
        mujoco.mj_kinematics(hand.model, data)
        points[frame] = hand_points(hand, data)
    grown = points.copy()
    for finger in range(len(FINGERS)) if mismatch else ():
        knuckle = 2 if finger == 0 else 5 * finger + 1
        first = 1 if finger == 0 else knuckle
        scale = THUMB_SCALE if finger == 0 else FINGER_SCALE
        for point in range(first + 1, 5 * finger + 5):
            grown[:, point] = grown[:, point - 1] + scale * (points[:, point] - points[:, point - 1])
    noise = np.random.default_rng(seed).normal(0.0, noise_m, grown.shape) if noise_m else 0.0
    return np.asarray(grown + noise)


def _bodies(hand: HandModel, place: int) -> list[int]:
    """The last three bodies of a finger, the one of its tip last."""
    chain = [int(hand.model.site_bodyid[hand.tip_sites[place]])]
    while len(chain) < 3:
        chain.insert(0, int(hand.model.body_parentid[chain[0]]))
    return chain


def _joint_ids(hand: HandModel) -> Array:
    """Joint numbers in the order of the robot's group."""
    order = {int(address): joint for joint, address in enumerate(hand.model.jnt_qposadr)}
    return np.array([order[int(address)] for address in hand.qpos_address])
