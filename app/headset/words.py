"""What the window says of the headset link, from the facts that the inputs role gives."""

from collections.abc import Mapping

from app.feed import Feed
from teleop.inputs.xr.reading import ASKS, KIND
from twin.wire.messages import InputDevice, InputDevices

Facts = Mapping[str, str]  # results of the request headset.status


def asking(feed: Feed) -> InputDevice | None:
    """The headset that waits to be let in, if one does."""
    devices = feed.fresh("inputs.devices", InputDevices)
    waiting = [each for each in devices.devices if each.device == f"{KIND}:{ASKS}"] if devices else []
    return waiting[0] if waiting else None


def nobody_asks(feed: Feed) -> str | None:
    """Why there is nobody to let in."""
    return None if asking(feed) else "no headset waits to be let in"


def state_words(facts: Facts) -> str:
    """How the link does."""
    match facts.get("state", ""):
        case "":
            return "The inputs role does not answer: is it running?"
        case "off":
            return "Off: nobody can link. Open it on the address that the headset can reach."
        case "opening":
            return "Opening; the first certificate takes a moment."
        case "failed":
            return f"It could not be opened: {facts.get('reason', '')}"
        case _ if "asking" in facts:
            return f"Open on {facts['url']}. A headset waits for your answer."
        case _ if "invitation_url" in facts:
            return f"Open on {facts['url']}. Scan the code with the headset, or type it there, within ten minutes."
        case _ if "linked" in facts:
            return f"Open on {facts['url']}."
        case _:
            return f"Open on {facts['url']}. Nobody is invited: a new headset needs a new code."


def spaced(code: str) -> str:
    """Six digits as people read them out."""
    return f"{code[:3]} {code[3:]}" if code else ""


def invitation_words(facts: Facts) -> str:
    """Where to type the code, and what to compare."""
    if "invitation_url" not in facts:
        return ""
    cable = (
        f"\nOn its USB cable: adb reverse tcp:{facts['port']} tcp:{facts['port']}"
        if facts.get("address") == "127.0.0.1"
        else ""
    )
    halves = facts["fingerprint"][:47], facts["fingerprint"][48:]
    return f"{facts['url']}{cable}\n\nCertificate, to compare:\n{halves[0]}\n{halves[1]}"


def asking_words(facts: Facts) -> str:
    """The question at the door."""
    return f"{facts['asking']} has shown the code and wants to link. Let it in?" if "asking" in facts else ""


def linked_words(facts: Facts) -> str:
    """Who is linked."""
    if "linked" not in facts:
        return "No headset is linked."
    if facts.get("fault"):
        return f"Linked: {facts['linked']} ({facts['linked_id']}). It may not drive: {facts['fault']}."
    return (
        f"Linked: {facts['linked']} ({facts['linked_id']}), {facts.get('link_ms', '?')} ms away, "
        f"{facts.get('lost_frames', '0')} frames lost."
    )


def paired_words(facts: Facts) -> str:
    """What stands above the paired headsets."""
    if any(name.startswith("paired.") for name in facts):
        return "Paired headsets may come back without a code:"
    return "No headset is paired yet. One that was let in comes back without a code."


def paired_rows(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Id and description of each paired headset."""
    return tuple(
        (name.removeprefix("paired."), f"{text}  ({name.removeprefix('paired.')})")
        for name, text in facts.items()
        if name.startswith("paired.")
    )
