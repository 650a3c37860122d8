"""Who drives: their height, arm and hand, the hand they prefer, how fast, how their pad feels, whether it speaks.

One file a person, ``operators/NAME.toml`` in the configuration folder; the station's ``operator`` names it. It goes
along to another station by being copied. A person without a file has the bindings as they are.
"""

import re
from pathlib import Path
from typing import Annotated

import msgspec
import tomlkit
from msgspec import Meta
from msgspec.structs import replace

from teleop.bindings.bindings import Bindings, Scale, Scales
from teleop.bindings.files import load_bindings
from teleop.bindings.mirror_image import for_left_handed
from twin import places
from twin.errors import SettingsError
from twin.file_faults import in_words
from twin.retarget.keypoints import LONGEST_HAND_M, SHORTEST_HAND_M
from twin.station import Station

Share = Annotated[float, Meta(gt=0.0, le=2.0)]


class Operator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of one person; every key may be left out."""

    height_m: Annotated[float, Meta(ge=1.2, le=2.3)] | None = None
    arm_length_m: Annotated[float, Meta(ge=0.4, le=1.0)] | None = (
        None  # from the shoulder to the palm, stretched out
    )
    shoulders_below_eyes_m: Annotated[float, Meta(ge=0.1, le=0.45)] | None = None
    # From the wrist to the tip of the middle finger, flat.
    hand_length_m: Annotated[float, Meta(ge=SHORTEST_HAND_M, le=LONGEST_HAND_M)] | None = None
    left_handed: bool = False
    mirror_me: bool = False  # a headset's hands are where theirs are, from the start
    slow: Share = 1.0  # times the speeds of the scale of that name
    normal: Share = 1.0
    fast: Share = 1.0
    latch: bool | None = None  # hold-to-run holds itself; None: as the bindings say
    dead_zone: Annotated[float, Meta(ge=0.0, le=0.5)] | None = None  # of the pad's sticks
    expo: Annotated[float, Meta(ge=1.0, le=4.0)] | None = None
    rumble: Annotated[float, Meta(ge=0.0, le=1.0)] | None = None
    voice: bool = False  # the station says what it shows


def operators_folder() -> Path:
    """Where the files lie, whether there are any or not."""
    return places.config_folder() / "operators"


def path_of(name: str) -> Path:
    """The file of the person called ``name``.

    Raises:
        SettingsError: no file can have that name.
    """
    if not re.fullmatch(r"[^\W_][\w .'-]{0,63}", name):
        raise SettingsError(
            f"operator {name!r}: a name begins with a letter or digit and goes on with letters, digits, spaces, "
            "dots, hyphens and apostrophes, 64 at most"
        )
    return operators_folder() / f"{name}.toml"


def list_operators() -> tuple[str, ...]:
    """Names of all persons with a file."""
    return tuple(sorted(path.stem for path in operators_folder().glob("*.toml")))


def load_operator(name: str) -> Operator:
    """What is known of ``name``; nothing without a file, or without a name.

    Raises:
        SettingsError: the file has a fault; the text names file, key and what is allowed.
    """
    if not name:
        return Operator()
    try:
        path = path_of(name)
    except SettingsError:
        return Operator()  # what may be typed as an operator need not be a file's name
    return read_operator(path) if path.is_file() else Operator()


def read_operator(path: Path) -> Operator:
    """The person in the file ``path``.

    Raises:
        SettingsError: it cannot be read, or has a fault.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Operator)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise SettingsError(f"{path}: {in_words(error, Operator.__struct_fields__)}") from error
    except ValueError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error


def save_operator(name: str, changes: dict[str, object]) -> Operator:
    """Change some keys of the person's file; a value of None takes the key out.

    Raises:
        SettingsError: a change or the file as it is cannot be used; then nothing is written.
    """
    path = path_of(name)
    load_operator(name)
    document = tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()
    for key, value in changes.items():
        if value is None:
            document.pop(key, None)
        else:
            document[key] = value
    try:
        operator = msgspec.convert(document.unwrap(), Operator, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"operator {name}: {in_words(error, Operator.__struct_fields__)}") from error
    for key in document:
        document[key] = getattr(operator, key)  # as the type has it: text of the command line may be a number
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(tomlkit.dumps(document), "utf-8")
    unfinished.replace(path)
    return operator


def fitted(bindings: Bindings, operator: Operator, robot_arm_m: float = 0.0) -> Bindings:
    """``bindings`` as ``operator`` wants them.

    Args:
        bindings: of one kind of device.
        operator: the person.
        robot_arm_m: length of the robot's arm; 0: not known. With the person's own, a whole reach of theirs is a
            whole reach of the robot's where a hand follows a hand one to one.
    """
    feel = bindings.feel
    if bindings.kind == "gamepad":
        feel = replace(
            feel,
            dead_zone=feel.dead_zone if operator.dead_zone is None else operator.dead_zone,
            expo=feel.expo if operator.expo is None else operator.expo,
            rumble=feel.rumble if operator.rumble is None else operator.rumble,
        )
    press = bindings.hold_to_run
    if operator.latch is not None and bindings.kind in ("gamepad", "keyboard"):
        press = replace(press, latch=operator.latch)
    reach = robot_arm_m / operator.arm_length_m if robot_arm_m and operator.arm_length_m else 1.0
    scales = bindings.scales
    scales = Scales(
        slow=_scaled(scales.slow, operator.slow, 1.0),
        normal=_scaled(scales.normal, operator.normal, reach),
        fast=_scaled(scales.fast, operator.fast, reach),
        order=scales.order,
        start=scales.start,
    )
    fitted_ = replace(bindings, feel=feel, hold_to_run=press, scales=scales)
    return for_left_handed(fitted_) if operator.left_handed else fitted_


def _scaled(scale: Scale, share: float, reach: float) -> Scale:
    return Scale(
        linear_m_s=scale.linear_m_s * share,
        angular_rad_s=scale.angular_rad_s * share,
        reach=scale.reach * reach,
    )


def bindings_of(station: Station, robot_arm_m: float = 0.0) -> dict[str, Bindings]:
    """The bindings of ``station`` by kind of device, as its operator wants them.

    Raises:
        SettingsError: bindings or the operator's file cannot be used.
    """
    operator = load_operator(station.operator)
    return {
        kind: fitted(bindings, operator, robot_arm_m)
        for kind, bindings in load_bindings(station.bindings).items()
    }
