"""What is wrong with a key that a person wrote, in words for that person."""

import difflib
import re
from collections.abc import Iterable

import msgspec

_KINDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "null": "nothing",
}


def in_words(error: msgspec.MsgspecError, known: Iterable[str] = ()) -> str:
    """Put the key first: "Expected `int`, got `str` - at `$.seed`" -> "'seed': expected a whole number, got text".

    ``known`` are the keys there are; with them a key that nothing has is told with the one that was probably meant.
    """
    complaint, _, place = str(error).partition(" - at ")
    names = tuple(known)
    if names and (unknown := re.search(r"unknown field `(.+)`", complaint)):
        return _unknown(unknown[1], names)
    key = place.strip("`").removeprefix("$").removeprefix(".")
    words = re.sub(r"`([^`]*)`", _kinds_in_words, complaint)
    words = words[:1].lower() + words[1:]
    return f"'{key}': {words}" if key else words


def unknown_key(where: str, key: str, known: Iterable[str]) -> str:
    """A sentence about a key that nothing has, with the one that was probably meant."""
    return f"{where}: {_unknown(key, tuple(known))}"


def _unknown(key: str, names: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, names, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"known keys are {', '.join(sorted(names))}"
    return f"unknown key '{key}'; {hint}"


def _kinds_in_words(found: re.Match[str]) -> str:
    """The kinds of a type, e.g. "float | null", or its bounds, e.g. "int >= 0"."""
    kinds = [
        re.sub(r"^\w+", lambda kind: _KINDS.get(kind[0], kind[0]), each) for each in found[1].split(" | ")
    ]
    return " or ".join(kinds)
