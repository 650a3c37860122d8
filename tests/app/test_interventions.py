"""What holds the robot back is said once, calmly, by joint and reason."""

import pytest

from app.interventions import Intervention, Interventions

MS = 1_000_000
NAMES = ("left_elbow", "right_elbow", "left_index_mcp")
FINGER = 2


class Story:
    """Something is limited over and over, ten times a frame's length apart."""

    def __init__(self) -> None:
        self.seen = Interventions()
        self.now_ns = 5_000 * MS

    def goes_on(self, ms: int, *limited_by: str, gate: dict[int, str] | None = None) -> None:
        for _ in range(ms // 10):
            self.now_ns += 10 * MS
            self.seen.observe(limited_by, gate or {}, NAMES, {FINGER}, self.now_ns)

    @property
    def sentence(self) -> str:
        return self.seen.said.sentence if self.seen.said else ""


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_reason_is_said_with_its_joint_once_it_has_stood_for_a_moment(story):
    story.goes_on(200, "position:left_elbow")
    assert story.sentence == ""
    story.goes_on(100, "position:left_elbow")
    assert story.sentence == "left elbow at the end of its range"
    assert story.seen.said.severity == "warning"


def test_a_sentence_stays_long_enough_to_be_read_and_then_goes(story):
    story.goes_on(400, "reach:left_hand")
    story.goes_on(1500)
    assert story.sentence == "left hand out of reach"
    assert story.seen.standing == ()
    story.goes_on(600)
    assert story.sentence == ""


def test_a_worse_reason_does_not_wait_but_an_equal_one_does(story):
    story.goes_on(300, gate={0: "speed"})
    assert story.sentence == "left elbow at its highest speed"
    story.goes_on(300, "self_collision:right_elbow", gate={0: "speed"})
    assert story.sentence == "right elbow would touch the robot itself"
    story.goes_on(300, "position:left_elbow")
    assert story.sentence == "right elbow would touch the robot itself"


def test_what_flickers_every_tick_is_one_sentence(story):
    said = set()
    for _ in range(200):
        story.goes_on(10, "position:left_elbow")
        story.goes_on(10, "speed:right_elbow")
        said.add(story.sentence)
    assert said == {"", "left elbow at the end of its range"}


def test_a_finger_that_closes_is_no_news_but_a_hot_one_is(story):
    story.goes_on(500, "position:left_index_mcp", gate={FINGER: "effort"})
    assert story.sentence == ""
    story.goes_on(500, gate={FINGER: "temperature"})
    assert story.sentence == "left index mcp too warm: slowed"


def test_a_reason_nobody_here_knows_is_said_in_its_own_words():
    assert Intervention("magnetic_storm", "").sentence == "magnetic storm"
