"""What the strip says about the robot: its own state in words and look, never the window's wish."""

from dataclasses import dataclass

from twin.wire.messages import AgentStatus

# Looks, by which widgets choose colours.
GREY, LIVE, AMBER, RED = "grey", "live", "amber", "red"

MAY_MOVE = frozenset({"ENGAGING", "TELEOP", "SKILL"})


@dataclass(frozen=True)
class Mode:
    """The state of the robot as a person reads it."""

    word: str
    look: str  # GREY | LIVE | AMBER | RED
    detail: str = ""  # reason, or what comes next
    progress: bool = False  # something is under way
    connected: bool = True
    sign: str = ""  # "skill": not driven by a hand

    @property
    def live(self) -> bool:
        """Whether the robot may move by the operator's or a skill's will."""
        return self.look == LIVE


OFFLINE = Mode("OFFLINE", GREY, "no robot is heard", connected=False)


# state: word, look, what to say when the robot gives no reason, what the person has to do
_MODES = {
    "BOOT": ("READY", GREY, "motors off", ""),
    "STANDBY": ("READY", GREY, "motors off", ""),
    "POWERING_ON": ("STARTING", GREY, "motors come on", ""),
    "HOLD": ("HOLD", GREY, "motors on", ""),
    "ENGAGING": ("LIVE", LIVE, "takes over softly", ""),
    "TELEOP": ("LIVE", LIVE, "follows the hand", ""),
    "SKILL": ("SKILL", LIVE, "", ""),
    "STOPPING": ("STOPPING", AMBER, "slows down", ""),
    "SETTLING": ("STOPPING", AMBER, "settles", ""),
    "PROTECTIVE_HOLD": ("HOLD", AMBER, "protective hold", "acknowledge"),
    "STOPPED_LATCHED": ("STOPPED", AMBER, "stop is latched", "reset"),
    "FAULT": ("FAULT", RED, "see the robot's log", ""),
    "SELFTEST": ("SELF-TEST", GREY, "", ""),
}
_UNDER_WAY = frozenset({"POWERING_ON", "SELFTEST"})
_ALWAYS_SAID = frozenset({"BOOT", "STANDBY", "ENGAGING", "TELEOP"})  # their own words go before the reason


def mode_of(status: AgentStatus | None, counting: str = "") -> Mode:
    """The mode for the robot's last word; ``None`` when it has never spoken or is silent.

    ``counting`` are the seconds until a robot that holds follows for the first time in a session; empty for no count.
    """
    if status is None:
        return OFFLINE
    known = _MODES.get(status.state)
    if known is None:
        return Mode(status.state or "UNKNOWN", RED, "this window does not know that state; update it")
    word, look, usual, task = known
    if counting and status.state == "HOLD":
        return Mode(f"{word} \u00b7 {counting}", AMBER, f"follows in {counting} s; let go to cancel")
    said = usual if status.state in _ALWAYS_SAID or not status.reason else status.reason
    return Mode(
        word=word,
        look=look,
        detail=" · ".join(part for part in (said, task) if part),
        progress=status.state in _UNDER_WAY,
        sign="skill" if status.state == "SKILL" else "",
    )
