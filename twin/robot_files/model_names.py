"""What a MuJoCo model file names, read from its XML alone: no physics library is needed to know a robot."""

import hashlib
import math
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from twin.robot_files.faults import Fault

_FILE_KEYS = {"mesh": "meshdir", "hfield": "meshdir", "skin": "meshdir", "texture": "texturedir"}
_LARGEST_FILE_BYTES = 256 * 1024 * 1024
_DEEPEST_INCLUDE = 8
_TEXT_KEYS = {"name", "class", "childclass", "file", "content_type"}
_MOST_COPIES = 10_000  # of one element, by nested <replicate>; every one costs memory in every process


@dataclass
class ModelNames:
    """Names in a model, by kind, and a digest of everything that makes it what it is."""

    joints: list[str] = field(default_factory=list)  # hinges and slides with a name, in file order
    bodies: set[str] = field(default_factory=set)
    geoms: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    cameras: set[str] = field(default_factory=set)
    sensors: dict[str, str] = field(default_factory=dict)  # name -> kind, e.g. "touch"
    asset_files: list[Path] = field(default_factory=list)
    digest: str = ""  # hex SHA-256 over the XML without comments and spacing, its includes and its meshes


def read_model_names(path: Path, faults: list[Fault]) -> ModelNames:
    """Everything ``path`` names; whatever is wrong with the files is appended to ``faults``."""
    names = ModelNames()
    digest = hashlib.sha256()
    roots = _parts(path, path.parent, faults, digest, depth=0)
    directories = {"meshdir": "", "texturedir": ""}
    for root in roots:
        for compiler in root.iter("compiler"):
            both = compiler.get("assetdir")
            for key in directories:
                directories[key] = compiler.get(key, both if both is not None else directories[key])
    for root in roots:
        for section in root:
            match section.tag:
                case "worldbody":
                    _read_bodies(section, path, names, faults)
                    _judge_masses(section, path, faults)
                case "sensor":
                    names.sensors.update({s.get("name", ""): s.tag for s in section if s.get("name")})
                case "asset":
                    _read_assets(section, path, directories, names, faults, digest)
    names.digest = digest.hexdigest()
    return names


def _parts(
    path: Path, inside: Path, faults: list[Fault], digest: "hashlib._Hash", depth: int
) -> list[ElementTree.Element]:
    """The model's root element and those of all files it includes; hashes them on the way."""
    if depth > _DEEPEST_INCLUDE:
        faults.append(
            Fault(path, "", f"includes are nested deeper than {_DEEPEST_INCLUDE}; is it including itself?")
        )
        return []
    try:
        text = path.read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)  # noqa: S314 - expat limits entity expansion; files are local
    except FileNotFoundError:
        faults.append(Fault(path, "", "the model file does not exist"))
        return []
    except (OSError, UnicodeDecodeError, ElementTree.ParseError) as error:
        faults.append(Fault(path, "", f"the model cannot be read as XML: {error}"))
        return []
    digest.update(ElementTree.canonicalize(text, strip_text=True).encode())
    _judge_numbers(root, path, faults)
    _judge_copies(root, path, faults)
    roots = [root]
    for include in root.iter("include"):
        part = (path.parent / include.get("file", "")).resolve()
        if not part.is_relative_to(inside.resolve()):
            faults.append(Fault(path, "", f"include {include.get('file')!r} lies outside {inside}"))
            continue
        roots += _parts(part, inside, faults, digest, depth + 1)
    return roots


def _judge_numbers(root: ElementTree.Element, path: Path, faults: list[Fault]) -> None:
    """MuJoCo reads NaN without an error, and steps into nothing."""
    for element in root.iter():
        for key, value in element.items():
            if key in _TEXT_KEYS or all(map(_is_finite_or_word, value.split())):
                continue
            where = f"{element.tag} {element.get('name', '')!r}"
            faults.append(Fault(path, where, f"{key} must be finite numbers, not {value[:80]!r}"))
    for option in root.iter("option"):
        text = option.get("timestep", "1")
        if _is_finite_or_word(text) and not _number(text) > 0:
            faults.append(Fault(path, "option", f"timestep must be a number greater than 0, not {text!r}"))


def _is_finite_or_word(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return True


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _judge_copies(element: ElementTree.Element, path: Path, faults: list[Fault], copies: float = 1.0) -> None:
    """A few bytes of <replicate> can ask for more elements than any memory holds."""
    for child in element:
        times = copies
        if child.tag == "replicate":
            times *= max(_number(child.get("count", "1")), 1.0)
            if not times <= _MOST_COPIES:
                where = "replicate"
                faults.append(
                    Fault(
                        path, where, f"it asks for {times:.10g} copies; a robot needs at most {_MOST_COPIES}"
                    )
                )
                return
        _judge_copies(child, path, faults, times)


def _read_bodies(section: ElementTree.Element, path: Path, names: ModelNames, faults: list[Fault]) -> None:
    for element in section.iter():
        name = element.get("name")
        if name is None:
            continue
        match element.tag:
            case "joint" if element.get("type", "hinge") in ("hinge", "slide"):
                if name in names.joints:
                    faults.append(
                        Fault(path, f"joint {name!r}", "the model has two of this name; rename one")
                    )
                names.joints.append(name)
            case "body":
                names.bodies.add(name)
            case "geom":
                names.geoms.add(name)
            case "site":
                names.sites.add(name)
            case "camera":
                names.cameras.add(name)


def _judge_masses(section: ElementTree.Element, path: Path, faults: list[Fault]) -> None:
    """MuJoCo takes a negative mass for none at all, and says nothing."""
    for body in section.iter("body"):
        for inertial in body.findall("inertial"):
            text = inertial.get("mass", "")
            try:
                mass_kg = float(text)
            except ValueError:
                mass_kg = math.nan
            if not (math.isfinite(mass_kg) and mass_kg > 0):
                where = f"body {body.get('name')!r}"
                faults.append(Fault(path, where, f"its mass must be a number greater than 0, not {text!r}"))


def _read_assets(
    section: ElementTree.Element,
    path: Path,
    directories: dict[str, str],
    names: ModelNames,
    faults: list[Fault],
    digest: "hashlib._Hash",
) -> None:
    for element in section:
        key = _FILE_KEYS.get(element.tag)
        file_name = element.get("file")
        if key is None or file_name is None:
            continue
        file = path.parent / directories[key] / file_name
        where = f"{element.tag} {element.get('name', Path(file_name).stem)!r}"
        if not file.is_file():
            faults.append(Fault(path, where, f"its file {file} does not exist"))
        elif file.stat().st_size > _LARGEST_FILE_BYTES:
            faults.append(
                Fault(path, where, f"its file {file} is larger than {_LARGEST_FILE_BYTES >> 20} MiB")
            )
        else:
            names.asset_files.append(file)
            digest.update(hashlib.sha256(file.read_bytes()).digest())
