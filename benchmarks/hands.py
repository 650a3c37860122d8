"""A person's fingers retargeted to a hand of 22 joints, beside dex-retargeting on the same motion and scoring."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure
from benchmarks.hand_motion import STEP_S, as_person, motion
from benchmarks.model_urdf import frame_name, write_urdf
from benchmarks.peers import PeerError, peer_python, run_peer
from benchmarks.urgent import as_in_the_control_role
from twin.retarget.keypoints import MIDDLES, TIPS
from twin.retarget.model import HandModel, load_hand_model
from twin.retarget.solver import Retargeter, RetargetSettings
from twin.robot import find_robot, load_robot

TITLE = "fingers of a person to a hand of 22 joints, beside dex-retargeting"
DEX = ("torch==2.13.0", "dex-retargeting==0.5.0", "six==1.17.0")
_PEER = "dex-retargeting 0.5.0, vector, tips"
_PEER_BOTH = "dex-retargeting 0.5.0, vector, tips and middle joints"
_PALM = "palm"
_NEAR_M = 0.03  # a gap of the person's that counts as a pinch
_LIMIT_SLACK_RAD = 2e-3  # what the peer's optimiser calls within its bounds
Array = NDArray[np.float64]


@dataclass(frozen=True)
class HandScore:
    """How a solver did on a motion."""

    us: Array  # of each frame
    tip_mm: Array  # (frames, 5)
    pinch_mm: Array  # of each gap that is a pinch
    violations: int  # frames with a joint outside its limits
    jerkiness: float  # mean change of the joints' speeds from frame to frame, rad/s
    delay_ms: float = 0.0  # of the filter, median


def measure(quick: bool) -> list[Figure]:
    """Run the own solver and the peer over the same noisy motion of a hand with other limbs."""
    hand = load_hand_model(load_robot(find_robot("optimus")), "right")
    angles = motion(hand, 300 if quick else 1500)
    seen = as_person(hand, angles)
    with tempfile.TemporaryDirectory(prefix="us-hands-") as folder, as_in_the_control_role():
        own, bare = solve_own(hand, seen), solve_own(hand, seen, RetargetSettings(filtered=False))
        try:
            peer, both = solve_peer(Path(folder), hand, seen)
        except PeerError as error:
            sys.stderr.write(f"{error}\n")
            return _figures(own, None)
    return _figures(own, peer) + _figures_alike(own, bare, peer, both)


def solve_own(hand: HandModel, seen: Array, settings: RetargetSettings | None = None) -> HandScore:
    """The own solver as control runs it, filter and checks included, without a measured hand size."""
    retargeter = Retargeter(hand, None, settings)
    angles, seconds, delays_s = [], [], []
    for points in seen:
        began = time.perf_counter()
        angles.append(retargeter.retarget(points, STEP_S))
        seconds.append(time.perf_counter() - began)
        delays_s.append(retargeter.filter.delay_s)
    return score(hand, seen, np.array(angles), np.array(seconds), 1000 * float(np.median(delays_s)))


def solve_peer(folder: Path, hand: HandModel, seen: Array) -> tuple[HandScore, HandScore]:
    """The peer with tips alone, and with tips and middle joints.

    Raises:
        PeerError: it cannot be installed or does not run.
    """
    python = peer_python("dex-retargeting", DEX)
    root = int(hand.model.body_parentid[int(min(hand.model.jnt_bodyid))])
    write_urdf(hand.model, folder / "hand.urdf", root, _PALM, (*hand.tip_sites, *hand.middle_sites))
    data = mujoco.MjData(hand.model)
    mujoco.mj_kinematics(hand.model, data)
    palm = data.xmat[root].reshape(3, 3)
    np.savez(folder / "motion.npz", points=seen @ (palm.T @ hand.axes).T)
    names = [hand.model.joint(j).name for j in range(hand.model.njnt)]
    task = {
        "folder": str(folder),
        "urdf": "hand.urdf",
        "palm": _PALM,
        "tips": [frame_name(hand.model, int(site)) for site in hand.tip_sites],
        "middles": [frame_name(hand.model, int(site)) for site in hand.middle_sites],
        "tip_points": TIPS.tolist(),
        "middle_points": MIDDLES.tolist(),
        "joints": [names[list(hand.model.jnt_qposadr).index(address)] for address in hand.qpos_address],
        "motion": str(folder / "motion.npz"),
        "result": str(folder / "result.npz"),
    }
    run_peer(python, Path(__file__).with_name("peer_dex.py"), task)
    with np.load(folder / "result.npz") as result:
        tips, both = (score(hand, seen, result[name], result[f"{name}_s"]) for name in ("tips", "both"))
    return tips, both


def score(hand: HandModel, seen: Array, angles: Array, seconds: Array, delay_ms: float = 0.0) -> HandScore:
    """Compare the robot's hand at ``angles``, shape (frames, h), with the person's, shape (frames, 25, 3)."""
    data = mujoco.MjData(hand.model)
    tip_mm, pinch_mm = [], []
    for points, values in zip(seen, angles, strict=True):
        data.qpos[hand.qpos_address] = values
        mujoco.mj_kinematics(hand.model, data)
        ours = (data.site_xpos[hand.tip_sites] - hand.wrist_m) @ hand.axes
        theirs = points[TIPS] - points[0]
        tip_mm.append(1000 * np.linalg.norm(ours - theirs, axis=1))
        gaps = np.linalg.norm(theirs[1:] - theirs[0], axis=1)
        near = gaps < _NEAR_M
        pinch_mm += (1000 * np.abs(np.linalg.norm(ours[1:] - ours[0], axis=1) - gaps))[near].tolist()
    low, high = hand.lower_rad - _LIMIT_SLACK_RAD, hand.upper_rad + _LIMIT_SLACK_RAD
    outside = ((angles < low) | (angles > high)).any(1)
    jerkiness = float(np.abs(np.diff(angles, n=2, axis=0)).mean() / STEP_S)
    return HandScore(
        1e6 * seconds, np.array(tip_mm), np.array(pinch_mm), int(outside.sum()), jerkiness, delay_ms
    )


def _figures(own: HandScore, peer: HandScore | None) -> list[Figure]:
    n, gaps = len(own.us), len(own.pinch_mm)

    def beside(
        name: str, of: Callable[[HandScore], float], unit: str, samples: int, bar: float | None = None
    ) -> Figure:
        theirs = None if peer is None else of(peer)
        return Figure(name, of(own), unit, samples, bar, peer=_PEER if peer else "", peer_value=theirs)

    return [
        beside("one hand, p50", lambda s: _us(s, 50) / 1000, "ms", n, 0.08),
        beside("one hand, p99", lambda s: _us(s, 99) / 1000, "ms", n),
        beside("error of the fingertips, mean", lambda s: float(s.tip_mm.mean()), "mm", 5 * n, 2.0),
        beside("error of the fingertips, p95", lambda s: float(np.percentile(s.tip_mm, 95)), "mm", 5 * n),
        beside("error of a pinch's gap, mean", lambda s: float(s.pinch_mm.mean()), "mm", gaps, 1.5),
        beside("frames outside joint limits", lambda s: s.violations, "", n, 0),
        beside("change of joint speed per frame", lambda s: s.jerkiness, "rad/s", n),
        Figure("delay of the filter, median", own.delay_ms, "ms", n),
    ]


def _figures_alike(own: HandScore, bare: HandScore, peer: HandScore, both: HandScore) -> list[Figure]:
    """What needs the peer: the ratio, the errors with the filter off on both sides, and the peer with our vectors."""
    n, gaps = len(own.us), len(own.pinch_mm)
    figures = [
        Figure("times faster than the peer, p50", _us(peer, 50) / _us(own, 50), "x", n, 10.0, at_least=True)
    ]
    for other, name in ((peer, _PEER), (both, _PEER_BOTH)):
        tips, pinch = float(other.tip_mm.mean()), float(other.pinch_mm.mean())
        figures += [
            Figure(
                "fingertips, neither filtered",
                float(bare.tip_mm.mean()),
                "mm",
                5 * n,
                tips,
                False,
                name,
                tips,
            ),
            Figure(
                "pinch, neither filtered", float(bare.pinch_mm.mean()), "mm", gaps, pinch, False, name, pinch
            ),
        ]
    slower = _us(both, 50) / 1000
    return [*figures, Figure("one hand, p50", _us(own, 50) / 1000, "ms", n, None, False, _PEER_BOTH, slower)]


def _us(score: HandScore, percent: float) -> float:
    return float(np.percentile(score.us, percent))
