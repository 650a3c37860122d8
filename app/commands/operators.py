"""`understudy operators`: who drives here, and how each of them likes it."""

import argparse
import json
from typing import Any

import msgspec

from twin.errors import SettingsError

_WORDS: dict[str, object] = {"true": True, "yes": True, "false": False, "no": False, "": None}


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("operators", help="list and change the profiles of those who drive")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="all profiles").add_argument("--json", action="store_true")
    show = actions.add_parser("show", help="one profile")
    show.add_argument("name")
    show.add_argument("--json", action="store_true")
    change = actions.add_parser("set", help="change a profile, or make one")
    change.add_argument("name")
    change.add_argument(
        "values",
        nargs="+",
        metavar="KEY=VALUE",
        help="e.g. left_handed=true fast=0.7; an empty value takes it out",
    )
    actions.add_parser("remove", help="delete a profile").add_argument("name")
    actions.add_parser("check", help="read every profile and name each fault")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 if a profile has a fault."""
    match args.action:
        case "set":
            return _set(args.name, args.values)
        case "remove":
            return _remove(args.name)
        case "show":
            return _show(args.name, args.json)
        case "check":
            return _check()
    return _list(args.json)


def _list(as_json: bool) -> int:
    from teleop.operators import list_operators, operators_folder, path_of, read_operator

    rows, faults = {}, 0
    for name in list_operators():
        try:
            rows[name] = _told(read_operator(path_of(name)))
        except SettingsError as error:
            rows[name], faults = {"fault": str(error)}, faults + 1
    if as_json:
        print(json.dumps(rows, indent=2))
    elif rows:
        print("\n".join(f"{name:<20}{_line(values)}" for name, values in rows.items()))
    else:
        print(
            f"no profiles yet in {operators_folder()}; make one: understudy operators set NAME left_handed=true"
        )
    return int(faults > 0)


def _show(name: str, as_json: bool) -> int:
    from teleop.operators import list_operators, path_of, read_operator

    if name not in list_operators():
        raise SettingsError(
            f"no operator is called {name!r}; there are {', '.join(list_operators()) or 'none'}"
        )
    values = _told(read_operator(path_of(name)))
    print(json.dumps(values, indent=2) if as_json else "\n".join(f"{k:<14}{v}" for k, v in values.items()))
    return 0


def _set(name: str, pairs: list[str]) -> int:
    from teleop.operators import path_of, save_operator

    changes: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise SettingsError(f"{pair!r} is not KEY=VALUE, e.g. left_handed=true")
        changes[key] = _WORDS.get(value.lower(), value)
    operator = save_operator(name, changes)
    print(
        f"{path_of(name)}: {_line(_told(operator))}\nIt counts from the next start: understudy --operator '{name}'"
    )
    return 0


def _remove(name: str) -> int:
    from teleop.operators import list_operators, path_of

    if name not in list_operators():
        raise SettingsError(
            f"no operator is called {name!r}; there are {', '.join(list_operators()) or 'none'}"
        )
    path_of(name).unlink()
    print(f"{name} is removed")
    return 0


def _check() -> int:
    from teleop.operators import list_operators, path_of, read_operator

    faults = 0
    for name in list_operators():
        try:
            read_operator(path_of(name))
            print(f"{name:<20}ok")
        except SettingsError as error:
            faults += 1
            print(f"{name:<20}{error}")
    return int(faults > 0)


def _told(operator: Any) -> dict[str, Any]:
    """What differs from a person of whom nothing is known."""
    plain = type(operator)()
    values: dict[str, Any] = msgspec.to_builtins(operator)
    return {key: value for key, value in values.items() if value != getattr(plain, key)}


def _line(values: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items()) or "as the bindings are"
