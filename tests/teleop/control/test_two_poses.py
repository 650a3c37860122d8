"""Two poses, counted aloud: arm and shoulders as they are, whoever stands or sits where; the impossible is refused."""

import msgspec
import numpy as np
import pytest
from driving import Cockpit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from standing_person import facing, seen
from test_mirror_me import l_pose

from teleop.following.l_pose import LPose
from teleop.following.measuring import Measuring
from teleop.following.two_poses import COUNT_NS, PATIENCE_NS, POSES, Body, TwoPoses, implausible
from teleop.operators import load_operator
from twin import places
from twin.spatial import quaternion_from_rotation
from twin.wire.ask import named
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import vector

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
PERIOD_NS = NS_PER_S // 90


def person(
    pose, arm_m=0.62, below_m=0.26, yaw_rad=0.0, at_m=(0, 0, 0), bent_m=0.0, shoulders_x_m=-0.08, **changes
):
    """Somebody of such an arm who stands in a pose; ``bent_m``: so much less far than the arm is long."""
    way_m = np.array([0.05, 0, -arm_m]) if pose == 0 else np.array([arm_m - bent_m, 0, 0])
    palms_m = {
        side: np.array([shoulders_x_m, left_m, 1.6 - below_m]) + way_m
        for side, left_m in (("left", 0.22), ("right", -0.22))
    }
    sample = seen(facing(yaw_rad), np.asarray(at_m, float), 1.6, palms_m, {})
    return replace(sample, **changes)


def played(poses, *scenes, watch=None):
    """Let somebody stand in each of ``scenes`` (seconds, pose, changes), one after the other; what was told."""
    watch = watch or TwoPoses()
    now_ns, told = NS_PER_S, []
    watch.begin(now_ns)
    for seconds, pose, changes in scenes:
        for _ in range(round(seconds * 90)):
            now_ns += PERIOD_NS
            if pose is not None:
                watch.see(person(pose, **changes), now_ns)
            watch.look(now_ns)
            told.append(watch.words(now_ns))
    return watch, [words for words in dict.fromkeys(told) if words]


BOTH = ((4.2, 0, {}), (4.5, 1, {}))


@FEW
@given(
    st.floats(0.45, 0.9),
    st.floats(0.15, 0.4),
    st.floats(-3, 3),
    st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(-0.5, 0.3)),
)
def test_arm_and_shoulders_are_found_whichever_way_and_wherever_one_stands_or_sits(
    arm_m, below_m, yaw_rad, at_m
):
    who = {"arm_m": arm_m, "below_m": below_m, "yaw_rad": yaw_rad, "at_m": at_m}
    watch, _ = played(TwoPoses(), (4.2, 0, who), (4.5, 1, who))
    assert watch.failed == ""
    assert watch.body.arm_m == pytest.approx(arm_m, abs=1e-3)
    assert watch.body.shoulders_below_eyes_m == pytest.approx(below_m, abs=1e-3)


def test_it_counts_each_pose_down_and_takes_less_than_ten_seconds():
    _, told = played(TwoPoses(), *BOTH)
    assert told == [
        *(f"{POSES[0]}: {count}" for count in (3, 2, 1)),
        f"{POSES[0]}: hold still",
        *(f"{POSES[1]}: {count}" for count in (3, 2, 1)),
        f"{POSES[1]}: hold still",
    ]
    assert sum(seconds for seconds, *_ in BOTH) < 10


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"hands": ()}, "where the headset sees them"),
        ({"head_orientation_wxyz": vector(quaternion_from_rotation(facing(1.2)))}, "look straight ahead"),
        ({"fault": "the headset was recentred"}, "recentred"),
        ({"arm_m": 0.2}, "they do not hang"),
    ],
)
def test_what_is_wrong_with_a_pose_is_told_and_after_six_seconds_it_is_given_up(changes, told):
    watch, said = played(TwoPoses(), (9.5, 0, changes))
    assert watch.body is None
    assert not watch.is_running
    assert any(told in words for words in said)
    assert told in watch.failed
    assert (COUNT_NS + PATIENCE_NS) / NS_PER_S == 9


def test_hands_that_are_never_still_are_not_measured():
    watch, now_ns = TwoPoses(), NS_PER_S
    watch.begin(now_ns)
    for tick in range(9 * 90):
        now_ns += PERIOD_NS
        watch.see(person(0, at_m=(0, 0, 0), arm_m=0.62 + 0.04 * np.sin(tick / 9)), now_ns)
    assert watch.words(now_ns) == f"{POSES[0]}: hold still"


def test_a_headset_that_is_not_heard_ends_it_in_words():
    watch, _ = played(TwoPoses(), (1.5, None, {}))
    assert "link the headset" in watch.failed


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({}, {"bent_m": 0.18}, "stretch both elbows"),
        ({"arm_m": 0.5}, {"arm_m": 0.5, "below_m": 0.55}, "no grown-up has"),
        ({"below_m": 0.26}, {"below_m": 0.02}, "as high as your shoulders"),
    ],
)
def test_what_cannot_be_somebodys_body_is_refused_in_one_sentence(first, second, told):
    watch, _ = played(TwoPoses(), (4.2, 0, first), (4.5, 1, second))
    assert watch.body is None
    assert told in watch.failed
    assert watch.failed.endswith("and measure again")


def test_every_refusal_has_room_on_both_sides():
    assert implausible(Body(0.62, 0.25), 0.55) == ""
    impossible = ((0.3, 0.25, 0.2), (1.1, 0.25, 1.0), (0.6, 0.05, 0.5), (0.6, 0.5, 0.5), (0.6, 0.25, 0.8))
    for arm_m, below_m, ahead_m in impossible:
        assert implausible(Body(arm_m, below_m), ahead_m)


def test_the_l_pose_takes_arm_and_shoulders_from_the_profile():
    watch = LPose(0.61, 0.31)
    for tick in range(120):
        watch.see(l_pose(frame_ns=NS_PER_S + tick * PERIOD_NS))
    assert watch.fit.arm_m == 0.61
    assert watch.fit.shoulders_m[2] == -0.31


# --- as it is asked for ---------------------------------------------------------------------------------


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path)


def test_the_profile_has_what_was_measured_and_the_driver_is_told_once(folder):
    measuring, now_ns = Measuring("Ada"), NS_PER_S
    assert measuring.answer({"begin": "true"}, False, now_ns).accepted
    ended = []
    for seconds, pose, changes in BOTH:
        for _ in range(round(seconds * 90)):
            now_ns += PERIOD_NS
            measuring.see(person(pose, **changes), now_ns)
            look = measuring.look(now_ns)
            if look.came_to:
                ended.append(look)
    assert len(ended) == 1
    assert ended[0].body.arm_m == pytest.approx(0.62)
    assert "your arm is 0.620 m long" in ended[0].came_to
    kept = load_operator("Ada")
    assert (kept.arm_length_m, kept.shoulders_below_eyes_m) == (0.62, 0.26)
    answer = measuring.answer({}, False, now_ns)
    assert named(answer.results)["running"] == "false"
    assert "kept" in answer.reason


def test_nobody_is_measured_who_drives_or_has_no_name_and_it_can_be_stopped(folder):
    assert "let go" in Measuring("Ada").answer({"begin": "true"}, True, 0).reason
    assert "--operator NAME" in Measuring("").answer({"begin": "true"}, False, 0).reason
    measuring = Measuring("Ada")
    measuring.answer({"begin": "true"}, False, NS_PER_S)
    assert measuring.look(NS_PER_S + NS_PER_MS).words.endswith(": 3")
    measuring.answer({"cancel": "true"}, False, NS_PER_S)
    assert "nothing was changed" in measuring.look(NS_PER_S).came_to
    assert load_operator("Ada").arm_length_m is None


class Measured(Cockpit):
    """Speaks as a headset that is worn, too."""

    pose = 0

    def say(self):
        super().say()
        self.speaker.say("operator.xr", person(self.pose), now_ns())


@pytest.mark.serial
def test_the_whole_way_through_the_control_process_into_the_profile(station_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with Measured(station_folder, ("robot",)) as cockpit:
        cockpit.station = msgspec.structs.replace(cockpit.station, operator="Ada")
        cockpit.station.save()
        cockpit.start("control")
        cockpit.arm()
        begun_ns = now_ns()
        assert cockpit.ask("measure", begin="true")["running"] == "true"
        cockpit.until(lambda: cockpit.status.measuring.startswith(POSES[0]), "the first pose is asked for")
        cockpit.buttons = ("left_shoulder",)
        cockpit.until(lambda: cockpit.status.phase == "inhibited", "nobody drives meanwhile")
        assert cockpit.ask("why")["broken"] == "control"
        cockpit.buttons = ()
        cockpit.until(lambda: cockpit.status.measuring.startswith(POSES[1]), "the second pose is asked for")
        cockpit.pose = 1
        cockpit.until(lambda: not cockpit.status.measuring, "measured")
        assert now_ns() - begun_ns < 10 * NS_PER_S
        cockpit.until(lambda: "your arm is 0.620 m long" in cockpit.status.note, "it is told")
        assert "kept" in cockpit.ask("measure")["told"]
    kept = (tmp_path / "understudy" / "operators" / "Ada.toml").read_text()
    assert "arm_length_m = 0.62" in kept
    assert "shoulders_below_eyes_m = 0.26" in kept
