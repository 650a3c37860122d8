"""Both hands of a person from picture to picture; a hand that was found is followed without looking for it anew."""

import math
from dataclasses import dataclass

from teleop.inputs.webcam.landmarks import Landmarks, SeenPoints, square_around
from teleop.inputs.webcam.palms import Palms, Square
from teleop.inputs.webcam.pictures import Picture

_HAND_FROM = 0.5  # likelihood
_LOOK_EVERY = 6  # pictures, for a second hand while one is followed
_REMEMBERS = 0.8  # of which hand it is, per picture
_SAME_HAND = 0.35  # of a square's side: nearer middles are one hand


@dataclass
class _Followed:
    square: Square
    is_right: float = 0.5
    seen: SeenPoints | None = None


class HandTracker:
    """At most a left and a right hand."""

    def __init__(self, palms: Palms, landmarks: Landmarks) -> None:
        """No hand was seen."""
        self._palms, self._landmarks = palms, landmarks
        self._followed: list[_Followed] = []
        self._until_look = 0

    def see(self, picture: Picture) -> dict[str, SeenPoints]:
        """The hands in ``picture``, by side as the person has them; a hand that is doubtful is not there."""
        self._until_look -= 1
        if len(self._followed) < 2 and (not self._followed or self._until_look <= 0):
            self._until_look = _LOOK_EVERY
            found = self._palms.find(picture, at_most=2)
            known = [each.square for each in self._followed]
            new = [square for square in found if not any(_same(square, other) for other in known)]
            self._followed += [_Followed(square) for square in new[: 2 - len(known)]]
        self._followed = [each for each in self._followed if self._goes_on(picture, each)]
        if len(self._followed) == 2 and _same(*(each.square for each in self._followed)):
            self._followed.pop()
        hands: dict[str, SeenPoints] = {}
        for each in sorted(self._followed, key=lambda each: abs(each.is_right - 0.5)):
            if each.seen is not None:
                hands["right" if each.is_right > 0.5 else "left"] = each.seen
        return hands

    def _goes_on(self, picture: Picture, each: _Followed) -> bool:
        first = each.seen is None
        each.seen = seen = self._landmarks.see(picture, each.square)
        if seen.is_hand < _HAND_FROM:
            return False
        each.square = square_around(seen.pixels)
        each.is_right = (
            seen.is_right if first else _REMEMBERS * each.is_right + (1 - _REMEMBERS) * seen.is_right
        )
        return True


def _same(one: Square, other: Square) -> bool:
    apart_px = math.hypot(one.x_px - other.x_px, one.y_px - other.y_px)
    return apart_px < _SAME_HAND * max(one.side_px, other.side_px)
