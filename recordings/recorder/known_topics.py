"""Which topics can be written: those of the table. One that is not is told once."""

import logging

from twin.errors import WireError
from twin.wire.topics import topic

log = logging.getLogger(__name__)


class KnownTopics:
    """Remembers what was looked up, because it is asked a thousand times a second."""

    def __init__(self) -> None:
        self._verdicts: dict[str, bool] = {}

    def __contains__(self, name: str) -> bool:
        """Whether ``name`` is a topic of this version."""
        if name not in self._verdicts:
            self._verdicts[name] = _is_known(name)
        return self._verdicts[name]


def _is_known(name: str) -> bool:
    try:
        topic(name)
    except WireError:
        log.warning("somebody speaks on %r, which is no topic of this version; it is not recorded", name)
        return False
    return True
