"""What a person wrote into a file, and what is wrong with it, in words without a type's name in them."""

from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from twin.file_faults import in_words, unknown_key


class Inner(msgspec.Struct):
    speed: float = 1.0


class Written(msgspec.Struct, forbid_unknown_fields=True):
    left_handed: bool = False
    height_m: Annotated[float, Meta(ge=1.2)] | None = None
    seed: Annotated[int, Meta(ge=0)] = 0
    rows: list[Inner] = []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"left_handed": "maybe"}, "'left_handed': expected true or false, got text"),
        ({"height_m": "tall"}, "'height_m': expected a number or nothing, got text"),
        ({"height_m": 1.0}, "'height_m': expected a number >= 1.2"),
        ({"seed": -1}, "'seed': expected a whole number >= 0"),
        ({"seed": 0.5}, "'seed': expected a whole number, got a number"),
        ({"rows": [{}, {"speed": "fast"}]}, "'rows[1].speed': expected a number, got text"),
        ({"left_handled": True}, "unknown key 'left_handled'; did you mean 'left_handed'?"),
        ({"colour": "red"}, "unknown key 'colour'; known keys are height_m, left_handed, rows, seed"),
    ],
)
def test_a_fault_names_the_key_and_what_it_may_be(written, words):
    with pytest.raises(msgspec.ValidationError) as found:
        msgspec.convert(written, Written)
    assert in_words(found.value, Written.__struct_fields__) == words


def test_an_unknown_key_is_told_where_it_stands():
    assert unknown_key("a.toml", "sede", ("seed",)) == "a.toml: unknown key 'sede'; did you mean 'seed'?"
