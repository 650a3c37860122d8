"""The benchmark of the scripted operator: which attempts it makes, and what it makes of their ends."""

import pytest

from app.demo.task import can_play
from benchmarks import operators
from benchmarks.outcomes import Outcomes, Trial
from twin.scenery.reading import list_scenes, read_layout


def test_every_scene_is_played_by_every_revision():
    names = [name for name, _ in operators._trials(quick=False)]
    for scene in list_scenes():
        assert can_play(read_layout(scene))
        assert {f"{scene}, {revision}" for revision in ("gen2", "gen3-a", "gen3-b")} <= set(names)


def test_the_share_counts_what_was_done_and_the_time_of_those_only():
    ends = {
        0: {"done": True, "seconds": 10.0, "why": ""},
        1: {"done": False, "seconds": 99.0, "why": "it fell"},
    }
    outcomes = Outcomes()
    trial = Trial(operators.played, ("table", 1, "gen2"))
    outcomes._known = {(trial.name, seed): end for seed, end in ends.items()}
    share, took = operators._share("table, gen2", trial, range(2), outcomes, pool=None)
    assert (share.value, share.samples) == (50.0, 2)
    assert (took.value, took.samples) == (10.0, 1)


@pytest.mark.timeout(300)
def test_an_attempt_tells_how_it_ended():
    end = operators.played(0, "table", 1, "gen3-a")
    assert end["done"] is True
    assert end["why"] == ""
    assert end["seconds"] > 5.0
