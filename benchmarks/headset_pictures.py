"""Pictures of a head camera on their way into the headset's page, as long as each of them takes."""

import asyncio
import base64
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.emulated_headset import Chrome
from benchmarks.linked_station import InputsRole
from teleop.cameras.encoder import Encoder, compressed_video
from teleop.cameras.still import encode_still

_WIDTH, _HEIGHT, _HZ = 1280, 720, 30
_PICTURES = 60
_DECODED = 60
# The page's own way of decoding, one picture after the other.
_DECODE = """
(async pictures => {
  const {Picture} = await import('./picture.js'), took = [];
  for (let i = 0; i < COUNT; i++) {
    const bytes = Uint8Array.from(atob(pictures[i % pictures.length]), letter => letter.charCodeAt(0));
    const began = performance.now();
    await new Promise(done => {
      const picture = new Picture({onShown: () => { took.push(performance.now() - began); picture.forget(); done(); }});
      picture.takeJpeg(0, bytes);
    });
    await new Promise(rested => setTimeout(rested, 25));
  }
  return took;
})
""".replace("COUNT", str(_DECODED))


class Film:
    """Two seconds of a moving pattern with detail; a take of it as H.264, and single pictures as they are asked for."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        coarse = rng.integers(0, 255, (_HEIGHT // 16, 2 * _WIDTH // 16, 3), np.uint8)
        self._pattern = coarse.repeat(16, axis=0).repeat(16, axis=1)
        encoder = Encoder(_WIDTH, _HEIGHT)
        self.h264_ms, self.jpeg_ms = list[float](), list[float]()
        self._units = [self._timed(self.h264_ms, encoder.encode, self.picture(at)) for at in range(_PICTURES)]

    def unit(self, number: int) -> bytes:
        """The picture ``number`` of the H.264 stream."""
        return self._units[number % _PICTURES]

    def picture(self, number: int) -> NDArray[np.uint8]:
        """The picture ``number``, in one piece, as a camera gives it."""
        at = 8 * (number % _PICTURES)
        return np.ascontiguousarray(self._pattern[:, at : at + _WIDTH])

    def still(self, picture: NDArray[np.uint8]) -> bytes:
        """``picture`` as a JPEG."""
        return self._timed(self.jpeg_ms, encode_still, picture)

    def _timed(
        self, ms: list[float], encode: Callable[[NDArray[np.uint8]], bytes], picture: NDArray[np.uint8]
    ) -> bytes:
        began_s = time.perf_counter()
        encoded = encode(picture)
        ms.append(1000 * (time.perf_counter() - began_s))
        return encoded


async def pictures_ms(
    role: InputsRole, chrome: Chrome, film: Film, codec: str, seconds: float
) -> NDArray[np.float64]:
    """From a picture said to decoded in the page; of single ones from before they were encoded."""
    await chrome.run(f"headsetFigures.link.wantVideo('{codec}')")
    await show(role, film, 1.0)
    await chrome.run("headsetFigures.shown.length = 0")
    await show(role, film, seconds)
    return np.array(await chrome.run("headsetFigures.shown") or [np.nan])


async def show(role: InputsRole, film: Film, seconds: float) -> None:
    """Be the head camera for a while."""
    due_s = time.monotonic()
    for number in range(int(seconds * _HZ)):
        picture = film.picture(number)
        made_ns = role.now()
        if role.stills is not None and role.stills.is_due("head", made_ns):
            role.stills.show("head", film.still(picture), made_ns)
        else:
            payload = compressed_video("head", film.unit(number), made_ns)
            role.speakers["cameras"].say_bytes("camera.head", payload, role.now())
        due_s += 1 / _HZ
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))


async def decoding_ms(chrome: Chrome, film: Film) -> float:
    """What the page's decoding alone takes, the median; single pictures."""
    shown = [base64.b64encode(film.still(film.picture(number))).decode() for number in range(10)]
    return float(np.median(await chrome.run(f"{_DECODE}({shown})")))
