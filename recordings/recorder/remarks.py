"""What a learner should know of a take, gathered while its messages pass: outcome, stops, limits."""

from recordings.checking.sight import Sight
from twin.errors import WireError
from twin.wire.bus import Heard
from twin.wire.messages import AgentStatus, AppliedCommand, BalanceState, SceneState, XrSample

_LIMITED_SHARE = 0.01  # more of the applied commands than this were limited: worth a mark


class Remarks:
    """Marks of one take. Nothing is left out for having one; whoever trains decides."""

    def __init__(self, of_person: bool = False) -> None:
        """``of_person``: it is a person's take, of which only what was seen of them can be told."""
        self._sight = Sight() if of_person else None
        self.stop_levels: set[str] = set()
        self._falls: list[str] = []
        self._applied = 0
        self._limited = 0
        self._task_succeeded: bool | None = None
        self._unreadable: set[str] = set()

    def note(self, heard: Heard) -> None:
        """A message passed. One that cannot be read is kept like any other, and marked."""
        try:
            self._note(heard)
        except WireError:
            self._unreadable.add(heard.topic)

    def _note(self, heard: Heard) -> None:
        if heard.topic == "robot.applied":
            self._applied += 1
            if heard.read(AppliedCommand).limited:
                self._limited += 1
        elif heard.topic == "robot.scene":
            self._task_succeeded = heard.read(SceneState).task_succeeded
        elif heard.topic == "robot.balance":
            fall = heard.read(BalanceState).fall
            if fall and fall not in self._falls:
                self._falls.append(fall)
        elif heard.topic == "robot.status":
            level = heard.read(AgentStatus).stop_level
            if level not in ("", "NONE"):
                self.stop_levels.add(level)

        elif heard.topic == "operator.xr" and self._sight is not None:
            self._sight.note(heard.read(XrSample))

    @property
    def task_succeeded(self) -> bool | None:
        """What the simulated scene said last; None where there is no such judge."""
        return self._task_succeeded

    def marks(self) -> tuple[str, ...]:
        """One short sentence each."""
        found = [f"a stop was latched ({level})" for level in sorted(self.stop_levels)]
        found += [f"the robot fell ({fall})" for fall in self._falls]
        found += [f"messages on {name} could not be read" for name in sorted(self._unreadable)]
        found += self._sight.marks() if self._sight else []
        share = self._limited / self._applied if self._applied else 0.0
        if share > _LIMITED_SHARE:
            found.append(f"the robot limited {share:.0%} of the commands")
        return tuple(found)
