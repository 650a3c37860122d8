"""`understudy headset`: link a headset to a running station, see who is linked, forget one, and find what is wrong."""

import argparse
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.wire.ask import Asker


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
    from app.headset import link_words, openxr_words, webcam_words
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
            _say(openxr_words.looked(asker, args.switch), openxr_words.told, args.json)
        elif args.action == "webcam":
            facts = webcam_words.looked(asker, args.switch, args.camera, args.view_deg)
            _say(facts, webcam_words.told, args.json)
        elif args.action == "link" and args.switch == "off":
            asker.ask("headset.link", switch="off")
            print("the headset link is closed")
        elif args.action == "link":
            squeeze = "lets_go" if args.hard_squeeze_lets_go else ""
            asker.ask("headset.link", switch="on", address=args.address, port=args.port, hard_squeeze=squeeze)
            _say(link_words.opened(asker), link_words.told, args.json)
        else:
            _say(asker.ask("headset.status"), link_words.told, args.json)
    finally:
        asker.close()
    return 0


def _say(facts: dict[str, str], told: Callable[[dict[str, str]], str], as_json: bool) -> None:
    print(json.dumps(facts, indent=2) if as_json else told(facts))


def _ask_control(asker: "Asker", args: argparse.Namespace) -> None:
    """What is about the operator rather than about the link."""
    from app.headset import operator_words

    if args.action == "mirror-me":
        print(operator_words.mirrored(asker, args.switch))
    elif args.action == "wrists":
        print(asker.ask("wrists")["told"])
    elif args.action == "measure":
        with closing(operator_words.measured(asker)) as sentences:
            for sentence in sentences:
                print(sentence, flush=True)
    else:
        facts = asker.ask("hand_size", keep="true" if args.keep else "")
        _say(facts, operator_words.hand_told, args.json)


def _fetch(wheel: Path | None) -> int:
    from teleop.inputs.webcam.fetching import fetch

    print(f"hands before a webcam can be seen: the networks are in {fetch(wheel)}")
    return 0


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
