"""The whole chain is laid over the window when the answer comes, and only then."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.frame.why_card import WhyCard
from app.requests import ACCEPTED, Outcome
from app.theme import load_theme

pytestmark = pytest.mark.display

CHAIN = (("broken", "motors"), ("device", "ok: pad <1> drives"), ("motors", "broken: arm the robot"))
SECOND = 1_000_000_000


@pytest.fixture
def card():
    application = QApplication.instance() or QApplication([])
    window = QWidget()
    window.resize(1000, 700)
    window.show()
    yield WhyCard(window, load_theme("dark"))
    window.close()
    application.processEvents()


def answer(**fields):
    return Outcome(
        **{"title": "Why", "state": ACCEPTED, "reason": "", "changed_ns": 1, "action": "why"} | fields
    )


def test_the_answer_shows_every_link_and_goes_by_itself(card):
    card.refresh(answer(results=CHAIN), 2)
    assert card.isVisible()
    assert "pad &lt;1&gt; drives" in card.text()
    assert "arm the robot" in card.text()
    card.refresh(answer(results=CHAIN), 10 * SECOND)
    assert card.isVisible()
    card.refresh(answer(results=CHAIN), 30 * SECOND)
    assert not card.isVisible()


def test_a_click_puts_it_away_until_the_question_is_asked_again(card):
    card.refresh(answer(results=CHAIN), 2)
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    card.refresh(answer(results=CHAIN), 3)
    assert not card.isVisible()
    card.refresh(answer(results=CHAIN, changed_ns=4), 5)
    assert card.isVisible()


@pytest.mark.parametrize("other", [None, answer(), answer(action="arm", results=CHAIN)])
def test_other_outcomes_show_nothing(card, other):
    card.refresh(other, 2)
    assert not card.isVisible()


def test_it_takes_no_keys(card):
    card.refresh(answer(results=CHAIN), 2)
    assert card.focusPolicy() == Qt.FocusPolicy.NoFocus
