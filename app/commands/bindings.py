"""`understudy bindings`: which sets of bindings there are, what is wrong with one, and how one travels."""

import argparse
import io
import zipfile
from pathlib import Path
from typing import Any

from twin import places
from twin.errors import SettingsError

_LARGEST = 256 * 1024  # bytes of one file; the largest that ships has 10 kB


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("bindings", help="list, check, export and import what the controls mean")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="all sets of bindings")
    check = actions.add_parser("check", help="read a set and name its faults")
    check.add_argument("name", nargs="?", default="", help="default: all")
    show = actions.add_parser("show", help="what every control means, layer by layer")
    show.add_argument("name", nargs="?", default="default")
    show.add_argument("--device", default="gamepad", help="gamepad, keyboard, headset or mouse")
    out = actions.add_parser("export", help="write a set into one file")
    out.add_argument("name")
    out.add_argument("file", type=Path)
    into = actions.add_parser("import", help="take a set out of a file; it is checked before it is kept")
    into.add_argument("file", type=Path)
    into.add_argument("--name", default="", help="what to call it (default: the file's name)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 if a set has a fault."""
    match args.action:
        case "check":
            return _check((args.name,) if args.name else tuple(_folders()))
        case "show":
            return _show(args.name, args.device)
        case "export":
            return _export(args.name, args.file)
        case "import":
            return _import(args.file, args.name or args.file.stem)
    for name, folder in _folders().items():
        files = ", ".join(sorted(path.stem for path in folder.glob("*.toml")))
        print(f"{name:<20}{files:<40}{folder}")
    return 0


def _folders() -> dict[str, Path]:
    """Every set by name; the user's own win."""
    found = {}
    for home in (places.assets_folder() / "bindings", places.config_folder() / "bindings"):
        if home.is_dir():
            found.update({path.name: path for path in sorted(home.iterdir()) if path.is_dir()})
    return found


def _known(name: str) -> Path:
    folders = _folders()
    if name not in folders:
        raise SettingsError(f"no bindings are called {name!r}; there are {', '.join(folders)}")
    return folders[name]


def _check(names: tuple[str, ...]) -> int:
    from teleop.bindings.files import load_bindings

    faults = 0
    for name in names:
        _known(name)
        try:
            load_bindings(name)
            print(f"{name:<20}ok")
        except SettingsError as error:
            faults += 1
            print(f"{name:<20}{error}")
    return int(faults > 0)


def _show(name: str, device: str) -> int:
    from teleop.bindings.files import load_bindings

    _known(name)
    bindings = load_bindings(name)
    if device not in bindings:
        raise SettingsError(f"there is no device {device!r}; there are {', '.join(bindings)}")
    for layer in (*bindings[device].layers.order, "joint"):
        print(layer.upper())
        for hint in bindings[device].hints(layer):
            control, _, meaning = hint.partition("=")
            print(f"  {control:<26}{meaning}")
    return 0


def _export(name: str, file: Path) -> int:
    from teleop.bindings.files import load_bindings

    folder = _known(name)
    load_bindings(name)  # what is exported works
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob("*.toml")):
            archive.write(path, path.name)
    print(f"{name} is in {file}")
    return 0


def _import(file: Path, name: str) -> int:
    target = places.config_folder() / "bindings" / name
    if not name.replace("-", "").replace("_", "").isalnum():
        raise SettingsError(
            f"{name!r} is no name for bindings: letters, digits, hyphens and underscores; use --name"
        )
    if name in _folders():
        raise SettingsError(
            f"there are bindings called {name!r} already in {_folders()[name]}; use --name ANOTHER"
        )
    texts = _read_archive(file)
    _check_all(file, texts)
    target.mkdir(parents=True)
    for file_name, text in texts.items():
        (target / file_name).write_bytes(text)
    print(f'{target}: {", ".join(texts)}\nTo use it, write bindings = "{name}" into settings.toml')
    return 0


def _read_archive(file: Path) -> dict[str, bytes]:
    """The files in ``file`` by name. Names with folders in them, and large ones, are refused."""
    from teleop.bindings.words import KINDS

    allowed = {f"{kind}.toml" for kind in KINDS}
    try:
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
            entries = archive.infolist()
            for entry in entries:
                if entry.filename not in allowed:
                    raise SettingsError(
                        f"{file}: {entry.filename!r} is no file of bindings; they are {', '.join(sorted(allowed))}"
                    )
                if entry.file_size > _LARGEST:
                    raise SettingsError(
                        f"{file}: {entry.filename} has {entry.file_size} bytes; {_LARGEST} at most"
                    )
            return {entry.filename: archive.read(entry) for entry in entries}
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except zipfile.BadZipFile as error:
        raise SettingsError(
            f"{file} holds no bindings: `understudy bindings export` writes such files"
        ) from error


def _check_all(file: Path, texts: dict[str, bytes]) -> None:
    import tempfile

    from teleop.bindings.files import read_bindings

    if not texts:
        raise SettingsError(f"{file} is empty")
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        for name, text in texts.items():
            path = Path(folder) / name
            path.write_bytes(text)
            try:
                read_bindings(path, path.stem)
            except SettingsError as error:
                raise SettingsError(str(error).replace(str(path), f"{file}: {name}")) from error
