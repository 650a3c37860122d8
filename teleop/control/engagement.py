"""What control remembers of taking hold: when, with which device, and whether the first count is over.

The first motion of a session is counted down aloud, so that whoever stands near is warned and the operator's hands
are where they should be. A session is one lease of one start of the robot: a robot or a control that was restarted,
a station that was disarmed and armed again, and a lease that came back from somebody else are new ones. Pausing,
letting go, and a STOP that was reset are not.
"""

from dataclasses import dataclass, field

from teleop.control.clutch import MOVING_STATES, Phase
from teleop.control.robot_view import Session
from twin.wire.clock import NS_PER_S

COUNTDOWN_NS = 3 * NS_PER_S


@dataclass
class Engagement:
    """The newest attempt to take hold."""

    began_ns: int = 0  # of the count, then of the coupling
    device: str = ""
    agent_moved: bool = False  # the agent was seen moving since it began
    rejected_before: int = 0  # frames that the agent had refused when it began
    _moved_in: Session = field(default_factory=Session)  # the session in which the robot followed last

    def begin(self, device: str, rejected: int, now_ns: int) -> None:
        """Begin to count, or to couple, with ``device``; the agent has refused ``rejected`` frames so far."""
        self.began_ns, self.device, self.rejected_before = now_ns, device, rejected
        self.agent_moved = False

    def hear(self, agent_state: str, session: Session) -> None:
        """The agent is in ``agent_state`` while control is coupled in ``session``."""
        if agent_state in MOVING_STATES:
            self.agent_moved, self._moved_in = True, session

    def countdown_ns(self, phase: Phase, session: Session, now_ns: int) -> int:
        """How long is still to be counted before the robot may follow in ``session``; 0 once it has."""
        if session == self._moved_in:
            return 0
        if phase is not Phase.COUNTING:
            return COUNTDOWN_NS
        return max(0, self.began_ns + COUNTDOWN_NS - now_ns)
