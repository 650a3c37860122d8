"""`understudy headset`: link a headset to a running station, see who is linked, forget one, and find what is wrong."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import NoAnswer, StationError

if TYPE_CHECKING:
    from twin.wire.ask import Asker

_OPENS_WITHIN_S = 15.0
_LOOK_S = 0.05


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("headset", help="link a headset to the running station")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--station", default="default", metavar="NAME", help="which station (default: default)"
    )
    where.add_argument("--station-dir", type=Path, help="the station's folder instead")
    where.add_argument("--json", action="store_true", help="print one JSON object")
    link = actions.add_parser(
        "link", parents=[where], help="open the link and show how to come in, or close it"
    )
    link.add_argument("switch", nargs="?", choices=("on", "off"), default="on", help="default: on")
    link.add_argument(
        "--address",
        default="",
        metavar="IP",
        help="an address of this machine that the headset can reach; without it only this machine and a headset on "
        "its USB cable can (adb reverse)",
    )
    link.add_argument("--port", default="", help="default: 8443")
    link.add_argument(
        "--hard-squeeze-lets-go",
        action="store_true",
        help="a grip squeezed hard lets go too, on controllers that tell how hard",
    )
    actions.add_parser("allow", parents=[where], help="let in the headset that waits at the door")
    actions.add_parser("deny", parents=[where], help="turn away the headset that waits at the door")
    actions.add_parser(
        "status", parents=[where], help="whether the link is open, who is linked, who is paired"
    )
    revoke = actions.add_parser(
        "revoke", parents=[where], help="forget a paired headset and close its session"
    )
    revoke.add_argument("id", help="as `understudy headset status` shows it")
    openxr = actions.add_parser(
        "openxr",
        parents=[where],
        help="a headset on SteamVR, Monado or WiVRn: switch it on or off, or see it",
    )
    openxr.add_argument("switch", nargs="?", choices=("on", "off"), help="without it: how it is doing")
    webcam = actions.add_parser(
        "webcam",
        parents=[where],
        help="bare hands before a webcam, as those of a headset: switch it on or off, or see it",
    )
    webcam.add_argument(
        "switch",
        nargs="?",
        choices=("on", "off", "fetch"),
        help="without it: how it is doing; fetch: get the networks that see hands, once",
    )
    webcam.add_argument(
        "--wheel", type=Path, metavar="FILE", help="fetch: from this wheel instead of the package index"
    )
    webcam.add_argument(
        "--camera",
        default="",
        metavar="DEVICE",
        help="default: /dev/video0; or a film, played at its own pace",
    )
    webcam.add_argument(
        "--view-deg",
        default="",
        metavar="N",
        help="how wide the camera sees, from edge to edge (default: 65)",
    )
    mirror = actions.add_parser(
        "mirror-me",
        parents=[where],
        help="let the robot's hands be where the operator's are, after the L-pose, or go by their ways again",
    )
    mirror.add_argument("switch", nargs="?", choices=("on", "off"), default="on", help="default: on")
    actions.add_parser(
        "wrists",
        parents=[where],
        help="as the operator's hands are turned now, so the robot's belong from now on; nothing moves by it",
    )
    hand = actions.add_parser(
        "hand-size",
        parents=[where],
        help="how long the operator's hand is, as their profile or the headset says; keep what the headset measured",
    )
    hand.add_argument(
        "--keep", action="store_true", help="write it into the profile of the station's operator"
    )
    actions.add_parser(
        "measure",
        parents=[where],
        help="measure the arms and shoulders of the station's operator by two poses",
    )
    doctor = actions.add_parser(
        "doctor",
        parents=[where],
        help="check certificate, address, port, firewall, and what a headset will see",
    )
    doctor.add_argument("--address", default="", metavar="IP", help="the address that you mean to use")
    doctor.add_argument("--port", default="", help="default: 8443")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit code."""
    if args.action == "doctor":
        return _doctor(args)
    if args.action == "webcam" and args.switch == "fetch":
        return _fetch(args.wheel)
    from app.headset.webcam_words import looked as looked_at_webcam
    from app.headset.webcam_words import told
    from twin.station import Station, default_folder
    from twin.wire.ask import Asker

    station = Station.load(args.station_dir or default_folder(args.station))
    of_control = args.action in ("mirror-me", "wrists", "hand-size", "measure")
    asker = Asker(station, "control" if of_control else "inputs", "understudy headset")
    try:
        if of_control:
            _ask_control(asker, args)
        elif args.action == "revoke":
            asker.ask("headset.revoke", id=args.id)
            print(f"{args.id} is no longer paired")
        elif args.action in ("allow", "deny"):
            asker.ask(f"headset.{args.action}")
            print("it is let in and paired" if args.action == "allow" else "it is turned away")
        elif args.action == "openxr":
            _show_openxr(_looked(asker, args.switch), args.json)
        elif args.action == "webcam":
            facts = looked_at_webcam(asker, args.switch, args.camera, args.view_deg)
            print(json.dumps(facts, indent=2) if args.json else told(facts))
        elif args.action == "link" and args.switch == "off":
            asker.ask("headset.link", switch="off")
            print("the headset link is closed")
        elif args.action == "link":
            squeeze = "lets_go" if args.hard_squeeze_lets_go else ""
            asker.ask("headset.link", switch="on", address=args.address, port=args.port, hard_squeeze=squeeze)
            _show(_opened(asker), args.json)
        else:
            _show(asker.ask("headset.status"), args.json)
    finally:
        asker.close()
    return 0


def _fetch(wheel: Path | None) -> int:
    from teleop.inputs.webcam.fetching import fetch

    print(f"hands before a webcam can be seen: the networks are in {fetch(wheel)}")
    return 0


def _ask_control(asker: "Asker", args: argparse.Namespace) -> None:
    """What is about the operator rather than about the link."""
    if args.action == "mirror-me":
        print(_mirrored(asker, args.switch))
    elif args.action == "wrists":
        print(asker.ask("wrists")["told"])
    elif args.action == "measure":
        _measure(asker)
    else:
        _show_hand(asker.ask("hand_size", keep="true" if args.keep else ""), args.json)


def _show_hand(facts: dict[str, str], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    for key, source in (("profile_m", "the profile says"), ("measured_m", "the headset sees")):
        print(f"{source:<18}{f'{float(facts[key]):.3f} m' if facts[key] else 'nothing yet'}")
    if facts["measured_m"] and facts["measured_m"] != facts["profile_m"]:
        print("Keep what the headset sees: understudy headset hand-size --keep")


def _measure(asker: "Asker") -> None:
    """Ask for both poses, say what is to be done, and what came of it."""
    said, answer = "", asker.ask("measure", begin="true")
    try:
        while answer["running"] == "true":
            if answer["told"] != said:
                said = answer["told"]
                print(said, flush=True)
            time.sleep(_LOOK_S)
            answer = asker.ask("measure")
    except KeyboardInterrupt:
        asker.ask("measure", cancel="true")
        raise
    print(answer["told"])


def _mirrored(asker: "Asker", switch: str) -> str:
    asker.ask("mirror_me", on="true" if switch == "on" else "false")
    if switch == "off":
        return "the robot's hands go by how far the operator's go"
    return "the robot's hands will be where the operator's are: the headset tells how to stand in the L-pose"


def _opened(asker: "Asker") -> dict[str, str]:
    """What the inputs role says once the link listens; making the first certificate takes a moment."""
    until_s = time.monotonic() + _OPENS_WITHIN_S
    while time.monotonic() < until_s:
        facts = asker.ask("headset.status")
        if facts["state"] == "failed":
            raise StationError(f"the headset link did not open: {facts['reason']}")
        if facts["state"] == "open":
            return facts
        time.sleep(_LOOK_S)
    raise NoAnswer(
        f"the headset link did not open within {_OPENS_WITHIN_S:g} s; see the log of the inputs role"
    )


def _looked(asker: "Asker", switch: str | None) -> dict[str, str]:
    """What the inputs role says of OpenXR once it knows; loading a runtime takes a moment."""
    facts = asker.ask("headset.openxr", switch=switch or "")
    until_s = time.monotonic() + _OPENS_WITHIN_S
    while switch == "on" and facts["reason"] == "looking for a runtime" and time.monotonic() < until_s:
        time.sleep(_LOOK_S)
        facts = asker.ask("headset.openxr")
    if facts["state"] == "failed":
        raise StationError(facts["reason"])
    return facts


def _show_openxr(facts: dict[str, str], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, indent=2))
    elif facts["state"] == "open":
        fault = f": {facts['fault']}" if facts.get("fault") else ", and may drive"
        print(f"{facts['headset']} on {facts['runtime']} is seen{fault}.")
    else:
        print(f"OpenXR is {facts['state']}{': ' + facts['reason'] if facts['reason'] else ''}.")


def _show(facts: dict[str, str], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    state = facts["state"]
    print(f"The headset link is {state}{': ' + facts['reason'] if facts.get('reason') else ''}.")
    if "asking" in facts:
        print(f"At the door: {facts['asking']}. `understudy headset allow` lets it in, `deny` turns it away.")
    if "linked" in facts:
        print(f"Linked: {facts['linked']} ({facts['linked_id']}), {facts.get('link_ms', '?')} ms away.")
    if "invitation_url" in facts:
        _show_invitation(facts)
    elif state == "open":
        print("Nobody is invited now: `understudy headset link` makes a new code.")
    paired = {
        name.removeprefix("paired."): text for name, text in facts.items() if name.startswith("paired.")
    }
    for device_id, text in paired.items():
        print(f"Paired: {device_id}  {text}")


def _show_invitation(facts: dict[str, str]) -> None:
    import segno

    if sys.stdout.isatty():
        segno.make(facts["invitation_url"], error="l").terminal(compact=True, border=2)
    print(f"In the headset's browser open  {facts['url']}")
    print(
        f"and type the code              {facts['code'][:3]} {facts['code'][3:]}    (once, within 10 minutes)"
    )
    print(f"Certificate SHA-256            {facts['fingerprint']}")
    print("It then waits at the door:     understudy headset allow    (or the window's question)")
    if facts["address"] == "127.0.0.1":
        print(
            "Only this machine can reach that address. For a Quest on its USB cable: "
            f"adb reverse tcp:{facts['port']} tcp:{facts['port']}. For Wi-Fi: --address IP."
        )


def _doctor(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from app.headset.doctor import examine_link

    checks = examine_link(args.address, args.port)
    if args.json:
        print(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            print(f"{check.status:<6} {check.title:<14} {check.found}")
            for text in (check.meaning, check.remedy):
                if text:
                    print(f"       {text}")
    return int(any(check.status == "fault" for check in checks))
