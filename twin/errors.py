"""The tree of errors that are raised on purpose, each one a sentence for the person who can mend it.

    UnderstudyError
    ├── SettingsError      a settings file or option that cannot be used
    ├── RobotSpecError     a robot folder that cannot be used
    ├── SceneError         a scene that cannot be used
    ├── StationError       the station cannot start or go on (endpoint taken, second station, no such role)
    ├── WireError          a message that is not what its topic says
    ├── RequestRefused     the other side understood, and said no (carries its reason)
    ├── NoAnswer           the other side said nothing in time
    ├── GraphicsError      no way to draw on this machine
    ├── SculptError        shells that cannot be made from their recipe
    ├── RecordingError     a take that cannot be written or read
    └── ExportError        a dataset that cannot be written

A message says where, what, and what to do next. Everything else is a bug and may crash.
"""


class UnderstudyError(Exception):
    """Base of every error that is meant for a person; the command line prints it without a traceback."""


class SettingsError(UnderstudyError):
    """A settings file or a command-line option that cannot be used."""


class RobotSpecError(UnderstudyError):
    """A robot folder that cannot be used; names the file and the joint."""


class SceneError(UnderstudyError):
    """A scene that cannot be used."""


class StationError(UnderstudyError):
    """The station cannot start or go on."""


class WireError(UnderstudyError):
    """A message that is not what its topic says it is."""


class RequestRefused(UnderstudyError):
    """The other side understood the request and refused it; the text is its reason."""


class NoAnswer(UnderstudyError):
    """The other side did not answer in time."""


class GraphicsError(UnderstudyError):
    """There is no way to draw on this machine."""


class SculptError(UnderstudyError):
    """A robot's shells cannot be made from their recipe, or are not what it says."""


class RecordingError(UnderstudyError):
    """A take that cannot be written or read."""


class ExportError(UnderstudyError):
    """A dataset that cannot be written."""
