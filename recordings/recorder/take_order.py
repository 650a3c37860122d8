"""What a new take starts with: who, what, which robot, and everything that was said before and still holds."""

import importlib.metadata
import platform
from collections.abc import Mapping
from pathlib import Path

from recordings import take
from recordings.recorder.open_take import TakeOrder
from recordings.recorder.standing import Standing
from recordings.take import Episode
from twin.errors import WireError
from twin.robot_files.revisions import overlay_files
from twin.station import Station
from twin.wire.clock import wall_offset_ns
from twin.wire.messages import RobotIdentity, SceneState

_VERSIONS = ("understudy", "mcap", "protobuf", "mujoco-core", "av")


def make_order(
    station: Station,
    folder: Path,
    standing: Standing,
    wishes: Mapping[str, str],
    at_ns: int,
    joint_groups: dict[str, tuple[int, ...]],
) -> TakeOrder:
    """What a take that begins at ``at_ns`` starts with.

    Args:
        station: whose take it is.
        folder: where it goes.
        standing: what was said before and still holds; the robot's identity is among it.
        wishes: "task" and "operator" as asked for; what is missing comes from the station, then the scene.
        at_ns: now, monotonic.
        joint_groups: names of groups of joints.
    """
    if station.demonstration:
        return _order_of_person(station, folder, standing, wishes, at_ns)
    said = standing.newest("robot.identity")
    assert said is not None
    identity = said.read(RobotIdentity)
    offset_ns = wall_offset_ns()
    scene = _scene(standing)
    task = wishes.get("task") or station.task or (scene.task if scene else "")
    episode = Episode(
        take=take.new_take_id(at_ns + offset_ns),
        started_utc_ns=at_ns + offset_ns,
        task=task,
        operator=wishes.get("operator") or station.operator,
        station=platform.node(),
        robot=identity.name,
        revision=identity.revision,
        serial=identity.serial,
        model_hash=identity.model_hash,
        simulated=identity.simulated,
        joint_names=identity.joint_names,
        touch_names=identity.touch_names,
        camera_names=identity.camera_names,
        joint_groups=joint_groups,
        scene=identity.scene,
        seed=scene.seed if scene else station.seed,  # a running station can set its scene up anew
        versions=versions(),
    )
    return TakeOrder(
        folder=folder,
        episode=episode,
        wall_offset_ns=offset_ns,
        started_ns=at_ns,
        attachments=robot_files(Path(station.robot_folder)),
        preamble=standing.preamble(),
        camera_hz=station.camera_fps,
    )


def _order_of_person(
    station: Station, folder: Path, standing: Standing, wishes: Mapping[str, str], at_ns: int
) -> TakeOrder:
    """What a take of a person without a robot starts with."""
    offset_ns = wall_offset_ns()
    episode = Episode(
        take=take.new_take_id(at_ns + offset_ns),
        started_utc_ns=at_ns + offset_ns,
        task=wishes.get("task") or station.task,
        operator=wishes.get("operator") or station.operator,
        station=platform.node(),
        camera_names=standing.cameras,
        versions=versions(),
        shows=take.PERSON,
    )
    return TakeOrder(
        folder=folder,
        episode=episode,
        wall_offset_ns=offset_ns,
        started_ns=at_ns,
        preamble=standing.preamble(),
    )


def _scene(standing: Standing) -> SceneState | None:
    """The simulated world as it was said last; one that cannot be read is marked in the take, and does not stop it."""
    heard = standing.newest("robot.scene")
    try:
        return heard.read(SceneState) if heard else None
    except WireError:
        return None


def robot_files(folder: Path) -> list[tuple[str, str, bytes]]:
    """The files that describe the robot, as attachments: its tables, the MJCF and the revisions, without meshes."""
    kinds = {".toml": "application/toml", ".xml": "application/xml"}
    found = sorted(path for path in folder.glob("*") if path.suffix in kinds and path.is_file())
    found += overlay_files(folder).values()
    return [(path.relative_to(folder).as_posix(), kinds[path.suffix], path.read_bytes()) for path in found]


def versions() -> dict[str, str]:
    """What this program and what it stands on are, by name."""
    found = {"python": platform.python_version(), "system": platform.platform()}
    for name in _VERSIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed as a package"
    return found
