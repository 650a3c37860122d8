"""Tones as WAV bytes, the same on every machine: sines with a soft beginning and end, 16 bits, one channel."""

import io
import wave
from collections.abc import Sequence

import numpy as np

RATE_HZ = 22_050
_EDGE_S = 0.006  # without it every note would click
_OVERTONE = 0.18  # share of the octave above: a bare sine is hard to locate
_LOUDEST = 0.7


def wav(notes: Sequence[tuple[float, int]], volume: float = 1.0) -> bytes:
    """A WAV file of ``notes``.

    Args:
        notes: frequency in Hz (0: a pause) and length in ms of each, in turn.
        volume: 0..1.
    """
    samples = np.concatenate([_note(frequency_hz, ms) for frequency_hz, ms in notes])
    pcm = np.round(samples * volume * _LOUDEST * 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm.tobytes())
    return buffer.getvalue()


def scaled(wav_bytes: bytes, volume: float) -> bytes:
    """The same sound at ``volume`` (0..1) of its own."""
    with wave.open(io.BytesIO(wav_bytes), "rb") as file:
        parameters, frames = file.getparams(), file.readframes(file.getnframes())
    pcm = np.round(np.frombuffer(frames, "<i2") * volume).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams(parameters)
        file.writeframes(pcm.tobytes())
    return buffer.getvalue()


def _note(frequency_hz: float, ms: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    count = round(RATE_HZ * ms / 1000)
    at_s = np.arange(count) / RATE_HZ
    if frequency_hz == 0:
        return np.zeros(count)
    tone = np.sin(2 * np.pi * frequency_hz * at_s) + _OVERTONE * np.sin(4 * np.pi * frequency_hz * at_s)
    edge = np.minimum(at_s, at_s[::-1]) / _EDGE_S
    return tone / (1 + _OVERTONE) * np.clip(edge, 0.0, 1.0)
