"""What the controls mean, and changing it: the pad as it is held, the rows of a layer, the feel of the sticks."""

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.actions.bindings import bindings_actions
from app.controls.controllers_picture import ControllersPicture
from app.controls.draft import Row, names
from app.controls.editor import KINDS, BindingsEditor
from app.controls.feel_editor import FeelEditor
from app.controls.pad_picture import PadPicture
from app.controls.table import BindingsTable
from app.feed import Feed
from app.panels.base import PanelContext
from app.theme import Theme
from teleop.bindings.words import LAYERS
from twin.wire.clock import now_ns as clock_ns
from twin.wire.messages import InputSample

_TITLES = {"walk": "Walk", "arms": "Arms", "hands": "Hands", "body": "Body", "joint": "Joint"}
_FEELS_OF_STICKS = ("dead_zone", "expo", "trigger_dead_zone")
_FEELS = (*_FEELS_OF_STICKS, "rumble")  # a headset's controllers shake by rules of their own
_BUTTONS = (
    ("bindings.capture", "Press a control"),
    ("bindings.swap", "Let them change places"),
    ("bindings.undo", "Undo"),
    ("bindings.measure", "Measure dead zone"),
    ("bindings.import", "Import"),
    ("bindings.export", "Export"),
    ("bindings.save", "Save"),
)


def create(context: PanelContext) -> "BindingsPanel":
    """The panel."""
    return BindingsPanel(context)


class BindingsPanel:
    """Shows a ``BindingsEditor``."""

    title = "Controls"
    rate_hz = 30.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._context, self._theme = context, context.theme
        self.editor = BindingsEditor(context.station.bindings)
        self._seen: tuple[object, ...] = ()
        self._feed: Feed | None = None
        self._made: QWidget | None = None
        if "bindings.save" not in context.actions:
            context.actions.add(*bindings_actions(self))

    def widget(self) -> QWidget:
        """Choices above, pad and feel on the left, rows on the right, one sentence and buttons below."""
        if self._made is None:
            self._made = QWidget()
            layout = QVBoxLayout(self._made)
            layout.setContentsMargins(10, 0, 10, 8)
            layout.setSpacing(6)
            layout.addLayout(self._build_choices())
            self.pad, self.controllers = PadPicture(self._theme), ControllersPicture(self._theme)
            self._pictures = {"gamepad": self.pad, "headset": self.controllers}
            self.feel, self.table = FeelEditor(self._theme), BindingsTable()
            for picture in self._pictures.values():
                picture.chosen.connect(self._point)
            self.feel.changed.connect(self._set_feel)
            self.table.row_chosen.connect(self._mark)
            left = QVBoxLayout()
            for picture in self._pictures.values():
                left.addWidget(picture, 3)
            left.addWidget(self.feel, 2)
            middle = QHBoxLayout()
            middle.setSpacing(12)
            middle.addLayout(left, 5)
            middle.addWidget(self.table, 6)
            layout.addLayout(middle, 1)
            self._sentence = QLabel("")
            self._sentence.setWordWrap(True)
            self._sentence.setMinimumHeight(36)
            layout.addWidget(self._sentence)
            layout.addLayout(self._build_buttons())
        return self._made

    def _build_choices(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self._profiles = QComboBox()
        self._profiles.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._profiles.addItems(list(names()))
        self._profiles.setCurrentText(self.editor.name)
        self._profiles.textActivated.connect(self.editor.open)
        line.addWidget(self._profiles)
        self._tabs: dict[str, QPushButton] = {}
        for choices, key in ((KINDS, "kind"), (LAYERS, "layer")):
            group = QButtonGroup(self._made)
            line.addSpacing(10)
            for choice in choices:
                tab = QPushButton(_TITLES.get(choice, choice.capitalize()))
                tab.setObjectName("tab")
                tab.setCheckable(True)
                tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                tab.setChecked(choice in (self.editor.kind, self.editor.layer))
                tab.clicked.connect(
                    lambda _checked, key=key, choice=choice: self.editor.look_at(**{key: choice})
                )
                group.addButton(tab)
                self._tabs[choice] = tab
                line.addWidget(tab)
        line.addStretch(1)
        return line

    def _build_buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        self._buttons: dict[str, QPushButton] = {}
        self.name_field = QLineEdit(self.editor.name if self.editor.name != "default" else "mine")
        self.name_field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.name_field.setMaximumWidth(130)
        self.name_field.setToolTip("The name under which your controls are saved")
        self.name_field.returnPressed.connect(self.name_field.clearFocus)
        for action_id, title in _BUTTONS:
            button = QPushButton(title)
            button.setObjectName("small")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked, action_id=action_id: self._attempt(action_id))
            self._buttons[action_id] = button
            if action_id == "bindings.import":
                line.addStretch(1)
            if action_id == "bindings.save":
                line.addWidget(self.name_field)
            line.addWidget(button)
        kept = self._buttons["bindings.swap"].sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._buttons["bindings.swap"].setSizePolicy(kept)
        return line

    def _attempt(self, action_id: str) -> None:
        if self._feed is not None:
            reason = self._context.actions.attempt(action_id, self._feed)
            if reason:
                self.editor.said, self.editor.said_severity = reason, "warning"

    # --- what a person does -------------------------------------------------------------------------------

    def capture(self) -> None:
        """Wait for a control, or wait no longer."""
        row = self.table.chosen
        if self.editor.is_capturing:
            self.editor.cancel()
        elif row is not None:
            self.editor.capture(row)

    def save(self) -> None:
        """Under the name that is written in the field."""
        self.editor.save(self.name_field.text().strip())
        if self._profiles.findText(self.editor.name) < 0:
            self._profiles.addItem(self.editor.name)
        self._profiles.setCurrentText(self.editor.name)

    def choose_import(self) -> None:
        """Ask for a file and take it on."""
        dialog = QFileDialog(self._made, "Import controls", "", "Bindings (*.toml)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, self.editor.take_from)

    def choose_export(self) -> None:
        """Ask for a place and write there."""
        dialog = QFileDialog(self._made, "Export controls", f"{self.editor.kind}.toml", "Bindings (*.toml)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._ask(dialog, self.editor.export)

    def _ask(self, dialog: QFileDialog, act: Callable[[Path], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(False)
        dialog.fileSelected.connect(lambda path: act(Path(path)))
        dialog.show()

    def _point(self, control: str) -> None:
        """A click on the pad: gives the control to the row that waits, else looks for its row."""
        row = self.table.chosen
        if self.editor.is_capturing and row is not None and row.keys == ("input",):
            self.editor.cancel()
            self.editor.assign(row, {"input": control})
        elif not self.table.choose_control(control):
            self.editor.said, self.editor.said_severity = "that control means nothing in this layer", ""

    def _set_feel(self, key: str, value: float) -> None:
        self.editor.set_feel(key, value)

    def _mark(self, row: Row | None) -> None:
        controls = frozenset(row.control.split(" / ")) | {row.held} if row is not None else frozenset[str]()
        for picture in self._pictures.values():
            picture.mark(controls)

    # --- what is shown ------------------------------------------------------------------------------------

    def refresh(self, feed: Feed, _now_ns: int) -> None:
        """Follow the device and the editor."""
        self._feed = feed
        if self._made is None:
            return
        for heard in feed.all("operator.input"):
            self.editor.hear(heard.read(InputSample), clock_ns())
        editor = self.editor
        shown = (editor.version, editor.kind, editor.layer, editor.family)
        if shown != self._seen:
            self._seen = shown
            self.table.show_rows(editor.rows(), editor.shown_family)
            self.feel.show_values({key: editor.draft.feel(key) for key in _FEELS})
            self._mark(self.table.chosen)
            for kind, picture in self._pictures.items():
                picture.setVisible(editor.kind == kind)
            self.feel.setVisible(editor.kind != "keyboard")
            self.feel.offer(_FEELS if editor.kind == "gamepad" else _FEELS_OF_STICKS)
        self._show_device(feed)
        self._show_words(feed)

    def _show_device(self, feed: Feed) -> None:
        samples, is_heard = self.editor.samples, not feed.is_stale("operator.input")
        there = {kind: sample for kind, sample in samples.items() if is_heard and sample.connected}
        looked_at, picture = there.get(self.editor.kind), self._pictures.get(self.editor.kind)
        if picture is not None:
            axes = tuple(looked_at.axes.tolist()) if looked_at is not None else ()
            down = frozenset(looked_at.buttons) if looked_at is not None else frozenset[str]()
            picture.show_sample(axes, down, self.editor.shown_family, looked_at is not None)
        x, y = looked_at.axes[:2].tolist() if looked_at is not None and len(looked_at.axes) else (0.0, 0.0)
        self.feel.show_deflection(min(1.0, math.hypot(x, y)))

    def _show_words(self, feed: Feed) -> None:
        editor = self.editor
        color = self._theme.hex("warning" if editor.said_severity else "muted")
        changed = "changed, not saved" if editor.is_changed else ""
        self._sentence.setStyleSheet(f"color: {color}")
        self._sentence.setText(editor.said or changed)
        for action_id, button in self._buttons.items():
            reason = self._context.actions[action_id].allowed_when(feed)
            button.setEnabled(reason is None)
            button.setToolTip(reason or self._context.actions[action_id].title)
        self._buttons["bindings.swap"].setVisible(editor.can_swap)
        self._buttons["bindings.capture"].setText(
            "Wait no longer" if editor.is_capturing else "Press a control"
        )

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._made is not None:
            for picture in self._pictures.values():
                picture.set_theme(theme)
            self.feel.set_theme(theme)
