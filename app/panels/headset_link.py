"""Headset link: open it, show a headset the way in, let it in, see who is linked, forget who was."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.feed import Feed
from app.headset.words import (
    Facts,
    asking_words,
    invitation_words,
    linked_words,
    paired_rows,
    paired_words,
    spaced,
    state_words,
)
from app.panels.base import PanelContext
from app.theme import Theme
from twin.station import Station
from twin.wire.ask import Asker, named

_QR_PX = 216
_QUIET_ZONE = 3  # modules of white around a QR code; a headset's camera wants some


def create(context: PanelContext) -> "HeadsetLinkPanel":
    """The panel."""
    return HeadsetLinkPanel(context.station)


def qr_image(text: str) -> QImage:
    """``text`` as a QR code, one pixel a module, dark on white whatever the theme."""
    import segno

    rows = [list(row) for row in segno.make(text, error="l").matrix_iter(border=_QUIET_ZONE)]
    image = QImage(len(rows), len(rows), QImage.Format.Format_Grayscale8)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.setPixel(x, y, 0xFF000000 if dark else 0xFFFFFFFF)
    return image


class HeadsetLinkPanel:
    """Asks the inputs role how the link does while it is shown; takes no keys, so that driving goes on."""

    title = "Headset link"
    rate_hz = 4.0

    def __init__(self, station: Station) -> None:
        """Make no widget yet. Needs no robot: a headset may be linked before one is there."""
        self._asker = Asker(station, "inputs", "window")
        self._made: QWidget | None = None
        self._facts: Facts = {}
        self._shown: tuple[str, ...] = ()  # ids of the paired headsets that have a row
        self._url = ""  # that the QR code shows
        self._unanswered = 0  # rounds in a row
        self._actions: dict[int, str] = {}  # by number of the request: why it was asked, for its answer

    # --- making ----------------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        """Switches, the way in, who waits, who is linked, who is paired."""
        if self._made is not None:
            return self._made
        self._made = QWidget()
        self._state, self._answer = _label(), _label("muted")
        self._asks, self._linked, self._about_paired = _label(), _label(), _label("muted")
        layout = QVBoxLayout(self._made)
        layout.setContentsMargins(14, 4, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(self._state)
        layout.addLayout(self._switches())
        layout.addWidget(self._way_in())
        layout.addWidget(self._door())
        layout.addWidget(self._linked)
        layout.addWidget(self._about_paired)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        layout.addLayout(self._list)
        layout.addStretch(1)
        layout.addWidget(self._answer)
        self._show()
        return self._made

    def _switches(self) -> QHBoxLayout:
        from teleop.inputs.webxr.addresses import LOOPBACK, network_addresses

        self._address = QComboBox()
        self._address.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for address in network_addresses():
            self._address.addItem(f"Wi-Fi or network: {address}", address)
        self._address.addItem("USB cable, or this machine", LOOPBACK)
        self._squeeze = QCheckBox("a hard squeeze lets go")
        self._squeeze.setToolTip(
            "A grip squeezed to the stop lets go too, on controllers that tell how hard; for the next headset."
        )
        self._squeeze.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._open, self._close = _button("Open link"), _button("Close link")
        self._open.clicked.connect(self._open_link)
        self._close.clicked.connect(lambda: self._ask("headset.link", switch="off"))
        row = QHBoxLayout()
        row.addWidget(self._address, 1)
        row.addWidget(self._squeeze)
        row.addWidget(self._open)
        row.addWidget(self._close)
        return row

    def _way_in(self) -> QWidget:
        self._qr, self._code, self._where = QLabel(), _label("number"), _label()
        self._qr.setFixedSize(_QR_PX, _QR_PX)
        self._code.setStyleSheet("font-size: 34px;")
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._invitation = QWidget()
        grid = QGridLayout(self._invitation)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.addWidget(self._qr, 0, 0, 2, 1)
        grid.addWidget(self._code, 0, 1)
        grid.addWidget(self._where, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        return self._invitation

    def _door(self) -> QWidget:
        self._question = QWidget()
        row = QHBoxLayout(self._question)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._asks, 1)
        for title, action in (("Let it in", "headset.allow"), ("Turn it away", "headset.deny")):
            button = _button(title)
            button.clicked.connect(partial(self._answer_door, action))
            row.addWidget(button)
        return self._question

    # --- asking ----------------------------------------------------------------------------------------

    def _open_link(self) -> None:
        squeeze = "lets_go" if self._squeeze.isChecked() else ""
        address = self._facts.get("address") or self._address.currentData()
        port = self._facts.get("port", "")
        self._ask("headset.link", switch="on", address=address, port=port, hard_squeeze=squeeze)

    def _answer_door(self, action: str) -> None:
        self._ask(action, id=self._facts.get("asking_id", ""))

    def _ask(self, action: str, **values: str) -> None:
        self._actions[self._asker.post(action, **values)] = action

    # --- showing ---------------------------------------------------------------------------------------

    def refresh(self, _feed: Feed, _now_ns: int) -> None:
        """Show the answer to the question before, and ask anew."""
        if self._made is None:
            return
        self._unanswered += 1
        for number, reply in self._asker.replies():
            self._unanswered = 0
            if self._actions.pop(number, None) is not None:
                self._answer.setText(reply.reason)
            else:
                self._facts = named(reply.results)
        if self._unanswered > 2 * self.rate_hz:
            self._facts = {}
        self._asker.post("headset.status")
        self._show()

    def _show(self) -> None:
        facts = self._facts
        state, is_invited = facts.get("state", ""), "invitation_url" in facts
        self._state.setText(state_words(facts))
        self._open.setText("New code" if state == "open" else "Open link")
        self._open.setEnabled(state in ("off", "failed", "open"))
        self._close.setEnabled(state in ("open", "opening"))
        self._address.setEnabled(state in ("off", "failed"))
        self._invitation.setVisible(is_invited)
        if is_invited and facts["invitation_url"] != self._url:
            self._url = facts["invitation_url"]
            image = qr_image(self._url)
            side = image.width() * max(
                1, _QR_PX // image.width()
            )  # every module grows by the same whole number
            self._qr.setPixmap(QPixmap.fromImage(image).scaled(side, side))
        self._code.setText(spaced(facts.get("code", "")))
        self._where.setText(invitation_words(facts))
        self._question.setVisible("asking" in facts)
        self._asks.setText(asking_words(facts))
        self._linked.setText(linked_words(facts))
        self._about_paired.setText(paired_words(facts))
        self._show_paired(paired_rows(facts))

    def _show_paired(self, rows: tuple[tuple[str, str], ...]) -> None:
        ids = tuple(device_id for device_id, _ in rows)
        if ids == self._shown:
            return
        self._shown = ids
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for device_id, text in rows:
            row = QWidget()
            inside = QHBoxLayout(row)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(_label("", text), 1)
            forget = _button("Forget")
            forget.setObjectName("small")
            forget.clicked.connect(partial(self._forget, device_id))
            inside.addWidget(forget)
            self._list.addWidget(row)

    def _forget(self, device_id: str) -> None:
        self._ask("headset.revoke", id=device_id)

    def set_theme(self, theme: Theme) -> None:
        """The style sheet does it all."""

    def close(self) -> None:
        """Hang up."""
        self._asker.close()


def _label(name: str = "", text: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    return label


def _button(title: str) -> QPushButton:
    button = QPushButton(title)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
