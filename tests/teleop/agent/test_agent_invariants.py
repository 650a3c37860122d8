"""Whatever comes in whatever order, some things never happen. (The invariants of the specification.)"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from robot_side import DRIVER, HOLD_TO_RUN, MS, PRESS, STRANGER, Rig

MAY_MOVE = {"ENGAGING", "TELEOP", "STOPPING", "SETTLING"}

ACTION = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([2, 10, 60, 120, 600])),
    st.tuples(st.just("drive"), st.sampled_from([10, 50, 200, 600])),
    st.tuples(st.just("press"), st.sampled_from([10, 30])),
    st.tuples(st.just("stride"), st.sampled_from([-0.19, -0.05, 0.02, 0.1, 0.19])),
    st.tuples(st.just("release"), st.sampled_from([10, 30])),
    st.tuples(st.just("stop"), st.sampled_from(["HOLD", "SETTLE", "CUT"])),
    st.tuples(
        st.just("ask"),
        st.sampled_from(
            ["reset", "acknowledge", "power.on", "power.off", "lease.acquire", "lease.return", "lease.retain"]
        ),
    ),
    st.tuples(st.just("steal"), st.sampled_from(["lease.take", "lease.acquire", "power.on", "lease.return"])),
    st.tuples(st.just("spoil"), st.sampled_from(["nan", "jump", "late", "hash", "thief", "rubbish"])),
)


class Watched(Rig):
    """A rig that checks every tick."""

    def __init__(self) -> None:
        super().__init__()
        self.heard_ns, self.sender = -(10**12), b""  # when the newest valid command came, and from whom
        self.aim, self.stride = 0.0, -0.02
        self.elbow = self.spec.joint_names.index("left_elbow")

    def pass_ms(self, milliseconds: float) -> None:
        for _ in range(max(1, round(milliseconds / 2))):
            before, speed, was = self.position_rad, self.velocity_rad_s, self.state
            super().pass_ms(2)
            moved = np.abs(self.position_rad - before)
            if self.agent.is_powered and was not in ("STANDBY", "POWERING_ON"):
                assert (moved <= self.agent.limits.speed_rad_s * 0.002 + 1e-9).all()
                gained = np.abs((self.position_rad - before) / 0.002 - speed)
                assert (gained <= self.agent.limits.acceleration_rad_s2 * 0.002 + 1e-6).all()
                if was not in MAY_MOVE and self.state not in MAY_MOVE:
                    assert not moved.any(), f"motion in {was}"
            if self.state in ("ENGAGING", "TELEOP"):
                assert self.now_ns - self.heard_ns <= 100 * MS
                assert self.agent.lease.owner == self.sender
                assert not self.agent.latch.level
            limits = self.agent.limits
            assert (self.position_rad <= np.maximum(limits.soft_upper_rad, self.spec.home_rad) + 1e-9).all()
            assert (self.position_rad >= np.minimum(limits.soft_lower_rad, self.spec.home_rad) - 1e-9).all()

    def send(self, client: bytes = DRIVER, **changes: object) -> str:
        status = super().send(client, **changes)
        if status == "OK":
            self.heard_ns, self.sender = self.now_ns, client
        return status

    def act(self, kind: str, value: str | float) -> None:
        match kind:
            case "wait":
                self.pass_ms(int(value))
            case "drive" | "press" | "release":
                bits = {"drive": HOLD_TO_RUN, "press": PRESS, "release": 0}[kind]
                if kind != "drive":
                    self.aim = float(self.position_rad[self.elbow] - self.spec.home_rad[self.elbow])
                for _ in range(int(value) // 10):
                    self.aim += self.stride if self.state == "TELEOP" else 0.0
                    self.send(hold_to_run_bits=bits, position_rad=self.moved("left_elbow", self.aim))
                    self.pass_ms(10)
            case "stride":
                self.stride = float(value)
            case "stop":
                self.stop(str(value))
            case "ask":
                self.ask(str(value))
            case "steal":
                self.ask(str(value), STRANGER, "thief", reason="because")
            case _:
                self._spoil(str(value))

    def _spoil(self, how: str) -> None:
        match how:
            case "nan":
                self.send(position_rad=self.moved("left_elbow", np.nan))
            case "jump":
                self.send(position_rad=self.moved("left_elbow", -2.0), hold_to_run_bits=HOLD_TO_RUN)
            case "late":
                self.send(sent_ns=self.now_ns - 100 * MS)
            case "hash":
                self.send(model_hash=b"otherbot")
            case "thief":
                self.send(STRANGER, hold_to_run_bits=PRESS)
            case _:
                self.send_bytes(b"rubbish")


@settings(max_examples=120, deadline=None)
@given(st.lists(ACTION, min_size=5, max_size=30), st.booleans())
def test_nothing_moves_without_lease_press_and_fresh_commands(actions, engaged):
    rig = Watched()
    rig.power_on()
    if engaged:
        rig.drive(20, PRESS)
        rig.drive(520)
        rig.ask("lease.retain")
    for kind, value in actions:
        rig.act(kind, value)
    rig.pass_ms(120)
    assert rig.state not in ("ENGAGING", "TELEOP"), "silence ended"


@settings(max_examples=200, deadline=None)
@given(st.permutations(["stop", "press", "press", "tick"]), st.sampled_from(["HOLD", "SETTLE", "CUT"]))
def test_stop_wins_against_a_press_of_the_same_instant_in_every_order(order, level):
    rig = Rig()
    rig.power_on()
    for what in order:
        if what == "stop":
            rig.stop(level)
        elif what == "press":
            rig.send(hold_to_run_bits=PRESS, position_rad=rig.moved("left_elbow", -0.1))
        else:
            rig.agent.tick(rig.now_ns)
    rig.drive(100, PRESS, position_rad=rig.moved("left_elbow", -0.1))
    assert rig.state not in ("ENGAGING", "TELEOP")
    if level == "HOLD":
        elbow = rig.spec.joint_names.index("left_elbow")
        assert abs(rig.position_rad[elbow] - rig.spec.home_rad[elbow]) < 1e-4
