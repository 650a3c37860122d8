"""The canary for a Qt binding that drops references of None and True: such a window aborts within seconds."""

import sys

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

EMITS = 100_000
TOLERATED = 1_000


class Bell(QObject):
    rung = Signal(int)


def drift(act) -> dict[str, int]:
    act()
    before = {"None": sys.getrefcount(None), "True": sys.getrefcount(True)}
    for _ in range(EMITS):
        act()
    return {"None": sys.getrefcount(None) - before["None"], "True": sys.getrefcount(True) - before["True"]}


def test_a_hundred_thousand_signals_leave_the_singletons_alone(qapp):
    bell = Bell()
    bell.rung.connect(lambda _number: None)
    assert all(abs(change) < TOLERATED for change in drift(lambda: bell.rung.emit(1)).values())


def test_a_hundred_thousand_calls_without_result_leave_the_singletons_alone(qapp):
    timer, widget = QTimer(), QWidget()
    assert all(abs(change) < TOLERATED for change in drift(lambda: timer.setInterval(5)).values())
    assert all(abs(change) < TOLERATED for change in drift(widget.update).values())
