"""What the robot's side refuses and how soon it stops, in the counts that the specification asks for."""

import subprocess
import sys
import tempfile
import threading
from itertools import islice, pairwise

import numpy as np

from benchmarks.bad_frames import DRIVER, EPOCH, NOW_NS, BadFrames
from benchmarks.figures import Figure
from teleop.agent.gate import Gate
from teleop.agent.lease import Lease
from teleop.agent.limiter import Limiter, Target
from teleop.agent.limits import JointLimits
from twin.errors import RequestRefused
from twin.robot import RobotSpec, find_robot, load_robot
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.direct import ReceivedFrame, StopSender, new_client_id

TITLE = "safety: what is refused, what is limited, how soon a stop is latched"

_FRAMES_TO_OFFER_GOOD_ONE = 1000  # a gate that refuses everything would pass too
_PATIENCE_S = 20.0


def measure(quick: bool) -> list[Figure]:
    """Counts of CMD-2, LIM-1, LIM-2 and LEASE-1, and STOP-4 on a real process."""
    spec = load_robot(find_robot("optimus"))
    share = 100 if quick else 1
    return [
        *_refused(spec, 1_000_000 // share),
        *_limited(spec, 1_000_000 // share),
        *_in_a_process(races=10_000 // share, presses=300 // min(share, 10)),
    ]


def _refused(spec: RobotSpec, count: int) -> list[Figure]:
    """Bad frames, with a good one now and then, which must pass."""
    lease = Lease()
    lease.acquire(DRIVER, "driver", NOW_NS)
    gate = Gate(spec.joint_names, JointLimits.of(spec), EPOCH, bytes.fromhex(spec.model_hash)[:8], lease)
    frames = BadFrames(spec, seed=1)
    applied = passed = 0
    for number, sent in enumerate(islice(frames, count)):
        applied += gate.judge(ReceivedFrame(sent.client_id, sent.frame, NOW_NS)).accepted
        if number % _FRAMES_TO_OFFER_GOOD_ONE == 0:
            good = frames.good(gate.last_seq + 1)
            passed += gate.judge(ReceivedFrame(DRIVER, good, NOW_NS)).accepted
        gate.last_seq = 0  # so that the sequence is not what refuses the next one
    offered = -(-count // _FRAMES_TO_OFFER_GOOD_ONE)
    return [
        Figure("bad command frames applied", applied, "", count, 0),
        Figure("good frames between them applied", passed, f"of {offered}", offered, offered, at_least=True),
    ]


def _limited(spec: RobotSpec, count: int) -> list[Figure]:
    """Wild targets: how far beyond a soft end, and how fast against the limit, the setpoints get."""
    limits = JointLimits.of(spec)
    limiter = Limiter(limits, np.clip(spec.home_rad, limits.soft_lower_rad, limits.soft_upper_rad))
    random = np.random.default_rng(2)
    joints = len(spec.joints)
    beyond_rad = speed_share = 0.0
    target = Target(*np.zeros((3, joints)))
    for tick in range(count):
        if tick % 20 == 0:
            target = Target(
                random.uniform(-4, 4, joints),
                random.uniform(-30, 30, joints),
                random.uniform(-300, 300, joints),
            )
        before = limiter.position_rad
        limiter.follow(target, 0.002)
        q = limiter.position_rad
        outside = np.maximum(q - limits.soft_upper_rad, limits.soft_lower_rad - q)
        beyond_rad = max(beyond_rad, float(outside.max()))
        speed_share = max(speed_share, float((np.abs(q - before) / 0.002 / spec.max_speed_rad_s).max()))
    return [
        Figure("farthest beyond a soft end, random commands", np.degrees(beyond_rad), "deg", count, 0.5),
        Figure("fastest setpoint, of the joint's limit", speed_share, "", count, 1.0),
    ]


def _in_a_process(races: int, presses: int) -> list[Figure]:
    """A real robot process: two clients after one lease, and a button pressed again and again."""
    with tempfile.TemporaryDirectory(prefix="us-bench-") as folder:
        station = Station(folder=folder, robot_folder=str(find_robot("optimus")))
        station.save()
        command = [sys.executable, "-m", "app.main", "role", "robot", "--station-dir", folder]
        robot = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            both = _owners_at_once(station, races)
            latched_ms, acknowledged_ms = _stops(station, presses)
        finally:
            robot.terminate()
            robot.wait(_PATIENCE_S)
    return [
        Figure("leases held by two at once", both, "", races, 0),
        Figure("STOP pressed to latched, p50", float(np.median(latched_ms)), "ms", presses),
        Figure("STOP pressed to latched, p99", float(np.percentile(latched_ms, 99)), "ms", presses, 50.0),
        Figure(
            "STOP pressed to acknowledged, p99",
            float(np.percentile(acknowledged_ms, 99)),
            "ms",
            presses,
            250.0,
        ),
    ]


class _Racer(threading.Thread):
    """One client that takes the lease whenever it can, and gives it back at once."""

    def __init__(self, station: Station, name: str, attempts: int) -> None:
        super().__init__()
        self._station, self._attempts = station, attempts
        self._asker_name = name
        self.held: list[tuple[int, int, int]] = []  # the lease's number, since when, until when

    def run(self) -> None:
        asker = Asker(self._station, "robot", self._asker_name, new_client_id())
        for _ in range(self._attempts):
            try:
                granted = asker.ask("lease.acquire", timeout_s=_PATIENCE_S)
            except RequestRefused:
                continue
            since_ns = now_ns()
            until_ns = now_ns()  # from the question on it may belong to the other
            asker.ask("lease.return", timeout_s=_PATIENCE_S)
            self.held.append((int(granted["lease_seq"]), since_ns, until_ns))
        asker.close()


def _owners_at_once(station: Station, races: int) -> int:
    """How many leases two clients held at the same time, or both under one number."""
    racers = [_Racer(station, name, races // 2) for name in ("one", "other")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    ones, others = (racer.held for racer in racers)
    if not ones or not others:
        raise RuntimeError("one client never got the lease: there was no race to judge")
    shared = {number for number, _, _ in ones} & {number for number, _, _ in others}
    spans = sorted((since, until) for _, since, until in (*ones, *others))
    overlapping = sum(later[0] < earlier[1] for earlier, later in pairwise(spans))
    return len(shared) + overlapping


def _stops(station: Station, presses: int) -> tuple[list[float], list[float]]:
    """Milliseconds from each press to the robot's latching it, and to its word arriving here."""
    button = StopSender(station, "bench")
    asker = Asker(station, "robot", "bench", new_client_id())
    latched_ms, acknowledged_ms = [], []
    pause = np.random.default_rng(3)
    for _ in range(presses):
        threading.Event().wait(float(pause.uniform(0.005, 0.03)))  # at any point of the robot's turn
        pressed_ns = now_ns()
        button.press("HOLD", pressed_ns)
        said = None
        while said is None and now_ns() - pressed_ns < _PATIENCE_S * 1e9:
            button.socket.poll(1)
            said = button.tick(now_ns())
        assert said is not None, "the robot never acknowledged STOP"
        acknowledged_ms.append((now_ns() - pressed_ns) / NS_PER_MS)
        latched_ms.append((said.latched_ns - pressed_ns) / NS_PER_MS)
        asker.ask("reset", timeout_s=_PATIENCE_S)
    button.close()
    asker.close()
    return latched_ms, acknowledged_ms
