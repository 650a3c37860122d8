"""The benchmark's bad frames really are bad, each kind in its own way."""

from itertools import islice

from benchmarks.bad_frames import DRIVER, EPOCH, NOW_NS, BadFrames
from teleop.agent.gate import Gate
from teleop.agent.lease import Lease
from teleop.agent.limits import JointLimits
from teleop.agent.verdict import Status
from twin.robot import find_robot, load_robot
from twin.wire.direct import ReceivedFrame

EXPECTED = {
    "damaged head": {Status.BAD_FORMAT, Status.WRONG_EPOCH},
    "bad float": {Status.NOT_FINITE},
    "wrong length": {Status.BAD_LENGTH},
    "rubbish": {Status.BAD_FORMAT},
    "other epoch": {Status.WRONG_EPOCH},
    "older lease": {Status.OLDER_LEASE},
    "lease never granted": {Status.UNKNOWN_LEASE},
    "old sequence": {Status.OLD_SEQ},
    "expired": {Status.EXPIRED},
    "sent long ago": {Status.EXPIRED},
    "valid too long": {Status.TOO_DISTANT},
    "from the future": {Status.TOO_DISTANT},
    "other model": {Status.WRONG_MODEL},
    "unknown mode": {Status.BAD_MODE},
    "a stranger's": {Status.NOT_OWNER},
}


def test_each_kind_is_refused_for_its_own_fault_and_a_good_frame_passes():
    spec = load_robot(find_robot("optimus"))
    lease = Lease()
    lease.acquire(DRIVER, "driver", NOW_NS)
    gate = Gate(spec.joint_names, JointLimits.of(spec), EPOCH, bytes.fromhex(spec.model_hash)[:8], lease)
    frames = BadFrames(spec, seed=4)
    found: dict[str, set[Status]] = {}
    for sent in islice(frames, 40 * len(EXPECTED)):
        verdict = gate.judge(ReceivedFrame(sent.client_id, sent.frame, NOW_NS))
        found.setdefault(sent.kind, set()).add(verdict.status)
        gate.last_seq = 0
    assert found.keys() == EXPECTED.keys()
    assert all(found[kind] <= EXPECTED[kind] for kind in EXPECTED), found
    assert gate.judge(ReceivedFrame(DRIVER, frames.good(1), NOW_NS)).accepted
