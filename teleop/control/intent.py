"""From samples of one device to what the operator wants: rates, closures, and things to do once."""

import math
from dataclasses import dataclass, field

from teleop.bindings.bindings import Axis, Bindings, Button
from teleop.bindings.words import LAYERS
from teleop.control.latch import Latch
from teleop.inputs.base import AXES
from twin.shaping import shape_stick, shape_trigger
from twin.wire.clock import NS_PER_S
from twin.wire.messages import InputSample

_STICKS = (("left_x", "left_y"), ("right_x", "right_y"))
_TRIGGERS = ("left_trigger", "right_trigger")
_REPEATS_AFTER_NS = NS_PER_S // 2
_TOLD_FROM_S = 1.0  # a second press that is awaited so long is asked for in words
LATCH_DROPPED = "latch.dropped"  # an action: a latched hold-to-run let go by itself


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
    repeats_ns: int = 0  # when "repeat" happens next
    held: str = ""  # the button that gave it another meaning when it was pressed


class Interpreter:
    """Reads one device by its bindings. Knows only times that it is given."""

    def __init__(self, bindings: Bindings) -> None:
        """Start with everything released."""
        self.bindings = bindings
        self._held: dict[str, _Press] = {}
        self._pressed_before_ns: dict[tuple[str, str], int] = {}  # by modifier and button
        self._last_pressed = ""
        self._new = True
        self._latch = Latch(bindings.hold_to_run)
        self._layers = {layer: _Layer(bindings, layer) for layer in LAYERS}

    @property
    def is_latched(self) -> bool:
        """True while hold-to-run holds itself."""
        return self._latch.closed

    def unlatch(self) -> None:
        """Whoever was held by a latch is not any more; a new press is needed."""
        self._latch.open()

    def forget(self) -> None:
        """The device went away: nothing is held, and nothing that was half done will be finished."""
        self._held.clear()
        self._pressed_before_ns.clear()
        self._new = True
        self.unlatch()

    def read(self, sample: InputSample, layer: str, at_ns: int) -> Intent:
        """The intent of ``sample``, read in ``layer`` at ``at_ns``. Samples must be given in their order."""
        down = set(sample.buttons)
        rows = self._layers[layer]
        is_new = self._new
        actions = self._actions(down, rows, at_ns)
        axes = self._axes(sample)
        rates: dict[str, float] = {}
        moving = False
        for row, shifts in rows.axes:
            if (row.held or shifts) and next(iter(sorted(shifts & down)), "") != row.held:
                continue
            keys = float(row.positive in down) - float(row.negative in down)
            value = axes.get(row.input, 0.0) if row.input else keys
            rates[row.moves] = rates.get(row.moves, 0.0) + row.sign * value
            moving |= bool(value) and not row.moves.startswith("closure.")
        rates = {name: min(1.0, max(-1.0, value)) for name, value in rates.items()}
        held = self._latch.read(self.bindings.hold_to_run.input in down, down, rates, at_ns, is_new)
        return Intent(
            hold_to_run=held,
            neutral=not moving,
            other_side=any(name in down for name in rows.other_side),
            rates=rates,
            actions=(*actions, LATCH_DROPPED) if self._latch.dropped else actions,
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

    def _actions(self, down: set[str], rows: "_Layer", at_ns: int) -> tuple[str, ...]:
        """What is to be done because of buttons that went down or up, or have been held long enough."""
        actions: list[str] = []
        for name in sorted(down - self._held.keys()):
            # What is held down when a device appears was not pressed for us.
            with_ = rows.meaning_of(name, down)
            self._held[name] = _Press(at_ns, set(), self._new, at_ns + _REPEATS_AFTER_NS, with_)
            row = rows.buttons.get((with_, name))
            if row and not self._new:
                actions += self._on_press(row, at_ns)
            self._last_pressed = name
        self._new = False
        for name, press in list(self._held.items()):
            press.accompanied |= down - {name}
            row = rows.buttons.get((press.held, name))
            if name not in down:
                del self._held[name]
                if row and row.when == "release" and not press.accompanied & set(row.alone):
                    actions.append(row.does)
            elif row and row.when == "repeat" and not press.done and at_ns >= press.repeats_ns:
                press.repeats_ns = at_ns + round(row.every_s * NS_PER_S)
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
        if row.when in ("press", "repeat"):
            return [row.does]
        if row.when != "twice":
            return []
        before_ns = self._pressed_before_ns.pop((row.held, row.input), None)
        is_tap = row.within_s < _TOLD_FROM_S  # no time to be told of the first one, or to press others
        if is_tap and self._last_pressed != row.input:
            before_ns = None
        if before_ns is not None and at_ns - before_ns <= row.within_s * NS_PER_S:
            return [row.does]
        self._pressed_before_ns[row.held, row.input] = at_ns
        return [] if is_tap else [f"{row.does}.once"]


class _Layer:
    """The rows of one layer, and which of them a held button gives another meaning."""

    def __init__(self, bindings: Bindings, layer: str) -> None:
        axes = tuple(row for row in bindings.axis if layer in row.layers)
        buttons = tuple(row for row in bindings.button if layer in row.layers)
        self.buttons = {(row.held, row.input): row for row in buttons if row.when != "while"}
        self.other_side = tuple(
            row.input for row in buttons if row.when == "while" and row.does == "other_side"
        )
        self._shifts: dict[str, set[str]] = {}  # control -> buttons that give it another meaning
        every: tuple[Axis | Button, ...] = (*axes, *buttons)
        for row in every:
            for control in _controls(row):
                if row.held:
                    self._shifts.setdefault(control, set()).add(row.held)
        self.axes = tuple((row, self._shifts_of(_controls(row))) for row in axes)

    def _shifts_of(self, controls: tuple[str, ...]) -> frozenset[str]:
        return frozenset().union(*(self._shifts.get(control, ()) for control in controls))

    def meaning_of(self, control: str, down: set[str]) -> str:
        """The held button under which ``control`` is to be read now; empty if none changes it."""
        shifts = self._shifts.get(control)
        return next(iter(sorted(shifts & down)), "") if shifts else ""


def _controls(row: Axis | Button) -> tuple[str, ...]:
    named = (row.input, row.positive, row.negative) if isinstance(row, Axis) else (row.input,)
    return tuple(filter(None, named))
