"""What holds the robot back is said once, calmly, by joint and reason."""

import pytest

from app.interventions import Interventions, severity_of

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
    story.goes_on(200, "limit:left_elbow")
    assert story.sentence == ""
    story.goes_on(100, "limit:left_elbow")
    assert story.sentence == "Left elbow is at the end of its range"
    assert severity_of(story.seen.said) == "warning"


def test_a_sentence_stays_long_enough_to_be_read_and_then_goes(story):
    story.goes_on(400, "reach:left_hand")
    story.goes_on(1500)
    assert story.sentence == "Left hand cannot reach further"
    assert story.seen.standing == ()
    story.goes_on(600)
    assert story.sentence == ""


def test_a_worse_reason_does_not_wait_but_an_equal_one_does(story):
    story.goes_on(300, gate={0: "speed"})
    assert story.sentence == "Left elbow moves as fast as it may"
    story.goes_on(300, "self_collision:right_elbow", gate={0: "speed"})
    assert story.sentence == "Right elbow is about to touch another part of the robot"
    story.goes_on(300, "limit:left_elbow")
    assert story.sentence == "Right elbow is about to touch another part of the robot"


def test_what_flickers_every_tick_is_one_sentence(story):
    said = set()
    for _ in range(200):
        story.goes_on(10, "limit:left_elbow")
        story.goes_on(10, "speed:right_elbow")
        said.add(story.sentence)
    assert said == {"", "Left elbow is at the end of its range"}


def test_a_finger_that_closes_is_no_news_but_a_hot_one_is(story):
    story.goes_on(500, "limit:left_index_mcp", gate={FINGER: "effort"})
    assert story.sentence == ""
    story.goes_on(500, gate={FINGER: "temperature"})
    assert story.sentence == "The drive of left index mcp is too hot"


def test_a_reason_that_only_a_newer_program_knows_is_passed_over(story):
    story.goes_on(500, "magnetic_storm", "limit:left_elbow")
    assert story.sentence == "Left elbow is at the end of its range"
