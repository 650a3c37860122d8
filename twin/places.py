"""Where things lie: the data that ships with the program, and the user's own folders."""

import sysconfig
import warnings
from pathlib import Path

import platformdirs

_APP = "understudy"


def assets_folder() -> Path:
    """The folder with robots, scenes, bindings, icons and themes.

    In a checkout it lies beside the code. A wheel puts it under the environment's own folder for data, or, installed
    with ``--user``, under the user's.
    """
    beside_the_code = Path(__file__).resolve().parent.parent / "assets"
    if (beside_the_code / "robots").is_dir():
        return beside_the_code
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    installed = [Path(sysconfig.get_path("data", scheme), "share", _APP, "assets") for scheme in schemes]
    return next((folder for folder in installed if folder.is_dir()), installed[0])


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
