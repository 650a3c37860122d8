"""Why the robot did not do as it was asked, and how late it was, are columns of the dataset."""

import numpy as np
from spoken_station import Script, applied, make_take
from test_lerobot_export import OFFSET_NS, export, rows_of

from twin.reasons import kinds_of
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import (
    AppliedCommand,
    ControlLatency,
    ControlStatus,
    JointLimited,
    LatencyStage,
    vector,
)


class HeldBack(Script):
    """From 1.0 s on the hand is out of reach, from 1.5 s on the gate slows a joint; control ends at 2.0 s."""

    def messages(self):
        said = [self._limited(heard) for heard in super().messages()]
        for number in range(100):
            at_ns = self.begin_ns + number * 20 * NS_PER_MS
            reasons = ("reach:left_hand", "gravity:moon") if number >= 50 else ()
            status = ControlStatus(reasons=reasons, limited_by=reasons)
            said.append(Heard("control.status", number + 1, at_ns, at_ns, codec.encode(status)))
            if number % 10 == 0:
                latency = codec.encode(ControlLatency(whole_p50_ms=30.0 + number))
                said.append(Heard("control.latency", number // 10 + 1, at_ns, at_ns, latency))
                drawn = codec.encode(LatencyStage(name="drawn", p50_ms=10.0 + number))
                said.append(Heard("window.drawn", number // 10 + 1, at_ns, at_ns, drawn))
        return sorted(said, key=lambda heard: heard.received_ns)

    def _limited(self, heard):
        if heard.topic != "robot.applied" or heard.sampled_ns < self.begin_ns + 3 * NS_PER_S // 2:
            return heard
        before = applied(heard.sampled_ns, heard.seq)
        fields = {name: getattr(before, name) for name in AppliedCommand.__struct_fields__}
        fields["limited"] = (JointLimited(joint=3, reason="speed"), JointLimited(joint=5, reason="position"))
        fields["position_rad"] = vector(before.position_rad)
        return heard._replace(payload=codec.encode(AppliedCommand(**fields)))


def test_each_row_tells_the_reasons_that_held_then_and_none_of_another_time(tmp_path):
    script = HeldBack(seconds=3)
    export([make_take(tmp_path, script)], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    at_s = (rows["timing.row_utc_ns"] - OFFSET_NS - Script().begin_ns) / 1e9
    reasons = rows["teleop.reasons"]
    assert reasons.dtype == np.int64
    assert {kinds_of(bits) for bits in reasons[at_s < 0.9].tolist()} == {()}
    assert {kinds_of(bits) for bits in reasons[(at_s > 1.1) & (at_s < 1.4)].tolist()} == {("reach",)}
    both = {kinds_of(bits) for bits in reasons[(at_s > 1.6) & (at_s < 1.9)].tolist()}
    assert both == {("limit", "speed", "reach")}
    assert {kinds_of(bits) for bits in reasons[at_s > 2.4].tolist()} == {("limit", "speed")}


def test_each_row_tells_how_late_the_robot_was_and_that_nobody_drove(tmp_path):
    export([make_take(tmp_path, HeldBack(seconds=3))], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    at_s = (rows["timing.row_utc_ns"] - OFFSET_NS - Script().begin_ns) / 1e9
    late = rows["timing.hand_to_motion_ms"]
    assert set(late[(at_s > 1.05) & (at_s < 1.15)].tolist()) == {80.0}
    assert set(late[at_s > 2.6].tolist()) == {-1.0}
    drawn = rows["timing.drawn_ms"]
    assert set(drawn[(at_s > 1.05) & (at_s < 1.15)].tolist()) == {60.0}
    assert set(drawn[at_s > 2.6].tolist()) == {-1.0}


def test_takes_of_before_say_nothing_about_either(tmp_path):
    export([make_take(tmp_path, Script(seconds=1))], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert set(rows["teleop.reasons"].tolist()) == {0}
    assert set(rows["timing.hand_to_motion_ms"].tolist()) == {-1.0}
