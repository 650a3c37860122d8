"""An ear that hears what a test hands it, for panels that are tried without a bus."""

from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard


class Ear:
    """For ``app.feed.Feed``; what is put into ``waiting`` is heard with the next drain."""

    def __init__(self) -> None:
        self.arrivals = Arrivals()
        self.waiting: list[Heard] = []

    def drain(self) -> list[Heard]:
        waiting, self.waiting = self.waiting, []
        return waiting

    def close(self) -> None:
        self.waiting = []
