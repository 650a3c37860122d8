"""A locked screen is noticed on a real bus of its own."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage

from app.keyboard.screen_lock import ScreenLock


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a fresh message bus."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("there is no dbus-daemon here to speak over")
    process = subprocess.Popen(
        [daemon, "--session", "--print-address", "--nofork"], stdout=subprocess.PIPE, text=True
    )
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def say(connection: QDBusConnection, active: bool) -> None:
    message = QDBusMessage.createSignal(
        "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged"
    )
    message.setArguments([active])
    assert connection.send(message)


def test_a_screen_that_is_locked_is_noticed_and_one_that_is_unlocked_is_no_lock(qtbot, bus):
    desktop = QDBusConnection.connectToBus(bus, "desktop")
    lock = ScreenLock(QDBusConnection.connectToBus(bus, "window"))
    times: list[int] = []
    lock.locked.connect(lambda: times.append(1))
    say(desktop, active=False)
    with qtbot.waitSignal(lock.locked, timeout=30_000):
        say(desktop, active=True)
    assert times == [1]
    for name in ("desktop", "window"):
        QDBusConnection.disconnectFromBus(name)


def test_without_a_bus_there_is_nothing_to_listen_to(qtbot):
    ScreenLock(QDBusConnection("no such connection"), QDBusConnection("nor this"))
