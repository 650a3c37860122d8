"""Where robots are. Reads none of them, so that whoever only wants a folder need not wait."""

from pathlib import Path

from twin import places
from twin.errors import RobotSpecError
from twin.robot_files.faults import did_you_mean

ROBOT_FILE = "robot.toml"


def list_robots() -> dict[str, Path]:
    """All robot folders by name: those that ship with the program, and the user's own, which win."""
    found = {}
    for home in (places.assets_folder() / "robots", places.config_folder() / "robots"):
        if home.is_dir():
            found.update({f.parent.name: f.parent for f in sorted(home.glob(f"*/{ROBOT_FILE}"))})
    return found


def find_robot(name: str) -> Path:
    """The folder of the robot called ``name``.

    Raises:
        RobotSpecError: there is none; the text says where it was looked for and what there is.
    """
    robots = list_robots()
    if name in robots:
        return robots[name]
    raise RobotSpecError(
        f"no robot is called {name!r}{did_you_mean(name, robots)}; there are {', '.join(sorted(robots)) or 'none'}; "
        f"put your own into {places.config_folder() / 'robots'}"
    )
