"""Every video that leaves the station says of which colours it was made, and shows them."""

import av
import numpy as np
import pytest

from recordings.dataset.mp4 import copy_pictures, encode_pictures
from teleop.cameras.encoder import Encoder

SRGB_AS_BT601 = (1, 13, 6, 1)  # primaries, transfer, matrix, range: ITU-T H.273
COLOUR = (200, 40, 40)


@pytest.fixture(scope="module")
def access_units():
    encoder = Encoder(1280, 720)
    return [encoder.encode(np.full((720, 1280, 3), COLOUR, np.uint8)) for _ in range(3)]


def copied(access_units, path):
    copy_pictures(access_units, 30, path)


def encoded_anew(access_units, path):
    encode_pictures(access_units, np.arange(3), 30, path)


@pytest.mark.parametrize("write", [copied, encoded_anew])
def test_a_video_of_a_dataset_says_what_its_colours_are(access_units, tmp_path, write):
    write(access_units, tmp_path / "video.mp4")
    with av.open(str(tmp_path / "video.mp4")) as file:
        frame = next(file.decode(video=0))
    said = frame.color_primaries, frame.color_trc, int(frame.colorspace), int(frame.color_range)
    assert said == SRGB_AS_BT601
    np.testing.assert_allclose(frame.to_ndarray(format="rgb24")[360, 640], COLOUR, atol=6)
