"""How well a headset saw a person over a take: the share of its frames with the head, and with each hand."""

from twin.wire.messages import XrSample

_ENOUGH = 0.95  # less is worth a mark


class Sight:
    """Counts frames."""

    def __init__(self) -> None:
        """None yet."""
        self.frames = 0
        self._seen = dict.fromkeys(("head", "left hand", "right hand"), 0)

    def note(self, sample: XrSample) -> None:
        """A frame passed."""
        self.frames += 1
        self._seen["head"] += len(sample.head_position_m) == 3
        for hand in sample.hands:
            seen = len(hand.position_m) == 3 and not hand.emulated
            self._seen[f"{hand.side} hand"] = self._seen.get(f"{hand.side} hand", 0) + seen

    @property
    def shares(self) -> dict[str, float]:
        """What was seen in which share of the frames."""
        return {what: count / self.frames if self.frames else 0.0 for what, count in self._seen.items()}

    def marks(self) -> list[str]:
        """One sentence for each part that was not seen well."""
        return [
            f"the {what} was seen in {share:.0%} of it"
            for what, share in self.shares.items()
            if share < _ENOUGH
        ]
