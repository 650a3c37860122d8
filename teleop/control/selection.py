"""What the operator has chosen: layer, scale, hand, joint, frozen parts; and the passing note that tells of it."""

from collections.abc import Sequence

from teleop.bindings.bindings import Bindings
from teleop.bindings.words import FREEZABLE
from twin.bases import GANTRY
from twin.robot import RobotSpec
from twin.wire.clock import NS_PER_MS

_NOTE_NS = 2500 * NS_PER_MS


def other(side: str) -> str:
    """The other side."""
    return "left" if side == "right" else "right"


def turnable_joints(spec: RobotSpec, can_walk: bool) -> tuple[str, ...]:
    """Joints that may be turned by themselves: all but the legs of a robot whose base moves."""
    legs = ("left_leg", "right_leg") if can_walk else ()
    return tuple(joint.name for joint in spec.joints if joint.group not in legs)


class Selection:
    """Choices that outlive an engagement."""

    def __init__(self, bindings: Bindings, can_walk: bool) -> None:
        """Start as ``bindings`` say."""
        self.layer: str = bindings.layers.start
        self.scale: str = bindings.scales.start
        self.side = "right"
        self.can_walk = can_walk
        self.frozen: frozenset[str] = frozenset()  # names of ``FREEZABLE``
        self.mirrored = False  # both arms move, one as the other's mirror image
        self.joint = ""  # that the layer "joint" turns
        if self.layer not in self.layers(bindings):
            self.layer = self.layers(bindings)[0]
        self._layer_before_joint = self.layer
        self._note, self._note_until_ns = "", 0

    def hear_base(self, base: str, spec: RobotSpec) -> None:
        """The base of ``spec`` is held so now, one of ``twin.bases.BASES``; empty: nobody says how.

        From when it comes off the bolts of its gantry, its legs are no more turned by themselves: what carries or
        balances it has them, also while it hangs again.
        """
        self.can_walk = self.can_walk or base not in ("", GANTRY)
        if self.joint and self.joint not in turnable_joints(spec, self.can_walk):
            self.choose_joint("")

    def layers(self, bindings: Bindings) -> tuple[str, ...]:
        """The layers one steps through with this robot; "joint" is opened by choosing one."""
        # A robot that cannot walk still has neck and waist, which this layer moves.
        return tuple(bindings.layers.order)

    def choose(self, action: str, bindings: Bindings, now_ns: int) -> None:
        """Carry out ``side.*``, ``layer.*``, ``scale.*``, ``freeze.*`` or ``mirror``."""
        kind, _, what = action.partition(".")
        if kind == "side":
            self.side = other(self.side)
            self.note(f"{self.side} hand", now_ns)
        elif kind == "layer":
            self.set_layer(self._next_layer(bindings))
            self.note(f"layer {self.layer}", now_ns)
        elif kind == "freeze":
            self.freeze(f"{self.side}_arm" if what == "arm" else what)
            told = " and ".join(part.replace("_", " ") for part in sorted(self.frozen))
            self.note(f"frozen: {told}" if told else "nothing is frozen", now_ns)
        elif kind == "mirror":
            self.mirrored = not self.mirrored
            self.note("both arms, mirrored" if self.mirrored else f"{self.side} arm alone", now_ns)
        else:
            self.scale = _scale(bindings.scales.order, self.scale, what)
            self.note(f"speed {self.scale}", now_ns)

    def _next_layer(self, bindings: Bindings) -> str:
        if self.layer == "joint":
            return self._layer_before_joint
        return _after(self.layers(bindings), self.layer)

    def set_layer(self, layer: str) -> None:
        """Go to ``layer``; leaving "joint" forgets the joint."""
        self.layer = layer
        if layer != "joint":
            self._layer_before_joint, self.joint = layer, ""

    def freeze(self, part: str, on: bool | None = None) -> None:
        """Hold ``part`` of ``FREEZABLE``, or let it go; None: the other way than now."""
        assert part in FREEZABLE, part
        hold = part not in self.frozen if on is None else on
        self.frozen = self.frozen | {part} if hold else self.frozen - {part}

    def choose_joint(self, joint: str) -> None:
        """Turn ``joint`` from now on, in the layer "joint"; empty: go back to the layer before."""
        self.set_layer("joint" if joint else self._layer_before_joint)
        self.joint = joint

    def step_joint(self, joints: Sequence[str], step: int, now_ns: int) -> None:
        """Choose the joint ``step`` places further in ``joints``; only in the layer "joint"."""
        if self.layer != "joint" or self.joint not in joints:
            return
        self.joint = joints[(joints.index(self.joint) + step) % len(joints)]
        self.note(self.joint.replace("_", " "), now_ns)

    def note(self, text: str, now_ns: int) -> None:
        """Show ``text`` for a moment."""
        self._note, self._note_until_ns = text, now_ns + _NOTE_NS

    def current_note(self, now_ns: int) -> str:
        """What is to be shown now, usually nothing."""
        return self._note if now_ns < self._note_until_ns else ""


def _after(choices: tuple[str, ...], now: str) -> str:
    return choices[(choices.index(now) + 1) % len(choices)] if now in choices else choices[0]


def _scale(order: tuple[str, ...], now: str, what: str) -> str:
    if what == "next" or now not in order:
        return _after(order, now)
    place = order.index(now) + (1 if what == "faster" else -1)
    return order[min(max(place, 0), len(order) - 1)]
