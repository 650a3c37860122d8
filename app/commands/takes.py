"""`understudy takes`: what was recorded, how good it is, whether it is sound, and saving what was cut short."""

import argparse
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recordings.catalog import Entry
    from recordings.take import Manifest


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("takes", help="list, show, mark, verify and recover takes")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--takes", type=Path, metavar="DIR", help="folder with takes (default: the user's)")
    shared.add_argument("--json", action="store_true", help="print JSON")
    listed = actions.add_parser("list", parents=[shared], help="all takes, oldest first")
    add_only(listed)
    mark = actions.add_parser("mark", parents=[shared], help="say that a take is good or bad")
    mark.add_argument("rating", choices=("good", "bad", "none"))
    mark.add_argument("names", nargs="+", metavar="TAKE", help="a file, an id or its beginning, or `last`")
    mark.add_argument("--reason", default="", metavar="TEXT", help="why, in a few words")
    trim = actions.add_parser(
        "trim", parents=[shared], help="say which part of a take counts; it stays whole"
    )
    trim.add_argument("names", nargs="+", metavar="TAKE", help="a file, an id or its beginning, or `last`")
    trim.add_argument("--from", type=float, dest="from_s", metavar="S", help="seconds since it began")
    trim.add_argument("--to", type=float, dest="to_s", metavar="S", help="seconds since it began")
    kept = trim.add_mutually_exclusive_group()
    kept.add_argument("--driving", action="store_true", help="from before somebody drove until after")
    kept.add_argument("--whole", action="store_true", help="all of it counts again")
    for name, words in (
        ("show", "what a take says about itself"),
        ("verify", "check that takes are whole and hold what they say; exit 1 if one is not"),
        ("recover", "save what is sound of takes that were cut short or damaged"),
    ):
        action = actions.add_parser(name, parents=[shared], help=words)
        action.add_argument(
            "names",
            nargs="*" if name == "recover" else "+",
            metavar="TAKE",
            help="a file, an id or its beginning, or `last`"
            + ("; none: all that were cut short" if name == "recover" else ""),
        )
        if name == "verify":
            action.add_argument("--pictures", action="store_true", help="decode every picture as well")
    parser.set_defaults(func=run)


def add_only(parser: argparse.ArgumentParser) -> None:
    """Describe the choice of takes by their mark."""
    parser.add_argument(
        "--only",
        action="append",
        choices=("good", "bad", "unmarked"),
        default=[],
        help="only takes with this mark; may be given more than once",
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit code."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "show": _show,
        "mark": _mark,
        "trim": _trim,
        "verify": _verify,
        "recover": _recover,
    }
    return actions[args.action](args)


def _folder(args: argparse.Namespace) -> Path:
    from app.takes.folder import takes_folder

    return takes_folder(args.takes)


def _list(args: argparse.Namespace) -> int:
    from recordings.catalog import takes_in
    from recordings.shift.rating import is_selected

    entries = [entry for entry in takes_in(_folder(args)) if is_selected(entry.manifest, args.only)]
    if args.json:
        print(json.dumps([_entry_json(entry) for entry in entries], indent=2))
        return 0
    if not entries:
        print(f"no takes{f' marked {chr(32).join(args.only)}' if args.only else ''} in {_folder(args)}")
        return 0
    print(
        f"{'take':<36} {'begun':<16} {'seconds':>8} {'messages':>9} {'lost':>5} {'MB':>7} {'mark':<4}  task"
    )
    for entry in entries:
        print(_row(entry))
    return 0


def _row(entry: "Entry") -> str:
    manifest = entry.manifest
    if manifest is None:
        size = entry.path.stat().st_size / 1e6
        return f"{entry.name:<36} {entry.state:<16} {'-':>8} {'-':>9} {'-':>5} {size:>7.1f}"
    begun = datetime.datetime.fromtimestamp(manifest.started_utc_ns / 1e9).astimezone()
    about = {"": "", "person": "a person: ", "retargeted": "retargeted: "}[manifest.shows]
    outcome = {True: " (succeeded)", False: " (not achieved)", None: ""}[manifest.task_succeeded]
    return (
        f"{entry.name:<36} {begun:%Y-%m-%d %H:%M} {manifest.counts_s:>8.1f} {manifest.messages:>9} "
        f"{manifest.lost:>5} {manifest.bytes / 1e6:>7.1f} {manifest.rating or '-':<4}  {about}{manifest.task}{outcome}"
    )


def _entry_json(entry: "Entry") -> dict[str, object]:
    import msgspec

    manifest = msgspec.to_builtins(entry.manifest) if entry.manifest else {}
    return {**manifest, "take": entry.take, "path": str(entry.path), "state": entry.state}


def _show(args: argparse.Namespace) -> int:
    import msgspec

    from recordings.catalog import find
    from recordings.log import TakeHead
    from recordings.take import load_manifest

    shown = []
    for name in args.names:
        path = find(name, _folder(args))
        head = TakeHead(path)
        shown.append(
            {
                "path": str(path),
                "episode": msgspec.to_builtins(head.episode),
                "manifest": msgspec.to_builtins(load_manifest(path)),
                "attachments": {name: len(content) for name, content in head.attachments.items()},
            }
        )
    if args.json:
        print(json.dumps(shown, indent=2))
        return 0
    for each in shown:
        _print_shown(each)
    return 0


def _mark(args: argparse.Namespace) -> int:
    from recordings.catalog import find
    from recordings.shift.rating import rate

    marked = [rate(find(name, _folder(args)), args.rating, args.reason) for name in args.names]
    if args.json:
        print(json.dumps([{"take": each.take, "rating": each.rating} for each in marked], indent=2))
    else:
        for each in marked:
            print(f"{each.take}: {each.rating or 'not marked'}")
    return 0


def _trim(args: argparse.Namespace) -> int:
    from recordings.catalog import find
    from recordings.trim import trim, trim_to_driving, whole
    from twin.errors import RecordingError

    given = args.from_s is not None or args.to_s is not None
    if given == (args.driving or args.whole):
        raise RecordingError("say which part counts: --from and --to, or --driving, or --whole")
    trimmed = []
    for name in args.names:
        path = find(name, _folder(args))
        if args.driving:
            trimmed.append(trim_to_driving(path))
        else:
            trimmed.append(whole(path) if args.whole else trim(path, args.from_s, args.to_s))
    if args.json:
        import msgspec

        rows = [{"take": each.take, "seconds": each.seconds, "part": each.part} for each in trimmed]
        print(json.dumps(msgspec.to_builtins(rows), indent=2))
        return 0
    for each in trimmed:
        said = each.suggestion
        advice = f"; {said.word}: {said.reason}" if said else ""
        print(f"{each.take}: {_part_words(each)}{advice}")
    return 0


def _part_words(manifest: "Manifest") -> str:
    part = manifest.part
    if part is None:
        return f"all {manifest.seconds:.1f} s count"
    return f"{part.from_s:g} to {part.to_s:g} s of {manifest.seconds:.1f} s count"


def _print_quality(manifest: dict[str, Any]) -> None:
    if manifest["rating"]:
        print(
            f"  mark      {manifest['rating']}{': ' if manifest['rating_reason'] else ''}{manifest['rating_reason']}"
        )
    if manifest["quality"]:
        import msgspec

        from recordings.checking.quality import Quality, in_words

        words = in_words(msgspec.convert(manifest["quality"], Quality))
        print(f"  quality   {', '.join(text.replace('=', ' ') for text in words)}")
    if manifest["suggestion"]:
        word = "keep" if manifest["suggestion"]["keep"] else "redo"
        print(f"  advice    {word}: {manifest['suggestion']['reason']}")


def _print_shown(shown: dict[str, Any]) -> None:
    episode, manifest = shown["episode"], shown["manifest"]
    print(shown["path"])
    print(f"  task      {episode['task'] or '-'}")
    if episode["shows"] == "person":
        print("  shows     a person and no robot: `understudy retarget` makes a robot's take of it")
    else:
        print(f"  robot     {episode['robot']} {episode['revision']}, {len(episode['joint_names'])} joints")
        print(f"  model     {episode['model_hash'][:16]}")
    if episode["retargeted_from"]:
        hashed = episode["retargeted_from_sha256"][:16]
        print(f"  shows     a motion retargeted from the take {episode['retargeted_from']} ({hashed})")
    print(f"  operator  {episode['operator'] or '-'} at {episode['station']}")
    print(f"  files     {', '.join(shown['attachments']) or '-'}")
    if manifest is None:
        print("  no manifest: it was cut short; `understudy takes recover` saves what is sound")
        return
    if part := manifest["part"]:
        print(
            f"  counts    {part['from_s']:g} to {part['to_s']:g} s; `understudy takes trim --whole` gives it back"
        )
    print(f"  length    {manifest['seconds']:.1f} s, {manifest['bytes'] / 1e6:.1f} MB, {manifest['ended']}")
    _print_quality(manifest)
    for text in (manifest["recovered"], *manifest["marks"]):
        if text:
            print(f"  note      {text}")
    print(f"  {'topic':<20} {'messages':>9} {'lost':>5}")
    for name, count in manifest["topics"].items():
        print(f"  {name:<20} {count['messages']:>9} {count['lost'] + count['dropped']:>5}")


def _verify(args: argparse.Namespace) -> int:
    from recordings.catalog import find
    from recordings.checking.verify import verify

    verdicts = [verify(find(name, _folder(args)), args.pictures) for name in args.names]
    if args.json:
        print(
            json.dumps([vars(each) | {"path": str(each.path), "ok": each.ok} for each in verdicts], indent=2)
        )
    else:
        for verdict in verdicts:
            state = "sound" if verdict.ok else "NOT SOUND"
            print(
                f"{verdict.path.name}: {state}; {verdict.seconds:.1f} s, {verdict.messages} messages, "
                f"{verdict.lost} lost"
            )
            for name, rate_hz in verdict.rate_hz.items():
                print(f"  {name:<20} {rate_hz:>7.1f} Hz, longest gap {verdict.longest_gap_ms[name]:.1f} ms")
            for text in verdict.faults:
                print(f"  fault: {text}")
            for text in verdict.remarks:
                print(f"  note: {text}")
    return 0 if all(verdict.ok for verdict in verdicts) else 1


def _recover(args: argparse.Namespace) -> int:
    from recordings.catalog import find
    from recordings.checking.recover import recover, unfinished_takes

    folder = _folder(args)
    paths = [find(name, folder) for name in args.names] or unfinished_takes(folder)
    salvages = [recover(path) for path in paths]
    if args.json:
        rows = [
            {
                "source": str(each.source),
                "path": str(each.path) if each.path else None,
                "seconds": each.seconds,
                "lost_ms": each.lost_ms,
                "damage": each.damage,
            }
            for each in salvages
        ]
        print(json.dumps(rows, indent=2))
    elif not salvages:
        print(f"no take in {folder} was cut short")
    else:
        for each in salvages:
            print(each.sentence())
    return 0 if all(each.path for each in salvages) else 1
