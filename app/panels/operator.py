"""Who drives: height, lengths of arm and hand, speeds and voice of the station's operator, kept in their own file."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from app.feed import Feed
from app.panels.base import PanelContext
from app.theme import Theme
from teleop.operators import Operator, load_operator, save_operator
from twin.errors import SettingsError

# key, title, lowest, highest, step, unit; the lowest of a length stands for "not known"
_NUMBERS = (
    ("height_m", "height", 1.19, 2.30, 0.01, " m"),
    ("arm_length_m", "arm length", 0.39, 1.00, 0.01, " m"),
    ("shoulders_below_eyes_m", "shoulders below eyes", 0.09, 0.45, 0.01, " m"),
    ("hand_length_m", "hand length", 0.129, 0.250, 0.001, " m"),
    ("slow", "slow, times", 0.1, 2.0, 0.1, ""),
    ("normal", "normal, times", 0.1, 2.0, 0.1, ""),
    ("fast", "fast, times", 0.1, 2.0, 0.1, ""),
)
_SWITCHES = (
    ("left_handed", "left-handed"),
    ("mirror_me", "mirror me (headset)"),
    ("voice", "the station speaks"),
)

_TIPS = {
    "height_m": "your own, without shoes",
    "arm_length_m": "from the shoulder to the palm, stretched out; a headset measures it: Measure me (Alt+M)",
    "shoulders_below_eyes_m": "measured together with the arm, or left to the L-pose",
    "hand_length_m": "from the wrist to the tip of the middle finger, flat; a headset measures it: "
    "Keep the size of my hand (Ctrl+K)",
    "left_handed": "sticks and bumpers change sides",
    "mirror_me": "the robot's hands are where yours are, once you stood in the L-pose",
    "voice": "what is shown is spoken too",
}


def create(context: PanelContext) -> "OperatorPanel":
    """The panel."""
    return OperatorPanel(context)


class OperatorPanel:
    """A form; each change is written when it is made."""

    title = "Operator"
    rate_hz = 1.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._name = context.station.operator
        self._made: QWidget | None = None

    def widget(self) -> QWidget:
        """The form, or a sentence for a station without an operator."""
        if self._made is None:
            self._made = QWidget()
            layout = QVBoxLayout(self._made)
            layout.setContentsMargins(12, 2, 12, 8)
            self.sentence = QLabel("")
            self.sentence.setObjectName("muted")
            self.sentence.setWordWrap(True)
            if self._name:
                layout.addLayout(self._form())
            else:
                self.sentence.setText(
                    "Start with `--operator NAME`, or write `operator` into the settings, to keep yours."
                )
            layout.addWidget(self.sentence)
            layout.addStretch(1)
        return self._made

    def _form(self) -> QFormLayout:
        try:
            operator = load_operator(self._name)
        except SettingsError as error:
            self.sentence.setText(str(error))
            operator = Operator()
        form = QFormLayout()
        form.setVerticalSpacing(4)
        form.addRow(QLabel(self._name))
        self.numbers: dict[str, QDoubleSpinBox] = {}
        for key, title, lowest, highest, step, unit in _NUMBERS:
            box = QDoubleSpinBox()
            box.setRange(lowest, highest)
            box.setSingleStep(step)
            box.setSuffix(unit)
            box.setDecimals(3 if step < 0.01 else 2)
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            box.setToolTip(_TIPS.get(key, "the speeds of that scale, times this"))
            if unit:
                box.setSpecialValueText("not known")
            known = getattr(operator, key)
            box.setValue(lowest if known is None else known)
            box.editingFinished.connect(lambda key=key: self._keep_number(key))
            self.numbers[key] = box
            form.addRow(title, box)
        self.switches: dict[str, QCheckBox] = {}
        for key, title in _SWITCHES:
            switch = QCheckBox(title)
            switch.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            switch.setToolTip(_TIPS[key])
            switch.setChecked(getattr(operator, key))
            switch.toggled.connect(lambda on, key=key: self._keep(key, on))
            self.switches[key] = switch
            form.addRow(switch)
        return form

    def _keep_number(self, key: str) -> None:
        box = self.numbers[key]
        if box.suffix() and box.value() <= box.minimum():
            return  # not known stays not known
        self._keep(key, round(box.value(), box.decimals()))

    def _keep(self, key: str, value: object) -> None:
        try:
            save_operator(self._name, {key: value})
        except SettingsError as error:
            self.sentence.setText(str(error))
            return
        self.sentence.setText("kept; it counts from the next start of the station")

    def refresh(self, _feed: Feed, _now_ns: int) -> None:
        """Nothing changes by itself."""

    def set_theme(self, _theme: Theme) -> None:
        """The style sheet does it all."""
