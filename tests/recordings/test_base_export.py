"""What was asked of legs or wheels is a column of the dataset, and a part of the action if anything was."""

import json
from dataclasses import replace

import numpy as np
from spoken_station import Script, make_take
from test_lerobot_export import OFFSET_NS, export, rows_of

from recordings.log import read_command
from twin.wire.clock import NS_PER_S
from twin.wire.command_frame import pack

ASKED = (0.3, -0.1, 0.2, -0.15, 0.05)


class Walks(Script):
    """From 1.0 to 2.0 s it is asked to walk, lower and bowed; from 2.5 s on control says nothing."""

    def messages(self):
        return [self._walking(heard) for heard in super().messages() if not self._is_silenced(heard)]

    def _is_silenced(self, heard):
        return heard.topic == "control.command" and heard.sampled_ns > self.begin_ns + 5 * NS_PER_S // 2

    def _walking(self, heard):
        if heard.topic != "control.command" or not 1.0 <= (heard.sampled_ns - self.begin_ns) / 1e9 < 2.0:
            return heard
        walking = replace(
            read_command(heard.payload),
            base_velocity=ASKED[:3],
            body_height_m=ASKED[3],
            body_lean_rad=ASKED[4],
        )
        return heard._replace(payload=pack(walking))


def test_each_row_has_what_was_asked_of_the_base_then(tmp_path):
    export([make_take(tmp_path, Walks(seconds=3))], tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    at_s = (rows["timing.row_utc_ns"] - OFFSET_NS - Walks().begin_ns) / 1e9
    base = rows["teleop.base"]
    assert base.shape == (len(at_s), 5)
    walks = (at_s > 1.05) & (at_s < 1.95)
    np.testing.assert_allclose(base[walks], np.tile(ASKED, (walks.sum(), 1)), atol=1e-6)
    assert not base[(at_s < 0.95) | (at_s > 2.05)].any()
    info = json.loads((tmp_path / "out/meta/info.json").read_text())
    assert info["features"]["teleop.base"] == {
        "dtype": "float32",
        "shape": [5],
        "names": ["forward_m_s", "left_m_s", "turn_rad_s", "height_m", "lean_rad"],
    }


def test_the_base_is_a_part_of_the_action_only_where_it_was_asked_for_anything(tmp_path):
    for name, script in (("walks", Walks(seconds=3)), ("stands", Script(seconds=1))):
        (tmp_path / name).mkdir()
        export([make_take(tmp_path / name, script)], tmp_path / name / "out")
    walks, stands = (
        json.loads((tmp_path / name / "out/meta/modality.json").read_text())["action"]
        for name in ("walks", "stands")
    )
    assert walks["base"] == {"start": 0, "end": 5, "original_key": "teleop.base"}
    assert "base" not in stands
