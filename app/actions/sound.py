"""Sound and speech switched on and off, and remembered."""

from collections.abc import Iterator

from app.actions.registry import Action
from app.audio.audio import Audio
from app.feed import Feed
from app.requests import ACCEPTED, REFUSED, Requests
from app.settings import save_settings
from twin.errors import SettingsError

_NONE = "this window was opened without sound"


def sound_actions(audio: Audio | None, requests: Requests) -> Iterator[Action]:
    """The two switches."""

    def remember(key: str, value: bool, words: str) -> None:
        try:
            save_settings({key: value})
        except SettingsError as error:
            requests.note(words, REFUSED, f"on until the window closes: {error}" if value else str(error))
            return
        requests.note(words, ACCEPTED, "")

    def switch_sounds() -> None:
        assert audio is not None
        audio.sounds = not audio.sounds
        kept = "Sounds on" if audio.sounds else "Sounds off; stop and alarm still sound"
        remember("sounds", audio.sounds, kept)

    def switch_speech() -> None:
        assert audio is not None
        audio.speech = not audio.speech
        remember("speech", audio.speech, "Speech on" if audio.speech else "Speech off")

    def can_sound(_feed: Feed) -> str | None:
        return _NONE if audio is None else (audio.lack or None)

    def can_speak(_feed: Feed) -> str | None:
        return _NONE if audio is None else (audio.speech_lack or None)

    yield Action(
        "sounds.toggle", "Sounds on or off", switch_sounds, "Ctrl+Shift+S", "View", can_sound, "audio mute"
    )
    yield Action(
        "speech.toggle", "Speech on or off", switch_speech, "Ctrl+Shift+P", "View", can_speak, "voice talk"
    )
