"""What the guard believes, and what makes it let go."""

import numpy as np
import pytest
from xr_page import FRAME_NS, VR, PagePerson

from teleop.inputs.webxr.packet import unpack
from teleop.inputs.xr.guard import Guard
from teleop.inputs.xr.reading import Controls


class Watched:
    """A person under the guard's eyes."""

    def __init__(self, hard_squeeze_lets_go=False):
        self.person = PagePerson()
        self.guard = Guard("headset:1", hard_squeeze_lets_go)
        self.pedal_held = False

    def frame(self, after_ns=FRAME_NS):
        payload = self.person.frame(after_ns)
        return self.guard.sample(unpack(payload), self.person.now_ns, self.pedal_held)

    def right(self):
        return self.frame().hands[1]

    def go_on(self, frames):
        for _ in range(frames):
            sample = self.frame()
        return sample

    def take_hold(self):
        self.person.squeeze["right"] = 0.0
        self.go_on(15)
        self.person.squeeze["right"] = 0.6
        assert self.right().held


@pytest.fixture
def watched():
    return Watched()


def jump(person):
    person.places["right"] = [0.2, 1.2, -0.55]


def run_at(speed_m_s):
    def run(person):
        person.places["right"] = [0.2, 1.2, -0.4 - speed_m_s * FRAME_NS / 1e9]

    return run


def spin(person):
    person.turns["right"] = (0.0, np.sin(0.15), 0.0, np.cos(0.15))


LOSSES = {
    "it is not tracked": lambda person: person.seen.update(right=False),
    "the headset guesses": lambda person: person.emulated.update(right=True),
    "identity": lambda person: person.places.update(right=[-1e-4 * np.sin(person.seq + 1)] * 3),
    "a jump": jump,
    "too fast": run_at(3.5),
    "spinning": spin,
    "no direction": lambda person: person.turns.update(right=(0, 0, 0, 0.5)),
    "far away": lambda person: person.places.update(right=[30, 0, 0]),
    "head unknown": lambda person: setattr(person, "head", None),
    "not visible": lambda person: setattr(person, "visible", False),
    "no session": lambda person: setattr(person, "mode", 0),
    "late": lambda person: setattr(person, "late_ns", 60_000_000),
    "clock ahead": lambda person: setattr(person, "late_ns", -300_000_000),
    "hand to the head": lambda person: setattr(
        person, "head", [*np.add(person.places["right"], [-0.05, 0.1, 0.1]), 0, 0, 0, 1]
    ),
    "picture frozen": lambda person: setattr(person, "picture_age_ms", 1200.0),
    "blind in VR": lambda person: setattr(person, "mode", VR),
    "became a bare hand": lambda person: person.bare.update(right=True),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_doubtful_lets_go_in_the_same_frame(watched, loss):
    watched.take_hold()
    assert watched.right().held
    LOSSES[loss](watched.person)
    sample = watched.frame()
    assert not sample.hands[1].held
    if loss != "became a bare hand":
        assert sample.fault or sample.hands[1].fault


@pytest.mark.parametrize("loss", LOSSES)
def test_after_a_loss_a_grip_that_stayed_held_counts_for_nothing_until_it_was_open(watched, loss):
    watched.take_hold()
    LOSSES[loss](watched.person)
    watched.frame()
    healthy = PagePerson()
    healthy.seq, healthy.now_ns, healthy.squeeze = (
        watched.person.seq,
        watched.person.now_ns,
        {"left": 0, "right": 0.6},
    )
    watched.person = healthy
    assert not any(watched.right().held for _ in range(60))
    watched.take_hold()


def test_ten_frames_of_the_same_pose_are_a_picture_of_the_past(watched):
    watched.take_hold()
    watched.person.trembles = False
    held = [watched.right().held for _ in range(14)]
    assert held[5]
    assert not held[-1]
    assert "frozen" in watched.right().fault


def test_a_press_counts_only_after_ten_good_frames(watched):
    watched.go_on(3)
    watched.person.squeeze["right"] = 0.6
    assert not any(watched.right().held for _ in range(40))


def test_a_grip_that_is_held_when_the_headset_links_was_not_pressed_for_us(watched):
    watched.person.squeeze["right"] = 0.6
    assert not any(watched.right().held for _ in range(40))


def test_where_it_is_asked_for_a_grip_squeezed_in_fear_lets_go_and_easing_it_does_not_take_hold_again():
    watched = Watched(hard_squeeze_lets_go=True)
    watched.take_hold()
    watched.person.squeeze["right"] = 1.0
    held = [watched.right().held for _ in range(10)]
    assert held[0]
    assert not held[-1]
    watched.person.squeeze["right"] = 0.6
    assert not any(watched.right().held for _ in range(10))
    watched.take_hold()


@pytest.mark.parametrize("hard_squeeze_lets_go", [False, True])
def test_a_grip_that_is_only_open_or_closed_drives(hard_squeeze_lets_go):
    watched = Watched(hard_squeeze_lets_go)
    watched.go_on(15)
    watched.person.squeeze["right"] = 1.0
    assert all(watched.right().held for _ in range(100))
    watched.person.squeeze["right"] = 0.0
    assert not watched.right().held


def test_an_ordinary_full_squeeze_stays_held_unless_told_otherwise(watched):
    watched.take_hold()
    watched.person.squeeze["right"] = 1.0
    assert all(watched.right().held for _ in range(100))


def bare(watched):
    watched.person.bare.update(left=True, right=True)
    watched.go_on(15)


def test_bare_hands_take_hold_by_a_pedal_that_was_seen_open_and_never_by_themselves(watched):
    bare(watched)
    assert watched.guard.has_bare_hands
    assert not any(hand.held for hand in watched.frame().hands)
    watched.pedal_held = True
    sample = watched.frame()
    assert [hand.held for hand in sample.hands] == [True, True]
    assert [hand.source for hand in sample.hands] == ["hand", "hand"]
    watched.pedal_held = False
    assert not any(hand.held for hand in watched.frame().hands)


def test_a_pedal_that_was_down_before_bare_hands_were_steady_counts_for_nothing(watched):
    watched.pedal_held = True
    bare(watched)
    assert not any(watched.right().held for _ in range(40))


def test_a_bare_hand_out_of_sight_lets_go_under_the_pedal_and_needs_a_new_press(watched):
    bare(watched)
    watched.pedal_held = True
    assert watched.right().held
    watched.person.seen["right"] = watched.person.bare["right"] = False
    sample = watched.frame()
    assert [hand.held for hand in sample.hands] == [True, False]
    watched.person.seen["right"] = watched.person.bare["right"] = True
    assert not any(watched.right().held for _ in range(40))
    watched.pedal_held = False
    watched.frame()
    watched.pedal_held = True
    assert watched.right().held


def test_the_controller_in_the_other_hand_is_the_grip_of_a_bare_hand(watched):
    watched.person.bare["right"] = True
    watched.go_on(15)
    watched.person.squeeze["left"] = 0.7
    assert [hand.held for hand in watched.frame().hands] == [True, True]
    watched.person.squeeze["left"] = 0.0
    assert not any(hand.held for hand in watched.frame().hands)


@pytest.mark.parametrize("reason", ["the headset was recentred", "the page was hidden"])
def test_an_event_lets_go_and_poses_before_and_after_are_not_compared(watched, reason):
    watched.take_hold()
    anchor = watched.frame().anchor
    told = watched.guard.without_hands(reason)
    assert told.fault == reason
    assert not any(hand.held for hand in told.hands)
    watched.person.places["right"] = [0.9, 1.0, 0.3]
    sample = watched.frame()
    assert sample.anchor > anchor
    assert not sample.hands[1].held


def test_silence_lets_go_after_fifty_milliseconds(watched):
    watched.take_hold()
    assert watched.guard.silent(watched.person.now_ns + 49_000_000) is None
    silent = watched.guard.silent(watched.person.now_ns + 51_000_000)
    assert silent is not None
    assert not any(hand.held for hand in silent.hands)


def test_a_frame_that_came_before_or_twice_is_no_news(watched):
    payload = watched.person.frame()
    frame = unpack(payload)
    assert watched.guard.sample(frame, watched.person.now_ns) is not None
    assert watched.guard.sample(frame, watched.person.now_ns) is None
    watched.person.seq += 3
    assert watched.frame().lost_frames == 3


def test_ordinary_reaching_is_believed(watched):
    watched.take_hold()
    for share in np.linspace(0, 1, 60):
        watched.person.places["right"] = [0.2, 1.2 + 0.5 * share**2 * (3 - 2 * share), -0.4]
        assert watched.right().held


def test_one_lost_hand_leaves_the_other(watched):
    watched.person.squeeze["left"] = 0.0
    watched.take_hold()
    watched.person.seen["left"] = False
    sample = watched.go_on(5)
    assert sample.hands[1].held
    assert "left" in sample.hands[0].fault


def test_whatever_happens_no_doubtful_frame_counts_as_held():
    rng = np.random.default_rng(7)
    names = list(LOSSES)
    for _ in range(40):
        watched = Watched()
        watched.take_hold()
        LOSSES[names[rng.integers(len(names))]](watched.person)
        for _ in range(rng.integers(1, 8)):
            sample = watched.frame()
            for hand in sample.hands:
                assert not (hand.held and (hand.fault or sample.fault or not len(hand.position_m)))


def test_a_controller_that_died_keeps_its_trigger(watched):
    controls = Controls("headset:1", "Quest")
    watched.person.buttons["right"] = {0: 0.8, 4: 1.0}
    reading = controls.read(watched.frame(), 1)
    assert reading.axes[5] == pytest.approx(0.8)
    assert "a" in reading.buttons
    watched.person.seen["right"] = False
    reading = controls.read(watched.frame(), 2)
    assert reading.axes[5] == pytest.approx(0.8)
    assert reading.buttons == ()


def test_both_sticks_are_stop_even_if_nothing_is_tracked(watched):
    controls = Controls("headset:1", "Quest")
    for side in ("left", "right"):
        watched.person.buttons[side] = {3: 1.0}
    watched.person.head = None
    assert "both_sticks" in controls.read(watched.frame(), 1).buttons


@pytest.mark.parametrize("loss", LOSSES)
def test_a_jump_is_told_from_every_other_loss(watched, loss):
    watched.take_hold()
    LOSSES[loss](watched.person)
    sample = watched.frame()
    assert sample.hands[1].jumped == (loss in ("a jump", "too fast", "spinning"))
    assert not sample.hands[0].jumped
