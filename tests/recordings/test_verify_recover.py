"""A take is what it says it is, or the lack is named and what is sound is saved."""

import itertools
import json

import numpy as np
import pytest
from spoken_station import JOINTS, Script, make_take

from app.main import main
from recordings import scan
from recordings.checking.recover import recover, unfinished_takes
from recordings.checking.verify import verify
from recordings.log import read_take
from recordings.take import load_manifest, manifest_path
from twin.errors import RecordingError
from twin.wire import codec
from twin.wire.messages import RobotState, vector


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """One take whose bytes the tests copy and hurt."""
    path = make_take(tmp_path_factory.mktemp("original"), Script(seconds=1.5))
    return path, path.read_bytes()


@pytest.fixture
def hurt(original, tmp_path):
    """Writes a copy of the take with other bytes."""
    path, content = original

    def write(change, name=path.name, manifest=True):
        copy = tmp_path / name
        copy.write_bytes(change(bytearray(content)))
        if manifest:
            manifest_path(copy).write_bytes(manifest_path(path).read_bytes())
        return copy

    return write


def flip(position):
    def change(content):
        content[position] ^= 0x40
        return content

    return change


def test_a_sound_take_has_no_fault(original):
    verdict = verify(original[0], decode_pictures=True)
    assert verdict.faults == []
    assert verdict.messages == load_manifest(original[0]).messages
    assert verdict.video_frames == {"head": 45, "left_wrist": 45, "right_wrist": 45}


def test_losses_that_were_counted_are_told_and_no_fault(tmp_path):
    verdict = verify(
        make_take(tmp_path, Script(seconds=1, lost={"robot.state": {50, 51}, "camera.head": {12}}))
    )
    assert verdict.faults == []
    assert (verdict.lost, verdict.joint_lost) == (3, 2)
    assert any("2 messages were lost on robot.state" in text for text in verdict.remarks)
    assert any("must wait for a keyframe" in text for text in verdict.remarks)


def test_joint_values_that_are_not_numbers_are_a_fault(tmp_path):
    def spoil(heard):
        if heard.topic == "robot.state" and heard.seq == 50:
            position = np.zeros(JOINTS)
            position[7] = np.inf
            return heard._replace(payload=codec.encode(RobotState(position_rad=vector(position))))
        return heard

    verdict = verify(make_take(tmp_path, Script(seconds=1, alter=spoil)))
    assert any(
        "robot.state: message 50 holds joint values that are not numbers" in text for text in verdict.faults
    )


def test_time_that_runs_backwards_is_a_fault(tmp_path):
    def spoil(heard):
        return heard._replace(sampled_ns=heard.sampled_ns - 10**9) if heard.seq == 300 else heard

    verdict = verify(make_take(tmp_path, Script(seconds=1, alter=spoil)))
    assert any("robot.state: time runs backwards" in text for text in verdict.faults)


def test_pictures_that_are_none_are_a_fault(tmp_path):
    def spoil(heard):
        return (
            heard._replace(payload=b"\x1a\x03abc")
            if heard.topic == "camera.head" and heard.seq == 5
            else heard
        )

    verdict = verify(make_take(tmp_path, Script(seconds=1, alter=spoil)))
    assert any("camera.head: 1 of 30 pictures cannot be decoded" in text for text in verdict.faults)


def test_a_cut_take_is_named_wherever_it_was_cut(hurt, original):
    length = len(original[1])
    random = np.random.default_rng(1)
    for cut in sorted(random.integers(0, length - 1, 40).tolist()):
        verdict = verify(hurt(lambda content, cut=cut: content[:cut]))
        assert verdict.faults, f"cut at byte {cut} of {length}"
        assert all("Traceback" not in text for text in verdict.faults)


def test_any_flipped_bit_is_noticed(hurt, original):
    random = np.random.default_rng(2)
    for position in random.integers(0, len(original[1]), 40).tolist():
        assert not verify(hurt(flip(position))).ok, f"bit flipped at byte {position}"


def test_a_flipped_bit_in_the_messages_is_noticed_even_without_a_manifest(hurt, original):
    middle = len(original[1]) // 2
    verdict = verify(hurt(flip(middle), manifest=False))
    assert any("takes recover" in text for text in verdict.faults)


def test_lengths_that_are_lies_do_not_take_the_memory(hurt):
    def lie(content):
        content[9:17] = (2**62).to_bytes(8, "little")
        return content

    assert any("cut short" in text for text in verify(hurt(lie)).faults)


def test_an_unfinished_take_is_saved_to_its_last_whole_chunk_wherever_it_was_cut(hurt, original, tmp_path):
    path, content = original
    whole = [(heard.topic, heard.seq, heard.payload) for heard in read_take(path)]
    random = np.random.default_rng(3)
    saved_lengths = []
    for cut in sorted(random.integers(2_000, len(content), 25).tolist()):
        part = hurt(lambda content, cut=cut: content[:cut], name=path.name + ".part", manifest=False)
        assert unfinished_takes(tmp_path) == [part]
        salvage = recover(part)
        assert not part.exists()
        if salvage.path is None:
            assert "nothing could be recovered" in salvage.sentence()
            continue
        saved = [(heard.topic, heard.seq, heard.payload) for heard in read_take(salvage.path)]
        assert saved == whole[: len(saved)]
        assert verify(salvage.path, decode_pictures=True).faults == []
        saved_lengths.append(len(saved))
        for made in (salvage.path, manifest_path(salvage.path)):
            made.unlink()
    assert saved_lengths == sorted(saved_lengths)
    assert saved_lengths[-1] > 0.9 * len(whole)


def test_recovering_a_damaged_take_leaves_out_only_the_damaged_chunk(hurt, original):
    path = hurt(flip(len(original[1]) // 2))
    before = path.read_bytes()
    salvage = recover(path)
    assert path.read_bytes() == before
    assert salvage.path.name.endswith(".recovered.mcap")
    verdict = verify(salvage.path)
    assert verdict.faults == []
    states = [heard.seq for heard in read_take(salvage.path, ["robot.state"])]
    gaps = [later - earlier - 1 for earlier, later in itertools.pairwise(states) if later != earlier + 1]
    assert len(gaps) == 1
    assert load_manifest(salvage.path).topics["robot.state"].lost == gaps[0]


def test_a_file_that_is_no_take_is_refused_in_words(tmp_path, capsys):
    stranger = tmp_path / "holiday.mcap"
    stranger.write_bytes(b"not a recording at all")
    assert verify(stranger).faults
    for words in (["show"], ["verify"], ["recover"]):
        assert main(["takes", *words, str(stranger)]) in (1, 2)
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err


def test_a_take_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(RecordingError, match="cannot be read"):
        verify(tmp_path / "none.mcap")
    with pytest.raises(RecordingError, match="does not exist"):
        recover(tmp_path / "none.mcap.part")


def test_the_library_s_own_reader_reads_the_same_messages(original):
    from mcap.reader import make_reader

    with original[0].open("rb") as file:
        reader = make_reader(file)
        theirs = [
            (channel.topic, message.sequence, message.publish_time, message.data)
            for _, channel, message in reader.iter_messages(log_time_order=False)
        ]
        assert {metadata.name for metadata in reader.iter_metadata()} == {"clock", "episode", "counts", "end"}
    ours = [record for record in scan.scan(original[0]) if isinstance(record, scan.Message)]
    assert [(row[1], row[2], row[3]) for row in theirs] == [
        (each.sequence, each.publish_ns, each.payload) for each in ours
    ]


def test_its_schemas_decode_its_messages_without_this_program(original):
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from mcap.reader import make_reader

    seen = set()
    with original[0].open("rb") as file:
        for schema, channel, message in make_reader(file).iter_messages():
            if channel.topic in seen:
                continue
            seen.add(channel.topic)
            assert (schema.encoding, channel.message_encoding) == ("protobuf", "protobuf")
            pool = descriptor_pool.DescriptorPool()
            for described in descriptor_pb2.FileDescriptorSet.FromString(schema.data).file:
                pool.Add(described)
            kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(schema.name))
            decoded = kind.FromString(message.data)
            if channel.topic in ("robot.state", "robot.applied", "control.command"):
                assert len(decoded.position_rad) == JOINTS
    assert {"robot.state", "control.command", "camera.head", "operator.input"} <= seen


def test_the_command_line_lists_shows_verifies_and_recovers(tmp_path, capsys):
    take = make_take(tmp_path, Script(seconds=1))
    folder = ["--takes", str(tmp_path)]

    def said(*words):
        code = main(["takes", *words, *folder, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, listed = said("list")
    assert (code, listed[0]["take"], listed[0]["task"]) == (0, take.name[:26], "put the cube away")
    code, shown = said("show", "last")
    assert shown[0]["episode"]["robot"] == "optimus"
    code, verdicts = said("verify", take.name[:26])
    assert (code, verdicts[0]["ok"]) == (0, True)
    take.rename(take.with_name(take.name + ".part"))
    manifest_path(take).unlink()
    code, listed = said("list")
    assert listed[0]["state"] == "interrupted"
    code, salvaged = said("recover")
    assert (code, salvaged[0]["path"]) == (0, str(take))
    assert main(["takes", "list", *folder]) == 0
    assert take.name[:26] in capsys.readouterr().out


def test_the_command_line_exports(tmp_path, capsys):
    take = make_take(tmp_path / "takes", Script(seconds=1))
    out = tmp_path / "dataset"
    words = ["export", "all", "--takes", str(tmp_path / "takes"), "--out", str(out)]
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["episodes"], report["path"]) == (1, str(out))
    assert main(words) == 2
    assert "exists already" in capsys.readouterr().err
    assert take.exists()


def test_a_recovery_that_was_killed_itself_is_simply_done_again(hurt, original, tmp_path):
    path, _ = original
    part = hurt(lambda content: content[: len(content) // 2], name=path.name + ".part", manifest=False)
    for leftover in (".recovering", ".recovering.reserve"):
        (tmp_path / f"{path.name}{leftover}").write_bytes(b"half a recovery")
    salvage = recover(part)
    assert verify(salvage.path).faults == []
    assert {each.name for each in tmp_path.iterdir()} == {path.name, manifest_path(path).name}


def test_a_take_that_is_being_recorded_is_left_alone(tmp_path):
    from recordings.recorder.durable_file import DurableFile

    writing = DurableFile(tmp_path / "01TAKE.mcap.part")
    assert unfinished_takes(tmp_path) == []
    with pytest.raises(RecordingError, match="being recorded right now"):
        recover(writing.path)
    writing.close()
    assert unfinished_takes(tmp_path) == [writing.path]
