"""One tick of control: from what devices and robot say to a command, or to none. No sockets, no clock.

The same inputs at the same times give the same commands, so that a recorded day can be driven again.
"""

from dataclasses import dataclass, replace

import numpy as np

from teleop.bindings.bindings import Bindings, Scale
from teleop.bindings.words import SIDES, WALKING_LAYERS
from teleop.control.clutch import BLEND_NS, BLEND_SPEED, COUPLED, Facts, Phase, next_phase
from teleop.control.clutch_facts import with_device, with_robot
from teleop.control.command_writer import CommandWriter
from teleop.control.devices import Devices
from teleop.control.engagement import Engagement
from teleop.control.intent import Intent
from teleop.control.operator_acts import carry_out
from teleop.control.robot_view import RobotView, Session
from teleop.control.selection import Selection, other, turnable_joints
from teleop.control.surroundings import Surroundings
from teleop.driving.drags import Drags
from teleop.driving.driver import Driver, ImpossibleStepError
from teleop.driving.walk import WalkDriver
from teleop.following.headset import HeadsetDriver
from twin.robot import RobotSpec
from twin.scenery.layout import Layout
from twin.shaping import quintic
from twin.spatial import Array
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN, JointCommand
from twin.wire.messages import AgentStatus, DragSample, InputSample, XrSample

_DEVICE_GONE_NS = 1000 * NS_PER_MS
_LONGEST_STEP_S = 0.02  # after a pause the motion goes on, it does not catch up


@dataclass(frozen=True)
class Tick:
    """What one tick decided."""

    command: JointCommand | None  # to be sent now
    wishes: tuple[str, ...] = ()  # for others to carry out: names in ``operator_acts.FOR_OTHERS``


class Controller:
    """Everything between the operator's samples and the command frame."""

    def __init__(
        self,
        spec: RobotSpec,
        bindings: dict[str, Bindings],
        can_walk: bool = False,
        surroundings: Layout | None = None,
    ) -> None:
        """Control for the robot ``spec``.

        Args:
            spec: the robot.
            bindings: by kind of device.
            can_walk: its base moves, on wheels or feet, until the robot itself says how it is held.
            surroundings: the scene whose furniture is in its way, where the place of its base in it is known;
                None: nothing is known to be.

        Raises:
            RobotSpecError: the robot lacks arms, hand frames or grasps.
        """
        self.spec = spec
        self.driver = Driver(spec, surroundings)
        kinematics = self.driver.arms.kinematics
        self._furniture = Surroundings(kinematics) if kinematics.has_scene else None
        self.devices = Devices(bindings)
        self.robot = RobotView(len(spec.joints))
        self.session = Session()
        self.selection = Selection(bindings["gamepad"], can_walk=can_walk)
        self.walk = WalkDriver()
        self.phase, self.reason = Phase.IDLE, ""
        self.headset = HeadsetDriver(spec, self.driver)
        self.drags, self._drag = Drags(spec), DragSample()
        self.left_handed = False
        self.paused = False
        self.fault = ""  # why control itself must not go on
        self.barred = ""  # why the station around it must not be driven now
        self._default = bindings["gamepad"]
        self._joints = len(spec.joints)
        self._writer = CommandWriter(spec)
        self._ticked_ns = 0
        self._engagement = Engagement()
        self._lost = ""  # why there is no device any more
        self._actions: list[str] = []

    @property
    def is_coupled(self) -> bool:
        """True while the robot is asked to follow the operator."""
        return self.phase in COUPLED

    @property
    def bindings(self) -> Bindings:
        """Of the device that drives, or would."""
        device = self.devices.driver
        return device.interpreter.bindings if device else self._default

    @property
    def turnable_joints(self) -> tuple[str, ...]:
        """Joints that may be turned by themselves: all but the legs of a robot that stands on them."""
        return turnable_joints(self.spec, self.selection.can_walk)

    @property
    def driven_side(self) -> str:
        """The hand that the sticks move now."""
        return other(self.selection.side) if self.intent.other_side else self.selection.side

    @property
    def driven_sides(self) -> frozenset[str]:
        """The hands that move when the operator wants it."""
        if self.is_dragged:
            return frozenset(self.drags.goals)
        if self.is_followed:
            return frozenset(self.headset.followers.goals)
        return frozenset(SIDES) if self.selection.mirrored else frozenset((self.driven_side,))

    @property
    def is_followed(self) -> bool:
        """True if a headset drives: hands follow hands instead of sticks."""
        device = self.devices.driver
        return device is not None and device.sample.device == self.headset.device

    def band(self, side: str, now_ns: int) -> tuple[str, float]:
        """Of a hand that follows a headset's, see ``HeadsetDriver.band``; none if something else drives."""
        if not self.is_followed:
            return "", 0.0
        return self.headset.band(side, self.bindings.scales.of(self.selection.scale), now_ns)

    @property
    def is_dragged(self) -> bool:
        """True if the mouse drives: a hand or joints go where they are dragged."""
        device = self.devices.driver
        return device is not None and device.sample.kind == "mouse"

    @property
    def intent(self) -> Intent:
        """What the operator wants of the device that drives."""
        return self.devices.driver.intent if self.devices.driver else Intent()

    def fit(self, bindings: dict[str, Bindings], left_handed: bool) -> None:
        """Read every device by ``bindings`` from now on, for a person who prefers that hand; not while coupled."""
        self.devices.rebind(bindings)
        self._default, self.left_handed = bindings["gamepad"], left_handed
        self.selection.side = "left" if left_handed else "right"

    # --- what arrives ---------------------------------------------------------------------------------

    def hear_input(self, sample: InputSample, seq: int, sampled_ns: int) -> None:
        """Take in a device's sample; in their order."""
        self._actions += self.devices.hear(sample, seq, sampled_ns, self.selection.layer)

    def hear_xr(self, sample: XrSample, sampled_ns: int) -> None:
        """Take in head and hands of a headset; they count while the headset drives."""
        self.headset.hear(sample, sampled_ns, self.is_coupled)

    def hear_drag(self, sample: DragSample) -> None:
        """Take in what the mouse drags; it counts while the mouse drives."""
        self._drag = sample

    def hear_status(self, status: AgentStatus, sampled_ns: int) -> None:
        """Take in the agent's account of itself; what else the robot says is heard by ``robot``."""
        self.robot.hear_status(status, sampled_ns)
        self.selection.hear_base(status.base, self.spec)
        if self.is_coupled:
            self._engagement.hear(status.state, self.session)

    def do(self, action: str) -> None:
        """Do ``action``, a name of ``bindings.words.DOES``, in the next tick, as if a button had been pressed."""
        self._actions.append(action)

    # --- the tick -------------------------------------------------------------------------------------

    def tick(self, now_ns: int) -> Tick:
        """Decide at ``now_ns``, which never goes back."""
        dt_s = min(_LONGEST_STEP_S, max(1, now_ns - self._ticked_ns) / NS_PER_S)
        self._ticked_ns = now_ns
        self.devices.drop_silent(now_ns, _DEVICE_GONE_NS)
        actions, self._actions = self._actions, []
        wishes = carry_out(self, actions, now_ns)
        was_coupled = self.is_coupled
        self._decide(now_ns)
        if self.is_coupled and was_coupled:
            return Tick(self._command(now_ns, self._advance(now_ns, dt_s), HOLD_TO_RUN), wishes)
        for each in (self.headset, self.drags):
            each.let_go()
        if self.is_coupled:
            self._engage(now_ns)
        if self.is_coupled or was_coupled:
            # Released; or about to engage, and the robot wants to see a release before the press, as we did.
            return Tick(self._command(now_ns, np.zeros(self._joints), 0), wishes)
        return Tick(None, wishes)

    def _decide(self, now_ns: int) -> None:
        facts, lost = self.facts(now_ns), self.devices.take_lost()
        if lost:
            facts = replace(facts, device_lost=lost)
        before, (self.phase, reason) = self.phase, next_phase(self.phase, facts)
        if self.phase in (Phase.COUNTING, Phase.ENGAGING) and self.phase is not before:
            rejected = self.robot.status.rejected if self.robot.status else 0
            self._engagement.begin(facts.device, rejected, now_ns)
        self._lost = facts.device_lost or ("" if facts.device else self._lost)
        if self.phase is Phase.INHIBITED:
            self.devices.unlatch()  # what ended the coupling ends a hold that holds itself
        # An inhibition keeps the reason it began with; it has none of its own later.
        kept = self.reason if self.phase is Phase.INHIBITED else ""
        self.reason = self._lost or reason or kept

    def facts(self, now_ns: int) -> Facts:
        """All that decides whether the operator is coupled."""
        known = Facts(
            paused=self.paused,
            fault=self.fault or self.barred,
            countdown_ns=self._engagement.countdown_ns(self.phase, self.session, now_ns),
            engaged_for_ns=now_ns - self._engagement.began_ns,
            agent_moved=self._engagement.agent_moved,
        )
        known = with_robot(known, self.robot, self.session, self._engagement.rejected_before, now_ns)
        device = self.devices.driver
        if device is None:
            return known
        fault = self.drags.fault if self.is_dragged else ""
        if self.is_followed:
            fault = self.headset.fault(now_ns)
        return with_device(known, device, device.sample.device == self._engagement.device, fault, now_ns)

    def _engage(self, now_ns: int) -> None:
        self.walk.stand()
        self.driver.latch(self.robot.held_rad(now_ns), self.intent)
        self._level()

    def _level(self) -> None:
        """A hand's forward and up are level and upright, however the body leans."""
        arms = self.driver.arms
        arms.level(self.robot.turn_of(arms.kinematics.base.rotation))

    def _advance(self, now_ns: int, dt_s: float) -> Array:
        """Move the commanded pose on; returns its velocity, shape (n,)."""
        selection, driver = self.selection, self.driver
        if selection.frozen != driver.frozen:
            driver.freeze(selection.frozen, self.intent)
        joint = selection.joint
        driver.joints.joint = self.spec.joint_names.index(joint) if joint else None
        if selection.layer in WALKING_LAYERS:
            self.walk.advance(self.intent, selection.scale, dt_s)
            self._level()
        else:
            self.walk.stand()
        engaged_for_ns = now_ns - self._engagement.began_ns
        gentle = BLEND_SPEED * quintic(engaged_for_ns / BLEND_NS) if engaged_for_ns < BLEND_NS else 1.0
        if refused := self.headset.take_refusal():
            selection.note(refused, now_ns)
        try:
            return self._moved_on(self.bindings.scales.of(selection.scale), gentle, dt_s)
        except ImpossibleStepError:
            self.fault = "control computed an impossible step and holds; restart the control role and tell us"
            return np.zeros(self._joints)

    def _moved_on(self, scale: Scale, gentle: float, dt_s: float) -> Array:
        driver, intent = self.driver, self.intent
        if self._furniture is not None:
            self._furniture.follow(self.robot)
        if self.is_followed:
            return self.headset.move(intent, scale, gentle, dt_s)
        if self.is_dragged:
            hand, base = driver.arms.solver.hand, driver.arms.kinematics.base
            self.drags.hear(self._drag, hand, base, self.robot.state, self.selection.can_walk)
            if self.drags.joints:
                return driver.slide(self.drags.joints, scale, gentle, dt_s)
            return driver.follow(self.drags.goals, {}, intent, scale, gentle, dt_s)
        return driver.advance(self.driven_side, self.selection.mirrored, intent, scale, gentle, dt_s)

    def _command(self, now_ns: int, velocity_rad_s: Array, held: int) -> JointCommand:
        # A press is fresh until it has had its effect: an agent that stops by itself is not engaged by it again.
        fresh = FRESH_PRESS if held and not self._engagement.agent_moved else 0
        device = self.devices.driver
        return self._writer.write(
            now_ns, self.session, self.driver, self.walk, device, velocity_rad_s, held | fresh
        )
