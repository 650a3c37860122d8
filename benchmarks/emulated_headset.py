"""Headless Chromium with an emulated headset, driven through its debugging port; for figures and for tests."""

import asyncio
import base64
import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import psutil
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

EMULATOR = (
    Path(__file__).parent.parent / "tests" / "headset" / "node_modules" / "iwer" / "build" / "iwer.min.js"
)
_PROGRAMS = ("/usr/lib/chromium/chromium", "chromium", "google-chrome", "chromium-browser")
# A desktop browser has an XR system of its own, without hardware: the emulator must be forced upon it.
# Window frames stop inside a session on standalone headsets; the page must not need them.
_PUT_ON = """
(() => {
  const worn = window.worn = new IWER.XRDevice(IWER.metaQuest3, {stereoEnabled: true});
  worn.installRuntime({forceInstall: true});
  worn.position.set(0, 1.6, 0);
  // The emulator calls every position a guess, which is what a headset says of a controller out of its sight.
  window.guesses = false;
  Object.defineProperty(XRPose.prototype, 'emulatedPosition', {get: () => window.guesses});
  // Tracking as it fails on a headset: no head, or controllers that are held and not seen.
  window.headLost = window.handsLost = false;
  const {getViewerPose, getPose} = XRFrame.prototype;
  XRFrame.prototype.getViewerPose = function (space) {
    return window.headLost ? null : getViewerPose.call(this, space);
  };
  XRFrame.prototype.getPose = function (space, base) {
    const sources = [...worn.activeSession?.inputSources ?? []];
    const isHand = sources.some(source => source.gripSpace === space || source.targetRaySpace === space);
    return window.handsLost && isHand ? null : getPose.call(this, space, base);
  };
  const tick = window.requestAnimationFrame.bind(window);
  const places = window.places = {left: [-0.2, 1.2, -0.4], right: [0.2, 1.2, -0.4]};
  window.trembles = true;
  let n = 0;
  (function tremble() {  // a real hand never stands still to the last bit
    if (window.trembles) n++;
    const tiny = 1e-4 * Math.sin(n / 3);
    worn.position.set(tiny, 1.6, 0);
    for (const side of ['left', 'right']) {
      const [x, y, z] = places[side];
      for (const thing of [worn.controllers[side], worn.hands[side]])
        thing.position.set(x + tiny, y - tiny, z + tiny);
    }
    tick(tremble);
  })();
  // Moves a hand smoothly; resolves when it is there.
  window.reach = (side, way, seconds) => new Promise(done => {
    const from = [...places[side]], began = performance.now();
    (function step() {
      const share = Math.min(1, (performance.now() - began) / 1000 / seconds);
      places[side] = from.map((x, i) => x + way[i] * share);
      share < 1 ? tick(step) : done();
    })();
  });
  window.squeeze = (side, value) => worn.controllers[side].updateButtonValue('squeeze', value);
})();
"""


def missing() -> str:
    """Why there is no emulated headset here; empty if there is one."""
    if not _program():
        return "no Chromium: packaging/install-system-packages packaging/debian-packages-test.txt"
    if not EMULATOR.is_file():
        return "no emulated headset: npm ci --prefix tests/headset"
    return ""


def _program() -> str:
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), "")


def pin_of(chain: Path) -> str:
    """What Chromium is told to trust: the hash of the public key in the server certificate of ``chain``."""
    key = x509.load_pem_x509_certificate(chain.read_bytes()).public_key()
    shown = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(shown).digest()).decode()


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on now."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


class Chrome:
    """One browser with one page."""

    def __init__(self, pin: str, niceness: int = 0) -> None:
        """Trust ``pin``; with a niceness below 0 (where permitted) like a headset, whose processor is its own."""
        self._pin, self._niceness = pin, niceness
        self._folder = tempfile.mkdtemp(prefix="us-chrome-")
        self._port = free_port()
        self._number = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []

    async def __aenter__(self) -> "Chrome":
        command = [
            *(("nice", "-n", str(self._niceness)) if self._niceness else ()),
            _program(),
            "--headless=new",
            "--no-sandbox",
            "--use-gl=angle",
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
            f"--remote-debugging-port={self._port}",
            f"--user-data-dir={self._folder}",
            f"--ignore-certificate-errors-spki-list={self._pin}",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--mute-audio",
            "--window-size=240,160",
            "--disable-background-timer-throttling",
            "--disable-renderer-backgrounding",
            "--disable-backgrounding-occluded-windows",
            "about:blank",
        ]
        with (Path(self._folder) / "said").open("wb") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said)
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(await self._page(), max_msg_size=1 << 28)
        self._reader = asyncio.create_task(self._read())
        await self.call("Runtime.enable")
        await self.call("Page.enable")
        await self.call("Log.enable")
        await self.call(
            "Page.addScriptToEvaluateOnNewDocument", source=EMULATOR.read_text("utf-8") + ";" + _PUT_ON
        )
        return self

    async def _page(self) -> str:
        async with asyncio.timeout(20):
            while True:
                try:
                    async with self._http.get(f"http://127.0.0.1:{self._port}/json") as answer:
                        for page in await answer.json():
                            if page["type"] == "page":
                                return str(page["webSocketDebuggerUrl"])
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()
        await self._http.close()
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        self._process.wait(10)
        psutil.wait_procs(family, 5)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                waiting = self._waiting.pop(said["id"])
                if not waiting.done():
                    waiting.set_result(said)
            elif said["method"] in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(json.dumps(said["params"])[:500])

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser."""
        self._number += 1
        number = self._number
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        said = await asyncio.wait_for(self._waiting[number], 30)
        if "error" in said:
            raise AssertionError(said["error"])
        result: dict[str, Any] = said["result"]
        return result

    async def run(self, script: str) -> Any:
        """The value of ``script`` in the page, as if a person had clicked."""
        result = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in result:
            raise AssertionError(json.dumps(result["exceptionDetails"])[:800])
        return result["result"].get("value")

    async def open(self, address: str) -> None:
        """Go to ``address``."""
        await self.call("Page.navigate", url=address)

    async def until(self, script: str, within_s: float = 30.0) -> None:
        """Wait until ``script`` is true in the page."""
        try:
            async with asyncio.timeout(within_s):
                while not await self.run(f"!!({script})"):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"never true in the page: {script}; {self.complaints[-3:]}") from None


async def until(wanted: Callable[[], object], what: str, within_s: float = 20.0) -> None:
    """Wait until ``wanted`` is true."""
    try:
        async with asyncio.timeout(within_s):
            while not wanted():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"never happened: {what}") from None


def config_environment(folder: Path) -> dict[str, str]:
    """An environment in which the user's configuration lies in ``folder``."""
    return {**os.environ, "XDG_CONFIG_HOME": str(folder)}
