"""Which device drives: one at a time, by a rule that can be said in a sentence.

The device whose hold-to-run is held drives, until it is released; while none is held it is the gamepad, else
the headset, else the keyboard.
"""

from dataclasses import dataclass, field, replace

from teleop.bindings.bindings import Bindings
from teleop.control.intent import Intent, Interpreter
from twin.wire.messages import InputSample

_RANKS = {"gamepad": 0, "headset": 1, "keyboard": 2}


@dataclass
class Device:
    """One device that is there, and what it said last."""

    sample: InputSample
    interpreter: Interpreter
    seq: int = 0
    sampled_ns: int = 0
    intent: Intent = field(default_factory=Intent)
    seen_released: bool = False  # its hold-to-run was seen released since it appeared or began to drive

    @property
    def rank(self) -> int:
        """Smaller drives first while nothing is held."""
        return _RANKS.get(self.sample.kind, len(_RANKS))


class Devices:
    """All devices heard of, and the one that drives."""

    def __init__(self, bindings: dict[str, Bindings]) -> None:
        """``bindings`` by kind of device."""
        self._bindings = bindings
        self._all: dict[str, Device] = {}
        self.driver: Device | None = None
        self.lost = ""  # sentence about a driver that went away; taken by ``take_lost``

    def hear(self, sample: InputSample, seq: int, sampled_ns: int, layer: str) -> tuple[str, ...]:
        """Take in a sample; returns what its buttons ask to be done once, if it is the driver's."""
        if not sample.connected:
            self._forget(sample.device)
            return ()
        if sample.kind not in self._bindings:
            return ()
        device = self._all.get(sample.device)
        if device is None:
            device = self._all[sample.device] = Device(sample, Interpreter(self._bindings[sample.kind]))
        device.sample, device.seq, device.sampled_ns = sample, seq, sampled_ns
        device.intent = device.interpreter.read(sample, layer, sampled_ns)
        device.seen_released |= not device.intent.hold_to_run
        self._choose()
        return device.intent.actions if device is self.driver else ()

    def is_news(self, sample: InputSample) -> bool:
        """Whether ``sample`` says anything that its device did not say the last time."""
        known = self._all.get(sample.device)
        if known is None or not sample.connected:
            return True
        before = known.sample
        return sample.buttons != before.buttons or sample.axes.tobytes() != before.axes.tobytes()

    def _forget(self, name: str) -> None:
        gone = self._all.pop(name, None)
        if gone is not None and gone is self.driver:
            title = gone.interpreter.bindings.hold_to_run.title
            back = "link it" if gone.sample.kind == "headset" else "plug it in"
            lost = "gone" if gone.sample.kind == "headset" else "unplugged"
            self.lost = f"{gone.sample.kind} {lost}: {back} and press {title} again"
            self.driver = None
        self._choose()

    def drop_silent(self, at_ns: int, longest_ns: int) -> None:
        """Forget devices that have said nothing for ``longest_ns``: their process is gone."""
        for name, device in list(self._all.items()):
            if at_ns - device.sampled_ns > longest_ns:
                self._forget(name)
                if self.lost:
                    self.lost = f"the {device.sample.kind} fell silent: is the inputs role running?"

    def is_driver(self, name: str) -> bool:
        """Whether the device called ``name`` drives."""
        return self.driver is not None and self.driver.sample.device == name

    def unlatch(self) -> None:
        """The driver's hold-to-run no longer holds itself, if it did."""
        if self.driver is not None and self.driver.interpreter.is_latched:
            self.driver.interpreter.unlatch()
            self.driver.intent = replace(self.driver.intent, hold_to_run=False)

    def rebind(self, bindings: dict[str, Bindings]) -> None:
        """Read every device by ``bindings`` from now on; whatever is held was not pressed for them."""
        self._bindings = bindings
        for device in self._all.values():
            device.interpreter = Interpreter(bindings[device.sample.kind])
            device.seen_released = False

    def take_lost(self) -> str:
        """The sentence about a driver that went away, once."""
        lost, self.lost = self.lost, ""
        return lost

    def _choose(self) -> None:
        if self.driver is not None and self.driver.intent.hold_to_run:
            return
        everyone = sorted(self._all.values(), key=lambda device: device.rank)
        holding = [device for device in everyone if device.intent.hold_to_run]
        self.driver = next(iter(holding or everyone), None)
