"""Where things lie: the data that ships with the program, and the user's own folders."""

import sys
import warnings
from pathlib import Path

import platformdirs

_APP = "understudy"


def assets_folder() -> Path:
    """The folder with robots, scenes, bindings, icons and themes: beside the code, or under the prefix."""
    beside_the_code = Path(__file__).resolve().parent.parent / "assets"
    if beside_the_code.is_dir():
        return beside_the_code
    return Path(sys.prefix) / "share" / _APP / "assets"


def is_shipped(robot_folder: Path) -> bool:
    """Whether this robot came with the program, and so was looked at before it left."""
    return robot_folder.resolve().is_relative_to((assets_folder() / "robots").resolve())


def config_folder() -> Path:
    """The user's settings, bindings and robots."""
    return platformdirs.user_config_path(_APP)


def data_folder() -> Path:
    """The user's takes and datasets."""
    return platformdirs.user_data_path(_APP)


def state_folder() -> Path:
    """Locks and remembered window layouts."""
    return platformdirs.user_state_path(_APP)


def runtime_folder() -> Path:
    """Sockets of running stations; only the user may enter."""
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it is a folder under /tmp, which is right here and nothing to warn about.
        warnings.simplefilter("ignore")
        return platformdirs.user_runtime_path(_APP)
