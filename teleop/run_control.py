"""The control role: hears hands and robot, ticks the controller, sends what it decides."""

import logging
from pathlib import Path

from teleop.control.clutch_facts import is_news
from teleop.control.command_line import RobotLine
from teleop.control.controller import Controller
from teleop.control.latency_meter import LatencyMeter
from teleop.control.pace import PERIOD_NS, Pace
from teleop.control.reasons_now import reasons_now
from teleop.control.requests import Requests
from teleop.control.rumble import Rumble
from teleop.control.status import status_of
from teleop.control.window_watch import WindowWatch
from teleop.operators import bindings_of, load_operator
from twin.bases import GANTRY
from twin.errors import WireError
from twin.reasons import Reason
from twin.robot import load_robot
from twin.role import RoleLife, be_urgent, calm_memory
from twin.scenery.reading import read_layout
from twin.station import Station
from twin.wire.ask import Answerer, Asker, answered
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    BalanceState,
    DragSample,
    InputSample,
    RecorderStatus,
    Reply,
    Request,
    RobotIdentity,
    RobotState,
    XrSample,
)

STATUS_NS = 20 * NS_PER_MS
LATENCY_NS = 200 * NS_PER_MS
_NICENESS = -11

log = logging.getLogger(__name__)


class Control:
    """The sockets around a controller."""

    def __init__(self, station: Station, life: RoleLife) -> None:
        """Load robot and bindings, and connect.

        Raises:
            RobotSpecError: the robot's folder cannot be used.
            SettingsError: the bindings cannot be used.
            SceneError: the scene cannot be used.
        """
        self.spec = load_robot(Path(station.robot_folder), station.revision)
        hangs = station.base == GANTRY
        # Where furniture is in front of a real robot nobody tells us.
        surroundings = read_layout(station.scene) if self.spec.link == "simulated" else None
        self.controller = Controller(self.spec, bindings_of(station), not hangs, surroundings)
        arms_m = self.controller.driver.arms.kinematics.arm_length_m
        operator = load_operator(station.operator)
        self.controller.fit(bindings_of(station, max(arms_m.values())), operator.left_handed)
        self.controller.headset.fit(operator)
        self._speaker = life.speaker
        self.line = RobotLine(station, life.speaker)
        self.requests = Requests(self.controller, self.line, station.operator)
        self._answerer = Answerer(station, "control")
        self._recorder = Asker(station, "recorder", "control")
        self._inputs = Asker(station, "inputs", "control")
        self._rumble, self._meter = Rumble(), LatencyMeter(len(self.spec.joints))
        # Only what may change the decision at once wakes; the robot's 500 Hz state waits for the next tick.
        self._waking = Listener(station, ("operator.xr", "operator.drag", "operator.input", "robot.status"))
        self._waiting = Listener(
            station, ("robot.state", "robot.applied", "robot.balance", "robot.identity", "recorder.status")
        )
        self._window = WindowWatch(station, now_ns())
        for source in (self._waking.socket, self._answerer.socket):
            life.waiter.add(source)
        self.line.wake(life.waiter)
        self._recording = self._measures = ""
        self._reasons: tuple[Reason, ...] = ()  # why the robot does not do as it is asked
        self._reasons_due_ns = 0
        self._bars: dict[str, str] = {}  # cause -> why the station must not be driven now
        if station.demonstration:
            self._bar("demonstration", "a person is recorded: there is no robot, and nothing moves")
        self.pace = Pace()
        self._status_due_ns = self._latency_due_ns = 0
        self._status_key: tuple[object, ...] = ()

    def turn(self, at_ns: int) -> bool:
        """Take in what came, and tick if it is time; returns whether it ticked."""
        for heard in self._waking.drain():
            self._take(heard)
        self.line.hear(at_ns)
        self._answer(at_ns)
        if not self.pace.begins(at_ns):
            return False
        self._tick(at_ns)
        return True

    def _take(self, heard: Heard) -> None:
        try:
            if heard.topic.startswith("operator."):
                self._take_operator(heard)
            else:
                self._take_robot(heard)
        except WireError as error:
            log.warning("%s is unreadable: %s", heard.topic, error)

    def _take_operator(self, heard: Heard) -> None:
        controller = self.controller
        match heard.topic:
            case "operator.input":
                sample = heard.read(InputSample)
                self.pace.hear_news(controller.devices.is_news(sample))
                controller.hear_input(sample, heard.seq, heard.sampled_ns)
                if controller.devices.is_driver(sample.device):
                    self.pace.hear_driver()
                    self._meter.hear_input(sample, heard.seq, heard.sampled_ns, heard.received_ns)
            case "operator.xr":
                seen = heard.read(XrSample)
                controller.hear_xr(seen, heard.sampled_ns)
                self.requests.measuring.see(seen, heard.received_ns)
                self.pace.hear_news(controller.is_coupled)
            case "operator.drag":
                controller.hear_drag(heard.read(DragSample))
                self.pace.hear_news(controller.is_coupled)

    def _take_robot(self, heard: Heard) -> None:
        controller = self.controller
        match heard.topic:
            case "robot.status":
                status = heard.read(AgentStatus)
                self.pace.hear_news(controller.is_coupled and is_news(status, controller.robot.status))
                controller.hear_status(status, heard.sampled_ns)
            case "robot.state":
                state = heard.read(RobotState)
                controller.robot.hear_state(state, heard.sampled_ns)
                self._meter.hear_state(state, heard.sampled_ns, heard.received_ns)
            case "robot.applied":
                applied = heard.read(AppliedCommand)
                controller.robot.hear_applied(applied, heard.sampled_ns)
                self._meter.hear_applied(applied)
            case "robot.balance":
                controller.robot.hear_balance(heard.read(BalanceState), heard.sampled_ns)
            case "robot.identity":
                self._check(heard.read(RobotIdentity))
            case "recorder.status":
                self._recording = heard.read(RecorderStatus).phase

    def _check(self, identity: RobotIdentity) -> None:
        """A robot that is not the one our inverse kinematics was made for is not driven."""
        differs = identity.model_hash != self.spec.model_hash
        robot = f"the robot is {identity.name} {identity.revision}"
        if identity.name == self.spec.name and identity.revision != self.spec.revision:
            fault = (
                f"{robot}, this station was started for {self.spec.revision}; start it with "
                f"--revision {identity.revision} if `understudy robots list` shows that one"
            )
        else:
            fault = (
                f"{robot} with another model than {self.spec.folder}; "
                "start the station with the robot's own description"
            )
        self._bar("model", fault if differs else "")

    def _bar(self, cause: str, why: str) -> None:
        self._bars[cause] = why
        self.controller.barred = next(filter(None, self._bars.values()), "")

    def _answer(self, at_ns: int) -> None:
        self.requests.now_ns = at_ns
        for request, reply in self._answerer.answer_all(self.requests.answer):
            self._say_answered(request, reply, at_ns)

    def _say_answered(self, request: Request, reply: Reply, at_ns: int) -> None:
        self._speaker.say("control.answered", answered(request, reply), at_ns)

    def _tick(self, at_ns: int) -> None:
        for heard in self._waiting.newest().values():
            self._take(heard)
        self._bar("window", self._window.look(at_ns))
        self._measure(at_ns)
        self.line.tick(at_ns)
        self.controller.session = self.line.session
        tick = self.controller.tick(at_ns)
        if tick.command is not None:
            self.line.send(tick.command)
            self._meter.sent(tick.command)
        for wish in tick.wishes:
            self._carry_out(wish, at_ns)
        self._hear_recorder(at_ns)
        if at_ns >= self._reasons_due_ns:
            self._reasons_due_ns = at_ns + STATUS_NS
            self._reasons = reasons_now(self.controller, at_ns)
            self._shake(at_ns)
        self._say_status(at_ns)
        if self.controller.is_coupled and at_ns >= self._latency_due_ns:
            self._latency_due_ns = at_ns + LATENCY_NS
            self._speaker.say("control.latency", self._meter.account(at_ns), at_ns)

    def _measure(self, at_ns: int) -> None:
        """Tell an operator who is measured what to do, and drive nothing meanwhile."""
        look = self.requests.measuring.look(at_ns)
        self._measures = look.words
        self._bar("measuring", look.words)
        if look.came_to:
            self.controller.selection.note(look.came_to, at_ns)
        if look.body is not None:
            self.controller.headset.fit_body(look.body.arm_m, look.body.shoulders_below_eyes_m)

    def _shake(self, at_ns: int) -> None:
        """Let the pad tell the hand that holds it."""
        controller = self.controller
        status, recording = controller.robot.status, self._recording == "recording"
        stopped = status is not None and status.stop_level not in ("", "NONE")
        pulse = self._rumble.pulse(controller.phase, stopped, recording, self._reasons, at_ns)
        share = controller.bindings.feel.rumble
        device = controller.devices.driver
        is_pad = device is not None and device.sample.kind == "gamepad"  # and so somebody hears the request
        if pulse is not None and share and is_pad:
            self._inputs.post(
                "rumble", low=share * pulse.low, high=share * pulse.high, duration_ms=pulse.duration_ms
            )
        self._inputs.replies()  # a pad that cannot shake is no news

    def _carry_out(self, wish: str, at_ns: int) -> None:
        match wish:
            case "arm" | "pause":
                act = self.requests.arm_or_pause if wish == "arm" else self.requests.pause_or_go_on
                self.controller.selection.note(act().reason, at_ns)
            case "record" if self._recording == "recording":
                self._recorder.post("record.stop")
            case "record":
                self._recorder.post("record.start")
            case "discard":
                self._recorder.post("record.discard")
            case "redo":
                self._recorder.post("record.redo")
            case "take.good" | "take.bad":
                self._recorder.post("take.mark", rating=wish.removeprefix("take."))
            case "task.next":
                self._recorder.post("queue.next")

    def _hear_recorder(self, at_ns: int) -> None:
        for _, reply in self._recorder.replies():
            if reply.reason:
                self.controller.selection.note(reply.reason, at_ns)

    def _say_status(self, at_ns: int) -> None:
        controller = self.controller
        chosen = controller.selection
        key = (
            *(controller.phase, controller.reason, chosen.layer, chosen.scale, controller.driven_side),
            *(chosen.frozen, chosen.mirrored, chosen.joint, controller.headset.mirrors_me),
            *(self._reasons, self._measures),
        )
        if at_ns < self._status_due_ns and key == self._status_key:
            return
        if key[:2] != self._status_key[:2]:
            log.info("%s%s", controller.phase.value, f": {controller.reason}" if controller.reason else "")
        self._status_due_ns, self._status_key = at_ns + STATUS_NS, key
        status = status_of(controller, at_ns, self._reasons, self.line.clock.best(at_ns), self._measures)
        self._speaker.say("control.status", status, at_ns)

    def close(self) -> None:
        """Hang up. The robot holds by itself when it hears nothing."""
        for part in (
            *(self.line, self._answerer, self._recorder, self._inputs),
            *(self._waking, self._waiting, self._window),
        ):
            part.close()


def run(station: Station, supervised: bool) -> None:
    """Drive until told to end.

    Raises:
        StationError: the control of this station is already running.
        RobotSpecError: the robot's folder cannot be used.
        SettingsError: the bindings cannot be used.
    """
    with RoleLife(station, "control", period_ms=PERIOD_NS / NS_PER_MS, supervised=supervised) as life:
        control = Control(station, life)
        log.info("control is %s", be_urgent(_NICENESS))
        calm_memory()
        try:
            while not life.ending:
                life.wait(control.pace.due_ns)
                at_ns = now_ns()
                if control.turn(at_ns):
                    life.ticked(at_ns)
        finally:
            control.close()
