"""Inverse kinematics of arms and body beside mink, pink and placo on the same paths with the same scoring."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from benchmarks.ik_paths import ARMS, BODY, STEP_S, Paths, Score, joints_of, make_paths, score
from benchmarks.ik_peers import NEAR_M, arms_alone, run_mink, run_pink, run_placo
from benchmarks.peers import PeerError
from benchmarks.urgent import as_in_the_control_role
from twin.ik.goals import Goals
from twin.ik.model import Kinematics, load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.robot import find_robot, load_robot
from twin.spatial import Array, Pose

TITLE = "inverse kinematics of arms and body, beside mink, pink and placo"
# No peer bounds acceleration or keeps from singular poses; beside them neither do we.
_ALIKE = Settings(acceleration_use=0.0, singularities=False)
_ARMS_ALONE = Settings(acceleration_use=0.0, singularities=False, collisions=False)
_MINK, _PINK, _PLACO = "mink 1.3.0", "pink 4.4.0, daqp", "placo 0.10.2"
_ERROR_MM = 0.1


def measure(quick: bool) -> list[Figure]:
    """Run the own solver and the peers on free paths and on paths that lead into the body."""
    kinematics = load_kinematics(load_robot(find_robot("optimus")), NEAR_M)
    count = 2 if quick else 8
    body = make_paths(kinematics, BODY, count, seed=5, reach=1.0, colliding=False)
    free = make_paths(kinematics, ARMS, count, seed=1, reach=1.0, colliding=False)
    into = make_paths(kinematics, ARMS, count, seed=3, reach=1.9, colliding=True)
    with tempfile.TemporaryDirectory(prefix="us-ik-") as name, as_in_the_control_role():
        folder = Path(name)
        return [
            *_body_figures(folder, kinematics, body),
            *_arm_figures(folder, kinematics, free),
            *_collision_figures(folder, kinematics, into),
        ]


def solve_own(kinematics: Kinematics, paths: Paths, settings: Settings) -> Score:
    """The own solver, with the terms that the paths have."""
    joints, whole = joints_of(kinematics, paths.groups), "torso" in paths.groups
    seconds, solved = [], []
    for path, hands in enumerate(paths.hands):
        solver = BodySolver(kinematics, settings)
        angles = np.zeros((len(hands), len(joints)))
        for frame, (left, right) in enumerate(hands):
            began = time.perf_counter()
            targets = {"left": _pose(left), "right": _pose(right)}
            if whole:
                goals = Goals(
                    targets,
                    gaze=paths.head[path, frame],
                    waist_rad=paths.waist_rad[path, frame],
                    balance_m=paths.mass_m[path, frame, :2],
                )
            else:
                goals = Goals(targets)
            solver.step(goals, STEP_S)
            seconds.append(time.perf_counter() - began)
            angles[frame] = solver.position_rad[joints]
        solved.append(angles)
    return score(kinematics, paths, np.array(solved), np.array(seconds))


def _pose(matrix: Array) -> Pose:
    return Pose(matrix[:3, 3], matrix[:3, :3])


def _peer(run: Callable[[], Score]) -> Score | None:
    """What a peer did; None, and a word why, if it cannot be had here."""
    try:
        return run()
    except PeerError as error:
        sys.stderr.write(f"{error}\n")
        return None


def _by_turns(own: Callable[[], Score], peer: Callable[[], Score]) -> tuple[Score, Score | None]:
    """The own solver before and after a peer: how fast a shared machine is changes from minute to minute."""
    before, theirs, after = own(), _peer(peer), own()
    return replace(before, us=np.concatenate((before.us, after.us))), theirs


class _Beside:
    """Figures of one own score beside those of one peer."""

    def __init__(self, what: str, own: Score, name: str, peer: Score | None) -> None:
        self.what, self.own, self.peer = what, own, peer
        self._name = name if peer else ""

    def figure(self, name: str, of: Callable[[Score], float], unit: str, bar: float | None = None) -> Figure:
        theirs = None if self.peer is None else of(self.peer)
        name = f"{self.what}, {name}"
        return Figure(name, of(self.own), unit, len(self.own.us), bar, peer=self._name, peer_value=theirs)

    def times(self, bar: float | None) -> list[Figure]:
        """How many times faster than the peer; nothing without one."""
        if self.peer is None:
            return []
        name, ratio = f"{self.what}, times faster than {self._name}", self.peer.ms(50) / self.own.ms(50)
        return [Figure(name, ratio, "x", len(self.own.us), bar, at_least=True)]

    def errors(self) -> list[Figure]:
        return [
            self.figure("position error, mean", lambda s: float(s.position_mm.mean()), "mm", _ERROR_MM),
            self.figure("position error, p95", lambda s: float(np.percentile(s.position_mm, 95)), "mm"),
            self.figure("rotation error, mean", lambda s: float(s.rotation_deg.mean()), "deg"),
            self.figure("frames outside joint limits", lambda s: s.limit_violations, "", 0),
        ]


def _body_figures(folder: Path, kinematics: Kinematics, paths: Paths) -> list[Figure]:
    """Hands, head, waist and centre of mass, with clearances, on the model with all its joints."""
    own, same = _by_turns(
        lambda: solve_own(kinematics, paths, _ALIKE),
        lambda: run_mink(folder, kinematics, paths, welded=False),
    )
    used = solve_own(kinematics, paths, Settings())
    best = _peer(lambda: run_mink(folder, kinematics, paths, welded=True))
    beside = _Beside("whole body", own, f"{_MINK}, same terms", same)
    at_best = _Beside("whole body", own, f"{_MINK}, fingers welded", best)
    return [
        beside.figure("p50", lambda s: s.ms(50), "ms", 0.08),
        beside.figure("p99", lambda s: s.ms(99), "ms", 0.2),
        *beside.times(4.0),
        *at_best.times(None),
        *beside.errors(),
        Figure("whole body, all limits as driven, p50", used.ms(50), "ms", len(used.us), 0.08),
        Figure("whole body, all limits as driven, p99", used.ms(99), "ms", len(used.us), 0.2),
    ]


def _arm_figures(folder: Path, kinematics: Kinematics, paths: Paths) -> list[Figure]:
    """Both hands alone: without clearances on a model of the arms beside pink and placo, with them beside mink."""
    welded = load_kinematics(arms_alone(kinematics.spec), NEAR_M)
    figures = []
    for name, run in ((_PINK, run_pink), (_PLACO, run_placo)):
        alone, peer = _by_turns(
            lambda: solve_own(welded, paths, _ARMS_ALONE),
            partial(run, folder, kinematics, paths),
        )
        beside = _Beside("two arms", alone, name, peer)
        figures += [
            beside.figure("p50", lambda s: s.ms(50), "ms"),
            beside.figure("p99", lambda s: s.ms(99), "ms"),
            *beside.times(1.0),
            *beside.errors(),
        ]
    apart, mink = _by_turns(
        lambda: solve_own(kinematics, paths, _ALIKE),
        lambda: run_mink(folder, kinematics, paths, welded=False),
    )
    beside = _Beside("two arms off the body", apart, f"{_MINK}, same pairs", mink)
    figures += [
        beside.figure("p50", lambda s: s.ms(50), "ms", 0.08),
        beside.figure("p99", lambda s: s.ms(99), "ms", 0.2),
        *beside.times(4.0),
        *beside.errors(),
    ]
    return figures


def _collision_figures(folder: Path, kinematics: Kinematics, paths: Paths) -> list[Figure]:
    own = solve_own(kinematics, paths, Settings())
    figures = []
    peers: tuple[tuple[str, Callable[[], Score]], ...] = (
        (f"{_MINK}, same pairs", lambda: run_mink(folder, kinematics, paths, welded=False)),
        (_PINK, lambda: run_pink(folder, kinematics, paths)),
        (_PLACO, lambda: run_placo(folder, kinematics, paths)),
    )
    for name, run in peers:
        beside = _Beside("targets inside the body", own, name, _peer(run))
        figures.append(beside.figure("frames in self-collision", lambda s: s.collisions, "", 5))
    n = len(own.us)
    return [*figures, Figure("targets inside the body, p99", own.ms(99), "ms", n, 0.4)]
