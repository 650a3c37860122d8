"""What is heard, said and written when something happens: the table in ``assets/sounds/cues.toml``."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from twin import places
from twin.errors import SettingsError

Note = tuple[Annotated[float, Meta(ge=0, le=8000)], Annotated[int, Meta(gt=0, le=400)]]  # Hz (0: pause), ms


class Cue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table."""

    notes: tuple[Note, ...] = ()
    words: str
    spoken: str = ""
    priority: Annotated[int, Meta(ge=1, le=3)] = 3
    volume: Annotated[float, Meta(gt=0, le=1)] = 1.0
    again_s: Annotated[float, Meta(ge=0)] = 0.0  # repeats so often while it lasts; 0: once
    rest_s: Annotated[float, Meta(ge=0)] = 0.0

    @property
    def length_ms(self) -> int:
        """How long it sounds."""
        return sum(ms for _, ms in self.notes)


def sounds_folder() -> Path:
    """Where the table and the sounds made of it lie."""
    return places.assets_folder() / "sounds"


def load_cues(path: Path | None = None) -> dict[str, Cue]:
    """The table, by name.

    Raises:
        SettingsError: the file cannot be read, or a row cannot be used.
    """
    file = path or sounds_folder() / "cues.toml"
    try:
        cues = msgspec.toml.decode(file.read_bytes(), type=dict[str, Cue])
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise SettingsError(f"{file}: {error}") from error
    for name, cue in cues.items():
        if cue.length_ms > 400:
            raise SettingsError(f"{file}: {name} sounds for {cue.length_ms} ms; more than 400 ms is no cue")
    return cues
