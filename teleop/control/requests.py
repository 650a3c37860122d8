"""What people may ask of control, and its answers."""

import logging
from collections.abc import Callable

from teleop.bindings.words import FREEZABLE, SIDES
from teleop.control.clutch import Phase
from teleop.control.command_line import RobotLine
from teleop.control.controller import Controller
from teleop.control.operator_acts import take_wrists
from teleop.control.why import body_of, chain, first_broken, verdicts
from teleop.following.hand_size import HandSizeRequest
from teleop.following.measuring import Measuring
from twin.hands import PRESETS
from twin.robot_files.faults import did_you_mean
from twin.wire.ask import arguments, named
from twin.wire.clock import NS_PER_S
from twin.wire.messages import Reply, Request

log = logging.getLogger(__name__)
_YES = Reply(accepted=True)
_ROBOT_GONE_NS = 3 * NS_PER_S


class Requests:
    """Answers for control: the session with the robot, and the choices of the operator."""

    def __init__(self, controller: Controller, line: RobotLine, operator: str = "") -> None:
        """Answer about ``controller``, which ``operator`` drives, and ask the robot through ``line``."""
        self._controller, self._line = controller, line
        hand_size = HandSizeRequest(operator, controller.headset.finger_followers)
        self.measuring = Measuring(operator)
        self.now_ns = 0  # when the requests are answered
        self._answers: dict[str, Callable[[dict[str, str]], Reply]] = {
            "arm": lambda _: self.arm(),
            "disarm": lambda _: self._disarm(),
            "reset": lambda _: self._robot("reset"),
            "acknowledge": lambda _: self._robot("acknowledge"),
            "lease.take": self._take,
            "walk.on": lambda _: self._robot("walk.on"),
            "walk.off": lambda _: self._robot("walk.off"),
            "stand_up": lambda _: self._stand_up(),
            "base.set": lambda values: self._line.ask("base.set", base=values.get("base", "")),
            "pause": lambda _: self._pause(),
            "layer.next": lambda _: self._do("layer.next"),
            "layer.set": self._set_layer,
            "scale.next": lambda _: self._do("scale.next"),
            "scale.set": self._set_scale,
            "grasp.set": self._set_grasp,
            "ready_pose": lambda _: self._ready_pose(),
            "side.set": self._set_side,
            "mirror": self._mirror,
            "mirror_me": self._mirror_me,
            "wrists": lambda _: self._take_wrists(),
            "joint.choose": self._choose_joint,
            **{f"freeze.{part}": self._freezing(part) for part in FREEZABLE},
            "hand_size": lambda values: hand_size.answer(values, controller.is_coupled),
            "measure": lambda values: self.measuring.answer(values, controller.is_coupled, self.now_ns),
            "why": lambda _: self._why(),
        }

    def answer(self, request: Request) -> Reply:
        """Carry out ``request`` or refuse it with a reason."""
        act = self._answers.get(request.action)
        if act is None:
            return Reply(
                reason=f"control knows no request {request.action!r}; it knows {', '.join(self._answers)}"
            )
        return act(named(request.arguments))

    # --- the session ----------------------------------------------------------------------------------

    def arm(self) -> Reply:
        """Take the lease and power on; goes on if paused. Never moves anything."""
        if self._controller.is_coupled:
            return Reply(accepted=True, reason="armed already")
        if not 0 <= self._controller.robot.age_ns(self.now_ns) <= _ROBOT_GONE_NS:
            return Reply(reason=self._controller.barred or "no robot is heard: is the robot role running?")
        reply = self._line.acquire()
        if reply.accepted:
            reply = self._line.ask("power.on")
        self._controller.session = self._line.session
        if not reply.accepted:
            log.warning("not armed: %s", reply.reason)
            return reply
        self._controller.paused = False
        session = self._line.session
        log.info("armed with lease %d", session.lease_seq)
        return Reply(accepted=True, reason="armed", results=arguments({"lease_seq": session.lease_seq}))

    def arm_or_pause(self) -> Reply:
        """What the button does: arm, or pause and go on again."""
        status = self._controller.robot.status
        powered = status is not None and status.state not in (
            "",
            "BOOT",
            "STANDBY",
            "STOPPED_LATCHED",
            "FAULT",
        )
        if self._controller.facts(self.now_ns).leased and powered and not self._controller.paused:
            return self._pause()
        return self.arm()

    def pause_or_go_on(self) -> Reply:
        """What the menu button of a headset does; powers nothing on."""
        if not self._controller.paused:
            return self._pause()
        self._controller.paused = False
        return Reply(accepted=True, reason="no longer paused: take hold anew")

    def _pause(self) -> Reply:
        self._controller.paused = True
        return Reply(accepted=True, reason="paused: the robot holds; hold Start to go on")

    def _disarm(self) -> Reply:
        if self._controller.is_coupled:
            return Reply(reason="the robot is being driven: let go of hold-to-run first")
        reply = self._line.ask("power.off") if self._line.session.lease_seq else _YES
        if reply.accepted:
            reply = self._line.give_back()
        self._controller.session = self._line.session
        return reply

    def _stand_up(self) -> Reply:
        reply = self._robot("stand_up")
        if reply.accepted:
            self._controller.walk.stand_up()
        return reply

    def _robot(self, action: str) -> Reply:
        return self._line.ask(action)

    def _take(self, values: dict[str, str]) -> Reply:
        reply = self._line.ask("lease.take", reason=values.get("reason", ""))
        self._controller.session = self._line.session
        return reply

    # --- choices --------------------------------------------------------------------------------------

    def _do(self, action: str) -> Reply:
        self._controller.do(action)
        return _YES

    def _set_layer(self, values: dict[str, str]) -> Reply:
        layer = values.get("layer", "")
        layers = self._controller.selection.layers(self._controller.bindings)
        if layer not in layers:
            return Reply(reason=f"there is no layer {layer!r} with this robot; there are {', '.join(layers)}")
        self._controller.selection.set_layer(layer)
        return _YES

    def _set_scale(self, values: dict[str, str]) -> Reply:
        scale = values.get("scale", "")
        if scale not in ("slow", "normal", "fast"):
            return Reply(reason=f"there is no scale {scale!r}; there are slow, normal, fast")
        self._controller.selection.scale = scale
        return _YES

    def _set_side(self, values: dict[str, str]) -> Reply:
        side = values.get("side", "")
        if side not in SIDES:
            return Reply(reason=f"side is {side!r}; it may be left or right")
        self._controller.selection.side = side
        return _YES

    def _freezing(self, part: str) -> Callable[[dict[str, str]], Reply]:
        """Holds ``part`` with ``on=true``, lets it go with ``on=false``, changes it without ``on``."""

        def freeze(values: dict[str, str]) -> Reply:
            selection = self._controller.selection
            held = _switched(values, part in selection.frozen)
            if held is None:
                return _neither(values)
            selection.freeze(part, held)
            told = part.replace("_", " ")
            return Reply(accepted=True, reason=f"{told} is frozen" if held else f"{told} moves again")

        return freeze

    def _mirror(self, values: dict[str, str]) -> Reply:
        selection = self._controller.selection
        mirrored = _switched(values, selection.mirrored)
        if mirrored is None:
            return _neither(values)
        selection.mirrored = mirrored
        told = "both arms move, mirrored" if mirrored else f"the {selection.side} arm moves alone"
        return Reply(accepted=True, reason=told)

    def _mirror_me(self, values: dict[str, str]) -> Reply:
        headset = self._controller.headset
        mirrors_me = _switched(values, headset.mirrors_me)
        return (
            _neither(values)
            if mirrors_me is None
            else Reply(accepted=True, reason=headset.switch(mirrors_me))
        )

    def _take_wrists(self) -> Reply:
        told = take_wrists(self._controller, self.now_ns)
        return Reply(accepted=True, reason=told, results=arguments({"told": told}))

    def _choose_joint(self, values: dict[str, str]) -> Reply:
        """The joint that the layer "joint" turns from now on; an empty name goes back to the layer before."""
        joint, controller = values.get("joint", ""), self._controller
        if joint and joint not in controller.turnable_joints:
            if joint in controller.spec.joint_names:
                return Reply(reason=f"the robot stands on its feet: {joint} keeps its balance")
            return Reply(
                reason=f"the robot has no joint {joint!r}{did_you_mean(joint, controller.turnable_joints)}"
            )
        controller.selection.choose_joint(joint)
        told = (
            f"{joint.replace('_', ' ')} turns by itself" if joint else f"layer {controller.selection.layer}"
        )
        return Reply(accepted=True, reason=told)

    def _set_grasp(self, values: dict[str, str]) -> Reply:
        side, preset = values.get("side", self._controller.selection.side), values.get("preset", "")
        if preset not in PRESETS:
            return Reply(reason=f"there is no grasp {preset!r}; there are {', '.join(PRESETS)}")
        fingers = self._controller.driver.fingers.get(side)
        if fingers is None:
            return Reply(reason=f"the robot has no {side} fingers")
        fingers.choose(preset)
        return _YES

    def _ready_pose(self) -> Reply:
        if not self._controller.is_coupled:
            return Reply(reason="nothing moves without hold-to-run: hold it, then ask again")
        return self._do("ready_pose.both")

    def _why(self) -> Reply:
        controller = self._controller
        facts = controller.facts(self.now_ns)
        device = controller.devices.driver
        links = chain(
            facts,
            bound_by=device.interpreter.bindings.title if device else "",
            layer=controller.selection.layer,
            moves_in_layer=bool(
                controller.headset.followers.goals or (device and any(device.intent.rates.values()))
            ),
            limited_by=controller.driver.limited_by,
            waits_for=controller.reason if controller.phase in (Phase.COUNTING, Phase.INHIBITED) else "",
            fingers="; ".join(controller.headset.finger_followers.faults.values()),
            body=body_of(controller.driver.arms.kinematics.spec, controller.robot, self.now_ns),
        )
        broken = first_broken(links)
        results = {
            link.name: f"{verdict}: {link.text}" for link, verdict in zip(links, verdicts(links), strict=True)
        }
        text = f"{broken.name}: {broken.text}" if broken else "nothing is in the way: it moves"
        return Reply(
            accepted=True,
            reason=text,
            results=arguments({"broken": broken.name if broken else "", **results}),
        )


def _switched(values: dict[str, str], now: bool) -> bool | None:
    """What the argument ``on`` makes of a switch at ``now``: the other way without it; None: it says neither."""
    return {"": not now, "true": True, "false": False}.get(values.get("on", ""))


def _neither(values: dict[str, str]) -> Reply:
    return Reply(reason=f"on is {values['on']!r}; it may be true or false")
