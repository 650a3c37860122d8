"""The answer to "why does it not move?" laid over the window: the whole chain, the first broken link in bold."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.requests import Outcome
from app.theme import Theme

ACTION = "why"
_SHOWN_NS = 20_000_000_000
_BROKEN = "broken"
_ABOVE_HINTS = 48  # px


class WhyCard(QLabel):
    """Shown when the answer comes; hides after twenty seconds or when clicked. Takes no keys, so driving goes on."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        """Hidden until there is an answer."""
        super().__init__(window)
        self._window = window
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWordWrap(True)
        self.setMargin(14)
        self._answered_ns = 0
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.setFont(theme.font("text"))
        self.setStyleSheet(
            f"background: {theme.color('panel').name()}; color: {theme.color('text').name()}; "
            f"border: 1px solid {theme.color('muted').name()};"
        )

    def refresh(self, outcome: Outcome | None, now_ns: int) -> None:
        """Show the newest answer, ``outcome``, if it is one to this question; hide an old one."""
        is_answer = outcome is not None and bool(outcome.results) and outcome.action == ACTION
        if outcome is not None and is_answer and outcome.changed_ns != self._answered_ns:
            self._answered_ns = outcome.changed_ns
            self._show(outcome.results)
        elif self.isVisible() and now_ns - self._answered_ns > _SHOWN_NS:
            self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Read and understood."""
        self.hide()
        event.accept()

    def _show(self, results: tuple[tuple[str, str], ...]) -> None:
        rows = "".join(self._row(name, value) for name, value in results if name != _BROKEN)
        self.setText(f"<b>Why does it not move?</b><table cellpadding='2'>{rows}</table>")
        window = self._window
        width = min(820, window.width() - 40)
        self.resize(width, min(self.heightForWidth(width), window.height() - 40))
        # At the bottom, where it never lies over the button STOP.
        self.move((window.width() - width) // 2, max(0, window.height() - self.height() - _ABOVE_HINTS))
        self.show()
        self.raise_()

    def _row(self, name: str, value: str) -> str:
        verdict, _, text = value.partition(": ")
        cells = f"<td>{escape(verdict)}</td><td>{escape(name)}</td><td>{escape(text)}</td>"
        if verdict == _BROKEN:
            color = self._theme.severity_color("warning").name()
            return f"<tr style='color: {color}; font-weight: bold'>{cells}</tr>"
        return f"<tr>{cells}</tr>"
