"""The list of reasons: complete, told in whole sentences, and the same number for ever in a dataset."""

import pytest

from twin.reasons import KINDS, NAMES, bits_of, kinds_of, parse, reason_of, worst_first


def test_the_numbers_of_the_kinds_are_those_of_every_dataset_written_so_far():
    assert (
        *("limit", "speed", "acceleration", "self_collision", "scene_collision", "singularity", "reach"),
        *("torque", "temperature", "stale", "jump", "lease", "not_engaged"),
        *("countdown",),
    ) == NAMES


def test_every_reason_is_one_sentence_that_names_its_subject():
    for kind in KINDS:
        told = reason_of(kind.name, "left_elbow").sentence
        assert told[0].isupper()
        assert "{" not in told
        assert not told.endswith(".")
        assert kind.fix
    assert parse("limit:left_elbow").sentence == "Left elbow is at the end of its range"
    assert parse("stale").sentence == "Something fell silent"


def test_the_words_of_gate_and_kinematics_are_the_same_reasons():
    assert str(parse("position:left_elbow")) == "limit:left_elbow"
    assert str(parse("effort:left_elbow")) == "torque:left_elbow"
    with pytest.raises(KeyError):
        parse("mood:left_elbow")


def test_what_stops_comes_before_what_slows_and_nothing_twice():
    given = [parse("speed:a"), parse("lease"), parse("limit:b"), parse("speed:a")]
    assert [str(reason) for reason in worst_first(given)] == ["lease", "limit:b", "speed:a"]


def test_bits_and_names_are_each_others_inverse():
    assert kinds_of(bits_of([parse("limit:a"), parse("limit:b"), parse("jump:c")])) == ("limit", "jump")
    assert kinds_of(0) == ()
