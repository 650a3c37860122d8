"""A camera's picture is the true one or none: never one that is predicted from a picture that did not arrive."""

import numpy as np
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from grey_film import HEIGHT, WIDTH, film

from app.cameras.video_decoder import Picture, VideoDecoder, is_keyframe
from twin.wire.bus import Heard


def brightness(picture: Picture | None) -> float:
    assert picture is not None
    rows = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.bytes_per_line)
    return float(rows[:, : 4 * picture.width].reshape(-1, 4)[:, :3].mean())


def test_every_picture_comes_out_at_once_and_carries_its_own_stamp():
    decoder = VideoDecoder()
    for number, heard in enumerate(film(24)):
        picture = decoder.decode([heard])
        assert abs(brightness(picture) - 8 * number) < 4
        assert picture is not None
        assert (picture.width, picture.height, picture.sampled_ns) == (WIDTH, HEIGHT, heard.sampled_ns)


def test_of_several_that_arrived_together_the_newest_is_shown_and_none_is_skipped():
    picture = VideoDecoder().decode(film(18))
    assert abs(brightness(picture) - 8 * 17) < 4


def test_after_a_gap_nothing_is_shown_until_the_next_keyframe():
    decoder, shown = VideoDecoder(), film(25)
    decoder.decode(shown[:3])
    for heard in shown[4:10]:
        assert decoder.decode([heard]) is None
        assert decoder.problem == "waiting for a whole picture"
    assert abs(brightness(decoder.decode(shown[10:13])) - 8 * 12) < 4
    assert decoder.problem == ""
    assert decoder.gaps == 1


def test_a_decoder_that_joins_late_waits_for_a_keyframe():
    decoder, shown = VideoDecoder(), film(12)
    assert decoder.decode(shown[4:10]) is None
    assert decoder.decode(shown[10:]) is not None


def test_a_camera_that_starts_anew_is_followed_from_its_first_keyframe():
    decoder, shown = VideoDecoder(), film(12)
    decoder.decode(shown)
    assert abs(brightness(decoder.decode(shown[:2])) - 8) < 4


def test_bytes_that_are_no_picture_are_said_and_survived():
    decoder, shown = VideoDecoder(), film(21)
    rubbish = CompressedVideo(data=shown[0].payload[:4] + bytes(50), format="h264").SerializeToString()
    decoder.decode(shown[:5])
    assert decoder.decode([shown[5]._replace(payload=rubbish)]) is None
    assert decoder.problem
    assert decoder.decode([shown[6]._replace(payload=b"\xff\xff\xff")]) is None
    assert "not a video message" in decoder.problem
    assert decoder.decode(shown[7:]) is not None
    assert decoder.problem == ""


def test_another_format_is_named():
    decoder = VideoDecoder()
    jpeg = CompressedVideo(data=b"\xff\xd8", format="jpeg").SerializeToString()
    assert decoder.decode([Heard("camera.head", 1, 0, 0, jpeg)]) is None
    assert decoder.problem == "the camera sends jpeg, not h264"


def test_keyframes_are_told_from_predicted_pictures():
    units = [CompressedVideo.FromString(heard.payload).data for heard in film(21)]
    assert [number for number, unit in enumerate(units) if is_keyframe(unit)] == [0, 10, 20]
