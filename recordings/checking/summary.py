"""Reads the summary of a finished file back and compares it with what was meant to be written."""

from pathlib import Path

from mcap.exceptions import McapError
from mcap.reader import make_reader

from recordings.recorder.ledger import Ledger
from twin.errors import RecordingError


def check_summary(path: Path, ledger: Ledger) -> None:
    """Open ``path`` as any MCAP reader would and compare its counts.

    Raises:
        RecordingError: it cannot be opened, or the counts differ.
    """
    try:
        with path.open("rb") as file:
            summary = make_reader(file).get_summary()
    except (McapError, OSError, ValueError) as error:
        raise RecordingError(f"{path} was written but cannot be read back: {error}") from error
    if summary is None or summary.statistics is None:
        raise RecordingError(f"{path} was written but has no summary")
    counted = {
        summary.channels[number].topic: messages
        for number, messages in summary.statistics.channel_message_counts.items()
    }
    wanted = {name: count.messages for name, count in ledger.topics.items() if count.messages}
    if counted != wanted:
        raise RecordingError(f"{path} holds {counted}, but {wanted} were written")
