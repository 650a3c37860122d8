"""From samples of one device to what the operator wants: rates, closures, and things to do once."""

import math
from dataclasses import dataclass, field

from teleop.bindings import LAYERS, Bindings, Button
from teleop.inputs.base import AXES
from twin.shaping import shape_stick, shape_trigger
from twin.wire.clock import NS_PER_S
from twin.wire.messages import InputSample

_STICKS = (("left_x", "left_y"), ("right_x", "right_y"))
_TRIGGERS = ("left_trigger", "right_trigger")


@dataclass(frozen=True)
class Intent:
    """What the hands on the device ask for now."""

    hold_to_run: bool = False
    neutral: bool = True  # no stick is deflected and no motion key is held
    other_side: bool = False
    rates: dict[str, float] = field(
        default_factory=dict
    )  # by name of ``bindings.MOVES``, -1..1; triggers 0..1
    actions: tuple[str, ...] = ()  # names of ``bindings.DOES``, once each

    def rate(self, name: str) -> float:
        """The deflection that drives ``name``; 0 if nothing does."""
        return self.rates.get(name, 0.0)


@dataclass
class _Press:
    """One button that is held, or was pressed a moment ago."""

    since_ns: int
    accompanied: set[str]  # all that was held together with it
    done: bool = False  # "hold" has happened
    held: str = ""  # the button that gave it another meaning when it was pressed


class Interpreter:
    """Reads one device by its bindings. Knows only times that it is given."""

    def __init__(self, bindings: Bindings) -> None:
        """Start with everything released."""
        self.bindings = bindings
        self._held: dict[str, _Press] = {}
        self._pressed_before_ns: dict[tuple[str, str], int] = {}  # by modifier and button
        self._new = True
        self._rows = {
            layer: {(row.held, row.input): row for row in bindings.button if layer in row.layers}
            for layer in LAYERS
        }

    def forget(self) -> None:
        """The device went away: nothing is held, and nothing that was half done will be finished."""
        self._held.clear()
        self._pressed_before_ns.clear()
        self._new = True

    def read(self, sample: InputSample, layer: str, at_ns: int) -> Intent:
        """The intent of ``sample``, read in ``layer`` at ``at_ns``. Samples must be given in their order."""
        down = set(sample.buttons)
        actions = self._actions(down, layer, at_ns)
        axes = self._axes(sample)
        rates: dict[str, float] = {}
        moving = False
        for row in self.bindings.axis:
            if layer not in row.layers:
                continue
            keys = float(row.positive in down) - float(row.negative in down)
            value = axes.get(row.input, 0.0) if row.input else keys
            rates[row.moves] = rates.get(row.moves, 0.0) + row.sign * value
            moving |= bool(value) and not row.moves.startswith("closure.")
        others = any(
            row.does == "other_side" and row.input in down and layer in row.layers
            for row in self.bindings.button
        )
        return Intent(
            hold_to_run=self.bindings.hold_to_run.input in down,
            neutral=not moving,
            other_side=others,
            rates={name: min(1.0, max(-1.0, value)) for name, value in rates.items()},
            actions=actions,
        )

    def _axes(self, sample: InputSample) -> dict[str, float]:
        """Axes by name, with dead zones and curves applied; none for a device without axes.

        A value that is not a number counts as rest.
        """
        values = (value if math.isfinite(value) else 0.0 for value in sample.axes.tolist())
        raw = dict(zip(AXES, values, strict=False))
        if len(raw) < len(AXES):
            return {}
        feel = self.bindings.feel
        for x, y in _STICKS:
            raw[x], raw[y] = shape_stick(raw[x], raw[y], feel.dead_zone, feel.expo)
        for trigger in _TRIGGERS:
            raw[trigger] = shape_trigger(raw[trigger], feel.trigger_dead_zone)
        return raw

    def _actions(self, down: set[str], layer: str, at_ns: int) -> tuple[str, ...]:
        """What is to be done because of buttons that went down or up, or have been held long enough."""
        rows = self._rows[layer]
        actions: list[str] = []
        for name in sorted(down - self._held.keys()):
            # What is held down when a device appears was not pressed for us.
            with_ = next((held for held, input_ in rows if input_ == name and held in down), "")
            self._held[name] = _Press(at_ns, set(), done=self._new, held=with_)
            if (with_, name) in rows and not self._new:
                actions += self._on_press(rows[with_, name], at_ns)
        self._new = False
        for name, press in list(self._held.items()):
            press.accompanied |= down - {name}
            row = rows.get((press.held, name))
            if name not in down:
                del self._held[name]
                if row and row.when == "release" and not press.accompanied & set(row.alone):
                    actions.append(row.does)
            elif (
                row
                and row.when == "hold"
                and not press.done
                and at_ns - press.since_ns >= row.hold_s * NS_PER_S
            ):
                press.done = True
                actions.append(row.does)
        return tuple(actions)

    def _on_press(self, row: Button, at_ns: int) -> list[str]:
        if row.when == "press":
            return [row.does]
        if row.when != "twice":
            return []
        before_ns = self._pressed_before_ns.pop((row.held, row.input), None)
        if before_ns is not None and at_ns - before_ns <= row.within_s * NS_PER_S:
            return [row.does]
        self._pressed_before_ns[row.held, row.input] = at_ns
        return [f"{row.does}.once"]
