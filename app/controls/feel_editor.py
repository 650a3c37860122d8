"""Dead zones and the curve of the sticks, set by sliders and shown as they answer."""

from collections.abc import Container

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QWidget

from app.controls.curve_view import CurveView
from app.theme import Theme

# key, title, lowest, highest, digits
_VALUES = (
    ("dead_zone", "dead zone", 0.0, 0.5, 2),
    ("expo", "curve", 1.0, 4.0, 1),
    ("trigger_dead_zone", "triggers", 0.0, 0.3, 2),
    ("rumble", "rumble", 0.0, 1.0, 1),
)
_STEPS = 100


class FeelEditor(QWidget):
    """Signals a value when its slider is let go, so that each change is one step to take back."""

    changed = Signal(str, float)

    def __init__(self, theme: Theme) -> None:
        """Show nothing yet."""
        super().__init__()
        self.curve = CurveView(theme)
        self._sliders: dict[str, QSlider] = {}
        self._labels: dict[str, QLabel] = {}
        self._deflection = 0.0
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for line, (key, title, *_rest) in enumerate(_VALUES):
            caption = QLabel(title)
            caption.setObjectName("small")
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, _STEPS)
            slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            slider.setMinimumWidth(90)
            slider.valueChanged.connect(lambda _value, key=key: self._show(key))
            slider.sliderReleased.connect(lambda key=key: self.changed.emit(key, self.value(key)))
            value = QLabel("")
            value.setObjectName("number")
            value.setMinimumWidth(38)
            self._sliders[key], self._labels[key] = slider, value
            grid.addWidget(caption, line, 0)
            grid.addWidget(slider, line, 1)
            grid.addWidget(value, line, 2)
            self._rows[key] = (caption, slider, value)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.curve, 1)
        layout.addLayout(grid, 1)

    def offer(self, keys: Container[str]) -> None:
        """Show only the sliders of ``keys``: what the device that is looked at can do."""
        for key, row in self._rows.items():
            for widget in row:
                widget.setVisible(key in keys)

    def value(self, key: str) -> float:
        """What the slider of ``key`` says."""
        lowest, highest = next((low, high) for name, _, low, high, _ in _VALUES if name == key)
        return lowest + (highest - lowest) * self._sliders[key].value() / _STEPS

    def show_values(self, values: dict[str, float]) -> None:
        """Show what the bindings say, except a slider that is being moved."""
        for key, _, lowest, highest, _digits in _VALUES:
            slider = self._sliders[key]
            if not slider.isSliderDown():
                slider.setValue(round((values[key] - lowest) / (highest - lowest) * _STEPS))
                self._show(key)

    def show_deflection(self, deflection: float) -> None:
        """Where the thumb is, 0..1."""
        self._deflection = deflection
        self.curve.show_curve(self.value("dead_zone"), self.value("expo"), deflection)

    def _show(self, key: str) -> None:
        digits = next(digits for name, *_, digits in _VALUES if name == key)
        self._labels[key].setText(f"{self.value(key):.{digits}f}")
        self.show_deflection(self._deflection)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self.curve.set_theme(theme)
