"""Where the takes lie that a command line means."""

from pathlib import Path

from app.settings import load_settings
from recordings.catalog import default_folder


def takes_folder(named: Path | None) -> Path:
    """The folder ``named`` on the command line, else the one in the settings, else the user's.

    Raises:
        SettingsError: the settings cannot be read.
    """
    if named is not None:
        return named
    wanted = load_settings().takes_folder
    return Path(wanted).expanduser() if wanted else default_folder()
