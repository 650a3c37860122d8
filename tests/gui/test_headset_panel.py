"""The panel of the headset link against the real inputs role, with somebody at the door."""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator

import aiohttp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.feed import Feed, open_feed
from app.panels.headset_link import HeadsetLinkPanel, qr_image
from app.style_sheet import style_sheet
from app.theme import load_theme
from benchmarks.linked_station import InputsRole
from twin.wire.clock import now_ns


class Desk:
    """A person at the station who looks at the panel and clicks."""

    def __init__(self, folder, qtbot) -> None:
        self.qtbot = qtbot
        self.role = InputsRole(folder)
        theme = load_theme("dark")
        self.panel = HeadsetLinkPanel(self.role.station)
        self.widget: QWidget = self.panel.widget()
        self.widget.setStyleSheet(style_sheet(theme) + f"QWidget {{ background: {theme.hex('panel')}; }}")
        self.widget.resize(640, 560)
        self.widget.show()
        self.feed: Feed = open_feed(self.role.station)

    def until(self, true: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
        until_ns = now_ns() + int(seconds * 1e9)
        while not true():
            assert now_ns() < until_ns, f"never: {what}"
            self.panel.refresh(self.feed, now_ns())
            self.qtbot.wait(50)

    def texts(self) -> str:
        return "\n".join(label.text() for label in self.widget.findChildren(QLabel) if label.isVisible())

    def click(self, title: str) -> None:
        (button,) = [b for b in self.widget.findChildren(QPushButton) if b.text() == title and b.isVisible()]
        assert button.isEnabled()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def close(self) -> None:
        self.panel.close()
        self.feed.close()
        self.role.close()


@pytest.fixture
def desk(station_folder, qtbot) -> Iterator[Desk]:
    made = Desk(station_folder, qtbot)
    yield made
    made.close()


class Headset(threading.Thread):
    """Knocks with the code, and stays linked until it is thrown out."""

    def __init__(self, desk: Desk, facts: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.url = facts["url"].rstrip("/")
        self.code = facts["code"]
        self.authority = str(desk.role.config / "authority.pem")
        self.heard: list[str] = []
        self.close_code: int | None = None
        self.start()

    def run(self) -> None:
        asyncio.run(self._knock())

    async def _knock(self) -> None:
        trust = ssl.create_default_context(cafile=self.authority)
        async with aiohttp.ClientSession() as http:
            socket = await http.ws_connect(f"{self.url}/link", ssl=trust, headers={"Origin": self.url})
            await socket.send_str(json.dumps({"type": "hello", "name": "Quest 3", "code": self.code}))
            while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                self.heard.append(json.loads(message.data)["type"])
            self.close_code = message.data


def test_a_headset_is_shown_the_way_let_in_seen_and_forgotten(desk):
    desk.until(lambda: "Off: nobody can link" in desk.texts(), "the role answers")
    desk.panel._address.setCurrentIndex(desk.panel._address.count() - 1)  # this machine
    desk.role.asker.ask("headset.link", 10.0, switch="on", port=desk.role.port)  # on a port that is free here
    desk.until(lambda: "Certificate, to compare" in desk.texts(), "the way in is shown")
    facts = desk.role.asker.ask("headset.status")
    assert f"{facts['code'][:3]} {facts['code'][3:]}" in desk.texts()
    assert facts["fingerprint"][:47] in desk.texts()
    desk.click("New code")
    desk.until(lambda: desk.role.asker.ask("headset.status")["code"] != facts["code"], "another code")

    headset = Headset(desk, desk.role.asker.ask("headset.status"))
    desk.until(lambda: "Quest 3 at 127.0.0.1 has shown the code" in desk.texts(), "the question")
    assert "welcome" not in headset.heard
    desk.click("Let it in")
    desk.until(lambda: "Linked: Quest 3" in desk.texts(), "it is linked")
    desk.click("Forget")
    desk.until(lambda: "No headset is linked" in desk.texts(), "it is thrown out")
    headset.join(5)
    assert headset.close_code == 4403
    desk.click("Close link")
    desk.until(lambda: "Off: nobody can link" in desk.texts(), "it is off")


def test_a_headset_that_is_turned_away_is_not_remembered(desk):
    desk.role.asker.ask("headset.link", 10.0, switch="on", port=desk.role.port)
    desk.until(lambda: "Certificate, to compare" in desk.texts(), "the way in is shown")
    headset = Headset(desk, desk.role.asker.ask("headset.status"))
    desk.until(lambda: "wants to link" in desk.texts(), "the question")
    desk.click("Turn it away")
    headset.join(5)
    assert headset.close_code == 4401
    desk.until(lambda: "wants to link" not in desk.texts(), "nobody waits")
    assert not any(name.startswith("paired.") for name in desk.role.asker.ask("headset.status"))


def test_a_qr_code_is_dark_on_white_with_a_quiet_zone():
    image = qr_image("https://10.0.0.5:8443/#token.fingerprint")
    assert image.pixelColor(0, 0).lightness() == 255
    assert image.pixelColor(3, 3).lightness() == 0  # a corner of the finder pattern
