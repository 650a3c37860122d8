"""The user's settings: a TOML file in the config folder, typed, with every mistake named by file and key.

A missing file means the defaults. An unknown key is an error, because a misspelt one would otherwise be obeyed
in silence. Writing keeps the user's comments and replaces the file in one step, so that a crash leaves either
the old file or the new one.
"""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from twin import places
from twin.errors import SettingsError
from twin.file_faults import in_words, unknown_key
from twin.robot_folders import find_robot
from twin.scenery.reading import read_layout
from twin.station import Station

FILE_NAME = "settings.toml"
VERSION = 1  # of the file's meaning; raised only when an old program would misread a new file

_HIGHEST_BASE_PORT = 65_500  # the roles' ports follow it


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a user may set once and for all; the names are the keys of the file."""

    version: int = VERSION
    robot: Annotated[str, Meta(min_length=1)] = "optimus"
    revision: str = ""  # "": the robot's default
    scene: Annotated[str, Meta(min_length=1)] = "table"
    base: Literal["gantry", "wheels", "legs"] = "gantry"  # the robot hangs, rolls, or stands on its own feet
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    level: Annotated[int, Meta(ge=1, le=99)] = 1  # of the scene's difficulty
    operator: str = ""
    task: str = ""  # "": the scene's own instruction
    takes_folder: str = ""  # "": `takes` in the user's data folder
    bindings: Annotated[str, Meta(min_length=1)] = "default"
    theme: Literal["dark", "light"] = "dark"
    sounds: bool = True  # those that call for help sound even if this is false
    speech: bool = False
    sound_volume: Annotated[float, Meta(ge=0, le=1)] = 0.6
    silent_sounds: tuple[str, ...] = ()  # names of assets/sounds/cues.toml
    camera_fps: Annotated[float, Meta(ge=1, le=120)] = 30.0
    camera_width: Annotated[int, Meta(ge=64, le=4096, multiple_of=2)] = 640  # H.264 halves the colour planes
    camera_height: Annotated[int, Meta(ge=64, le=4096, multiple_of=2)] = 480
    base_port: Annotated[int, Meta(ge=0, le=_HIGHEST_BASE_PORT)] = 0  # 0: sockets in the station's folder
    free_disk_gib: Annotated[float, Meta(ge=0, le=1000)] = 5.0  # no take begins with less than this free

    def to_station(self, folder: Path, **overrides: object) -> Station:
        """The station these settings describe, in ``folder``; its base is the scene's own, unless asked otherwise.

        Args:
            folder: for sockets and locks; made absolute.
            overrides: fields of ``Station``, e.g. from the command line, and two of their own: ``robot`` (another
                name) and ``robot_path`` (a robot's own folder, which goes before a name). A number may be text.

        Raises:
            SettingsError: an override is not a field of ``Station`` or has a value that it cannot have.
            RobotSpecError: no robot has that name.
            SceneError: no scene has that name, or its file cannot be used.
        """
        robot, robot_path = str(overrides.pop("robot", self.robot)), overrides.pop("robot_path", None)
        shared = set(Settings.__struct_fields__) & set(Station.__struct_fields__)
        fields: dict[str, Any] = {name: getattr(self, name) for name in shared}
        fields["takes_folder"] = _absolute(self.takes_folder) or str(places.data_folder() / "takes")
        if robot != self.robot:
            fields["revision"] = ""  # another robot does not have this one's revisions
        for name, value in overrides.items():
            if name not in Station.__struct_fields__:
                raise SettingsError(unknown_key("the command line", name, Station.__struct_fields__))
            fields[name] = str(value) if isinstance(value, Path) else value
        fields["takes_folder"] = _absolute(fields["takes_folder"])
        fields["folder"] = _absolute(str(folder))
        fields["robot_folder"] = _absolute(str(robot_path or find_robot(robot)))
        _check_shared(fields, shared)
        if "base" not in overrides:
            fields["base"] = read_layout(str(fields["scene"])).base or fields["base"]
        try:
            return msgspec.convert(fields, Station, strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(f"the command line: {in_words(error)}") from error


def settings_path() -> Path:
    """The user's settings file, whether it exists or not."""
    return places.config_folder() / FILE_NAME


def load_settings(path: Path | None = None) -> Settings:
    """The settings in ``path``, or the user's own; defaults where the user has no file.

    Raises:
        SettingsError: a named file is missing; the file is not TOML, was written by a newer version, has an
            unknown key, or a key has a value that it cannot have.
    """
    file = path or settings_path()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if path is not None:
            raise SettingsError(f"{path}: there is no such settings file") from None
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file}: cannot be read ({error}); mend it, or delete it to use the defaults"
        ) from error
    return _parse(text, file)


def save_settings(changes: Mapping[str, object], path: Path | None = None) -> Settings:
    """Change some keys in the settings file and keep everything else in it, comments included.

    Returns:
        The settings as they are in the file now.

    Raises:
        SettingsError: the file as it is, or a change, cannot be used (nothing is written); or the file cannot
            be written.
    """
    file = path or settings_path()
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    _parse(text, file)
    import tomlkit  # keeps what a person wrote between the lines; only who writes waits for it

    document = tomlkit.parse(text)
    for key, value in changes.items():
        document[key] = value
    changed = tomlkit.dumps(document)
    settings = _parse(changed, file)
    try:
        _replace(file, changed)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error}); the settings were not kept") from error
    return settings


def _parse(text: str, file: Path) -> Settings:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{file}: not valid TOML ({error}); mend that line, or delete the file to use the defaults"
        ) from error
    version = document.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise SettingsError(
            f"{file}: written by a newer version of Understudy (its format is {version}, this program knows "
            f"{VERSION}); use the newer program, or another file with --settings FILE"
        )
    for key in document:
        if key not in Settings.__struct_fields__:
            raise SettingsError(unknown_key(str(file), key, Settings.__struct_fields__))
    try:
        return msgspec.convert(document, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{file}: {in_words(error)}") from error


def _check_shared(fields: Mapping[str, object], shared: set[str]) -> None:
    """Hold overrides to the ranges that the settings file has for the same keys."""
    try:
        msgspec.convert({name: fields[name] for name in shared}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"the command line: {in_words(error)}") from error


def _absolute(path: str) -> str:
    """``path`` with ``~`` and the working directory put in; empty stays empty."""
    return str(Path(path).expanduser().absolute()) if path else ""


def _replace(file: Path, text: str) -> None:
    """Put ``text`` in the place of ``file`` in one step, on disk before the name changes hands."""
    file.parent.mkdir(parents=True, exist_ok=True)
    target = file.resolve()  # a link, e.g. into a folder of dotfiles, stays a link
    handle, unfinished = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            Path(unfinished).chmod(target.stat().st_mode & 0o777)
        Path(unfinished).replace(target)
    except OSError:
        Path(unfinished).unlink(missing_ok=True)
        raise
