"""The networks that see hands: taken out of a wheel whole and known, or not at all."""

import zipfile

import pytest

from app.main import main
from teleop.inputs.webcam import fetching
from teleop.inputs.webcam.fetching import LANDMARKS, PALMS, are_fetched, fetch, networks_folder
from teleop.inputs.webcam.networks import NO_NETWORKS, lack
from twin import places
from twin.errors import StationError


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    """A person's data folder with nothing in it."""
    monkeypatch.setattr(places, "data_folder", lambda: tmp_path / "data")
    return tmp_path / "data"


def wheel(path, **contents: bytes):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(f"mediapipe/modules/{name}/{name}_full.tflite", content)
    return path


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda path: path, "it cannot be read: No such file"),
        (lambda path: path.write_bytes(b"no zip") and path, "it is no wheel, or a damaged one"),
        (
            lambda path: wheel(path, palm_detection=b"x"),
            "palm_detection_full.tflite is not the network that is known",
        ),
        (lambda path: wheel(path, face=b"x"), "it is not the wheel of mediapipe==0.10.21"),
        (lambda path: wheel(path, palm_detection=bytes(17_000_000)), "it is too large"),
    ],
)
def test_a_wheel_that_is_not_the_one_leaves_nothing_behind(tmp_path, made, words):
    with pytest.raises(StationError, match=words):
        fetch(made(tmp_path / "some.whl"))
    assert not networks_folder().exists()
    assert not are_fetched()


def test_networks_of_the_known_hashes_are_kept_and_found(tmp_path, monkeypatch):
    import hashlib

    known = {
        name: (member, hashlib.sha256(name.encode()).hexdigest())
        for name, (member, _) in fetching._MEMBERS.items()
    }
    monkeypatch.setattr(fetching, "_MEMBERS", known)
    path = wheel(tmp_path / "some.whl", palm_detection=PALMS.encode(), hand_landmark=LANDMARKS.encode())
    assert fetch(path) == networks_folder()
    assert are_fetched()
    assert sorted(each.name for each in networks_folder().iterdir()) == sorted((PALMS, LANDMARKS))


def test_without_them_it_is_said_how_to_get_them():
    pytest.importorskip("ai_edge_litert", reason="the extra webcam is not installed")
    assert lack() == NO_NETWORKS
    assert "understudy headset webcam fetch" in lack()


def test_the_command_names_the_file_that_is_wrong(tmp_path, capsys):
    (tmp_path / "some.whl").write_bytes(b"no zip")
    assert main(["headset", "webcam", "fetch", "--wheel", str(tmp_path / "some.whl")]) != 0
    assert "some.whl: it is no wheel, or a damaged one" in capsys.readouterr().err
