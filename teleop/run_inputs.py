"""The inputs role: polls the devices, says what the operator's hands do, and carries their STOP to the robot."""

import logging
import threading
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from teleop.inputs.base import Input, Reading, find_inputs
from teleop.inputs.keyboard import KIND as KEYBOARD
from teleop.inputs.mouse import KIND as MOUSE
from teleop.inputs.pedals import BareHanded, Pedals
from teleop.inputs.stop_button import StopButton
from teleop.inputs.xr.linked import LinkedHeadset
from teleop.inputs.xr.reading import KIND as HEADSET
from teleop.operators import bindings_of
from twin.errors import SettingsError, StationError, WireError
from twin.role import RoleLife, be_urgent, calm_memory
from twin.station import Station
from twin.wire import codec
from twin.wire.ask import Answerer
from twin.wire.bus import Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import AgentStatus, InputDevice, InputDevices, InputSample, Reply, Request, vector

POLL_NS = 4 * NS_PER_MS
# While there is nothing that must be asked. Keys, mouse and headsets wake us; a pad that is plugged in is seen so late.
RESTING_POLL_NS = 25 * NS_PER_MS
SILENCE_NS = 10 * NS_PER_MS  # a device that is there is never silent for longer
RESTING_SILENCE_NS = 30 * NS_PER_MS  # nor keyboard and mouse, while nothing is held on them
OF_THE_WINDOW = (KEYBOARD, MOUSE)  # they have no axes
_DEVICES_LOOK_NS = 50 * NS_PER_MS
_NICENESS = -10

log = logging.getLogger(__name__)


def sample_of(reading: Reading) -> InputSample:
    """The reading as it travels."""
    return InputSample(
        device=reading.device,
        kind=reading.kind,
        name=reading.name,
        connected=reading.connected,
        axes=vector(reading.axes),
        buttons=reading.buttons,
        device_sampled_ns=reading.changed_ns,
        device_waited_ns=reading.waited_ns,
    )


def _lendable(station: Station, broken: dict[str, str]) -> dict[str, str]:
    """The hold-to-run control of each kind of device that bare hands may borrow."""
    try:
        bindings = bindings_of(station)
    except SettingsError as error:
        broken["bindings"] = str(error)
        return {}
    return {kind: bindings[kind].hold_to_run.input for kind in ("gamepad", "keyboard")}


def _rests(reading: Reading) -> bool:
    return reading.kind in OF_THE_WINDOW and not reading.buttons


def _longest_silence_ns(reading: Reading) -> int:
    return RESTING_SILENCE_NS if _rests(reading) else SILENCE_NS


class _Said(NamedTuple):
    reading: Reading
    payload: bytes
    at_ns: int


class Hands:
    """Everything between the devices and the wire; one ``turn`` per wake.

    A headset's frame is judged and said by the thread of its link, in which it came: waking the role's own costs a
    fifth of a millisecond. ``taking_turns`` is held by whichever of the two is at work.
    """

    def __init__(self, station: Station, life: RoleLife) -> None:
        """Open every kind of device there is; one that cannot be opened leaves the others working."""
        self._life = life
        self.period_ns = POLL_NS  # so often there is something to be done
        self._inputs: list[Input] = []
        self._broken: dict[str, str] = {}  # kind -> why it could not be opened
        for kind, open_input in find_inputs().items():
            try:
                self._inputs.append(open_input(station))
            except StationError as error:
                log.error("%s", error)
                self._broken[kind] = str(error)
        # A headset's frames wake us, and wait for no other device.
        self._polled = sorted(self._inputs, key=lambda device: device.kind != HEADSET)
        self.taking_turns = threading.Lock()
        self._pressed: list[str] = []  # STOP controls, since the last turn
        self._failed: Exception | None = None  # in a link's thread
        self._pedals = Pedals(_lendable(station, self._broken))
        self._borrowers = [device for device in self._inputs if isinstance(device, BareHanded)]
        self._stop = StopButton(station)
        self._answerer = Answerer(station, "inputs")
        self._robot = Listener(station, ("robot.status",))
        self._said: dict[str, _Said] = {}
        self._headset = ""  # the device that came first; a second one is not let in
        self._devices_payload = b""
        self._devices_said_ns = 0
        self._devices_looked_ns = 0
        for source in (self._stop.line.socket, self._answerer.socket, self._robot.socket):
            life.waiter.add(source)
        for device in self._inputs:
            for source in device.wake_sources():
                life.waiter.add(source)
            if isinstance(device, LinkedHeadset):
                device.mailbox.at_once = partial(self._take_at_once, device)

    def hear(self, woke: Sequence[Any]) -> None:
        """Do what was asked, if that ``woke`` us; a headset's frame waits for no look at sockets that rest.

        Before the clock is read, so that a reading is not older than what moved the pad.
        """
        if self._answerer.socket in woke:
            self._answerer.answer_all(self._answer)
        if self._robot.socket in woke:
            self._hear_robot()

    def turn(self, at_ns: int) -> None:
        """Read all devices, stop if asked to, say.

        Raises:
            Exception: what went wrong in the thread of a headset's link since the last turn.
        """
        if self._failed is not None:
            raise self._failed
        cut_held, all_rest = False, True
        for device in self._polled:
            rests = self._read(device, at_ns)
            all_rest = all_rest and rests
            cut_held = cut_held or device.cut_held
        pressed, self._pressed = self._pressed, []
        pedal_held = self._pedals.held
        for borrower in self._borrowers:
            borrower.pedal_held = pedal_held
        self._stop.tick(at_ns, pressed, cut_held)
        self.period_ns = RESTING_POLL_NS if all_rest and self._stop.line.pending is None else POLL_NS
        if at_ns - self._devices_looked_ns >= _DEVICES_LOOK_NS:
            self._devices_looked_ns = at_ns
            self._say_devices(at_ns)
            self._life.note = "; ".join(filter(None, (self._stop.note, *self._broken.values())))

    def _read(self, device: Input, at_ns: int) -> bool:
        """Say what ``device`` reads, and note its STOP controls; whether nothing drives by it."""
        readings = device.poll(at_ns)
        if readings:
            self._pedals.see(readings)
            lends = any(borrower.has_bare_hands for borrower in self._borrowers)
            self._say(self._pedals.without(readings) if lends else readings, at_ns)
        self._pressed += device.stops_pressed
        return all(map(_rests, readings))

    def _take_at_once(self, device: Input) -> bool:
        """Say in the thread of its link what came to ``device``; False if the role's own thread has to do something."""
        if not self.taking_turns.acquire(blocking=False):
            return False
        try:
            self._read(device, now_ns())
        except Exception as error:  # noqa: BLE001 - the role ends by it, as by one of its own thread
            self._failed = error
        finally:
            self.taking_turns.release()
        return not self._pressed and self._failed is None

    def _answer(self, request: Request) -> Reply:
        for device in self._inputs:
            reply = device.answer(request)
            if reply is not None:
                return reply
        return Reply(reason=f"the inputs know no request {request.action!r}")

    def _hear_robot(self) -> None:
        heard = self._robot.newest().get("robot.status")
        if heard is None:
            return
        try:
            self._stop.latched = heard.read(AgentStatus).stop_level
        except WireError:
            log.warning("robot.status is unreadable; a second STOP may be taken for a first one")

    def _say(self, readings: Sequence[Reading], at_ns: int) -> None:
        """Say each device that drives: at once when it changed, else before it has been silent for long."""
        for reading in readings:
            if not reading.bound or not self._is_let_in(reading):
                continue
            said = self._said.get(reading.device)
            if said is None or said.reading is not reading:
                # Before the buttons: whoever hears the grip has the pose to go with it.
                if reading.xr is not None:
                    self._life.speaker.say("operator.xr", reading.xr, reading.changed_ns)
                if reading.drag is not None:
                    self._life.speaker.say("operator.drag", reading.drag, reading.changed_ns)
                payload = codec.encode(sample_of(reading))
            elif (
                at_ns - said.at_ns > _longest_silence_ns(reading) - self.period_ns
            ):  # the next poll might be too late
                payload = said.payload
            else:
                continue
            self._life.speaker.say_bytes("operator.input", payload, at_ns)
            if reading.connected:
                self._said[reading.device] = _Said(reading, payload, at_ns)
            else:
                self._said.pop(reading.device, None)

    def _is_let_in(self, reading: Reading) -> bool:
        """Only one headset is followed at a time, whichever way it is connected: the first, until it is gone."""
        if reading.kind != HEADSET:
            return True
        self._headset = self._headset or reading.device
        if self._headset != reading.device:
            return False
        if not reading.connected:
            self._headset = ""
        return True

    def _described(self, device: InputDevice) -> InputDevice:
        if device.kind != HEADSET or not device.bound or device.device == self._headset:
            return device
        return msgspec.structs.replace(device, bound=False, note="another headset drives: end that one first")

    def _say_devices(self, at_ns: int) -> None:
        """Say what is plugged in: when it changed, and once a second."""
        devices = [self._described(found) for device in self._inputs for found in device.devices()]
        found = InputDevices(devices=tuple(devices), note=self._note())
        payload = codec.encode(found)
        is_new = payload != self._devices_payload
        if not is_new and at_ns - self._devices_said_ns < NS_PER_S:
            return
        if is_new:
            listed = "; ".join(f"{each.name} ({each.note or 'drives'})" for each in devices) or "none"
            log.info("devices: %s%s", listed, f". {found.note}" if found.note else "")
        self._devices_payload, self._devices_said_ns = payload, at_ns
        self._life.speaker.say_bytes("inputs.devices", payload, at_ns)

    def _note(self) -> str:
        """One sentence on what is missing, empty if a gamepad drives."""
        lacks = self._broken | {device.kind: device.lack() for device in self._inputs}
        gamepad, keyboard = lacks.get("gamepad", ""), lacks.get("keyboard", "")
        if not gamepad:
            return ""
        if not keyboard:
            return f"{gamepad}: the keyboard drives while the window has the focus"
        return f"{gamepad} and {keyboard}: nothing can drive; plug in a gamepad or open the window"

    def close(self) -> None:
        """Let go of the devices and hang up; no thread of theirs says anything any more."""
        self.taking_turns.acquire()
        for device in self._inputs:
            device.close()
        self._stop.close()
        self._answerer.close()
        self._robot.close()


def _whole_periods(late_ns: int, period_ns: int) -> int:
    """From a time that was due until the next one that is still to come, ``late_ns`` after it."""
    return period_ns * (1 + late_ns // period_ns)


def run(station: Station, supervised: bool) -> None:
    """Poll until told to end.

    Raises:
        StationError: the inputs of this station are already running.
    """
    with RoleLife(station, "inputs", period_ms=POLL_NS / NS_PER_MS, supervised=supervised) as life:
        be_urgent(_NICENESS)
        hands = Hands(station, life)
        calm_memory()
        due_ns = now_ns()
        try:
            while not life.ending:
                woke, before_ns = life.wait(due_ns), hands.period_ns
                with hands.taking_turns:
                    hands.hear(woke)
                    at_ns = now_ns()
                    hands.turn(at_ns)
                life.ticked(at_ns)
                # To rest one turn later: in that one, what rests is said for the longer silence to come.
                life.period_ns = period_ns = min(before_ns, hands.period_ns)
                # All devices were read: whoever was woken before the time need not come again for as long.
                is_early = at_ns < due_ns
                due_ns = at_ns + period_ns if is_early else due_ns + _whole_periods(at_ns - due_ns, period_ns)
        finally:
            hands.close()
