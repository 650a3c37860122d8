"""What `understudy headset` asks and tells about the person who wears it: mirror me, wrists, sizes of hand and arm."""

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.wire.ask import Asker

_LOOK_S = 0.05


def hand_told(facts: dict[str, str]) -> str:
    """``facts`` about the length of the hand for a person."""
    lines = [
        f"{source:<18}{f'{float(facts[key]):.3f} m' if facts[key] else 'nothing yet'}"
        for key, source in (("profile_m", "the profile says"), ("measured_m", "the headset sees"))
    ]
    if facts["measured_m"] and facts["measured_m"] != facts["profile_m"]:
        lines.append("Keep what the headset sees: understudy headset hand-size --keep")
    return "\n".join(lines)


def measured(asker: "Asker") -> Generator[str, None, None]:
    """Ask for both poses; what is to be done, as it is said, and then what came of it. To leave gives it up."""
    said, answer = "", asker.ask("measure", begin="true")
    try:
        while answer["running"] == "true":
            if answer["told"] != said:
                said = answer["told"]
                yield said
            time.sleep(_LOOK_S)
            answer = asker.ask("measure")
    except (KeyboardInterrupt, GeneratorExit):
        asker.ask("measure", cancel="true")
        raise
    yield answer["told"]


def mirrored(asker: "Asker", switch: str) -> str:
    """Switch mirror me "on" or "off"; what that means, for a person."""
    asker.ask("mirror_me", on="true" if switch == "on" else "false")
    if switch == "off":
        return "the robot's hands go by how far the operator's go"
    return "the robot's hands will be where the operator's are: the headset tells how to stand in the L-pose"
