"""Why the robot does not do what is asked, as a person is told: which joint or hand, in one calm sentence.

Control names what limited inverse kinematics, the robot what its gate changed; both come and go many times a second.
What is shown is slower: a reason must stand for a moment before it is said, and a sentence stays until it was read.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from app.feed import Feed
from twin.reasons import Reason, parse, reason_of
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import ControlStatus, RobotIdentity

_STANDS_AFTER_NS = 250 * NS_PER_MS  # shorter ones are the ordinary work of the limiter
_GONE_AFTER_NS = 400 * NS_PER_MS
_READ_IN_NS = 2 * NS_PER_S
_LIMITED_WITHIN_NS = 100 * NS_PER_MS

_OF_A_GRIP = frozenset({"limit", "torque"})  # what a closing finger does every time


@dataclass
class _Held:
    since_ns: int
    seen_ns: int


class Interventions:
    """What is held back now, and the one sentence about it."""

    def __init__(self) -> None:
        self._held: dict[Reason, _Held] = {}
        self._said: Reason | None = None
        self._said_ns = 0
        self._now_ns = 0

    def observe(
        self,
        reasons: Iterable[str],
        limited_joints: Mapping[int, str],
        joint_names: tuple[str, ...],
        fingers: Container[int],
        now_ns: int,
    ) -> None:
        """Take in what is limited at this moment.

        Args:
            reasons: control's, as they travel.
            limited_joints: what the robot's gate changed, by joint.
            joint_names: of the robot.
            fingers: joints that close until they meet something; their range and force are no news.
            now_ns: the time.
        """
        self._now_ns = now_ns
        quiet = {joint_names[joint] for joint in range(len(joint_names)) if joint in fingers}
        found = [each for each in map(reason_from, reasons) if each is not None]
        found += [
            reason_of(kind, joint_names[joint])
            for joint, kind in limited_joints.items()
            if joint < len(joint_names)
        ]
        for each in found:
            if each.subject in quiet and each.kind.name in _OF_A_GRIP:
                continue
            held = self._held.setdefault(each, _Held(now_ns, now_ns))
            held.seen_ns = now_ns
        self._held = {
            each: held for each, held in self._held.items() if now_ns - held.seen_ns < _GONE_AFTER_NS
        }
        self._choose_sentence()

    @property
    def standing(self) -> tuple[Reason, ...]:
        """What is held back for longer than a moment, what ends the way before what slows it, then oldest first."""
        stand = [
            (severity_of(each) != "warning", held.since_ns, str(each), each)
            for each, held in self._held.items()
            if held.seen_ns - held.since_ns >= _STANDS_AFTER_NS
        ]
        return tuple(each for *_, each in sorted(stand))

    @property
    def said(self) -> Reason | None:
        """The one whose sentence is shown; it stays for two seconds, unless a worse one comes."""
        return self._said

    def _choose_sentence(self) -> None:
        standing, said = self.standing, self._said
        worst = standing[0] if standing else None
        if said is not None:
            is_worse = worst is not None and severity_of(worst) == "warning" != severity_of(said)
            stays = said in standing or self._now_ns - self._said_ns < _READ_IN_NS
            if stays and not is_worse:
                return
        if worst != said:
            self._said, self._said_ns = worst, self._now_ns


def observe(feed: Feed, interventions: Interventions, fingers: Container[int]) -> None:
    """Let ``interventions`` take in what ``feed`` says is held back; once a frame."""
    identity = feed.message("robot.identity", RobotIdentity)
    names = identity[0].joint_names if identity else ()
    control = feed.fresh("control.status", ControlStatus)
    limited = feed.limited(_LIMITED_WITHIN_NS) if names else {}
    reasons = (*control.reasons, *control.limited_by) if control and control.engaged else ()
    if control and not control.engaged:
        # A refused jump is what ended the coupling: its reason is to be seen after it.
        reasons = tuple(text for text in control.reasons if text.startswith("jump:"))
    interventions.observe(reasons, limited, names, fingers, feed.now_ns)


def severity_of(reason: Reason) -> str:
    """Warning for what ends the way, advisory for what only slows it."""
    return "warning" if reason.kind.weight > 1 else "advisory"


def reason_from(text: str) -> Reason | None:
    """The reason that travels as ``text``; None for one that only a newer program knows."""
    try:
        return parse(text)
    except KeyError:
        return None
