import av
import numpy as np
import pytest
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo

from teleop.cameras.encoder import FORMAT, KEYFRAME_EVERY, Encoder, compressed_video

WIDTH, HEIGHT = 160, 120
PARAMETER_SET, KEY_SLICE, SLICE = 7, 5, 1


def picture(step):
    """A sharp scene whose bright bar moves, first row on top."""
    made = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    made[: HEIGHT // 2] = (30, 60, 200)
    made[:, 8 * step : 8 * step + 16] = (220, 40, 30)
    return made


def kinds(access_unit):
    """NAL unit types, in order."""
    return [part[0] & 0x1F for part in access_unit.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]]


@pytest.fixture(scope="module")
def stream():
    encoder = Encoder(WIDTH, HEIGHT)
    return [encoder.encode(picture(step % 16)[::-1]) for step in range(25)]


def test_every_picture_is_one_access_unit_at_once(stream):
    assert all(sum(kind in (SLICE, KEY_SLICE) for kind in kinds(unit)) == 1 for unit in stream)


def test_a_viewer_can_enter_at_every_tenth_picture(stream):
    key = [KEY_SLICE in kinds(unit) for unit in stream]
    assert key == [step % KEYFRAME_EVERY == 0 for step in range(len(stream))]
    assert all((PARAMETER_SET in kinds(unit)) == is_key for unit, is_key in zip(stream, key, strict=True))


def test_decoded_pictures_stand_upright_in_order_and_in_colour(stream):
    decoder = av.CodecContext.create("h264", "r")
    shown = []
    for unit in stream[KEYFRAME_EVERY:]:  # entered late
        shown += [frame.to_ndarray(format="rgb24") for frame in decoder.decode(av.Packet(unit))]
    shown += [frame.to_ndarray(format="rgb24") for frame in decoder.decode(None)]
    assert len(shown) == len(stream) - KEYFRAME_EVERY
    for step, frame in enumerate(shown, start=KEYFRAME_EVERY):
        error = np.abs(frame.astype(int) - picture(step % 16)).mean()
        assert error < 8


def test_the_message_is_what_viewers_read(stream):
    wall_ns = 1_700_000_000_123_456_789
    message = CompressedVideo.FromString(compressed_video("head", stream[0], wall_ns))
    assert (message.frame_id, message.format, message.data) == ("head", FORMAT, stream[0])
    assert message.timestamp.ToNanoseconds() == wall_ns


def test_a_large_picture_is_one_access_unit_of_two_slices():
    encoder, decoder = Encoder(1280, 720), av.CodecContext.create("h264", "r")
    shown, pictures = [], [np.full((720, 1280, 3), 8 * number, np.uint8) for number in range(12)]
    for each in pictures:
        each[:360] += 40  # the last rows come first
        unit = encoder.encode(each)
        assert sum(kind in (SLICE, KEY_SLICE) for kind in kinds(unit)) == 2
        shown += decoder.decode(av.Packet(unit))
    shown += decoder.decode(None)
    assert len(shown) == len(pictures)
    for frame, each in zip(shown, pictures, strict=True):
        np.testing.assert_allclose(
            frame.to_ndarray(format="rgb24")[[8, 700], 640], each[[-9, 19], 640], atol=8
        )
